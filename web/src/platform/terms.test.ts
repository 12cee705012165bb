import { expect, it } from 'vitest'
import { exampleOf, formOf, parsePercent, parseWhole, termsOf, usualTerms, type Terms } from './terms'

const terms: Terms = {
  starts_at: '2026-09-22T16:00:00.000Z',
  ends_at: '2027-04-11T16:00:00.000Z',
  head_count: 10000,
  discount_bp: 2050,
  discount_platform_bp: 2500,
  platform_cap: { amount: 2000, currency: 'CNY' },
  commission_bp: 900,
  rebate_bp: 100,
  friend_discount_bp: 905,
  refund_window_us: 129_600_000_000,
  undo_window_us: 900_000_000,
  on_expiry: 'forfeit',
}

it('gives the same terms back when nobody changed the form', () => {
  expect(termsOf(formOf(terms))).toEqual({ terms })
})

it('offers usual terms that can be sent as they are', () => {
  expect(termsOf(usualTerms(new Date()))).toHaveProperty('terms')
})

it('names every wrong field', () => {
  const form = { ...formOf(terms), headCount: '0', discount: '101', platformCap: '1.234', refundDays: 'soon' }
  expect(termsOf(form)).toEqual({
    errors: { headCount: 'number', discount: 'percent', platformCap: 'money', refundDays: 'number' },
  })
})

it('does not let the end come before the start', () => {
  const form = formOf(terms)
  expect(termsOf({ ...form, endsAt: form.startsAt })).toEqual({ errors: { endsAt: 'order' } })
})

it('reads percentages and whole numbers exactly', () => {
  expect(['12.5', '12,05', '100', '0'].map(parsePercent)).toEqual([1250, 1205, 10000, 0])
  expect(['100.01', '1.234', '-1', '', 'x'].map(parsePercent)).toEqual(Array(5).fill(undefined))
  expect(['1', '0', '1.5', ''].map((text) => parseWhole(text, 1))).toEqual([
    1,
    undefined,
    undefined,
    undefined,
  ])
})

// The example of docs/domain/money.md for one unit: agreement 10 %, half of it the platform's; friend 5 %.
it('splits a price as the ledger does', () => {
  const simple = { ...terms, platform_cap: null, discount_bp: 1000, discount_platform_bp: 5000 }
  const example = exampleOf(
    { ...simple, friend_discount_bp: 500, commission_bp: 1000, rebate_bp: 200 },
    10_000,
  )
  expect(example).toEqual({
    guestPays: 8550,
    platformFunds: 500,
    merchantFunds: 950,
    commission: 905,
    rebate: 181,
    merchantGets: 7964,
  })
  expect(example.guestPays + example.platformFunds).toBe(
    example.commission + example.rebate + example.merchantGets,
  )
})

it('limits what the platform funds', () => {
  const example = exampleOf({ ...terms, platform_cap: { amount: 100, currency: 'CNY' } }, 10_000)
  expect(example.platformFunds).toBe(100)
})
