import { expect, it } from 'vitest'
import type { Schemas } from '@/shared/api'
import { daysOf, shareOfBefore, totalsOf } from './figures'

const day = (from: string, views: number, paid: number, amount: number, redeemed: number) => ({
  from,
  views,
  orders: {
    placed: paid,
    paid,
    paid_amount: [{ amount, currency: 'CNY' }],
    refunded: 0,
    refunded_amount: [],
  },
  redeemed: { count: redeemed, amount: [] },
})
const figures = {
  days: [day('2026-03-01T00:00:00Z', 40, 2, 8000, 0), day('2026-03-02T00:00:00Z', 10, 1, 500, 2)],
} as unknown as Schemas['Figures']

it('tells each day and all of them together, in the currency of the stores', () => {
  expect(daysOf(figures, 'CNY').map(({ sales, redemptions }) => [sales, redemptions])).toEqual([
    [8000, 0],
    [500, 2],
  ])
  expect(totalsOf(figures, 'CNY')).toEqual({ sales: 8500, visits: 50, orders: 3, redemptions: 2 })
  expect(totalsOf(figures, 'EUR').sales).toBe(0)
})

it('tells a share only of something', () => {
  expect([shareOfBefore(3, 50), shareOfBefore(0, 50), shareOfBefore(3, 0)]).toEqual([600, 0, undefined])
})
