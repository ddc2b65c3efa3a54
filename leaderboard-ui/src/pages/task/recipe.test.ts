import { describe, expect, it } from 'vitest'
import type { Counts, TaskFile } from '../../api/types'
import { budgetLines, quotaSentence, recipeLines, stepsAnEpoch } from './recipe'

const file: TaskFile = {
  name: 'roman-numerals',
  title: 'Roman numerals',
  data: {
    format: 'idx',
    classes: ['i', 'ii'],
    input: { channels: 1, height: 32, width: 32 },
    train: { images: ['a'], labels: 'b', metadata: null },
    validation: { images: ['a'], labels: 'b', metadata: null },
    test: null,
  },
  recipe: {
    model: { architecture: 'small-cnn', width: 16 },
    initial: { kind: 'seed', seed: 17 },
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.0005 },
    schedule: { kind: 'one-cycle', peak: 0.4, warmup: 0.2 },
    batch: 128,
    epochs: 12,
    average: null,
    seeds: { board: 1, finals: 3 },
    device: { kind: 'cpu', threads: 1 },
  },
  budget: { add: 0, replace: 20, relabel: 600, drop: null, archiveMegabytes: 50, weightCap: 20 },
  metrics: { rankBy: 'accuracy', show: [], groups: null, headAbove: 100, tailBelow: 20 },
  board: { publicFraction: 0.3 },
  quota: { perDay: 5, total: 300, running: 1, rejectedFree: true },
  access: 'public',
  phases: { opens: null, closes: null, reveals: null },
  datasheet: null,
}
const counts: Counts = { base: 2000, validation: 400, publicFold: 600, privateFold: 1400, baseByClass: {} }

const valueOf = (lines: { term: string; value: string }[], term: string) => lines.find((line) => line.term === term)?.value

describe('the recipe in words', () => {
  it('counts the steps from the base size, the last batch being full', () => {
    expect(stepsAnEpoch(file, counts)).toBe(16)
    expect(valueOf(recipeLines(file, counts), 'Length')).toBe('12 epochs of 16 steps: 192 steps in all')
  })
  it('tells optimizer and schedule as sentences', () => {
    expect(valueOf(recipeLines(file, counts), 'Optimizer')).toBe('SGD, Nesterov momentum 0.9, weight decay 0.0005')
    expect(valueOf(recipeLines(file, counts), 'Learning rate')).toBe('rises to 0.4 over the first 20%, then falls to nothing')
  })
})

describe('another recipe in words', () => {
  const other: TaskFile = {
    ...file,
    recipe: {
      ...file.recipe,
      initial: { kind: 'file', file: 'start.safetensors' },
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      schedule: { kind: 'step', peak: 0.3, at: [0.5, 0.75], factor: 0.1, warmup: 0 },
      average: 0.99,
    },
  }
  it('tells what is frozen', () => {
    const lines = recipeLines(other, counts)
    expect(valueOf(lines, 'First weights')).toBe('the organizer’s own')
    expect(valueOf(lines, 'Optimizer')).toBe('AdamW, β 0.9 and 0.999, weight decay 0.01')
    expect(valueOf(lines, 'Learning rate')).toBe('begins at 0.3, times 0.1 at 50%, 75% of the steps')
    expect(valueOf(lines, 'Averaging')).toBe('exponential, 0.99 kept at each step')
  })
  it('falls as a cosine', () => {
    const schedule = { kind: 'cosine', peak: 0.3, warmup: 0.05 } as const
    expect(valueOf(recipeLines({ ...other, recipe: { ...other.recipe, schedule } }, counts), 'Learning rate')).toBe(
      'rises to 0.3 over the first 5%, then falls as a cosine to nothing',
    )
  })
})

describe('the budget in words', () => {
  it('tells no limit, none at all and a limit apart', () => {
    expect(valueOf(budgetLines(file, counts), 'Samples dropped')).toBe('as many as you like')
    expect(valueOf(budgetLines(file, counts), 'Samples added')).toBe('none')
    expect(valueOf(budgetLines(file, counts), 'Images replaced')).toBe('at most 20')
    expect(budgetLines(file, counts)[0]).toEqual({ term: 'Labels changed', value: 'at most 600', note: '30% of the base set' })
  })
})

describe('the quota', () => {
  it('is one sentence', () => {
    expect(quotaSentence(file.quota)).toBe(
      '5 submissions in any 24 hours, 300 in all; one is judged at a time; a rejected one costs nothing. Checking is free.',
    )
  })
})
