import { expect, it } from 'vitest'
import { isOpenAt, spansText } from './hours'
import { language } from './index'

const ZONE = 'Asia/Shanghai'
/** A Monday (23 November 2026) and the days after it, by the clock of the store. */
const at = (day: number, time: string) => new Date(`2026-11-${23 + day}T${time}:00+08:00`)

it('opens and closes by the clock of the store', () => {
  const hours = 'Mo-Su 10:30-23:00'
  expect(isOpenAt(hours, ZONE, at(0, '10:29'))).toBe(false)
  expect(isOpenAt(hours, ZONE, at(0, '10:30'))).toBe(true)
  expect(isOpenAt(hours, ZONE, at(0, '23:00'))).toBe(false)
})

it('knows days, breaks and nights', () => {
  const hours = 'Mo-Fr 11:00-14:00,17:00-02:00; Sa off'
  expect(isOpenAt(hours, ZONE, at(1, '15:00'))).toBe(false)
  expect(isOpenAt(hours, ZONE, at(1, '01:59'))).toBe(true)
  expect(isOpenAt(hours, ZONE, at(5, '01:00'))).toBe(true)
  expect(isOpenAt(hours, ZONE, at(5, '12:00'))).toBe(false)
  expect(isOpenAt('24/7', ZONE, at(6, '03:00'))).toBe(true)
})

it('claims nothing about hours that it does not understand', () => {
  expect(isOpenAt('on request', ZONE, at(0, '12:00'))).toBeUndefined()
  expect(isOpenAt('', ZONE, at(0, '12:00'))).toBeUndefined()
})

it('says spans of the week with runs of days together and whole days without hours', () => {
  const span = (weekday: number, from_minute = 0, until_minute = 1440) => ({
    weekday,
    from_minute,
    until_minute,
  })
  const lunch = [1, 2, 3, 4, 5].map((day) => span(day, 660, 900))
  language.value = 'en'
  expect(spansText([...lunch, span(7), span(6)])).toBe('Mon–Fri 11:00–15:00; Sat,Sun')
  expect(spansText([])).toBe('')
})
