/** Seats for what is paid already: a booking that is moved to others, or an open ticket. */
import { api, done, keyed } from '@/shared/api'
import type { Terms } from '@/shared/booking'
import type { ShowingShown } from '@/shared/seats'
import { fetchTerms } from './booking'

export interface Seating {
  /** How many seats. */
  party: number
  terms: Terms
  /** Of a booking: in this store, and from this showing, where it has seats. */
  store?: string
  from?: { showing: ShowingShown; seats: readonly string[] }
  /** Where its holder looks at it. */
  up: string
  /** Gives the booking that has the seats then. */
  choose(key: string, to: ShowingShown, seats: string[]): Promise<string>
}

export const fetchShowing = (showing: string): Promise<ShowingShown> =>
  done(api.GET('/v1/showings/{showing}', { params: { path: { showing } } }))

async function seatingOfBooking(booking: string): Promise<Seating | undefined> {
  const params = { path: { booking } }
  const booked = await done(api.GET('/v1/bookings/{booking}', { params }))
  const { showing, guest, seats, party, store, status } = booked
  if (!showing || !guest || status !== 'confirmed') return undefined
  const [from, { terms }] = await Promise.all([fetchShowing(showing), fetchTerms(guest.offer)])
  return {
    party,
    terms,
    store,
    from: { showing: from, seats },
    up: `/bookings/${booking}`,
    async choose(key, to, seats) {
      const body = { when: { starts_at: to.starts_at }, seats: { showing: to.id, seats } }
      await done(api.POST('/v1/bookings/{booking}/move', { params, headers: keyed(key), body }))
      return booking
    },
  }
}

async function seatingOfTicket(voucher: string): Promise<Seating | undefined> {
  const params = { path: { voucher } }
  const { open_seats, offer } = await done(api.GET('/v1/vouchers/{voucher}', { params }))
  if (!open_seats) return undefined
  const { terms } = await fetchTerms(offer)
  return {
    party: open_seats,
    terms,
    up: `/vouchers/${voucher}`,
    async choose(key, to, seats) {
      const body = { showing: to.id, seats }
      return (await done(api.POST('/v1/vouchers/{voucher}/seats', { params, headers: keyed(key), body })))
        .booking
    },
  }
}

/** What seats are chosen for, if not for a new order. */
export interface SeatsFor {
  /** A booking that is moved. */
  moves?: string
  /** A voucher that is an open ticket. */
  ticket?: string
}

/** Nothing of a ticket whose seats are chosen, or a booking that has none to move. */
export async function fetchSeating({ moves, ticket }: SeatsFor): Promise<Seating | undefined> {
  if (moves) return seatingOfBooking(moves)
  return ticket ? seatingOfTicket(ticket) : undefined
}
