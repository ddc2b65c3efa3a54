import { queryOptions } from '@tanstack/react-query'
import { api } from '../paths'
import { ApiProblem, read, send, sendForStatus, upload, type Answer, type Sent } from './client'
import * as shapes from './shapes'
import type { Account, Board, CheckReport, CreatedToken, FinalChoice, Invitation, Submission, Team } from './types'

/** A running one moves by the second; one that waits moves when another ends. */
const RUNNING_POLL_MS = 1500
const WAITING_POLL_MS = 3000
const LIST_POLL_MS = 4000
const BOARD_POLL_MS = 10_000
const NOT_OUT_POLL_MS = 60_000

export const keys = {
  session: ['session'] as const,
  tasks: ['tasks'] as const,
  task: (name: string) => ['task', name] as const,
  board: (name: string) => ['board', name] as const,
  finalBoard: (name: string) => ['final-board', name] as const,
  submissions: (name: string) => ['submissions', name] as const,
  submission: (id: string) => ['submission', id] as const,
  finalChoice: (name: string) => ['final-choice', name] as const,
  news: (name: string) => ['news', name] as const,
  team: (name: string) => ['team', name] as const,
  tokens: ['tokens'] as const,
}

export function isOver(submission: Submission): boolean {
  return submission.state === 'settled' || submission.state === 'cancelled'
}

/** Lists come in pages; no list of this client is longer than these together. */
const PAGES_MAX = 20

async function readAll<Item>(path: string, shape: (item: unknown) => Item, signal: AbortSignal): Promise<{ items: Item[] }> {
  const items: Item[] = []
  let next: string | null = ''
  for (let pages = 0; next !== null && pages < PAGES_MAX; pages += 1) {
    const from: string = next === '' ? path : `${path}?after=${encodeURIComponent(next)}`
    const page = shapes.page(await read(from, signal), shape)
    items.push(...page.items)
    next = page.next
  }
  return { items }
}

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }) => shapes.session(await send('GET', api.session, undefined, signal)),
  staleTime: 60_000,
})

export const tasksQuery = queryOptions({
  queryKey: keys.tasks,
  queryFn: ({ signal }) => readAll(api.tasks, shapes.taskSummary, signal),
})

export const taskQuery = (name: string) =>
  queryOptions({
    queryKey: keys.task(name),
    queryFn: async ({ signal }) => shapes.task(await read(api.task(name), signal)),
    staleTime: 5000,
  })

export const boardQuery = (name: string) =>
  queryOptions({
    queryKey: keys.board(name),
    queryFn: async ({ signal }) => shapes.board(await read(api.board(name), signal)),
    refetchInterval: BOARD_POLL_MS,
  })

/** Null = the final is not out. */
export const finalBoardQuery = (name: string) =>
  queryOptions({
    queryKey: keys.finalBoard(name),
    queryFn: async ({ signal }): Promise<Board | null> => {
      try {
        return shapes.board(await read(api.finalBoard(name), signal))
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null
        throw error
      }
    },
    refetchInterval: (query) => (query.state.data ? BOARD_POLL_MS : NOT_OUT_POLL_MS),
  })

export const submissionsQuery = (name: string) =>
  queryOptions({
    queryKey: keys.submissions(name),
    queryFn: ({ signal }) => readAll(api.submissions(name), shapes.submission, signal),
    refetchInterval: (query) => (query.state.data?.items.some((one) => !isOver(one)) ? LIST_POLL_MS : false),
  })

export const submissionQuery = (id: string) =>
  queryOptions({
    queryKey: keys.submission(id),
    queryFn: async ({ signal }) => shapes.submission(await read(api.submission(id), signal)),
    refetchInterval: (query) => {
      const submission = query.state.data
      if (submission && isOver(submission)) return false
      return submission && submission.state !== 'running' ? WAITING_POLL_MS : RUNNING_POLL_MS
    },
  })

export const finalChoiceQuery = (name: string) =>
  queryOptions({
    queryKey: keys.finalChoice(name),
    queryFn: async ({ signal }) => shapes.finalChoice(await send('GET', api.finalChoice(name), undefined, signal)),
  })

/** The newest page of what was announced and of what changed. */
export const newsQuery = (name: string) =>
  queryOptions({
    queryKey: keys.news(name),
    queryFn: async ({ signal }) => {
      const [announcements, changes] = await Promise.all([
        send('GET', api.announcements(name), undefined, signal),
        send('GET', api.changes(name), undefined, signal),
      ])
      return {
        announcements: shapes.page(announcements, shapes.announcement).items,
        changes: shapes.page(changes, shapes.change).items.filter((one) => one.kind !== 'announcement'),
      }
    },
    staleTime: 30_000,
  })

/** Null = on no team yet. */
export const teamQuery = (name: string) =>
  queryOptions({
    queryKey: keys.team(name),
    queryFn: async ({ signal }): Promise<Team | null> => {
      try {
        return shapes.team(await send('GET', api.team(name), undefined, signal))
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null
        throw error
      }
    },
  })

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) => shapes.page(await send('GET', api.tokens, undefined, signal), shapes.token),
})

export async function signIn(name: string, password: string): Promise<Account> {
  return (await send('POST', api.session, { name, password })) as Account // The server's promise for 200.
}

export async function createAccount(name: string, password: string, email: string | null): Promise<Account> {
  return (await send('POST', api.accounts, email ? { name, password, email } : { name, password })) as Account // The promise for 201.
}

export async function signOut(): Promise<void> {
  await send('DELETE', api.session)
}

export async function createToken(name: string, days: number): Promise<CreatedToken> {
  return shapes.createdToken(await send('POST', api.tokens, { name, days }))
}

export async function deleteToken(id: string): Promise<void> {
  await send('DELETE', api.token(id))
}

/** Sends an archive to be looked at; spends nothing. A strategy with problems comes back as an `ApiProblem` that names them. */
export async function checkStrategy(task: string, file: Blob, progress: (sent: Sent) => void, signal: AbortSignal): Promise<CheckReport> {
  return shapes.checkReport((await upload(api.check(task), file, progress, signal)).body)
}

export interface Submitted {
  submission: Submission
  /** False = this very strategy was submitted before; nothing was charged. */
  isNew: boolean
}

/** Submits what was just checked: by digest, so nothing is sent twice. */
export async function submitChecked(task: string, strategy: string): Promise<Submitted> {
  return submitted(await sendForStatus('POST', api.submissions(task), { strategy }))
}

export async function submitFile(task: string, file: Blob, progress: (sent: Sent) => void, signal: AbortSignal): Promise<Submitted> {
  return submitted(await upload(api.submissions(task), file, progress, signal))
}

function submitted({ status, body }: Answer): Submitted {
  return { submission: shapes.submission(body), isNew: status === 201 }
}

export async function cancelSubmission(id: string): Promise<Submission> {
  return shapes.submission(await send('POST', api.cancel(id)))
}

export async function makeTeam(task: string, name: string): Promise<Team> {
  return shapes.team(await send('POST', api.team(task), { name }))
}

export async function renameTeam(task: string, name: string): Promise<Team> {
  return shapes.team(await send('PATCH', api.team(task), { name }))
}

/** @param captain the name of a member */
export async function handTeamOver(task: string, captain: string): Promise<Team> {
  return shapes.team(await send('PATCH', api.team(task), { captain }))
}

export async function joinTeam(task: string, code: string): Promise<Team> {
  return shapes.team(await send('POST', api.teamJoin(task), { code }))
}

export async function leaveTeam(task: string): Promise<void> {
  await send('POST', api.teamLeave(task))
}

export async function removeMember(task: string, member: string): Promise<void> {
  await send('DELETE', api.teamMember(task, member))
}

/** @param uses people who may come by it */
export async function inviteToTeam(task: string, uses: number): Promise<Invitation> {
  return shapes.invitation(await send('POST', api.teamInvitations(task), { uses }))
}

export async function takeInvitationBack(task: string, id: string): Promise<void> {
  await send('DELETE', api.teamInvitation(task, id))
}

/** Comes into an invited contest; answers which. */
export async function acceptInvitation(code: string): Promise<{ task: string; title: string }> {
  return (await send('POST', api.acceptInvitation, { code })) as { task: string; title: string } // The promise for 200.
}

/** @param submissions ids; none = the best on the board */
export async function chooseForFinal(task: string, submissions: readonly string[]): Promise<FinalChoice> {
  return shapes.finalChoice(await send('PUT', api.finalChoice(task), { submissions }))
}
