import { expect, it, vi } from 'vitest'
import type { Schemas } from '@/shared/api'
import { byDay, ordersByEntry, readSince } from './figures'

const order = (paidAt: string | null, cash: number, entry?: string) =>
  ({
    paid_at: paidAt,
    placed_at: paidAt ?? '2026-03-02T10:00:00',
    price: { cash_due: { amount: cash, currency: 'CNY' } },
    entry,
  }) as Schemas['OrderDetails']
const use = (at: string, status: string) => ({ scanned_at: at, status }) as Schemas['StoreRedemption']

it('counts what was paid and used on each day, and shows days without anything', () => {
  const orders = [order('2026-03-01T10:00:00', 5000), order('2026-03-01T11:00:00', 3000), order(null, 9900)]
  const uses = [
    use('2026-03-03T09:00:00', 'live'),
    use('2026-03-03T09:00:00', 'undone'),
    use('2026-02-01T09:00:00', 'live'),
  ]
  const days = byDay(orders, uses, new Date('2026-03-01T00:00:00'), new Date('2026-03-03T12:00:00'))
  expect(days).toEqual([
    { day: '2026-03-01', sales: 8000, orders: 2, redemptions: 0 },
    { day: '2026-03-02', sales: 0, orders: 0, redemptions: 0 },
    { day: '2026-03-03', sales: 0, orders: 0, redemptions: 1 },
  ])
})

it('tells from where paid orders came', () => {
  const orders = [order('2026-03-01T10:00:00', 1, 'ent_1'), order('2026-03-01T10:00:00', 1), order(null, 1)]
  expect(ordersByEntry(orders)).toEqual(
    new Map([
      ['ent_1', 1],
      ['', 1],
    ]),
  )
})

it('reads a list no further than it needs', async () => {
  const pages: Record<string, { items: string[]; next: string | null }> = {
    first: { items: ['2026-03-03T00:00:00Z', '2026-03-02T00:00:00Z'], next: 'b' },
    b: { items: ['2026-03-01T00:00:00Z', '2026-02-01T00:00:00Z'], next: 'c' },
    c: { items: ['2026-01-01T00:00:00Z'], next: null },
  }
  const read = vi.fn(async (after?: string) => pages[after ?? 'first']!)
  const since = new Date('2026-02-15T00:00:00Z')
  const { items, isCut } = await readSince(read, (at) => at, since)
  expect([items.length, isCut, read.mock.calls.length]).toEqual([3, false, 2])
  expect(await readSince(read, (at) => at, since, 1)).toMatchObject({ isCut: true })
})
