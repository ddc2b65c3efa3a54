import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { newsQuery } from '../../api/queries'
import type { Announcement, Change } from '../../api/types'
import page from '../../app/Page.module.css'
import { Moment } from '../../ui/Moment'
import styles from './News.module.css'

const Markdown = lazy(async () => ({ default: (await import('../../ui/Markdown')).Markdown }))

/** The page has the newest; the addresses of the API have all. */
const SHOWN = 10

/** What the organizer told, and what happened to the contest and its board. */
export function News({ task }: { task: string }) {
  const { data } = useQuery(newsQuery(task))
  if (!data) return null
  return (
    <>
      {data.announcements.length > 0 && <Announced announcements={data.announcements} />}
      {data.changes.length > 0 && <Changed changes={data.changes} />}
    </>
  )
}

function Announced({ announcements }: { announcements: readonly Announcement[] }) {
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

function Changed({ changes }: { changes: readonly Change[] }) {
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
