import { expect, it } from 'vitest'
import { couponOf, usualCoupon } from './coupons'

const form = { ...usualCoupon(new Date()), titleZh: '满 50 减 10' }

it('makes a coupon that the platform pays for', () => {
  const made = couponOf({ ...form, titleEn: ' 10 off 50 ' })
  expect(made).toMatchObject({
    coupon: {
      title: { 'zh-CN': '满 50 减 10', en: '10 off 50' },
      kind: { type: 'cash', amount: 1000 },
      min_spend: 5000,
      platform_bp: 10_000,
      budget: 1_000_000,
    },
  })
})

it('limits a percentage only where a limit is given', () => {
  const share = { ...form, kind: 'percentage' as const, amount: 'ignored' }
  expect(couponOf(share)).toMatchObject({ coupon: { kind: { type: 'percentage', share_bp: 1000 } } })
  expect(couponOf({ ...share, maxDiscount: '20' })).toMatchObject({
    coupon: { kind: { max_discount: 2000 } },
  })
})

it('names every wrong field', () => {
  const wrong = { ...form, titleZh: ' ', amount: '-1', perPerson: '0', endsAt: form.startsAt }
  expect(couponOf(wrong)).toEqual({
    errors: { titleZh: 'text', amount: 'money', perPerson: 'number', endsAt: 'order' },
  })
})
