import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { tasksQuery } from '../../api/queries'
import type { TaskSummary } from '../../api/types'
import { ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { count, counted } from '../../format/numbers'
import { Empty } from '../../ui/Empty'
import { Mark } from '../../ui/Mark'
import { Moment } from '../../ui/Moment'
import { Skeleton } from '../../ui/Skeleton'
import styles from './ContestsPage.module.css'
import { taskMark } from './state'

export function ContestsPage() {
  useTitle(undefined)
  const tasks = useQuery(tasksQuery)
  return (
    <div className={page['page']}>
      <div className={page['head']}>
        <h1>Which data can you make better?</h1>
        <p className={page['lead']}>
          In every contest here the model is frozen: its first weights, its settings, its steps. You send how the training data is
          used. The same model is trained under your strategy and scored on images that nobody has seen.
        </p>
      </div>
      {tasks.isPending && <Skeleton label="Reading the contests" rows={4} />}
      {tasks.isError && <ReadFailed error={tasks.error} retry={() => void tasks.refetch()} />}
      {tasks.data && <Contests tasks={tasks.data.items} />}
    </div>
  )
}

function Contests({ tasks }: { tasks: readonly TaskSummary[] }) {
  if (tasks.length === 0) {
    return (
      <Empty title="There are no contests yet.">
        An organizer publishes one by sending a task archive to this server.
      </Empty>
    )
  }
  const order = ['open', 'draft', 'paused', 'closed', 'withdrawn']
  const sorted = tasks.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  return (
    <ul className={styles['cards']}>
      {sorted.map((task) => (
        <li key={task.name}>
          <ContestCard task={task} />
        </li>
      ))}
    </ul>
  )
}

function ContestCard({ task }: { task: TaskSummary }) {
  const mark = taskMark(task.state)
  return (
    <article className={styles['card']}>
      <div className={styles['top']}>
        <Mark kind={mark.kind}>{mark.word}</Mark>
        <span className={page['quiet']}>
          <When task={task} />
        </span>
      </div>
      <h2 className={styles['title']}>
        <Link to="/tasks/$task" params={{ task: task.name }}>
          {task.title}
        </Link>
      </h2>
      <dl className={styles['numbers']}>
        <div>
          <dt>Classes</dt>
          <dd>{count(task.classes)}</dd>
        </div>
        <div>
          <dt>Teams</dt>
          <dd>{count(task.teams)}</dd>
        </div>
        <div>
          <dt>Submissions</dt>
          <dd>{count(task.submissions)}</dd>
        </div>
      </dl>
      <Link to="/tasks/$task/leaderboard" params={{ task: task.name }} className={styles['board']}>
        Board<span className="unseen">: {task.title}, {counted(task.teams, 'team')}</span>
      </Link>
    </article>
  )
}

function When({ task }: { task: TaskSummary }) {
  if (task.state === 'open' && task.closes) {
    return (
      <>
        closes <Moment at={task.closes} />
      </>
    )
  }
  if (task.state === 'open') return 'no closing date'
  if (task.state === 'closed' && task.closes) {
    return (
      <>
        closed <Moment at={task.closes} />
      </>
    )
  }
  return null
}
