import { expect, it } from 'vitest'
import { memberPrice, unitOf } from './membership'
import type { Offer } from './offers'

const money = (amount: number) => ({ amount, currency: 'CNY' })
const rule = (price: number, changes = {}) => ({
  price,
  from_quantity: 1,
  hours: [],
  for_members: true,
  ...changes,
})
const offer = (...price_rules: Offer['price_rules']) => ({ price: money(8000), price_rules }) as Offer

it('is the price that members have at any time, where it is lower', () => {
  expect(memberPrice(offer(rule(7000), rule(6500)))).toEqual(money(6500))
  expect(memberPrice(offer(rule(8000)))).toBeUndefined()
  const others = [{ for_members: false }, { from_quantity: 2 }, { until_day: '2026-10-07' }]
  for (const changes of others) expect(memberPrice(offer(rule(7000, changes)))).toBeUndefined()
})

it('tells what one unit of a quote costs', () => {
  const discounts = [
    { kind: 'agreement', amount: money(4000), platform: money(0) },
    { kind: 'coupon', amount: money(500), platform: money(0) },
  ]
  const quote = { list: money(20_000), discounts } as unknown as Parameters<typeof unitOf>[0]
  expect(unitOf(quote, 2)).toEqual({ listPrice: money(10_000), price: money(8000) })
})
