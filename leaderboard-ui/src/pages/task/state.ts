import type { TaskState } from '../../api/types'
import type { MarkKind } from '../../ui/Mark'

/** A contest's state as a reader sees it. */
export function taskMark(state: TaskState): { kind: MarkKind; word: string } {
  switch (state) {
    case 'open':
      return { kind: 'open', word: 'Open' }
    case 'paused':
      return { kind: 'on-us', word: 'Paused' }
    case 'closed':
      return { kind: 'off', word: 'Closed' }
    case 'draft':
      return { kind: 'waiting', word: 'Draft' }
    case 'withdrawn':
      return { kind: 'off', word: 'Withdrawn' }
  }
}
