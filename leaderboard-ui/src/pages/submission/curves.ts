import type { CurvePoint } from '../../api/types'
import { fixed } from '../../format/numbers'

export type Measure = 'accuracy' | 'loss'

/** The two lines of one drawing, by epoch. */
export function lines(points: readonly CurvePoint[], measure: Measure): { epochs: number[]; training: number[]; validation: number[] } {
  const sorted = points.toSorted((a, b) => a.epoch - b.epoch)
  return {
    epochs: sorted.map((point) => point.epoch),
    training: sorted.map((point) => (measure === 'accuracy' ? point.trainAccuracy : point.trainLoss)),
    validation: sorted.map((point) => (measure === 'accuracy' ? point.validationAccuracy : point.validationLoss)),
  }
}

/** What the drawing shows, in one sentence. */
export function finding(points: readonly CurvePoint[], measure: Measure): string {
  const { epochs, validation, training } = lines(points, measure)
  const last = validation.at(-1)
  const epoch = epochs.at(-1)
  if (last === undefined || epoch === undefined) return 'The first point comes with the end of the first epoch.'
  const bestValue = measure === 'accuracy' ? Math.max(...validation) : Math.min(...validation)
  const bestEpoch = epochs[validation.indexOf(bestValue)] ?? epoch
  const now = `${fixed(last, 3)} on validation after epoch ${epoch}`
  if (bestEpoch === epoch) return `${now}, the best so far.`
  if (measure === 'accuracy') return `${now}; the best was ${fixed(bestValue, 3)} after epoch ${bestEpoch}.`
  const stillFalling = (training.at(-1) ?? 0) < (training[epochs.indexOf(bestEpoch)] ?? 0)
  return stillFalling
    ? `${now}, lowest after epoch ${bestEpoch} (${fixed(bestValue, 3)}); on training it fell on.`
    : `${now}; the lowest was ${fixed(bestValue, 3)} after epoch ${bestEpoch}.`
}
