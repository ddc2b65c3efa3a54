import type { Submission } from '../../api/types'
import type { MarkKind } from '../../ui/Mark'

/** A submission's state as one word with its mark. */
export function submissionMark(submission: Pick<Submission, 'state' | 'verdict'>): { kind: MarkKind; word: string } {
  switch (submission.state) {
    case 'waiting':
      return { kind: 'waiting', word: 'Waiting' }
    case 'running':
      return { kind: 'running', word: 'Running' }
    case 'waiting-on-us':
      return { kind: 'on-us', word: 'Waiting on us' }
    case 'cancelled':
      return { kind: 'off', word: 'Cancelled' }
    case 'settled':
      return submission.verdict === 'rejected' ? { kind: 'rejected', word: 'Rejected' } : { kind: 'scored', word: 'Scored' }
  }
}
