import { ApiProblem, Unreachable } from './client'

export interface Explanation {
  title: string
  detail: string
}

/** The one translator of errors: what happened, whose fault it is, what is kept and what to do next. */
export function explain(error: unknown): Explanation {
  if (error instanceof Unreachable) {
    return { title: 'The server does not answer.', detail: 'Your connection or the server is away. Nothing you did is lost; this page tries again.' }
  }
  if (error instanceof ApiProblem) return explainProblem(error)
  return { title: 'This page failed.', detail: 'That is our mistake, not yours. Load it again; what you sent is kept by the server.' }
}

function explainProblem({ status, code, document }: ApiProblem): Explanation {
  if (status === 401) return { title: 'Please sign in.', detail: document.detail || 'Your session has ended. What you have chosen here is kept.' }
  if (status === 404) return { title: 'There is nothing here.', detail: 'It does not exist, or it is not yours to see. Check the address, or sign in with another account.' }
  if (code === 'quota-used') return { title: 'No tries are left just now.', detail: document.detail }
  if (status === 413) return { title: 'The file is too large.', detail: document.detail || 'The server refused it for its size.' }
  if (status === 429) return { title: 'Too many requests.', detail: document.detail || 'Wait a moment and try again.' }
  if (status >= 500) return { title: 'The server failed.', detail: `${document.detail || 'That is our fault.'} It costs you nothing. Try again in a moment.` }
  return { title: document.title || 'That was refused.', detail: document.detail }
}
