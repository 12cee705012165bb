import { expect, it } from 'vitest'
import { formOfPreset, formOfTerms, PRESETS, termsOf, type Preset } from './bookingTerms'

it('books a table for lunch and dinner on every day, longer for larger parties', () => {
  const terms = termsOf(formOfPreset('restaurant'), 'CNY')
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
  const terms = termsOf(formOfPreset('hotel'), 'CNY')
  expect(terms).toMatchObject({ price_per: 'night', nights: { check_in_minute: 900, check_out_minute: 720 } })
  expect(terms).not.toHaveProperty('visit')
})

it('shows what was set as it was set', () => {
  for (const preset of Object.keys(PRESETS) as Preset[]) {
    const terms = termsOf(formOfPreset(preset), 'CNY')
    const set = { ...terms, policy: { ...terms.policy, free_until_minutes: 90 } }
    expect(termsOf(formOfTerms(set, 'CNY'), 'CNY')).toEqual(set)
  }
})

it('changes no preset by what is typed', () => {
  formOfPreset('salon').hours[0]!.from = '12:00'
  expect(formOfPreset('salon').hours[0]?.from).toBe('10:00')
})

it('says what some nights cost more, and shows it as it was said', () => {
  const rates = [{ surcharge: '60', weekdays: [5, 6], fromDay: '', untilDay: '2027-12-31' }]
  const terms = termsOf({ ...formOfPreset('hotel'), rates }, 'CNY')
  expect(terms.nights?.rates).toEqual([{ surcharge: 6000, weekdays: [5, 6], until_day: '2027-12-31' }])
  expect(termsOf(formOfTerms(terms, 'CNY'), 'CNY')).toEqual(terms)
})
