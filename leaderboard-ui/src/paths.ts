/** Every address that the client links to. Pages of the client are routes (`app/router.tsx`); these are files and the API. */

const task = (name: string) => `/api/tasks/${encodeURIComponent(name)}`
const submission = (id: string) => `/api/submissions/${encodeURIComponent(id)}`

export const api = {
  accounts: '/api/accounts',
  session: '/api/session',
  tokens: '/api/tokens',
  token: (id: string) => `/api/tokens/${encodeURIComponent(id)}`,
  tasks: '/api/tasks',
  task,
  taskData: (name: string) => `${task(name)}/data`,
  croissant: (name: string) => `${task(name)}/croissant`,
  check: (name: string) => `${task(name)}/strategies/check`,
  submissions: (name: string) => `${task(name)}/submissions`,
  board: (name: string) => `${task(name)}/leaderboard`,
  boardCsv: (name: string) => `${task(name)}/leaderboard?format=csv`,
  finalBoard: (name: string) => `${task(name)}/leaderboard?board=final`,
  finalBoardCsv: (name: string) => `${task(name)}/leaderboard?board=final&format=csv`,
  finalChoice: (name: string) => `${task(name)}/final-choice`,
  announcements: (name: string) => `${task(name)}/announcements`,
  changes: (name: string) => `${task(name)}/changes`,
  team: (name: string) => `${task(name)}/team`,
  teamInvitations: (name: string) => `${task(name)}/team/invitations`,
  teamInvitation: (name: string, id: string) => `${task(name)}/team/invitations/${encodeURIComponent(id)}`,
  teamMember: (name: string, member: string) => `${task(name)}/team/members/${encodeURIComponent(member)}`,
  teamJoin: (name: string) => `${task(name)}/team/join`,
  teamLeave: (name: string) => `${task(name)}/team/leave`,
  acceptInvitation: '/api/invitations/accept',
  submission,
  cancel: (id: string) => `${submission(id)}/cancel`,
} as const
