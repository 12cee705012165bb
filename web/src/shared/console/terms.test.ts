import { expect, it } from 'vitest'
import { changedFields, exampleOf, formOf, termsOf, usualTerms, type Terms } from './terms'

const terms: Terms = {
  starts_at: '2026-03-01T07:12:13.5Z',
  ends_at: '2026-05-01T07:12:13.5Z',
  head_count: 10000,
  discount_bp: 2050,
  discount_platform_bp: 3333,
  platform_cap: { amount: 1050, currency: 'CNY' },
  commission_bp: 1250,
  rebate_bp: 200,
  friend_discount_bp: 905,
  refund_window_us: 8_000_000,
  undo_window_us: 900_000_000,
  on_expiry: 'forfeit',
}

it('gives back what nobody touched, to the microsecond', () => {
  expect(termsOf(formOf(terms, 'CNY'), terms)).toEqual({ terms })
})

it('changes what was changed and nothing else', () => {
  const form = { ...formOf(terms, 'CNY'), commission_bp: '10', platform_cap: '', refund_window_us: '3' }
  const { terms: changed } = termsOf(form, terms) as { terms: Terms }
  expect(changedFields(terms, changed)).toEqual(
    new Set(['commission_bp', 'platform_cap', 'refund_window_us']),
  )
  expect(changed).toMatchObject({ commission_bp: 1000, refund_window_us: 3 * 86_400_000_000 })
})

it('offers usual terms that can be sent as they are', () => {
  expect(termsOf(usualTerms('CNY'))).toHaveProperty('terms')
})

it('names every wrong field', () => {
  const wrong = { head_count: '0', discount_bp: '101', platform_cap: '1.234', refund_window_us: 'soon' }
  expect(termsOf({ ...usualTerms('CNY'), ...wrong })).toEqual({
    errors: {
      head_count: 'number',
      discount_bp: 'percent',
      platform_cap: 'money',
      refund_window_us: 'number',
    },
  })
})

it('does not let the end come before the start', () => {
  const form = { ...usualTerms('CNY'), starts_at: '2026-03-02', ends_at: '2026-03-01' }
  expect(termsOf(form)).toEqual({ errors: { ends_at: 'order' } })
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
