/** Where somebody came in: the entry of a printed QR or a link outside, kept for the visit and told with the order. */
import { api } from '@/shared/api'

/** A merchant's id, or `platform` for an entry of the platform's own. */
const key = (owner: string) => `qiao.entry.${owner}`

/** Counts the visit, and remembers the entry for orders at this merchant or, the platform's, at any. */
export function comeIn(owner: string, entry: unknown) {
  if (typeof entry !== 'string' || sessionStorage.getItem(key(owner)) === entry) return
  sessionStorage.setItem(key(owner), entry)
  // A visit is a signal that may be lost.
  void api.POST('/v1/visits', { body: { entry } }).catch(() => undefined)
}

/** The merchant's own entry goes before the platform's. */
export function entryOf(merchant: string): string | undefined {
  return sessionStorage.getItem(key(merchant)) ?? sessionStorage.getItem(key('platform')) ?? undefined
}

export function forgetEntry(merchant: string) {
  sessionStorage.removeItem(key(merchant))
  sessionStorage.removeItem(key('platform'))
}
