/** Seats of a hall: their names, as the server has them and as people say them. */
import type { Schemas } from '@/shared/api'

export type SeatMap = Schemas['SeatMap']
export type Seat = Schemas['Seat']
export type ShowingShown = Schemas['ShowingShown']

type Translate = (key: string, values: Record<string, unknown>) => string

/** `F-7`, as bookings and showings name it. */
export function seatName(row: { label: string }, seat: { label: string }): string {
  return `${row.label}-${seat.label}`
}

/** `Row F, seat 7`. */
export function seatText(t: Translate, name: string): string {
  const [row, seat] = name.split('-')
  return t('seats.seat', { row, seat })
}

/** `Row F, seats 7, 8`: seats of one row together. */
export function seatsText(t: Translate, names: readonly string[]): string {
  const rows = new Map<string, string[]>()
  for (const name of names) {
    const [row = '', seat = ''] = name.split('-')
    rows.set(row, [...(rows.get(row) ?? []), seat])
  }
  const texts = [...rows].map(([row, seats]) =>
    seats.length === 1
      ? t('seats.seat', { row, seat: seats[0] })
      : t('seats.some', { row, seats: seats.join(', ') }),
  )
  return texts.join(' · ')
}

/** What seats of a showing cost, before coupons; of no seats nothing. */
export function priceOf(
  { map, prices }: Pick<ShowingShown, 'map' | 'prices'>,
  names: readonly string[],
): Schemas['Money'] | undefined {
  const priceOfZone = new Map(map.zones.map(({ code }, n) => [code, prices[n]]))
  const all = map.rows.flatMap((row) =>
    row.cells.flatMap((seat) =>
      seat && names.includes(seatName(row, seat)) ? [priceOfZone.get(seat.zone)] : [],
    ),
  )
  const [first] = all
  return first && { ...first, amount: all.reduce((sum, price) => sum + (price?.amount ?? 0), 0) }
}

/** How many cells the longest row has. */
export function widthOf(map: SeatMap): number {
  return Math.max(0, ...map.rows.map(({ cells }) => cells.length))
}
