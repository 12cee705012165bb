/** The share link that somebody followed: kept per offer for the visit, so that the order bears it. */
import { api, done } from '@/shared/api'

const key = (offer: string) => `qiao.friend.${offer}`

/** Remembers the link if it is one for this offer, and counts the visit. */
export async function followLink(offer: string, token: string): Promise<boolean> {
  const link = await done(api.GET('/v1/share-links/{token}', { params: { path: { token } } }))
  if (link.offer !== offer) return false
  sessionStorage.setItem(key(offer), token)
  // A visit is a signal that may be lost.
  void api.POST('/v1/visits', { body: { entry: link.entry, offer } }).catch(() => undefined)
  return true
}

export function friendToken(offer: string): string | undefined {
  return sessionStorage.getItem(key(offer)) ?? undefined
}

export function forgetLink(offer: string) {
  sessionStorage.removeItem(key(offer))
}
