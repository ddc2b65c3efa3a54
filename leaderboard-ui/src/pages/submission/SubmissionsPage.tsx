import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { submissionsQuery } from '../../api/queries'
import type { Submission } from '../../api/types'
import { useTask } from '../../api/useTask'
import { ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { columnDecimals, count, fixed, plusMinus } from '../../format/numbers'
import { quotaSentence } from '../task/recipe'
import { buttonClass } from '../../ui/Button'
import { Empty } from '../../ui/Empty'
import { Mark } from '../../ui/Mark'
import { Moment } from '../../ui/Moment'
import { Skeleton } from '../../ui/Skeleton'
import { FinalChoice } from './FinalChoice'
import styles from './SubmissionsPage.module.css'
import { submissionMark } from './state'

export function SubmissionsPage() {
  const task = useTask()
  const submissions = useQuery(submissionsQuery(task.name))
  useTitle(`Our submissions: ${task.title}`)
  return (
    <>
      <header className={styles['head']}>
        <div className={page['head']}>
          <h1>What have you tried?</h1>
          <p className={page['lead']}>{quotaSentence(task.file.quota)}</p>
        </div>
        {task.state !== 'closed' && (
          <Link className={buttonClass('main')} to="/tasks/$task/submit" params={{ task: task.name }}>
            Send a strategy
          </Link>
        )}
      </header>
      {submissions.isPending && <Skeleton label="Reading your submissions" />}
      {submissions.isError && !submissions.data && <ReadFailed error={submissions.error} retry={() => void submissions.refetch()} />}
      {submissions.data && <List submissions={submissions.data.items} />}
      {submissions.data?.items.some(isScored) && <FinalChoice task={task.name} scored={submissions.data.items.filter(isScored)} />}
    </>
  )
}

function isScored({ verdict, state }: Submission): boolean {
  return state === 'settled' && verdict === 'scored'
}

function List({ submissions }: { submissions: readonly Submission[] }) {
  if (submissions.length === 0) {
    return <Empty title="No submissions yet.">Start with an empty strategy: it shows what the model does with the data as it is.</Empty>
  }
  const decimals = columnDecimals(submissions.flatMap((one) => (one.score ? [one.score.halfWidth] : [])))
  const best = submissions.reduce<Submission | null>((so, one) => ((one.score?.value ?? -Infinity) > (so?.score?.value ?? -Infinity) ? one : so), null)
  return (
    <table className={styles['list']}>
      <caption className="unseen">Your team’s submissions, newest first</caption>
      <thead>
        <tr>
          <th scope="col">No.</th>
          <th scope="col">Strategy</th>
          <th scope="col">State</th>
          <th scope="col" className={styles['score']}>
            Score
          </th>
          <th scope="col" className={styles['when']}>
            Sent
          </th>
        </tr>
      </thead>
      <tbody>
        {submissions.map((one) => {
          const mark = submissionMark(one)
          return (
            <tr key={one.id} className={one === best && one.score ? styles['best'] : undefined}>
              <td className={styles['number']}>{count(one.number)}</td>
              <th scope="row" className={styles['title']}>
                <Link to="/submissions/$id" params={{ id: one.id }}>
                  {one.title ?? 'Untitled'}
                </Link>
                {one === best && one.score && <span className={styles['chip']}>your best</span>}
              </th>
              <td className={styles['state']}>
                <Mark kind={mark.kind}>{mark.word}</Mark>
                <span className={styles['detail']}>{detail(one)}</span>
              </td>
              <td className={styles['score']}>
                {one.score && (
                  <>
                    {fixed(one.score.value, decimals)}
                    <span>{plusMinus(one.score.halfWidth, decimals)}</span>
                  </>
                )}
              </td>
              <td className={styles['when']}>
                <Moment at={one.uploaded} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function detail({ state, place, progress }: Submission): string {
  if (state === 'waiting' && place !== null) return `place ${place}`
  if (state === 'running' && progress) return progress.phase === 'train' ? `epoch ${progress.epoch} of ${progress.epochs}` : progress.phase === 'score' ? 'scoring' : ''
  return ''
}
