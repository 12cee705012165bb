import { expect, it } from 'vitest'
import { rowsOf, rulesOf } from './priceRules'

const span = (weekday: number, from_minute = 0, until_minute = 1440) => ({
  weekday,
  from_minute,
  until_minute,
})

it('gives rules back as they were', () => {
  const rules = [
    { price: 8000, from_quantity: 1, hours: [1, 2, 3].map((day) => span(day, 600, 900)), for_members: false },
    {
      price: 8550,
      from_quantity: 5,
      hours: [],
      from_day: '2026-10-01',
      until_day: '2026-10-07',
      for_members: false,
    },
    { price: 100, from_quantity: 1, hours: [span(7)], for_members: false },
    { price: 90, from_quantity: 1, hours: [], for_members: true },
  ]
  expect(rulesOf(rowsOf(rules, 'CNY'), 'CNY')).toEqual(rules)
})

it('makes a row of each hours of a rule, and all days of none where only hours are given', () => {
  const rule = { price: 100, from_quantity: 1, hours: [span(1, 0, 60), span(2, 60, 120), span(3, 0, 60)] }
  const rows = rowsOf([rule], 'CNY')
  expect(rows.map(({ weekdays, from }) => [weekdays, from])).toEqual([
    [[1, 3], '00:00'],
    [[2], '01:00'],
  ])
  const [always] = rulesOf([{ ...rows[1]!, weekdays: [] }], 'CNY')
  expect(always?.hours).toHaveLength(7)
})
