import { expect, it } from 'vitest'
import {
  formOfPreset,
  formOfTerms,
  newService,
  PRESETS,
  saidOf,
  termsOf,
  turn,
  type Preset,
} from './bookingTerms'

it('books a table for lunch and dinner on every day, longer for larger parties', () => {
  const terms = termsOf(formOfPreset('restaurant'), 'CNY')
  expect(terms.visit?.hours).toHaveLength(14)
  expect(terms.visit?.hours[0]).toEqual({ weekday: 1, from_minute: 660, until_minute: 870 })
  expect(terms.visit?.services[0]?.turns.at(-1)).toEqual({ party_up_to: 8, minutes: 150 })
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
    const { terms } = saidOf(formOfPreset(preset), 'CNY')
    const policy = { ...terms.policy, free_until_minutes: 90 }
    const set = { terms: { ...terms, policy }, resources: [['res_1', 'res_2']] }
    expect(saidOf(formOfTerms(set, 'CNY'), 'CNY')).toEqual(set)
  }
})

it('books rooms by the hour: one service of an hour for any party, and as it was set', () => {
  const services = [newService([turn(2, 90), turn(4, 120)], '15'), newService([turn(4, 30)])]
  const form = { ...formOfPreset('restaurant'), pricePer: 'hour' as const, partyMax: '10', services }
  services[0]!.resources = ['res_1', 'res_2']
  const said = saidOf({ ...form, hoursMin: '2', hoursMax: '6' }, 'CNY')
  expect(said.resources).toEqual([['res_1', 'res_2']])
  const turns = [{ party_up_to: 10, minutes: 60 }]
  expect(said.terms).toMatchObject({ price_per: 'hour', visit: { by_hour: { hours_min: 2, hours_max: 6 } } })
  expect(said.terms.visit?.services).toEqual([{ turns, before_minutes: 0, after_minutes: 15 }])
  expect(saidOf(formOfTerms(said, 'CNY'), 'CNY')).toEqual(said)
  expect(termsOf({ ...form, pricePer: 'booking' }, 'CNY').visit).not.toHaveProperty('by_hour')
})

it('lets karaoke rooms until midnight', () => {
  const { visit } = termsOf(formOfPreset('karaoke'), 'CNY')
  expect(visit?.hours[0]).toEqual({ weekday: 1, from_minute: 720, until_minute: 1440 })
})

it('changes no preset by what is typed', () => {
  formOfPreset('salon').hours[0]!.from = '12:00'
  expect(formOfPreset('salon').hours[0]?.from).toBe('10:00')
})

it('says what some nights cost more, and shows it as it was said', () => {
  const rates = [{ surcharge: '60', weekdays: [5, 6], fromDay: '', untilDay: '2027-12-31' }]
  const terms = termsOf({ ...formOfPreset('hotel'), rates }, 'CNY')
  expect(terms.nights?.rates).toEqual([{ surcharge: 6000, weekdays: [5, 6], until_day: '2027-12-31' }])
  expect(termsOf(formOfTerms({ terms, resources: [['res_1']] }, 'CNY'), 'CNY')).toEqual(terms)
})

it('says each of several services with its name and its people, and shows them as they were said', () => {
  const form = formOfPreset('salon')
  const cut = {
    ...newService([turn(1, 45)], '15'),
    name: { 'zh-CN': '剪发', en: ' Haircut ' },
    resources: ['res_1'],
  }
  const nails = {
    ...newService([turn(1, 30)]),
    name: { 'zh-CN': '美甲', en: '' },
    resources: ['res_2', 'res_3'],
  }
  const said = saidOf({ ...form, services: [cut, nails] }, 'CNY')
  expect(said.resources).toEqual([['res_1'], ['res_2', 'res_3']])
  const turns = [{ party_up_to: 1, minutes: 45 }]
  const haircut = { name: { 'zh-CN': '剪发', en: 'Haircut' }, turns, before_minutes: 0, after_minutes: 15 }
  expect(said.terms.visit?.services[0]).toEqual(haircut)
  expect(said.terms.visit?.services[1]?.name).toEqual({ 'zh-CN': '美甲' })
  expect(saidOf(formOfTerms(said, 'CNY'), 'CNY')).toEqual(said)
})
