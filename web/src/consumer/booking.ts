/** What a guest wishes to book, as the address of the checkout holds it. */
import type { LocationQuery } from 'vue-router'
import { api, done, type Schemas } from '@/shared/api'
import type { Booking } from '@/shared/booking'
import { offerOf } from './offers'

export type OfferBooking = Schemas['OfferBooking']

export interface Wish {
  store: string
  party: number
  starts_at: string
  ends_at: string
  /** Of nights only: the day of arrival, how many, and in how many rooms. */
  from?: string
  nights: number
  rooms: number
  /** Of what is booked by the hour: for how many. */
  hours?: number
  area?: string
  /** Who or what is wanted, service by service, with commas between them. */
  resources?: string
  /** Seats of a showing, with commas between them. */
  showing?: string
  seats?: string
  /** The waiting list's entry for which it is held. */
  waitlist?: string
}

/** How an offer that is booked is booked. */
export function fetchTerms(offer: string): Promise<OfferBooking> {
  return done(api.GET('/v1/offers/{offer}/booking', { params: { path: { offer } } }))
}

export function wishOf(query: LocationQuery): Wish | undefined {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined)
  const [store, starts_at, ends_at] = [text('store'), text('starts_at'), text('ends_at')]
  if (!store || !starts_at || !ends_at) return undefined
  return {
    store,
    starts_at,
    ends_at,
    party: Number(text('party') ?? 1),
    from: text('from'),
    nights: Number(text('nights') ?? 1),
    rooms: Number(text('rooms') ?? 1),
    hours: text('hours') ? Number(text('hours')) : undefined,
    area: text('area'),
    resources: text('resources'),
    showing: text('showing'),
    seats: text('seats'),
    waitlist: text('waitlist'),
  }
}

/** When that is, as the server takes it. */
export function whenOf({
  starts_at,
  from,
  nights,
  rooms,
  hours,
}: Pick<Wish, 'starts_at' | 'from' | 'nights' | 'rooms' | 'hours'>) {
  return from ? { from, nights, rooms } : { starts_at, hours }
}

/** Who or what is wanted, as the server takes it. */
export function resourcesOf({ resources }: Pick<Wish, 'resources'>): (string | null)[] {
  return resources?.split(',').map((id) => id || null) ?? []
}

/** The seats of a showing, as an order names them. */
export function seatsOf({
  showing,
  seats,
}: Pick<Wish, 'showing' | 'seats'>): Schemas['ChosenSeats'] | undefined {
  return showing && seats ? { showing, seats: seats.split(',') } : undefined
}

/** The store of a booking, as its offer tells it; its time zone is the reader's until that is known. */
export function storeOf({
  store,
  guest,
}: Pick<Booking, 'store'> & { guest?: { offer: string } | null }): Pick<Schemas['PublicStore'], 'time_zone'> &
  Partial<Schemas['PublicStore']> {
  const known = guest && offerOf(guest.offer)?.stores.find(({ id }) => id === store)
  return known ?? { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
}
