/**
 * What the server says, by hand until its `/openapi.json` generates this file. Only `api/` imports know where it comes from:
 * the names below stay, their right-hand sides become `components['schemas'][…]`.
 */

export type Role = 'contestant' | 'administrator'

export interface Account {
  name: string
  role: Role
  mayCreateTasks: boolean
}

export interface Session {
  account: Account | null
}

export interface Page<Item> {
  items: Item[]
  next: string | null
}

/** One mistake in a strategy or a task: where it stands, what is wrong, what to write instead. */
export interface Problem {
  file: string | null
  /** Counted from 1; 0 = no line. */
  line: number
  /** Counted from 1; 0 = no column. */
  column: number
  message: string
  instead: string | null
}

/** RFC 9457. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  detail: string
  code: string
  problems?: Problem[]
}

export interface Token {
  id: string
  name: string
  expires: string | null
  created?: string | null
  lastUsed?: string | null
}

export interface CreatedToken extends Token {
  /** Told once, at creation. */
  token: string
}

export type TaskState = 'draft' | 'open' | 'paused' | 'closed' | 'withdrawn'

export interface TaskSummary {
  name: string
  title: string
  state: TaskState
  classes: number
  version: number
  teams: number
  submissions: number
  opens: string | null
  closes: string | null
}

export interface TaskPart {
  images: string[]
  /** Null where the images tell them. */
  labels: string | null
  metadata: string | null
}

export type Initial = { kind: 'seed'; seed: number } | { kind: 'file'; file: string }

export type Optimizer =
  | { kind: 'sgd'; momentum: number; nesterov: boolean; weightDecay: number }
  | { kind: 'adam' | 'adamw'; beta1: number; beta2: number; epsilon: number; weightDecay: number }

export type Schedule =
  | { kind: 'constant'; peak: number }
  | { kind: 'step'; peak: number; at: number[]; factor: number; warmup: number }
  | { kind: 'cosine' | 'one-cycle'; peak: number; warmup: number }

export interface TaskFile {
  name: string
  title: string
  data: {
    format: string
    classes: string[]
    input: { channels: number; height: number; width: number }
    train: TaskPart
    validation: TaskPart
    test: TaskPart | null
  }
  recipe: {
    model: { architecture: string; width: number }
    initial: Initial
    optimizer: Optimizer
    schedule: Schedule
    batch: number
    epochs: number
    /** What the averaged copy of the weights keeps of itself at each step; null = none is kept. */
    average: number | null
    seeds: { board: number; finals: number }
    device: { kind: string; threads: number }
  }
  budget: {
    add: number | null
    replace: number | null
    relabel: number | null
    drop: number | null
    archiveMegabytes: number
    weightCap: number
  }
  metrics: { rankBy: string; show: string[]; groups: string | null; headAbove: number; tailBelow: number }
  board: { publicFraction: number }
  quota: { perDay: number; total: number; running: number; rejectedFree: boolean }
  access: string
  phases: { opens: string | null; closes: string | null; reveals: string | null }
  datasheet: string | null
}

export interface Counts {
  base: number
  validation: number
  publicFold: number
  privateFold: number
  baseByClass: Record<string, number>
}

export interface QuotaLeft {
  perDay: number
  left: number
  total: number
  totalLeft: number
  nextFree: string | null
}

export interface Task {
  name: string
  title: string
  state: TaskState
  /** Null = not paused. */
  pause: { reason: string; since: string | null } | null
  access: string
  version: number
  digest: string
  organizer: string
  file: TaskFile
  counts: Counts
  initialWeights: string
  datasheet: string | null
  /** Null = nobody is signed in. */
  you: { team: string | null; organizer: boolean; quota: QuotaLeft } | null
}

/** What a team sends into the final. */
export interface FinalChoice {
  /** Ids, as things stand. */
  submissions: string[]
  /** False = the team has chosen none: its best on the board is sent. */
  chosen: boolean
  by: string | null
  max: number
  until: string | null
  /** False = the contest has closed. */
  open: boolean
}

/** What an organizer told everybody; Markdown. */
export interface Announcement {
  id: string
  at: string
  title: string
  text: string
}

/** What happened to a contest and its board. */
export interface Change {
  seq: number
  at: string
  kind: string
  text: string
}

export interface Invitation {
  id: string
  /** Told once, when it is made. */
  code: string | null
  uses: number
  usesMax: number
  invitedBy: string
  expires: string
}

export interface Team {
  id: string
  name: string
  /** An organizer's: not ranked, and nobody joins it. */
  baseline: boolean
  /** Whether the reader is the captain. */
  captain: boolean
  /** A submission was scored, and nobody comes or goes any more. */
  frozen: boolean
  nameStays: boolean
  membersMax: number
  members: { name: string; captain: boolean; you: boolean; joined: string }[]
  /** Those that are still good; for the captain alone. */
  invitations: Invitation[]
}

/** What the places and the weight of epochs go to, as far as it is known before training; shares 0 to 1. */
export interface Course {
  /** Epochs counted from 1; `classes` in the task's order. */
  ranges: { from: number; to: number; addedPlaces: number; addedWeight: number; classes: { places: number; weight: number }[] }[]
  /** Places of the rules whose effect is known only as training goes. */
  unknown: string[]
}

export interface Diff {
  base: number
  trained: number
  added: number
  dropped: number
  /** Base samples that get another image. */
  replaced: number
  labelsChanged: number
  softened: number
  /** Mean entropy of the labels in bits; `soft` = samples whose label is on more than one class. */
  entropy: { before: number; after: number; soft: number }
  /** `relabelled[from][to]` = samples moved; only cells that are not zero. */
  relabelled: Record<string, Record<string, number>>
  classes: { name: string; before: number; after: number; weightBefore: number; weightAfter: number }[]
  course: Course
  /** Of new images; near ones are not exact. */
  duplicates: {
    amongNew: number
    withBase: number
    nearAmongNew: number
    nearWithBase: number
    examples: { id: string; other: string; exact: boolean }[]
  }
  budget: { name: string; used: number; limit: number | null }[]
  /** `matches` is null when a rule's reach is known only as training goes. */
  rules: { where: string; text: string; matches: number | null; of: number }[]
}

export interface CheckReport {
  strategy: string | null
  title: string | null
  diff: Diff | null
  problems: Problem[]
}

export interface CurvePoint {
  /** Counted from 1. */
  epoch: number
  trainLoss: number
  trainAccuracy: number
  validationLoss: number
  validationAccuracy: number
  learningRate: number
}

export type SubmissionState = 'waiting' | 'running' | 'waiting-on-us' | 'settled' | 'cancelled'
export type Verdict = 'scored' | 'rejected'

export interface Score {
  metric: string
  value: number
  /** Of the 90% interval; 0 = not known for this metric. */
  halfWidth: number
  samples: number
}

export interface Validation {
  metrics: Record<string, number>
  classes: { name: string; samples: number; recall: number }[]
  /** `confusion[given][predicted]`. */
  confusion: number[][]
  /** By value of a metadata column; sorted by column, then value. */
  slices: { column: string; value: string; samples: number; accuracy: number }[]
}

export interface Progress {
  phase: 'starting' | 'train' | 'trained' | 'score'
  epoch: number
  epochs: number
  /** Why nothing runs although it is its turn; null = something runs, or soon will. */
  waitsFor: string | null
  /** Negative or null = not known yet. */
  secondsLeft: number | null
  /** In steps of 15: 0 = within the last 15 seconds. */
  heardSecondsAgo: number | null
  attempt: number
}

export interface Submission {
  id: string
  number: number
  task: string
  version: number
  team: string
  title: string | null
  strategy: string
  uploaded: string
  state: SubmissionState
  verdict: Verdict | null
  /** In the queue, from 1. */
  place: number | null
  /** From now; null = not known. */
  startsIn: { fromSeconds: number; toSeconds: number } | null
  progress: Progress | null
  curve: CurvePoint[]
  score: Score | null
  validation: Validation | null
  classes: string[]
  problems: Problem[]
  /** Sentences from training, such as a rule that never matched. */
  notes: string[]
  diff: Diff | null
  fault: string | null
  seconds: { load?: number; train?: number; score?: number } | null
  /** Whether it was charged, given back, and why: a sentence. */
  cost: { charged: boolean; refunded: boolean; why: string } | null
  digests: { task?: string | null; strategy?: string | null; initialWeights?: string | null; finalWeights?: string | null } | null
}

export interface BoardRow {
  /** Null = a baseline, which is not ranked. */
  rank: number | null
  kind: 'team' | 'baseline'
  team: string
  score: number
  /** Of the 90% interval; 0 = not known for this metric. */
  halfWidth: number
  /** Over the best baseline; null = there is none, or this is one. */
  gain: number | null
  /** The id, for one's own rows only. */
  submission: string | null
  labelsChanged: number | null
  added: number | null
  dropped: number | null
  submissions: number
  at: string
}

export interface Board {
  task: string
  title: string
  version: number
  metric: string
  fold: string
  samples: number
  rows: BoardRow[]
}
