import { calendarDay, exact, relative } from '../format/time'
import { useNow } from './useNow'

const DAY_MS = 86_400_000

/** A moment told from now, or by its day when it is far; the exact moment and its zone in the title. */
export function Moment({ at }: { at: string }) {
  const now = useNow(30_000)
  const far = Math.abs(Date.parse(at) - now) > 7 * DAY_MS
  return (
    <time dateTime={at} title={exact(at)}>
      {far ? calendarDay(at) : relative(at, now)}
    </time>
  )
}
