import { expect, it } from 'vitest'
import { formOfPreset, formOfTerms, PRESETS, termsOf, type Preset } from './bookingTerms'

it('books a table for lunch and dinner on every day, longer for larger parties', () => {
  const terms = termsOf(formOfPreset('restaurant'))
  expect(terms.visit?.hours).toHaveLength(14)
  expect(terms.visit?.hours[0]).toEqual({ weekday: 1, from_minute: 660, until_minute: 870 })
  expect(terms.visit?.turns.at(-1)).toEqual({ party_up_to: 8, minutes: 150 })
  expect(terms.policy).toEqual({
    free_until_minutes: 1440,
    late_fee_bp: 5000,
    no_show_fee_bp: 10_000,
    grace_minutes: 15,
  })
})

it('books nights by room, and nothing of a visit', () => {
  const terms = termsOf(formOfPreset('hotel'))
  expect(terms).toMatchObject({ price_per: 'night', nights: { check_in_minute: 900, check_out_minute: 720 } })
  expect(terms).not.toHaveProperty('visit')
})

it('shows what was set as it was set', () => {
  for (const preset of Object.keys(PRESETS) as Preset[]) {
    const terms = termsOf(formOfPreset(preset))
    const set = { ...terms, policy: { ...terms.policy, free_until_minutes: 90 } }
    expect(termsOf(formOfTerms(set))).toEqual(set)
  }
})

it('changes no preset by what is typed', () => {
  formOfPreset('salon').hours[0]!.from = '12:00'
  expect(formOfPreset('salon').hours[0]?.from).toBe('10:00')
})
