import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { boardQuery } from '../../api/queries'
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
import { basis, verdict } from './verdict'

export function LeaderboardPage() {
  const task = useTask()
  const board = useQuery(boardQuery(task.name))
  useTitle(`Board: ${task.title}`)
  return (
    <>
      <header className={styles['head']}>
        <div className={page['head']}>
          <h1>Who makes the most of this data?</h1>
          {board.data && (
            <p className={styles['verdict']} aria-live="polite">
              {verdict(board.data)}
            </p>
          )}
          <p className={page['quiet']}>{board.data ? basis(board.data) : 'Reading the board …'}</p>
        </div>
        {board.data && board.data.rows.length > 0 && (
          <p className={page['acts']}>
            <a className={buttonClass('plain')} href={api.boardCsv(task.name)} download={`${task.name}-board.csv`}>
              Download as CSV
            </a>
          </p>
        )}
      </header>
      {board.isPending && <Skeleton label="Reading the board" rows={8} />}
      {board.isError && !board.data && <ReadFailed error={board.error} retry={() => void board.refetch()} />}
      {board.data && <Rows board={board.data} name={task.name} yourTeam={task.you?.team ?? null} />}
      {board.data && (
        <p className={page['quiet']} role="status">
          {board.failureCount > 0
            ? `The server does not answer: this is the board as of ${clock(board.dataUpdatedAt)}.`
            : 'The board brings itself up to date. '}
          {board.data.version !== task.version && ` It shows version ${board.data.version} of the contest.`}
        </p>
      )}
    </>
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
