import { describe, expect, it } from 'vitest'
import { bestCoupon, couponOff, shareOf, type Coupon } from './coupons'

const NOW = Date.parse('2026-11-23T00:00:00Z')
const coupon = (changes: Partial<Coupon>): Coupon => ({
  coupon: 'cpn_1',
  kind: { type: 'cash', amount: 1000 },
  conditions: { buyers: 'everybody' },
  min_spend: { amount: 5000, currency: 'CNY' },
  per_person: 1,
  per_day: 1,
  distribution: 'claimed',
  platform_bp: 0,
  starts_at: '2026-11-01T00:00:00Z',
  ends_at: '2026-12-01T00:00:00Z',
  status: 'live',
  title: {},
  ...changes,
})
const purchase = { merchant: 'mer_1', offer: 'off_1', currency: 'CNY', due: 8000, quantity: 4 }

describe('couponOff', () => {
  it('takes the cash off, never more than is due', () => {
    expect(couponOff(coupon({}), purchase, NOW)).toBe(1000)
    const large = coupon({ kind: { type: 'cash', amount: 9000 } })
    expect(couponOff(large, purchase, NOW)).toBe(8000)
  })

  it('rounds a percentage half up and stops at its maximum', () => {
    expect(shareOf(1000, 7045)).toBe(705)
    expect(shareOf(1000, 7044)).toBe(704)
    const tenth = coupon({ kind: { type: 'percentage', share_bp: 1000, max_discount: 500 } })
    expect(couponOff(tenth, purchase, NOW)).toBe(500)
    const uncapped = coupon({ kind: { type: 'percentage', share_bp: 1000 } })
    expect(couponOff(uncapped, purchase, NOW)).toBe(800)
  })

  it('takes units at their price', () => {
    const off = (kind: Coupon['kind']) => couponOff(coupon({ kind }), purchase, NOW)
    expect(off({ type: 'fixed_price', price: 990 })).toBe(1010)
    expect(off({ type: 'free_item', offer: 'off_1' })).toBe(2000)
    expect(off({ type: 'free_item', offer: 'off_2' })).toBe(0)
    expect(off({ type: 'buy_get', buy: 1, get: 1 })).toBe(4000)
  })

  it('takes nothing where it does not apply, or where the server alone knows', () => {
    const elsewhere: Partial<Coupon>[] = [
      { merchant: 'mer_2' },
      { offer: 'off_2' },
      { min_spend: { amount: 8001, currency: 'CNY' } },
      { min_spend: { amount: 0, currency: 'USD' } },
      { status: 'stopped' },
      { ends_at: '2026-11-23T00:00:00Z' },
      { conditions: { category: 'hot_pot' } },
      { conditions: { buyers: 'first_order' } },
    ]
    for (const changes of elsewhere) expect(couponOff(coupon(changes), purchase, NOW)).toBe(0)
    const after = { ...purchase, deposit: { kind: 'pay_after' } }
    expect(couponOff(coupon({ platform_bp: 1 }), after, NOW)).toBe(0)
    expect(couponOff(coupon({}), after, NOW)).toBe(1000)
  })
})

it('chooses the coupon that takes off most, and of equals the one that ends first', () => {
  const small = coupon({ coupon: 'small', kind: { type: 'cash', amount: 500 } })
  const late = coupon({ coupon: 'late' })
  const soon = coupon({ coupon: 'soon', ends_at: '2026-11-25T00:00:00Z' })
  const best = bestCoupon([small, late, soon], (one) => one, purchase, NOW)
  expect(best).toMatchObject({ candidate: { coupon: 'soon' }, off: 1000 })
  expect(bestCoupon([], (one: Coupon) => one, purchase, NOW)).toBeUndefined()
})
