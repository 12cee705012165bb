/** When, where and for how long, as the members of a refusal say it (RFC 9457). */
import { Refused } from '@/shared/api'

export interface Told {
  /** A key under `counter.told` in the catalogue. */
  key: 'usedUp' | 'locked' | 'tries' | 'expired'
  at?: string
  store?: string
  n?: number
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
const number = (value: unknown) => (typeof value === 'number' ? value : undefined)

export function toldBy(error: unknown): Told | undefined {
  if (!(error instanceof Refused)) return undefined
  const said = error.problem as unknown as Record<string, unknown>
  const used = text(said.last_scanned_at)
  if (used) return { key: 'usedUp', at: used, store: text(said.last_store), n: number(said.last_use_no) }
  const locked = text(said.locked_until)
  if (locked) return { key: 'locked', at: locked }
  const expired = text(said.valid_until)
  if (expired) return { key: 'expired', at: expired }
  const tries = number(said.tries_left)
  return tries === undefined ? undefined : { key: 'tries', n: tries }
}
