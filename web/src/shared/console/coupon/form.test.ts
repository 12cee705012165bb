import { expect, it } from 'vitest'
import { couponOf, sampleOf, usualCoupon, usualSample, type Issuer } from './form'

const now = new Date('2026-06-01T09:30:00Z')
const form = { ...usualCoupon(now), title: { 'zh-CN': '满 50 减 10', en: ' ' } }
const own: Issuer = { isPlatform: false, merchant: 'mer_1', currency: 'CNY', timeZone: 'Asia/Shanghai' }
const platform: Issuer = { ...own, isPlatform: true }

it('makes a coupon of what is usual and a name', () => {
  expect(couponOf(form, own)).toEqual({
    errors: {},
    coupon: expect.objectContaining({
      title: { 'zh-CN': '满 50 减 10' },
      kind: { type: 'cash', amount: 1000 },
      min_spend: 5000,
      budget: 100_000,
      per_day: undefined,
      platform_bp: 0,
      merchant: undefined,
    }),
  })
})

it('says who pays: a merchant for its own, the platform for all, both by a share', () => {
  const paid = (issuer: Issuer, platformShare = '100') => {
    const { merchant, platform_bp } = couponOf({ ...form, platformShare }, issuer).coupon
    return [merchant, platform_bp]
  }
  expect(paid(own, '30')).toEqual([undefined, 0])
  expect(paid({ ...platform, merchant: undefined }, '30')).toEqual([undefined, 10_000])
  expect(paid(platform, '30')).toEqual(['mer_1', 3000])
})

it('reads every kind', () => {
  const kind = (change: Partial<typeof form>) => couponOf({ ...form, ...change }, own).coupon.kind
  expect(kind({ type: 'percentage' })).toEqual({ type: 'percentage', share_bp: 1000 })
  expect(kind({ type: 'percentage', maxDiscount: '20' })).toMatchObject({ max_discount: 2000 })
  expect(kind({ type: 'fixed_price' })).toEqual({ type: 'fixed_price', price: 990 })
  expect(kind({ type: 'free_item', free: 'off_1' })).toEqual({ type: 'free_item', offer: 'off_1' })
  expect(kind({ type: 'buy_get', buy: '2' })).toEqual({ type: 'buy_get', buy: 2, get: 1 })
})

it('says the hours in the time zone of the stores', () => {
  const hours = [{ weekdays: [1, 2], from: '11:00', until: '14:00' }]
  expect(couponOf({ ...form, hours }, own).coupon.conditions?.hours).toEqual({
    time_zone: 'Asia/Shanghai',
    spans: [1, 2].map((weekday) => ({ weekday, from_minute: 660, until_minute: 840 })),
  })
})

it('names every field that cannot be read, and only those of the kind', () => {
  const wrong = {
    ...form,
    title: { 'zh-CN': ' ', en: '' },
    amount: '-1',
    share: '101',
    perPerson: '0',
    perDay: 'x',
    endsAt: '',
  }
  expect(couponOf(wrong, own).errors).toEqual({
    title: 'text',
    amount: 'money',
    perPerson: 'number',
    perDay: 'number',
    endsAt: 'time',
  })
})

it('tries a coupon on an offer or on a price, alone or beside another', () => {
  const sample = usualSample(now)
  expect(sampleOf(sample, 'CNY').sample).toMatchObject({ price: 10_000, quantity: 1, buyer: 'first_order' })
  const offered = sampleOf({ ...sample, offer: 'off_1', price: '', hasOther: true }, 'CNY')
  expect(offered).toMatchObject({ errors: {}, sample: { offer: 'off_1', other_amount: 1000 } })
  expect(offered.sample).not.toHaveProperty('price')
  expect(sampleOf({ ...sample, price: '?', otherAmount: '?' }, 'CNY').errors).toEqual({ price: 'money' })
})
