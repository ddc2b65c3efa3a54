import type { BoardRow, Score, Submission } from '../../api/types'
import { fixed, plusMinus, scoreDecimals } from '../../format/numbers'
import { Whisker, WhiskerAxis } from '../../ui/Whisker'
import { sharedAxis, tickDecimals } from '../leaderboard/axis'
import styles from './Standing.module.css'

interface Props {
  submission: Submission
  score: Score
  rows: readonly BoardRow[]
  bounded: boolean
}

type Line = Pick<BoardRow, 'score' | 'halfWidth'> & { name: string; kind: 'plain' | 'own' | 'baseline' }

/** This score beside the team's best, the leader's and the baseline's, on one axis. */
export function Standing({ submission, score, rows, bounded }: Props) {
  const baseline = rows.find((row) => row.kind === 'baseline')
  const team = rows.find((row) => row.kind === 'team' && row.team === submission.team)
  const leader = rows.find((row) => row.kind === 'team' && row.team !== submission.team)
  const own: Line = { name: 'This one', score: score.value, halfWidth: score.halfWidth, kind: 'own' }
  const lines: Line[] = [own]
  if (team && team.submission !== submission.id) lines.push({ ...team, name: 'Your best', kind: 'plain' })
  if (leader) lines.push({ ...leader, name: leader.team, kind: 'plain' })
  if (baseline && baseline.submission !== submission.id) lines.push({ ...baseline, name: 'Baseline', kind: 'baseline' })
  if (lines.length < 2) return null
  const axis = sharedAxis(lines, bounded)
  if (!axis) return null
  const decimals = scoreDecimals(score.halfWidth)
  const reference = baseline?.score ?? null
  return (
    <table className={styles['standing']}>
      <caption className="unseen">This score beside others</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">Whose</span>
          </th>
          <th scope="col" className={styles['axis']}>
            <span className="unseen">As a drawing</span>
            <WhiskerAxis axis={axis} decimals={tickDecimals(axis)} reference={null} />
          </th>
          <th scope="col">
            <span className="unseen">Score</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.name}>
            <th scope="row">{line.name}</th>
            <td className={styles['axis']}>
              <Whisker axis={axis} value={line.score} halfWidth={line.halfWidth} reference={reference} kind={line.kind} />
            </td>
            <td className={styles['score']}>
              {fixed(line.score, decimals)}
              <span>{plusMinus(line.halfWidth, decimals)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
