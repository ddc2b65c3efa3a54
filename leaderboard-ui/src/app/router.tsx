import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { boardQuery, sessionQuery, submissionQuery, submissionsQuery, taskQuery, tasksQuery, teamQuery, tokensQuery } from '../api/queries'
import { ContestsPage } from '../pages/task/ContestsPage'
import { NothingHere, PageFailed } from './Fallback'
import { Shell } from './Shell'
import { queryClient } from './cache'

// Loaders only start what a page will read; the page itself shows waiting and failing.
const start = (query: { queryKey: readonly unknown[] }) => void queryClient.prefetchQuery(query)

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NothingHere,
  errorComponent: PageFailed,
  loader: () => start(sessionQuery),
})

const contests = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: () => start(tasksQuery),
  component: ContestsPage,
})

/** Where to go on after signing in: a page of this client, never another site. */
function pageWithin(next: unknown): string | undefined {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : undefined
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = pageWithin(search['next'])
    return next === undefined ? {} : { next }
  },
  component: lazyRouteComponent(() => import('../pages/account/SignInPage'), 'SignInPage'),
})

const tokens = createRoute({
  getParentRoute: () => root,
  path: '/tokens',
  loader: () => start(tokensQuery),
  component: lazyRouteComponent(() => import('../pages/account/TokensPage'), 'TokensPage'),
})

const task = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$task',
  loader: ({ params }) => start(taskQuery(params.task)),
  component: lazyRouteComponent(() => import('../pages/task/TaskFrame'), 'TaskFrame'),
})

const overview = createRoute({
  getParentRoute: () => task,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/task/TaskPage'), 'TaskPage'),
})

const leaderboard = createRoute({
  getParentRoute: () => task,
  path: '/leaderboard',
  validateSearch: (search: Record<string, unknown>): { board?: 'running' } => (search['board'] === 'running' ? { board: 'running' } : {}),
  loader: ({ params }) => start(boardQuery(params.task)),
  component: lazyRouteComponent(() => import('../pages/leaderboard/LeaderboardPage'), 'LeaderboardPage'),
})

const submit = createRoute({
  getParentRoute: () => task,
  path: '/submit',
  component: lazyRouteComponent(() => import('../pages/submission/SubmitPage'), 'SubmitPage'),
})

const submissions = createRoute({
  getParentRoute: () => task,
  path: '/submissions',
  loader: ({ params }) => start(submissionsQuery(params.task)),
  component: lazyRouteComponent(() => import('../pages/submission/SubmissionsPage'), 'SubmissionsPage'),
})

const codeOf = (search: Record<string, unknown>): { code?: string } => (typeof search['code'] === 'string' ? { code: search['code'] } : {})

const team = createRoute({
  getParentRoute: () => task,
  path: '/team',
  validateSearch: codeOf,
  loader: ({ params }) => start(teamQuery(params.task)),
  component: lazyRouteComponent(() => import('../pages/team/TeamPage'), 'TeamPage'),
})

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  validateSearch: codeOf,
  component: lazyRouteComponent(() => import('../pages/team/InvitationPage'), 'InvitationPage'),
})

const submission = createRoute({
  getParentRoute: () => root,
  path: '/submissions/$id',
  validateSearch: (search: Record<string, unknown>): { again?: true } => (search['again'] ? { again: true } : {}),
  loader: ({ params }) => start(submissionQuery(params.id)),
  component: lazyRouteComponent(() => import('../pages/submission/SubmissionPage'), 'SubmissionPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    contests,
    signIn,
    tokens,
    task.addChildren([overview, leaderboard, submit, submissions, team]),
    invitation,
    submission,
  ]),
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
