import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import { ApiProblem } from '../../api/client'
import { taskQuery } from '../../api/queries'
import { NothingHere, ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { Banner } from '../../ui/Banner'
import { Skeleton } from '../../ui/Skeleton'
import styles from './TaskFrame.module.css'

const tabs = [
  { to: '/tasks/$task', word: 'Contest' },
  { to: '/tasks/$task/leaderboard', word: 'Board' },
  { to: '/tasks/$task/submit', word: 'Submit' },
  { to: '/tasks/$task/submissions', word: 'Submissions' },
  { to: '/tasks/$task/team', word: 'Team' },
] as const

/** What all pages of one contest share: where one is, and the ways on. */
export function TaskFrame() {
  const { task: name } = useParams({ from: '/tasks/$task' })
  const task = useQuery(taskQuery(name))
  if (!task.data && task.error instanceof ApiProblem && task.error.status === 404) return <NothingHere />
  return (
    <div className={page['page']}>
      <div className={styles['head']}>
        <nav aria-label="Where you are" className={styles['crumb']}>
          <Link to="/">Contests</Link>
          <span aria-hidden="true">/</span>
          <span className={styles['title']}>{task.data?.title ?? name}</span>
        </nav>
        <nav aria-label="This contest" className={styles['tabs']}>
          {tabs.map(({ to, word }) => (
            <Link key={to} to={to} params={{ task: name }} activeOptions={{ exact: true, includeSearch: false }} className={styles['tab']}>
              {word}
            </Link>
          ))}
        </nav>
      </div>
      {task.data?.state === 'paused' && (
        <Banner tone="ours" title="This contest is paused.">
          {task.data.pause?.reason ?? 'Something in it has to be mended by its organizer.'} What is sent until the closing is kept
          and judged when the contest goes on.
        </Banner>
      )}
      {task.isPending && <Skeleton label="Reading the contest" />}
      {task.isError && !task.data ? <ReadFailed error={task.error} retry={() => void task.refetch()} /> : task.data && <Outlet />}
    </div>
  )
}
