import { describe, expect, it } from 'vitest'
import { submission as shape } from '../../api/shapes'
import type { Board } from '../../api/types'
import { cancelSentence, comparison, heardSentence, statusSentence, wilson } from './status'

const of = (fields: object) => shape({ id: 'a', number: 1, task: 't', version: 1, ...fields })
const progress = (fields: object) => ({ phase: 'train', epoch: 7, epochs: 12, waitsFor: null, secondsLeft: 41, heardSecondsAgo: 2, attempt: 1, ...fields })
const score = { metric: 'accuracy', value: 0.8613, halfWidth: 0.023, samples: 600 }

describe('the first line of a submission', () => {
  it('tells the place in the queue', () => {
    expect(statusSentence(of({ state: 'waiting', place: 4 }))).toBe('Waiting: place 4 in the queue.')
    expect(statusSentence(of({ state: 'waiting', place: 1 }))).toBe('Waiting: next in the queue.')
    expect(statusSentence(of({ state: 'waiting', place: 1, startsIn: { fromSeconds: 0, toSeconds: 0 } }))).toBe('Waiting: next in the queue. It starts now.')
    expect(statusSentence(of({ state: 'waiting', place: 4, startsIn: { fromSeconds: 0, toSeconds: 50 } }))).toBe('Waiting: place 4 in the queue. It should start within 50 s.')
    expect(statusSentence(of({ state: 'waiting', place: 4, startsIn: { fromSeconds: 60, toSeconds: 240 } }))).toBe('Waiting: place 4 in the queue. It should start in 1 min to 4 min.')
  })
  it('tells epoch and time left, where it is known', () => {
    expect(statusSentence(of({ state: 'running', progress: progress({}) }))).toBe('Epoch 7 of 12 is done. About 41 s left.')
    expect(statusSentence(of({ state: 'running', progress: progress({ phase: 'starting', waitsFor: 'No card is free.' }) }))).toBe('No card is free.')
    expect(statusSentence(of({ state: 'running', progress: progress({ secondsLeft: -1, epoch: 0 }) }))).toBe('In the first of 12 epochs.')
    expect(statusSentence(of({ state: 'running' }))).toBe('Starting.')
  })
  it('takes a fault of ours upon us', () => {
    expect(statusSentence(of({ state: 'waiting-on-us' }))).toBe('Waiting on us: it failed on our side. This costs you nothing.')
  })
  it('ends with the score and its uncertainty', () => {
    expect(statusSentence(of({ state: 'settled', verdict: 'scored', score }))).toBe('0.861 ± 0.023 accuracy on the hidden test.')
  })
})

describe('what is said before cancelling', () => {
  const charged = { charged: true, refunded: false, why: '' }
  it('promises the try back only where it comes back', () => {
    expect(cancelSentence(of({ state: 'waiting', cost: charged }))).toBe('It has not started: your try is given back.')
    expect(cancelSentence(of({ state: 'running', cost: charged }))).toContain('Once a machine has begun with it the try stays used')
  })
  it('says that nothing is lost where nothing is', () => {
    expect(cancelSentence(of({ state: 'waiting-on-us', cost: { ...charged, refunded: true } }))).toContain('It costs you nothing.')
    expect(cancelSentence(of({ state: 'running', cost: { ...charged, charged: false } }))).toContain('It costs you nothing.')
  })
})

describe('the comparison with the baseline', () => {
  const row = { rank: null, kind: 'baseline', team: 'olivia', score: 0.829, halfWidth: 0.02 }
  // Only the fields that are read.
  const board = { metric: 'accuracy', version: 1, rows: [row] } as unknown as Board
  it('is in points', () => {
    expect(comparison(of({ state: 'settled', score }), board)).toBe('That is 3.2 points above the best baseline.')
  })
  it('is not made across versions of a contest', () => {
    expect(comparison(of({ state: 'settled', score, version: 2 }), board)).toBeNull()
  })
})

describe('the sign of life', () => {
  it('says when it is late and what that means', () => {
    expect(heardSentence(0)).toBe('just now')
    expect(heardSentence(15)).toBe('just now')
    expect(heardSentence(90)).toBe('no word for 2 min; tried again if it stays silent, at no cost to you')
  })
})

describe('the Wilson interval', () => {
  it('never leaves 0 to 1, also where all were right', () => {
    expect(wilson(1, 40).high).toBeCloseTo(1)
    expect(wilson(1, 40).low).toBeGreaterThan(0.9)
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 })
  })
})
