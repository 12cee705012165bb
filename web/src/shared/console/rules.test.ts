import { expect, it } from 'vitest'
import { boundsOf, boundWords, within, type Rule } from './rules'
import { usualTerms } from './terms'

const general: Rule = {
  commission_bp_min: 500,
  commission_bp_max: 1500,
  discount_platform_bp_max: 5000,
  rebate_bp_max: 300,
  refund_window_us_min: 0,
}
const food: Rule = {
  ...general,
  category: 'hot_pot',
  commission_bp_min: 1200,
  platform_cap_max: { amount: 850, currency: 'CNY' },
  refund_window_us_min: 10 * 86_400_000_000,
}

it('takes the strictest of all rules', () => {
  const bounds = boundsOf([general, food])
  expect(bounds.commission_bp).toEqual({ least: 1200, most: 1500 })
  expect(bounds.platform_cap).toEqual({ most: 850 })
  expect(within(1000, bounds.commission_bp)).toBe(1200)
  expect(within(200, bounds.rebate_bp)).toBe(200)
})

it('starts a proposal within them, and anywhere without any', () => {
  expect(usualTerms('CNY', [general, food])).toMatchObject({
    commission_bp: '12',
    platform_cap: '8.50',
    refund_window_us: '10',
    rebate_bp: '2',
  })
  expect(usualTerms('CNY')).toMatchObject({ commission_bp: '10', platform_cap: '' })
})

it('says what a rule leaves open', () => {
  const bounds = boundsOf([food])
  expect(boundWords('commission_bp', bounds.commission_bp, 'CNY')?.key).toBe('terms.ruleBetween')
  expect(boundWords('rebate_bp', bounds.rebate_bp, 'CNY')?.key).toBe('terms.ruleMost')
  expect(boundWords('refund_window_us', bounds.refund_window_us, 'CNY')?.key).toBe('terms.ruleLeast')
  expect(boundWords('rebate_bp', boundsOf([]).rebate_bp, 'CNY')).toBeUndefined()
})
