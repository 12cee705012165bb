/** When, where and for how long, as the members of a refusal say it (RFC 9457). */
import { isRefused, Refused } from '@/shared/api'

export interface Told {
  /** A key under `counter.told` in the catalogue. */
  key: 'usedUp' | 'locked' | 'tries' | 'expired' | 'again'
  at?: string
  store?: string
  n?: number
}

/** A voucher whose seats are to be chosen before it is redeemed. */
export interface OpenTicket {
  voucher: string
  offer: string
  seats: number
}

/** A stored-value card, of which an amount is to be taken. */
export interface CardBalance {
  uses_left: number
  currency: string
}

export function cardOf(error: unknown): CardBalance | undefined {
  const asks = isRefused(error, 'redeem_amount_missing') || isRefused(error, 'redeem_uses_left')
  return asks ? ((error as Refused).problem as unknown as CardBalance) : undefined
}

export function openTicketOf(error: unknown): OpenTicket | undefined {
  if (!isRefused(error, 'redeem_ticket_needs_seats')) return undefined
  return (error as Refused).problem as unknown as OpenTicket
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
  const again = text(said.next_from)
  if (again) return { key: 'again', at: again }
  const tries = number(said.tries_left)
  return tries === undefined ? undefined : { key: 'tries', n: tries }
}
