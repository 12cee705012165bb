/**
 * The typed client, generated from the OpenAPI document: `await done(api.GET('/v1/me'))` gives the answer or
 * throws `Refused` or `Unreachable`. The session travels as a cookie that scripts cannot see.
 */
import createClient from 'openapi-fetch'
import { Refused, Unreachable, type Problem } from './problem'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

export const api = createClient<paths>({ baseUrl: location.origin })

/** Called when the server says that nobody is signed in. */
let signedOut = () => {}
export function onSignedOut(listener: () => void) {
  signedOut = listener
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of an answer, or an error that says which kind it is. */
export async function done<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await request
  } catch (cause) {
    throw new Unreachable('no answer', { cause })
  }
  if (answer.response.ok) return answer.data as T
  const { status } = answer.response
  if (!isProblem(answer.error)) throw new Unreachable(`an answer without a problem: ${status}`)
  const refused = new Refused(answer.error, status)
  if (refused.code === 'sign_in_required') signedOut()
  throw refused
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'type' in value && 'detail' in value
}

/** The header that lets a write be repeated without a second effect. */
export function keyed(key: string) {
  return { 'Idempotency-Key': key }
}

/** Where a picture lies; as wide as it is kept, or at most as wide as asked for. */
export function mediaUrl(media: string, width?: 160 | 480 | 960): string {
  return `/v1/media/${media}${width ? `?width=${width}` : ''}`
}
