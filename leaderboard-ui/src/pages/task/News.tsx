import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { newsQuery } from '../../api/queries'
import page from '../../app/Page.module.css'
import { Moment } from '../../ui/Moment'
import styles from './News.module.css'

const Markdown = lazy(async () => ({ default: (await import('../../ui/Markdown')).Markdown }))

/** The page has the newest; the addresses of the API have all. */
const SHOWN = 10

/** What the organizer told. */
export function Announced({ task }: { task: string }) {
  const announcements = useQuery(newsQuery(task)).data?.announcements ?? []
  if (announcements.length === 0) return null
  return (
    <section className={page['section']} aria-labelledby="announced">
      <h2 id="announced">Said by the organizer</h2>
      {announcements.slice(0, SHOWN).map((one, index) => (
        <details key={one.id} className={styles['said']} open={index === 0}>
          <summary>
            {one.title} <span className={page['quiet']}><Moment at={one.at} /></span>
          </summary>
          <Suspense fallback={<p className={page['quiet']}>One moment …</p>}>
            <Markdown text={one.text} />
          </Suspense>
        </details>
      ))}
    </section>
  )
}

/** What happened to the contest and its board. */
export function Changed({ task }: { task: string }) {
  const changes = useQuery(newsQuery(task)).data?.changes ?? []
  if (changes.length === 0) return null
  return (
    <section className={page['section']} aria-labelledby="changed">
      <h2 id="changed">What changed</h2>
      <ul className={styles['changes']}>
        {changes.slice(0, SHOWN).map((one) => (
          <li key={one.seq}>
            <span className={page['quiet']}>
              <Moment at={one.at} />
            </span>{' '}
            {one.text}
          </li>
        ))}
      </ul>
    </section>
  )
}
