import type {
  Announcement,
  Board,
  BoardRow,
  Change,
  CheckReport,
  CreatedToken,
  Diff,
  FinalChoice,
  Invitation,
  Page,
  Session,
  Submission,
  Task,
  TaskSummary,
  Team,
  Token,
  Validation,
} from './types'

/*
 * From what came over the wire to the types. A server may leave out what is null or empty, so every such field is put
 * back here and no page has to ask twice. This is the border of the typed world: assertions (`as`) stand only here.
 */

/** The server's promise, taken at its word. */
function promised<Type>(shape: object): Type {
  return shape as Type
}

function record(raw: unknown): Record<string, unknown> {
  return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {}
}

function list<Item>(raw: unknown, shape: (item: unknown) => Item): Item[] {
  return Array.isArray(raw) ? raw.map(shape) : []
}

export function page<Item>(raw: unknown, shape: (item: unknown) => Item): Page<Item> {
  const { items, next } = record(raw)
  return { items: list(items, shape), next: typeof next === 'string' ? next : null }
}

export function session(raw: unknown): Session {
  return promised<Session>({ account: null, ...record(raw) })
}

export function taskSummary(raw: unknown): TaskSummary {
  return promised<TaskSummary>({ opens: null, closes: null, teams: 0, submissions: 0, ...record(raw) })
}

export function task(raw: unknown): Task {
  const from = record(raw)
  const file = record(from['file'])
  const you = from['you'] ? { team: null, organizer: false, ...record(from['you']) } : null
  const quota = you && 'quota' in you ? { nextFree: null, ...record(you.quota) } : null
  return promised<Task>({
    datasheet: null,
    pause: null,
    ...from,
    file: {
      datasheet: null,
      ...file,
      recipe: { average: null, ...record(file['recipe']) },
      budget: { add: null, replace: null, relabel: null, drop: null, ...record(file['budget']) },
      metrics: { show: [], groups: null, ...record(file['metrics']) },
      phases: { opens: null, closes: null, reveals: null, ...record(file['phases']) },
    },
    counts: { baseByClass: {}, ...record(from['counts']) },
    you: you && quota ? { ...you, quota } : null,
  })
}

export function diff(raw: unknown): Diff {
  const from = record(raw)
  const course = record(from['course'])
  const duplicates = record(from['duplicates'])
  return promised<Diff>({
    base: 0,
    trained: 0,
    added: 0,
    dropped: 0,
    replaced: 0,
    labelsChanged: 0,
    softened: 0,
    ...from,
    entropy: { before: 0, after: 0, soft: 0, ...record(from['entropy']) },
    relabelled: record(from['relabelled']),
    classes: list(from['classes'], record),
    course: {
      ranges: list(course['ranges'], (range) => ({ ...record(range), classes: list(record(range)['classes'], record) })),
      unknown: list(course['unknown'], String),
    },
    duplicates: {
      amongNew: 0,
      withBase: 0,
      nearAmongNew: 0,
      nearWithBase: 0,
      ...duplicates,
      examples: list(duplicates['examples'], record),
    },
    budget: list(from['budget'], (spend) => ({ limit: null, ...record(spend) })),
    rules: list(from['rules'], (rule) => ({ matches: null, ...record(rule) })),
  })
}

export function problem(raw: unknown) {
  return { file: null, line: 0, column: 0, message: '', instead: null, ...record(raw) }
}

export function checkReport(raw: unknown): CheckReport {
  const from = record(raw)
  return promised<CheckReport>({
    strategy: null,
    title: null,
    ...from,
    diff: from['diff'] ? diff(from['diff']) : null,
    problems: list(from['problems'], problem),
  })
}

function validation(raw: unknown): Validation {
  const from = record(raw)
  return promised<Validation>({
    metrics: {},
    ...from,
    classes: list(from['classes'], record),
    confusion: list(from['confusion'], (row) => list(row, Number)),
    slices: list(from['slices'], record),
  })
}

export function submission(raw: unknown): Submission {
  const from = record(raw)
  return promised<Submission>({
    title: null,
    verdict: null,
    place: null,
    startsIn: null,
    score: null,
    fault: null,
    seconds: null,
    cost: null,
    digests: null,
    ...from,
    progress: from['progress'] ? { waitsFor: null, secondsLeft: null, heardSecondsAgo: null, ...record(from['progress']) } : null,
    curve: list(from['curve'], record),
    validation: from['validation'] ? validation(from['validation']) : null,
    classes: list(from['classes'], String),
    problems: list(from['problems'], problem),
    notes: list(from['notes'], String),
    diff: from['diff'] ? diff(from['diff']) : null,
  })
}

export function finalChoice(raw: unknown): FinalChoice {
  const from = record(raw)
  return promised<FinalChoice>({ by: null, until: null, ...from, submissions: list(from['submissions'], String) })
}

export function announcement(raw: unknown): Announcement {
  return promised<Announcement>(record(raw))
}

export function change(raw: unknown): Change {
  return promised<Change>(record(raw))
}

export function invitation(raw: unknown): Invitation {
  return promised<Invitation>({ code: null, ...record(raw) })
}

export function team(raw: unknown): Team {
  const from = record(raw)
  return promised<Team>({
    baseline: false,
    captain: false,
    frozen: false,
    nameStays: false,
    ...from,
    members: list(from['members'], (member) => ({ captain: false, you: false, ...record(member) })),
    invitations: list(from['invitations'], invitation),
  })
}

function boardRow(raw: unknown): BoardRow {
  return promised<BoardRow>({
    rank: null,
    gain: null,
    submission: null,
    labelsChanged: null,
    added: null,
    dropped: null,
    ...record(raw),
  })
}

export function board(raw: unknown): Board {
  const from = record(raw)
  return promised<Board>({ ...from, rows: list(from['rows'], boardRow) })
}

export function token(raw: unknown): Token {
  return promised<Token>({ expires: null, ...record(raw) })
}

export function createdToken(raw: unknown): CreatedToken {
  return promised<CreatedToken>({ expires: null, ...record(raw) })
}
