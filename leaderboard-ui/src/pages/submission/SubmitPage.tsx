import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiProblem, type Sent } from '../../api/client'
import { checkStrategy, keys, sessionQuery, submitChecked, submitFile, type Submitted } from '../../api/queries'
import type { CheckReport, Problem, Task } from '../../api/types'
import { useTask } from '../../api/useTask'
import { ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { bytes, counted } from '../../format/numbers'
import { clock } from '../../format/time'
import { Banner } from '../../ui/Banner'
import { Button, buttonClass } from '../../ui/Button'
import { Snippet } from '../../ui/Snippet'
import { DropZone } from './DropZone'
import { DiffReport } from './DiffReport'
import { ProblemList } from './ProblemList'
import styles from './SubmitPage.module.css'
import { localRefusal, sourceLines } from './source'
import { Transfer, type TransferState } from './Transfer'

type Act = 'check' | 'submit'

type Stage =
  | { at: 'nothing' }
  | { at: 'refused'; file: File; reason: string }
  | { at: 'chosen'; file: File }
  | { at: 'busy'; file: File; act: Act; transfer: TransferState }
  | { at: 'sound'; file: File; report: CheckReport }
  | { at: 'problems'; file: File; problems: readonly Problem[]; source: ReadonlyMap<string, string[]> }
  | { at: 'failed'; file: File; error: unknown; report: CheckReport | null }

export function SubmitPage() {
  const task = useTask()
  const session = useQuery(sessionQuery)
  useTitle(`Submit: ${task.title}`)
  return (
    <>
      <header className={page['head']}>
        <h1>What do you do with the data?</h1>
        <p className={page['lead']}>
          Send one zip: <code>strategy.yaml</code> and the files it names, {task.file.budget.archiveMegabytes} MB at most. Checking is
          free and tells you what the strategy changes; submitting has it trained and scored.
        </p>
      </header>
      {task.state === 'closed' ? (
        <Banner tone="note" title="This contest is closed." acts={<BoardLink task={task} />}>
          Nothing more can be sent. The board stays.
        </Banner>
      ) : session.data?.account === null ? (
        <Banner
          tone="note"
          title="Sign in to check and submit."
          acts={
            <Link to="/sign-in" search={{ next: `/tasks/${task.name}/submit` }} className={buttonClass('main')}>
              Sign in
            </Link>
          }
        >
          Then you come back to this page.
        </Banner>
      ) : (
        <Send task={task} />
      )}
    </>
  )
}

function BoardLink({ task }: { task: Task }) {
  return (
    <Link to="/tasks/$task/leaderboard" params={{ task: task.name }} className={buttonClass('plain')}>
      See the board
    </Link>
  )
}

function Send({ task }: { task: Task }) {
  const [stage, setStage] = useState<Stage>({ at: 'nothing' })
  const running = useRef<AbortController>(null)
  const navigate = useNavigate()
  const cache = useQueryClient()

  async function choose(file: File) {
    running.current?.abort()
    const reason = await localRefusal(file, task.file.budget.archiveMegabytes)
    setStage(reason === null ? { at: 'chosen', file } : { at: 'refused', file, reason })
  }

  async function act(file: File, what: Act, report: CheckReport | null) {
    const stop = new AbortController()
    running.current = stop
    const show = (transfer: TransferState) => setStage({ at: 'busy', file, act: what, transfer })
    const progress = ({ sentBytes, totalBytes, seconds }: Sent) =>
      show(
        sentBytes < totalBytes
          ? { phase: 'sending', sentBytes, totalBytes, bytesPerSecond: sentBytes / Math.max(0.1, seconds) }
          : { phase: 'checking', totalBytes },
      )
    show(report ? { phase: 'checking', totalBytes: file.size } : { phase: 'sending', sentBytes: 0, totalBytes: file.size, bytesPerSecond: 0 })
    try {
      if (what === 'check') {
        const checked = await checkStrategy(task.name, file, progress, stop.signal)
        if (checked.problems.length === 0) setStage({ at: 'sound', file, report: checked })
        else await showProblems(file, checked.problems)
        return
      }
      const sent = report?.strategy ? await submitChecked(task.name, report.strategy) : await submitFile(task.name, file, progress, stop.signal)
      await goTo(sent)
    } catch (error) {
      if (stop.signal.aborted) setStage({ at: 'chosen', file })
      else if (error instanceof ApiProblem && error.problems.length > 0) await showProblems(file, error.problems)
      else setStage({ at: 'failed', file, error, report })
    }
  }

  async function showProblems(file: File, problems: readonly Problem[]) {
    const files = new Set(problems.flatMap((problem) => (problem.file !== null && problem.line > 0 ? [problem.file] : [])))
    const source = files.size > 0 ? await sourceLines(file, files) : new Map<string, string[]>()
    setStage({ at: 'problems', file, problems, source })
  }

  async function goTo({ submission, isNew }: Submitted) {
    cache.setQueryData(keys.submission(submission.id), submission)
    void cache.invalidateQueries({ queryKey: keys.task(task.name) })
    void cache.invalidateQueries({ queryKey: keys.submissions(task.name) })
    await navigate({ to: '/submissions/$id', params: { id: submission.id }, search: isNew ? {} : { again: true } })
  }

  const file = stage.at === 'nothing' ? null : stage.file
  const report = stage.at === 'sound' || stage.at === 'failed' ? stage.report : null
  const quota = task.you?.quota ?? null
  const blocked = blockedBy(stage)
  const submitBlocked = blocked ?? (quota && quota.left === 0 ? noneLeft(quota.perDay, quota.nextFree) : null)

  return (
    <>
      <DropZone file={file} onFile={(chosen) => void choose(chosen)} refusal={stage.at === 'busy' ? 'Wait until this one is through.' : null} />
      <div className={styles['acts']}>
        <Button
          kind={stage.at === 'sound' ? 'plain' : 'main'}
          refusal={blocked}
          onClick={() => {
            if (file) void act(file, 'check', null)
          }}
        >
          Check
        </Button>
        <Button
          kind={stage.at === 'sound' ? 'main' : 'plain'}
          refusal={submitBlocked}
          aria-describedby="price"
          onClick={() => {
            if (file) void act(file, 'submit', report)
          }}
        >
          Submit
        </Button>
        <p id="price" className={page['quiet']}>
          {submitBlocked && file && stage.at !== 'busy' ? submitBlocked : price(task)}
        </p>
      </div>
      <p className="unseen" role="status">
        {announcement(stage)}
      </p>
      <div className={styles['outcome']}>
        <Outcome
          stage={stage}
          onStop={() => running.current?.abort()}
          onRetry={(failed) => void act(failed.file, failed.report ? 'submit' : 'check', failed.report)}
        />
      </div>
    </>
  )
}

/** For whoever hears the page instead of seeing it; what goes wrong announces itself. */
function announcement(stage: Stage): string {
  switch (stage.at) {
    case 'nothing':
    case 'refused':
    case 'failed':
      return ''
    case 'chosen':
      return `${stage.file.name} is chosen.`
    case 'busy':
      return stage.transfer.phase === 'sending' ? 'Sending.' : 'Checking.'
    case 'sound':
      return 'The strategy is sound. What it changes is told below.'
    case 'problems':
      return `${counted(stage.problems.length, 'problem')} to mend, told below.`
  }
}

/** What Submit costs, before it is pressed. */
function price(task: Task): string {
  const quota = task.you?.quota
  if (!quota) return 'Checking costs nothing.'
  if (task.you?.organizer) return 'Checking costs nothing. Yours stands on the board as a baseline.'
  return `Check: free. Submit: 1 of today’s ${quota.perDay}, ${quota.left} left.`
}

function noneLeft(perDay: number, nextFree: string | null): string {
  return `Today’s ${counted(perDay, 'try', 'tries')} are used.${nextFree ? ` The next is free at ${clock(nextFree)}.` : ''}`
}

function blockedBy(stage: Stage): string | null {
  switch (stage.at) {
    case 'nothing':
      return 'Choose a zip first.'
    case 'refused':
      return 'This file cannot be sent: see below.'
    case 'busy':
      return 'Wait until this one is through.'
    case 'problems':
      return 'Mend the problems below and choose the zip again.'
    case 'chosen':
    case 'sound':
    case 'failed':
      return null
  }
}

/** For whoever comes here without a strategy. */
function FirstStrategy() {
  return (
    <div className={styles['example']}>
      <p className={page['quiet']}>
        A strategy can be as short as this. It brightens the dark images and shifts every image a little, anew in each epoch.
      </p>
      <Snippet
        label="strategy.yaml"
        text={'strategy: 1\ntitle: Brighten the dark\nsamples:\n  augment:\n    - {gamma: [0.4, 0.7], where: "luma < 0.25"}\n    - {translate: 2}'}
      />
      <Snippet label="Pack it" text="zip strategy.zip strategy.yaml" />
    </div>
  )
}

interface OutcomeProps {
  stage: Stage
  onStop: () => void
  onRetry: (failed: { file: File; report: CheckReport | null }) => void
}

function Outcome({ stage, onStop, onRetry }: OutcomeProps) {
  switch (stage.at) {
    case 'nothing':
      return <FirstStrategy />
    case 'chosen':
      return null
    case 'refused':
      return (
        <Banner tone="yours" title="This file was not sent." live>
          {stage.reason}
        </Banner>
      )
    case 'busy':
      return <Transfer state={stage.transfer} onStop={onStop} />
    case 'failed':
      return <ReadFailed error={stage.error} retry={() => onRetry(stage)} />
    case 'problems':
      return (
        <>
          <h2>
            {counted(stage.problems.length, 'problem')} to mend in {stage.file.name}
          </h2>
          <p className={page['quiet']}>Nothing was spent. Mend the files, pack them again and choose the new zip.</p>
          <ProblemList problems={stage.problems} source={stage.source} />
        </>
      )
    case 'sound':
      return (
        <>
          <h2>{stage.report.title ? `“${stage.report.title}” is sound.` : 'The strategy is sound.'} This is what it changes:</h2>
          {stage.report.diff && <DiffReport diff={stage.report.diff} />}
          <p className={page['quiet']}>
            {bytes(stage.file.size)}, digest <code className={styles['digest']}>{stage.report.strategy}</code>. Submitting it sends nothing again.
          </p>
        </>
      )
  }
}
