/** What the dashboard shows, of the server's figures. A merchant's sums are told in one currency, that of its stores. */
import type { Schemas } from '@/shared/api'

type Figures = Schemas['Figures']
type Money = Schemas['Money']

export interface Day {
  /** When it begins, RFC 3339. */
  from: string
  /** Minor units that buyers paid. */
  sales: number
  redemptions: number
}

export const amountIn = (sums: readonly Money[], currency: string): number =>
  sums.find((sum) => sum.currency === currency)?.amount ?? 0

export function daysOf(figures: Figures, currency: string): Day[] {
  return figures.days.map(({ from, orders, redeemed }) => ({
    from,
    sales: amountIn(orders.paid_amount, currency),
    redemptions: redeemed.count,
  }))
}

export interface Totals {
  sales: number
  visits: number
  orders: number
  redemptions: number
}

export function totalsOf(figures: Figures, currency: string): Totals {
  const totals = { sales: 0, visits: 0, orders: 0, redemptions: 0 }
  for (const { views, orders, redeemed } of figures.days) {
    totals.sales += amountIn(orders.paid_amount, currency)
    totals.visits += views
    totals.orders += orders.paid
    totals.redemptions += redeemed.count
  }
  return totals
}

/** A share of what came before it in the funnel, in basis points; nothing of nothing. */
export function shareOfBefore(count: number, before: number): number | undefined {
  return before > 0 ? Math.round((count * 10_000) / before) : undefined
}
