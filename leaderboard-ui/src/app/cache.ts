import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from '../api/client'

const RETRIES_MAX = 2

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The server may run on this very machine: a browser that thinks itself offline still reaches it.
      networkMode: 'always',
      retry: (failures, error) => !(error instanceof ApiProblem && error.status < 500) && failures < RETRIES_MAX,
      retryDelay: (attempt) => Math.min(8000, 1000 * 2 ** attempt),
      staleTime: 1000,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})
