import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { explain } from '../../api/explain'
import { boardQuery, cancelSubmission, isOver, keys, submissionQuery, taskQuery } from '../../api/queries'
import type { Submission, Task } from '../../api/types'
import { ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { count, fixed, isShare, scoreDecimals } from '../../format/numbers'
import { clock, duration, stopwatch } from '../../format/time'
import { Banner } from '../../ui/Banner'
import { Button, buttonClass } from '../../ui/Button'
import { Confirm } from '../../ui/Confirm'
import { Facts, type Fact } from '../../ui/Facts'
import { Mark } from '../../ui/Mark'
import { Moment } from '../../ui/Moment'
import { Skeleton } from '../../ui/Skeleton'
import { useNow } from '../../ui/useNow'
import { CurveFigure } from './CurveFigure'
import { DiffReport } from './DiffReport'
import { ProblemList } from './ProblemList'
import { Standing } from './Standing'
import styles from './SubmissionPage.module.css'
import { ValidationReport } from './ValidationReport'
import { submissionMark } from './state'
import { cancelSentence, comparison, heardSentence, statusSentence } from './status'

export function SubmissionPage() {
  const { id } = useParams({ from: '/submissions/$id' })
  const submission = useQuery(submissionQuery(id))
  const { data } = submission
  useTitle(data ? (data.title ?? `Submission ${data.number}`) : undefined)
  const task = useQuery({ ...taskQuery(data?.task ?? ''), enabled: data !== undefined })
  return (
    <div className={page['page']}>
      {submission.isPending && <Skeleton label="Reading the submission" />}
      {submission.isError && !data && <ReadFailed error={submission.error} retry={() => void submission.refetch()} />}
      {data && (
        <Read
          submission={data}
          task={task.data}
          connection={{ failing: submission.failureCount > 0, readAt: submission.dataUpdatedAt }}
        />
      )}
    </div>
  )
}

/** What was read so lately is the present. */
const LIVE_SECONDS = 5
/** After so long without an answer the connection is in doubt. */
const STALE_SECONDS = 15

interface Connection {
  failing: boolean
  readAt: number
}

function Read({ submission, task, connection }: { submission: Submission; task: Task | undefined; connection: Connection }) {
  const { again } = useSearch({ from: '/submissions/$id' })
  const mark = submissionMark(submission)
  const epochs = Math.max(submission.progress?.epochs ?? 0, task?.file.recipe.epochs ?? 0, ...submission.curve.map((point) => point.epoch))
  return (
    <>
      <header className={page['head']}>
        <nav aria-label="Where you are" className={styles['crumb']}>
          <Link to="/">Contests</Link>
          <span aria-hidden="true">/</span>
          <Link to="/tasks/$task" params={{ task: submission.task }}>
            {task?.title ?? submission.task}
          </Link>
          <span aria-hidden="true">/</span>
          <Link to="/tasks/$task/submissions" params={{ task: submission.task }}>
            Our submissions
          </Link>
        </nav>
        <h1>{submission.title ?? 'Untitled strategy'}</h1>
        <p className={styles['meta']}>
          <Mark kind={mark.kind}>{mark.word}</Mark>
          <span>No. {submission.number}</span>
          <span>{submission.team}</span>
          <span>
            sent <Moment at={submission.uploaded} />
          </span>
        </p>
      </header>

      {again && (
        <Banner tone="chosen" title="You sent this very strategy before.">
          It is judged once: here is the record. Nothing was charged.
        </Banner>
      )}

      <Status submission={submission} connection={connection} />

      {submission.problems.length > 0 && (
        <section className={page['section']} aria-labelledby="problems">
          <h2 id="problems">What to mend</h2>
          <ProblemList problems={submission.problems} />
          <p className={page['acts']}>
            <Link to="/tasks/$task/submit" params={{ task: submission.task }} className={buttonClass('main')}>
              Send a mended one
            </Link>
          </p>
        </section>
      )}

      {(submission.state === 'running' || submission.curve.length > 0) && (
        <section className={page['section']} aria-labelledby="curves">
          <h2 id="curves" className="unseen">
            How training goes
          </h2>
          <div className={styles['curves']}>
            <CurveFigure points={submission.curve} epochs={epochs} measure="accuracy" />
            <CurveFigure points={submission.curve} epochs={epochs} measure="loss" />
          </div>
        </section>
      )}

      {submission.notes.length > 0 && (
        <section className={page['section']} aria-labelledby="notes">
          <h2 id="notes">What training noticed</h2>
          <ul>
            {submission.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}

      {submission.validation && <ValidationReport validation={submission.validation} classes={submission.classes} shown={task && [...new Set([task.file.metrics.rankBy, ...task.file.metrics.show])]} />}

      {submission.diff && (
        <section className={page['section']} aria-labelledby="diff">
          <h2 id="diff">What the strategy changes</h2>
          <DiffReport diff={submission.diff} />
        </section>
      )}

      <Digests submission={submission} />
    </>
  )
}

function Status({ submission, connection }: { submission: Submission; connection: Connection }) {
  const board = useQuery({ ...boardQuery(submission.task), enabled: submission.score !== null, refetchInterval: false })
  const over = isOver(submission)
  const compared = comparison(submission, board.data)
  return (
    <section className={styles['status']} aria-label="Where it stands">
      <div className={styles['sentence']}>
        <p className={styles['first']} aria-live="polite">
          {statusSentence(submission)}
        </p>
        {compared && <p className={styles['second']}>{compared}</p>}
        {submission.fault && <p className={styles['second']}>{submission.fault}</p>}
        {submission.cost && submission.state !== 'running' && <p className={styles['second']}>{submission.cost.why}</p>}
        {submission.state === 'running' && <Bar submission={submission} />}
      </div>
      {submission.score && board.data && board.data.metric === submission.score.metric && (
        <Standing submission={submission} score={submission.score} rows={board.data.rows} bounded={isShare(submission.score.metric)} />
      )}
      {over ? <After submission={submission} /> : <Truths submission={submission} connection={connection} />}
    </section>
  )
}

function Bar({ submission: { progress } }: { submission: Submission }) {
  const share = !progress ? 0 : progress.phase === 'train' ? progress.epoch / Math.max(1, progress.epochs) : progress.phase === 'starting' ? 0 : 1
  return (
    <div className={styles['track']} role="progressbar" aria-label="Training" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
      <div className={styles['bar']} style={{ width: `${share * 100}%` }} />
    </div>
  )
}

/** Three things that are easily taken for one: the run, the machine's last word, and this browser's own connection. */
function Truths({ submission, connection }: { submission: Submission; connection: Connection }) {
  const now = useNow(1000)
  const { progress, state } = submission
  const sinceRead = Math.max(0, (now - connection.readAt) / 1000)
  const heard = progress ? progress.heardSecondsAgo : null
  const facts: Fact[] = []
  if (state === 'running') facts.push({ term: 'Machine heard', value: heardSentence(heard) })
  if (progress && progress.attempt > 1) facts.push({ term: 'Attempt', value: `${progress.attempt}: the one before did not finish, at no cost to you` })
  facts.push({
    term: 'Your connection',
    value: connection.failing || sinceRead > STALE_SECONDS ? `the server does not answer; this is from ${clock(connection.readAt)}` : sinceRead < LIVE_SECONDS ? 'live' : `read ${duration(sinceRead)} ago`,
  })
  return (
    <div className={styles['foot']}>
      <Facts facts={facts} layout="row" />
      <Cancel submission={submission} />
    </div>
  )
}

function Cancel({ submission }: { submission: Submission }) {
  const cache = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => cancelSubmission(submission.id),
    onSuccess: async (cancelled) => {
      cache.setQueryData(keys.submission(submission.id), cancelled)
      await cache.invalidateQueries({ queryKey: keys.submission(submission.id) })
    },
  })
  return (
    <div className={styles['cancel']}>
      <Confirm
        trigger={<Button kind="quiet">Cancel this submission</Button>}
        title="Cancel this submission?"
        act="Cancel it"
        onConfirm={() => cancel.mutate()}
      >
        {cancelSentence(submission)}
      </Confirm>
      {cancel.isError && (
        <Banner tone="yours" title={explain(cancel.error).title} live>
          {explain(cancel.error).detail}
        </Banner>
      )}
    </div>
  )
}

function After({ submission }: { submission: Submission }) {
  const { seconds, score } = submission
  const facts: Fact[] = []
  if (score) {
    const decimals = scoreDecimals(score.halfWidth)
    if (score.halfWidth > 0)
      facts.push({ term: '90% interval', value: `${fixed(score.value - score.halfWidth, decimals)} to ${fixed(score.value + score.halfWidth, decimals)}` })
    facts.push({ term: 'Hidden images', value: `${count(score.samples)}, public fold` })
  }
  if (seconds?.train !== undefined) facts.push({ term: 'Trained for', value: stopwatch(seconds.train) })
  if (seconds?.score !== undefined) facts.push({ term: 'Scored in', value: stopwatch(seconds.score) })
  if (facts.length === 0) return null
  return (
    <div className={styles['foot']}>
      <Facts facts={facts} layout="row" />
    </div>
  )
}

function Digests({ submission }: { submission: Submission }) {
  const { digests } = submission
  const facts = [
    { term: 'Task', digest: digests?.task },
    { term: 'Strategy', digest: digests?.strategy ?? submission.strategy },
    { term: 'First weights', digest: digests?.initialWeights },
    { term: 'Final weights', digest: digests?.finalWeights },
  ].flatMap(({ term, digest }) => (digest ? [{ term, value: <code>{digest}</code> }] : []))
  return (
    <details className={styles['digests']}>
      <summary>Digests: what exactly was judged</summary>
      <p className={page['quiet']}>The same task and strategy always give the same final weights, bit for bit.</p>
      <Facts facts={facts} />
    </details>
  )
}
