/** What can go wrong with a request, in three kinds that people must tell apart: refused, unreachable, unknown. */
import type { components } from './schema'

export type Problem = components['schemas']['Problem']

/** The server answered "no", and why. */
export class Refused extends Error {
  readonly code: string

  constructor(
    readonly problem: Problem,
    readonly status: number,
  ) {
    super(problem.detail)
    this.code = problem.type.replace('/problems/', '')
  }
}

/** No answer came: whether anything was done is not known. */
export class Unreachable extends Error {}

/** Whether a repetition of the same request, under the same key, may still have an effect of its own. */
export function isUnsettled(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && error.status >= 500)
}

export function isRefused(error: unknown, code: string): boolean {
  return error instanceof Refused && error.code === code
}
