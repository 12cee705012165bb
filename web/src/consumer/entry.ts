/** Where somebody came in: the entry of a printed QR or a link outside, kept for the visit and told with the order. */
import { api } from '@/shared/api'

const key = (merchant: string) => `qiao.entry.${merchant}`

/** Counts the visit, and remembers the entry for orders at this merchant. */
export function comeIn(merchant: string, entry: unknown) {
  if (typeof entry !== 'string' || entryOf(merchant) === entry) return
  sessionStorage.setItem(key(merchant), entry)
  // A visit is a signal that may be lost.
  void api.POST('/v1/visits', { body: { entry } }).catch(() => undefined)
}

export function entryOf(merchant: string): string | undefined {
  return sessionStorage.getItem(key(merchant)) ?? undefined
}

export function forgetEntry(merchant: string) {
  sessionStorage.removeItem(key(merchant))
}
