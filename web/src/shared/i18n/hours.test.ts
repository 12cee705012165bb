import { expect, it } from 'vitest'
import { isOpenAt } from './hours'

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
