import { count, counted, plainPercent } from '../../format/numbers'
import type { Counts, TaskFile } from '../../api/types'

export interface Line {
  term: string
  value: string
  note?: string
}

/** An epoch is a fixed number of steps, whatever a strategy adds. */
export function stepsAnEpoch(file: TaskFile, counts: Counts): number {
  return Math.ceil(counts.base / file.recipe.batch)
}

/** The frozen part, in words. */
export function recipeLines(file: TaskFile, counts: Counts): Line[] {
  const { recipe } = file
  const steps = stepsAnEpoch(file, counts)
  return [
    { term: 'Model', value: model(recipe.model), note: input(file.data.input) },
    { term: 'First weights', value: `made once from seed ${recipe.initialSeed}`, note: 'Everyone starts from the same file.' },
    { term: 'Optimizer', value: optimizer(recipe.optimizer) },
    { term: 'Learning rate', value: schedule(recipe.schedule) },
    { term: 'Batch', value: counted(recipe.batch, 'image') },
    {
      term: 'Length',
      value: `${counted(recipe.epochs, 'epoch')} of ${counted(steps, 'step')}: ${counted(recipe.epochs * steps, 'step')} in all`,
      note: 'However much you add or drop, there are no more steps and no fewer.',
    },
    {
      term: 'Seeds',
      value: `${count(recipe.seeds.board)} on the board, ${count(recipe.seeds.finals)} in the final`,
    },
    { term: 'Machine', value: `${recipe.device.kind.toUpperCase()}, ${counted(recipe.device.threads, 'thread')}` },
  ]
}

function model({ architecture, width }: TaskFile['recipe']['model']): string {
  switch (architecture) {
    case 'mlp':
      return `a perceptron with ${count(width)} hidden units`
    case 'small-cnn':
      return `a small convolutional network, ${count(width)} channels wide at its first layer`
    default:
      return `${architecture}, ${count(width)} wide`
  }
}

function input({ channels, height, width }: TaskFile['data']['input']): string {
  return `It sees ${channels === 1 ? 'grey' : channels === 3 ? 'colour' : `${channels}-channel`} images of ${width} × ${height} pixels.`
}

function optimizer({ kind, momentum, nesterov, weightDecay }: TaskFile['recipe']['optimizer']): string {
  const parts = [kind.toLowerCase() === 'sgd' ? 'SGD' : kind]
  if (momentum > 0) parts.push(`${nesterov ? 'Nesterov ' : ''}momentum ${momentum}`)
  parts.push(weightDecay > 0 ? `weight decay ${weightDecay}` : 'no weight decay')
  return parts.join(', ')
}

function schedule({ kind, peak, warmup }: TaskFile['recipe']['schedule']): string {
  switch (kind.toLowerCase().replace('_', '-')) {
    case 'constant':
      return `${peak} throughout`
    case 'one-cycle':
      return `rises to ${peak} over the first ${plainPercent(warmup)}, then falls to nothing`
    default:
      return `${kind}, at most ${peak}`
  }
}

/** What a strategy may spend. */
export function budgetLines(file: TaskFile, counts: Counts): Line[] {
  const { budget } = file
  const ofBase = (limit: number) => `${plainPercent(Math.round((limit / counts.base) * 1000) / 1000)} of the base set`
  const limited = (term: string, limit: number | null, none: string): Line =>
    limit === null
      ? { term, value: none }
      : limit === 0
        ? { term, value: 'none' }
        : { term, value: `at most ${count(limit)}`, note: ofBase(limit) }
  return [
    limited('Labels changed', budget.relabel, 'as many as you like'),
    limited('Samples added', budget.add, 'as many as you like'),
    limited('Samples dropped', budget.drop, 'as many as you like'),
    { term: 'Weight', value: `at most ${count(budget.weightCap)} times the mean`, note: 'Weights are scaled to mean 1: they never raise the learning rate.' },
    { term: 'Archive', value: `at most ${count(budget.archiveMegabytes)} MB` },
  ]
}

/** The parts of the data, and who sees them. */
export function dataLines(file: TaskFile, counts: Counts): Line[] {
  return [
    { term: 'Base set', value: counted(counts.base, 'image'), note: 'Yours to work on.' },
    { term: 'Validation set', value: counted(counts.validation, 'image'), note: 'Public. Look at it as often as you like.' },
    {
      term: 'Hidden test',
      value: `${count(counts.publicFold)} + ${count(counts.privateFold)} images`,
      note: `The board uses the first part (${plainPercent(file.board.publicFraction)}), the final the second.`,
    },
  ]
}

export function quotaSentence(quota: TaskFile['quota']): string {
  const parts = [`${counted(quota.perDay, 'submission')} in any 24 hours, ${count(quota.total)} in all`]
  parts.push(quota.running === 1 ? 'one is judged at a time' : `${count(quota.running)} are judged at a time`)
  parts.push(quota.rejectedFree ? 'a rejected one costs nothing' : 'a rejected one counts')
  return `${parts.join('; ')}. Checking is free.`
}
