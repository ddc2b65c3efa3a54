import type { BoardRow } from '../../api/types'
import { ticks } from '../../format/numbers'
import type { Axis } from '../../ui/Whisker'

const ROOM = 0.04
/** An axis shorter than this would make chance look like a gap. */
const SPAN_MIN = 0.02

/** One axis that holds every row's interval, with a little room at both ends. */
export function sharedAxis(rows: readonly Pick<BoardRow, 'score' | 'halfWidth'>[], bounded: boolean): Axis | null {
  if (rows.length === 0) return null
  const lowest = Math.min(...rows.map((row) => row.score - row.halfWidth))
  const highest = Math.max(...rows.map((row) => row.score + row.halfWidth))
  const span = Math.max(highest - lowest, SPAN_MIN)
  const middle = (highest + lowest) / 2
  const reach = span / 2 + span * ROOM
  const low = bounded ? Math.max(0, middle - reach) : middle - reach
  const high = bounded ? Math.min(1, middle + reach) : middle + reach
  return { low, high, ticks: ticks(low, high, 4) }
}

/** Digits that tell neighbouring ticks apart. */
export function tickDecimals({ ticks: values }: Axis): number {
  const [first = 0, second = first + 0.1] = values
  return Math.min(4, Math.max(0, Math.ceil(-Math.log10(Math.abs(second - first)) - 1e-9)))
}

/** Where the baseline stands: the best of them. */
export function bestBaseline(rows: readonly BoardRow[]): BoardRow | null {
  return rows.find((row) => row.kind === 'baseline') ?? null
}
