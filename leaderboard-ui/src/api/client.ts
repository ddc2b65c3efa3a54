import type { Problem, ProblemDocument } from './types'

/** The server answered, and the answer is a refusal or a fault. */
export class ApiProblem extends Error {
  readonly document: ProblemDocument

  constructor(document: ProblemDocument) {
    super(document.detail || document.title)
    this.name = 'ApiProblem'
    this.document = document
  }

  get status(): number {
    return this.document.status
  }

  get code(): string {
    return this.document.code
  }

  get problems(): readonly Problem[] {
    return this.document.problems ?? []
  }
}

/** No answer came: the server is away, or this browser is offline. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server does not answer.', { cause })
    this.name = 'Unreachable'
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

const accept = 'application/json, application/problem+json'

/** For POSTs that make something: the same key again makes nothing twice. Random bytes work without https too, unlike `randomUUID`. */
export function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) => octet.toString(16).padStart(2, '0')).join('')
}

export interface Answer {
  status: number
  body: unknown
}

export async function send(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
  return (await sendForStatus(method, path, body, signal)).body
}

/** Like `send`, where it matters whether something was made (201) or was there before (200). */
export async function sendForStatus(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = { Accept: accept }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method === 'POST') headers['Idempotency-Key'] = idempotencyKey()
  const response = await reach(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  })
  return { status: response.status, body: await answer(response) }
}

const lastAnswers = new Map<string, { etag: string; body: unknown }>()
const LAST_ANSWERS_MAX = 50

/** Reads a thing that may be polled: what has not changed is not sent again, and is the same object as before. */
export async function read(path: string, signal?: AbortSignal): Promise<unknown> {
  const last = lastAnswers.get(path)
  const headers: Record<string, string> = { Accept: accept }
  if (last) headers['If-None-Match'] = last.etag
  const response = await reach(path, { headers, cache: 'no-store', ...(signal ? { signal } : {}) })
  if (response.status === 304 && last) return last.body
  const body = await answer(response)
  const etag = response.headers.get('ETag')
  if (etag) {
    lastAnswers.delete(path)
    lastAnswers.set(path, { etag, body })
    const oldest = lastAnswers.keys().next().value
    if (lastAnswers.size > LAST_ANSWERS_MAX && oldest !== undefined) lastAnswers.delete(oldest)
  }
  return body
}

/** After signing in or out nothing that was read before may be taken for fresh. */
export function forgetAnswers(): void {
  lastAnswers.clear()
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: 'same-origin', ...init })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new Unreachable(cause)
  }
}

async function answer(response: Response): Promise<unknown> {
  const text = await response.text()
  if (response.ok) return text === '' ? null : JSON.parse(text)
  throw new ApiProblem(problemDocument(response.status, text))
}

/** A refusal in the one error format, also when a proxy on the way answered in its own. */
export function problemDocument(status: number, text: string): ProblemDocument {
  const plain = { type: 'about:blank', title: `Answer ${status}`, status, detail: '', code: `http-${status}` }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return plain
    return { ...plain, ...parsed, status }
  } catch {
    return plain
  }
}

export interface Sent {
  sentBytes: number
  totalBytes: number
  /** Since the sending began. */
  seconds: number
}

/** Sends a file and tells how much of it is on its way; `fetch` cannot tell that. */
export function upload(
  path: string,
  file: Blob,
  progress: (sent: Sent) => void,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const since = performance.now()
    request.open('POST', path)
    request.setRequestHeader('Accept', accept)
    request.setRequestHeader('Content-Type', 'application/zip')
    request.setRequestHeader('Idempotency-Key', idempotencyKey())
    request.upload.addEventListener('progress', (event) =>
      progress({ sentBytes: event.loaded, totalBytes: event.total, seconds: (performance.now() - since) / 1000 }),
    )
    request.addEventListener('load', () => {
      try {
        if (request.status < 200 || request.status > 299) throw new ApiProblem(problemDocument(request.status, request.responseText))
        resolve({ status: request.status, body: request.responseText === '' ? null : JSON.parse(request.responseText) })
      } catch (problem) {
        reject(problem instanceof Error ? problem : new Error(String(problem)))
      }
    })
    request.addEventListener('error', () => reject(new Unreachable('the connection ended')))
    request.addEventListener('abort', () => reject(new DOMException('Stopped.', 'AbortError')))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}
