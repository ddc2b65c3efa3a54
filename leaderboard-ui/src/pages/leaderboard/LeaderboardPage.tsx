import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { boardQuery, finalBoardQuery } from '../../api/queries'
import type { Board } from '../../api/types'
import { useTask } from '../../api/useTask'
import { ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { clock } from '../../format/time'
import { api } from '../../paths'
import { buttonClass } from '../../ui/Button'
import { Empty } from '../../ui/Empty'
import { Skeleton } from '../../ui/Skeleton'
import { BoardTable } from './BoardTable'
import styles from './LeaderboardPage.module.css'
import { basis, isFinal, verdict } from './verdict'

export function LeaderboardPage() {
  const task = useTask()
  const { board: asked } = useSearch({ from: '/tasks/$task/leaderboard' })
  const running = useQuery(boardQuery(task.name))
  const final = useQuery({ ...finalBoardQuery(task.name), enabled: task.state === 'closed' })
  const isOut = Boolean(final.data)
  // Which one it will be is not known before the final has answered.
  const isUndecided = task.state === 'closed' && final.isPending && asked === undefined
  const shown = isOut && asked === undefined ? final : running
  const board = isUndecided ? undefined : shown.data
  useTitle(`Board: ${task.title}`)
  return (
    <>
      <header className={styles['head']}>
        <div className={page['head']}>
          <h1>Who makes the most of this data?</h1>
          {board && (
            <p className={styles['verdict']} aria-live="polite">
              {verdict(board)}
            </p>
          )}
          <p className={page['quiet']}>{board ? basis(board) : 'Reading the board …'}</p>
        </div>
        {board && board.rows.length > 0 && (
          <p className={page['acts']}>
            <a
              className={buttonClass('plain')}
              href={isFinal(board) ? api.finalBoardCsv(task.name) : api.boardCsv(task.name)}
              download={`${task.name}-${isFinal(board) ? 'final' : 'board'}.csv`}
            >
              Download as CSV
            </a>
          </p>
        )}
      </header>
      {isOut && <Which task={task.name} final={asked === undefined} />}
      {!board && (isUndecided || shown.isPending) && <Skeleton label="Reading the board" rows={8} />}
      {shown.isError && !board && <ReadFailed error={shown.error} retry={() => void shown.refetch()} />}
      {board && <Rows board={board} name={task.name} yourTeam={task.you?.team ?? null} />}
      {board && (
        <p className={page['quiet']} role="status">
          {shown.failureCount > 0
            ? `The server does not answer: this is the board as of ${clock(shown.dataUpdatedAt)}.`
            : 'The board brings itself up to date. '}
          {board.version !== task.version && ` It shows version ${board.version} of the contest.`}
        </p>
      )}
    </>
  )
}

function Which({ task, final }: { task: string; final: boolean }) {
  return (
    <nav aria-label="Which board" className={styles['which']}>
      <Link to="/tasks/$task/leaderboard" params={{ task }} search={{}} aria-current={final ? 'page' : undefined} className={styles['choice']}>
        Final
      </Link>
      <Link to="/tasks/$task/leaderboard" params={{ task }} search={{ board: 'running' }} aria-current={final ? undefined : 'page'} className={styles['choice']}>
        While it ran
      </Link>
    </nav>
  )
}

function Rows({ board, name, yourTeam }: { board: Board; name: string; yourTeam: string | null }) {
  if (board.rows.length > 0) return <BoardTable board={board} yourTeam={yourTeam} />
  return (
    <Empty
      title="Nobody stands on this board yet."
      act={
        <Link className={buttonClass('main')} to="/tasks/$task/submit" params={{ task: name }}>
          Send a strategy
        </Link>
      }
    >
      The first judged strategy appears here by itself. The first one can be empty: it shows what the model does with the data as it is.
    </Empty>
  )
}
