import { expect, it } from 'vitest'
import { createTexts, language } from './i18n'
import { priceOf, seatText, seatsText, widthOf } from './seats'

const { t } = createTexts({ 'zh-CN': {}, en: {} }).global

it('says seats as people do, those of a row together', () => {
  language.value = 'en'
  expect(seatText(t, 'F-7')).toBe('Row F, seat 7')
  expect(seatsText(t, ['F-7', 'F-8', 'G-1'])).toBe('Row F, seats 7, 8 · Row G, seat 1')
  language.value = 'zh-CN'
  expect(seatText(t, '6-7')).toBe('6排7座')
  expect(seatsText(t, ['6-7', '6-8'])).toBe('6排7, 8座')
})

it('is as wide as its longest row', () => {
  const seat = { label: '1', zone: 'a', kind: 'standard' }
  const row = { label: 'A', cells: [seat, null] }
  expect(widthOf({ zones: [], rows: [row, { ...row, cells: [seat] }] })).toBe(2)
  expect(widthOf({ zones: [], rows: [] })).toBe(0)
})

it('adds up what seats cost by their zones', () => {
  const seat = (label: string, zone: string) => ({ label, zone, kind: 'standard' })
  const zones = [
    { code: 'a', name: 'Hall' },
    { code: 'b', name: 'Box' },
  ]
  const map = { zones, rows: [{ label: 'A', cells: [seat('1', 'a'), null, seat('2', 'b')] }] }
  const prices = [4000, 7000].map((amount) => ({ amount, currency: 'CNY', exponent: 2 }))
  expect(priceOf({ map, prices }, ['A-1', 'A-2'])?.amount).toBe(11_000)
  expect(priceOf({ map, prices }, [])).toBeUndefined()
})
