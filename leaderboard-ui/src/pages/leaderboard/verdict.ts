import type { Board } from '../../api/types'
import { columnDecimals, counted, fixed } from '../../format/numbers'
import { metricName } from '../../format/words'

/** What the board says, as a sentence that names everyone who stands first. */
export function verdict(board: Board): string {
  const teams = board.rows.filter((row) => row.kind === 'team')
  const first = teams.filter((row) => row.rank === 1)
  const [leader] = first
  if (!leader) {
    return board.rows.length > 0
      ? 'No team has been judged yet: only the baseline stands here.'
      : 'Nothing has been judged yet.'
  }
  const decimals = columnDecimals(board.rows.map((row) => row.halfWidth))
  const score = `${fixed(leader.score, decimals)} ± ${fixed(leader.halfWidth, decimals)}`
  if (first.length === 1) return `${leader.team} leads with ${score}.`
  const names = first.map((row) => row.team)
  if (first.length > 4) return `${first.length} teams share the first place with ${score}.`
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} share the first place with ${score}.`
}

export function basis(board: Board): string {
  const teams = board.rows.filter((row) => row.kind === 'team').length
  return `${counted(teams, 'team')}, by ${metricName(board.metric)} on ${counted(board.samples, 'hidden image')} (${board.fold} fold). The final uses the other fold.`
}
