import { expect, it } from 'vitest'
import { changedFields, draftOf, newDraft, parsePercent, termsOf, type Terms } from './terms'

const terms: Terms = {
  starts_at: '2026-03-01T07:12:13.5Z',
  ends_at: '2026-05-01T07:12:13.5Z',
  head_count: 100,
  discount_bp: 2_000,
  discount_platform_bp: 3_333,
  platform_cap: { amount: 1_050, currency: 'CNY' },
  commission_bp: 1_250,
  rebate_bp: 200,
  friend_discount_bp: 0,
  refund_window_us: 8_000_000,
  undo_window_us: 600_000_000,
  on_expiry: 'forfeit',
}

it('gives back what nobody touched, to the microsecond', () => {
  expect(termsOf(draftOf(terms, 'CNY'), terms)).toEqual(terms)
})

it('changes what was changed and nothing else', () => {
  const draft = { ...draftOf(terms, 'CNY'), commission: '10', platformCap: '', refundDays: '3' }
  const changed = termsOf(draft, terms) as Terms
  expect(changedFields(terms, changed)).toEqual(
    new Set(['commission_bp', 'platform_cap', 'refund_window_us']),
  )
  expect(changed).toMatchObject({ commission_bp: 1_000, refund_window_us: 3 * 86_400_000_000 })
})

it('names the field that cannot be read', () => {
  const draft = newDraft('CNY')
  expect(termsOf({ ...draft, commission: 'a tenth' })).toEqual({ wrong: 'commission' })
  expect(termsOf({ ...draft, headCount: '' })).toEqual({ wrong: 'headCount' })
  expect(termsOf({ ...draft, platformCap: '1.234' })).toEqual({ wrong: 'platformCap' })
  expect(termsOf({ ...draft, ends: '' })).toEqual({ wrong: 'ends' })
  expect(termsOf(draft)).toHaveProperty('discount_bp', 2_000)
})

it('reads shares without a float', () => {
  expect(['12.5', '0,07', '100', '100.01', '-1', ''].map(parsePercent)).toEqual([
    1_250,
    7,
    10_000,
    NaN,
    NaN,
    NaN,
  ])
})
