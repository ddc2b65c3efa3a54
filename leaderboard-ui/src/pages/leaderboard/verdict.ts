import type { Board, BoardRow } from '../../api/types'
import { columnDecimals, counted, fixed, plusMinus } from '../../format/numbers'
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
  const score = `${fixed(leader.score, decimals)}${plusMinus(leader.halfWidth, decimals)}`
  if (first.length === 1) return `${leader.team} ${isFinal(board) ? 'wins' : 'leads'} with ${score}.${within(leader, teams.filter((row) => row !== leader))}`
  const names = first.map((row) => row.team)
  if (first.length > 4) return `${first.length} teams share the first place with ${score}.`
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} share the first place with ${score}.`
}

/** A lone leader is not more sure than the interval says. */
function within(leader: BoardRow, others: readonly BoardRow[]): string {
  if (leader.halfWidth === 0) return others.length > 0 ? ' How sure that is, is not known for this metric.' : ''
  const near = others.filter((row) => Math.abs(leader.score - row.score) <= leader.halfWidth)
  const [only] = near
  if (!only) return ''
  return near.length === 1 ? ` ${only.team} stands within that interval.` : ` ${near.length} teams more stand within that interval.`
}

export function isFinal(board: Board): boolean {
  return board.fold === 'private'
}

export function basis(board: Board): string {
  const teams = board.rows.filter((row) => row.kind === 'team').length
  const rest = isFinal(board) ? 'No board before used these images, and the seeds were secret until now.' : 'The final uses the other fold.'
  return `${counted(teams, 'team')}, by ${metricName(board.metric)} on ${counted(board.samples, 'hidden image')} (${board.fold} fold). ${rest}`
}
