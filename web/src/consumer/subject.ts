/** What a question is about: an offer, or an order or booking of the guest's. */
import type { LocationQuery } from 'vue-router'
import { api, done, type Schemas } from '@/shared/api'
import type { Subject } from '@/shared/chat/lines'
import { fetchOffer } from './offers'

/** What the address of the page names, as it is shown; nothing where it names nothing that is there. */
export async function fetchSubject({ offer, order, booking }: LocationQuery): Promise<Subject | undefined> {
  try {
    if (typeof booking === 'string') {
      const { guest } = await done(api.GET('/v1/bookings/{booking}', { params: { path: { booking } } }))
      return guest ? { offer: guest.offer, title: guest.title, media: guest.media, booking } : undefined
    }
    if (typeof order === 'string') {
      const found = await done(api.GET('/v1/orders/{order}', { params: { path: { order } } }))
      return { offer: found.offer, title: found.title, media: found.media, order }
    }
    if (typeof offer === 'string') {
      const { title, media } = await fetchOffer(offer)
      return { offer, title, media }
    }
  } catch {
    // One can ask without it.
  }
  return undefined
}

export function askedAbout({ offer, order, booking }: Subject): Schemas['AskedAbout'] {
  if (booking) return { type: 'booking', booking }
  return order ? { type: 'order', order } : { type: 'offer', offer }
}

export function isSame(one: Subject, other: Subject): boolean {
  return JSON.stringify(askedAbout(one)) === JSON.stringify(askedAbout(other))
}
