import type { Board, Submission } from '../../api/types'
import { difference, fixed, plusMinus, isShare, scoreDecimals } from '../../format/numbers'
import { duration } from '../../format/time'
import { metricName } from '../../format/words'

/** After this long without a beat we say so. */
export const LATE_SECONDS = 30

/** The first line of the page: where the submission stands, as a sentence. */
export function statusSentence(submission: Submission): string {
  switch (submission.state) {
    case 'waiting':
      return waitingSentence(submission)
    case 'running':
      return runningSentence(submission)
    case 'waiting-on-us':
      return 'Waiting on us: it failed on our side. This costs you nothing.'
    case 'cancelled':
      return 'Cancelled before it was judged.'
    case 'settled':
      return submission.verdict === 'rejected' ? 'Rejected: the strategy could not be trained as it is.' : scoreSentence(submission)
  }
}

function waitingSentence({ place, startsIn }: Submission): string {
  if (place === null) return 'Waiting for its turn.'
  const where = place === 1 ? 'Waiting: next in the queue.' : `Waiting: place ${place} in the queue.`
  if (!startsIn) return where
  const range = startsIn.fromSeconds > 0 ? `in ${duration(startsIn.fromSeconds)} to ${duration(startsIn.toSeconds)}` : `within ${duration(startsIn.toSeconds)}`
  return startsIn.toSeconds === 0 ? `${where} It starts now.` : `${where} It should start ${range}.`
}

function runningSentence({ progress }: Submission): string {
  if (!progress) return 'Starting.'
  if (progress.waitsFor) return progress.waitsFor
  switch (progress.phase) {
    case 'starting':
      return 'Starting: the machine fetches the task and your strategy.'
    case 'train': {
      const left = progress.secondsLeft !== null && progress.secondsLeft >= 0 ? ` About ${duration(progress.secondsLeft)} left.` : ''
      return progress.epoch === 0 ? `In the first of ${progress.epochs} epochs.${left}` : `Epoch ${progress.epoch} of ${progress.epochs} is done.${left}`
    }
    case 'trained':
      return 'Trained. The score comes next.'
    case 'score':
      return 'Trained. It is scored on the hidden test now.'
  }
}

function scoreSentence({ score }: Submission): string {
  if (!score) return 'Judged.'
  const decimals = scoreDecimals(score.halfWidth)
  return `${fixed(score.value, decimals)}${plusMinus(score.halfWidth, decimals)} ${metricName(score.metric)} on the hidden test.`
}

/** What cancelling it means now. */
export function cancelSentence({ state, cost }: Submission): string {
  if (cost && (!cost.charged || cost.refunded)) return 'It will not be judged. It costs you nothing.'
  return state === 'running'
    ? 'The job is stopped and there will be no score. Once a machine has begun with it the try stays used; until then it is given back.'
    : 'It has not started: your try is given back.'
}

/** How it stands to the baseline; claims no more than the numbers do. */
export function comparison(submission: Submission, board: Board | undefined): string | null {
  const { score } = submission
  const baseline = board?.rows.find((row) => row.kind === 'baseline')
  if (!score || !baseline || board?.metric !== score.metric || board.version !== submission.version) return null
  const gain = score.value - baseline.score
  const amount = difference(gain, score.metric).replace(/^[+−]/, '')
  if (Number(amount) === 0) return 'That is what the baseline has.'
  const unit = isShare(score.metric) ? ' points' : ''
  return `That is ${amount}${unit} ${gain > 0 ? 'above' : 'below'} the best baseline.`
}

/** The machine's last sign of life, and what happens when it is late. */
export function heardSentence(heardSecondsAgo: number | null): string {
  if (heardSecondsAgo === null) return 'not yet'
  if (heardSecondsAgo < LATE_SECONDS) return 'just now'
  return `no word for ${duration(heardSecondsAgo)}; tried again if it stays silent, at no cost to you`
}

/** The Wilson interval of a share, 90%: where a class's recall may really be. */
export function wilson(share: number, samples: number): { low: number; high: number } {
  if (samples <= 0) return { low: 0, high: 1 }
  const z = 1.64
  const middle = (share + (z * z) / (2 * samples)) / (1 + (z * z) / samples)
  const half = (z / (1 + (z * z) / samples)) * Math.sqrt((share * (1 - share)) / samples + (z * z) / (4 * samples * samples))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
