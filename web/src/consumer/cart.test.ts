import { expect, it } from 'vitest'
import type { Schemas } from '@/shared/api'
import { totalOf } from './cart'

const yuan = (amount: number) => ({ amount, currency: 'CNY' })
const price = (
  list: number,
  agreement: number,
  coupon: number,
  rebate = 0,
  atStore = 0,
): Schemas['OrderPrice'] => ({
  list: yuan(list),
  discount_platform: yuan(coupon),
  discount_merchant: yuan(agreement),
  rebate_used: yuan(rebate),
  cash_due: yuan(list - agreement - coupon - rebate - atStore),
  security_deposit: yuan(0),
  to_pay: yuan(list - agreement - coupon - rebate - atStore),
  due_at_store: yuan(atStore),
  discounts: [
    { kind: 'agreement', amount: yuan(agreement), funded_by_platform: yuan(0) },
    { kind: 'coupon', amount: yuan(coupon), funded_by_platform: yuan(coupon), coupon: 'cpn_1' },
  ].filter(({ amount }) => amount.amount > 0),
})

it('adds up what orders cost, and discounts by their kind', () => {
  expect(totalOf([])).toBeUndefined()
  const total = totalOf([
    price(10_000, 2_000, 0, 500),
    price(3_000, 0, 700),
    price(5_000, 1_000, 300, 0, 1_850),
  ])
  expect(total).toMatchObject({
    list: yuan(18_000),
    rebate_used: yuan(500),
    due_at_store: yuan(1_850),
    cash_due: yuan(11_650),
    security_deposit: yuan(0),
    to_pay: yuan(11_650),
  })
  expect(total?.discounts).toEqual([
    { kind: 'agreement', amount: yuan(3_000), funded_by_platform: yuan(0) },
    { kind: 'coupon', amount: yuan(1_000), funded_by_platform: yuan(1_000) },
  ])
})
