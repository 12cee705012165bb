/** What the dashboard shows, counted from the lists that the API gives. */
import type { Schemas } from '@/shared/api'
import { dayInput } from '@/shared/console/fields'

type Order = Schemas['OrderDetails']
type Use = Schemas['StoreRedemption']

export interface Day {
  /** `2026-03-01`, in the reader's zone. */
  day: string
  /** Minor units that buyers paid. */
  sales: number
  orders: number
  redemptions: number
}

const isPaid = (order: Order) => !!order.paid_at

/** Every day from the first moment to the last, also those on which nothing happened. */
export function byDay(orders: Order[], uses: Use[], since: Date, until: Date): Day[] {
  const days = new Map<string, Day>()
  for (const at = new Date(since); at <= until; at.setDate(at.getDate() + 1)) {
    const day = dayInput(at)
    days.set(day, { day, sales: 0, orders: 0, redemptions: 0 })
  }
  for (const order of orders.filter(isPaid)) {
    const day = days.get(dayInput(new Date(order.paid_at ?? order.placed_at)))
    if (!day) continue
    day.orders += 1
    day.sales += order.price.cash_due.amount
  }
  for (const use of uses.filter(({ status }) => status !== 'undone')) {
    const day = days.get(dayInput(new Date(use.scanned_at)))
    if (day) day.redemptions += 1
  }
  return [...days.values()]
}

/** How many paid orders came by each entry; those that came by none under the empty id. */
export function ordersByEntry(orders: Order[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { entry } of orders.filter(isPaid)) counts.set(entry ?? '', (counts.get(entry ?? '') ?? 0) + 1)
  return counts
}

export interface Cut<T> {
  items: T[]
  /** Whether the list was longer than what is read for a dashboard. */
  isCut: boolean
}

/** Reads a list, newest first, until it is older than `since`. */
export async function readSince<T>(
  read: (after: string | undefined) => Promise<{ items: T[]; next?: string | null }>,
  at: (item: T) => string,
  since: Date,
  mostPages = 20,
): Promise<Cut<T>> {
  const items: T[] = []
  let after: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const found = await read(after)
    const fresh = found.items.filter((item) => Date.parse(at(item)) >= since.getTime())
    items.push(...fresh)
    if (!found.next || fresh.length < found.items.length) return { items, isCut: false }
    after = found.next
  }
  return { items, isCut: true }
}
