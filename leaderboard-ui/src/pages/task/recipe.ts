import { count, counted, plainPercent } from '../../format/numbers'
import type { Counts, Initial, Optimizer, Schedule, TaskFile } from '../../api/types'

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
    { term: 'First weights', value: initial(recipe.initial), note: 'Everyone starts from the same file.' },
    { term: 'Optimizer', value: optimizer(recipe.optimizer) },
    { term: 'Learning rate', value: schedule(recipe.schedule) },
    ...(recipe.average === null
      ? []
      : [{ term: 'Averaging', value: `exponential, ${recipe.average} kept at each step`, note: 'The averaged weights are scored.' }]),
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
    case 'resnet9':
      return `ResNet-9, ${count(width)} channels wide at its first layer`
    case 'resnet18':
      return `ResNet-18, ${count(width)} channels wide at its first layer`
    case 'resnet50-cut':
      return `ResNet-50 cut after its first stage, ${count(width)} channels wide at its first layer`
    default:
      return `${architecture}, ${count(width)} wide`
  }
}

function input({ channels, height, width }: TaskFile['data']['input']): string {
  return `It sees ${channels === 1 ? 'grey' : channels === 3 ? 'colour' : `${channels}-channel`} images of ${width} × ${height} pixels.`
}

function initial(from: Initial): string {
  return from.kind === 'seed' ? `made once from seed ${from.seed}` : 'the organizer’s own'
}

function optimizer(frozen: Optimizer): string {
  const decay = frozen.weightDecay > 0 ? `weight decay ${frozen.weightDecay}` : 'no weight decay'
  switch (frozen.kind) {
    case 'sgd':
      return frozen.momentum > 0
        ? `SGD, ${frozen.nesterov ? 'Nesterov ' : ''}momentum ${frozen.momentum}, ${decay}`
        : `SGD, ${decay}`
    case 'adam':
    case 'adamw':
      return `${frozen.kind === 'adam' ? 'Adam' : 'AdamW'}, β ${frozen.beta1} and ${frozen.beta2}, ${decay}`
  }
}

function schedule(frozen: Schedule): string {
  switch (frozen.kind) {
    case 'constant':
      return `${frozen.peak} throughout`
    case 'step':
      return `${rise(frozen)}, times ${frozen.factor} at ${frozen.at.map(plainPercent).join(', ')} of the steps`
    case 'cosine':
      return `${rise(frozen)}, then falls as a cosine to nothing`
    case 'one-cycle':
      return `${rise(frozen)}, then falls to nothing`
  }
}

function rise({ peak, warmup }: { peak: number; warmup: number }): string {
  return warmup > 0 ? `rises to ${peak} over the first ${plainPercent(warmup)}` : `begins at ${peak}`
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
    limited('Images replaced', budget.replace, 'as many as you like'),
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
