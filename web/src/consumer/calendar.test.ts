import { expect, it } from 'vitest'
import { calendarFile } from './calendar'

const event = {
  id: 'booking_1',
  title: 'Dinner; two, please',
  starts_at: '2026-12-31T19:00:00+08:00',
  ends_at: '2026-12-31T21:00:00+08:00',
  where: '上海市黄浦区福州路三百二十五号二楼靠窗的座位请从侧门进入，电梯到二层',
  url: 'https://example.com/bookings/booking_1',
}
const file = calendarFile(event, Date.parse('2026-11-29T03:00:00Z'))

it('says when in UTC, and escapes what separates', () => {
  expect(file).toContain('DTSTART:20261231T110000Z\r\nDTEND:20261231T130000Z\r\n')
  expect(file).toContain('DTSTAMP:20261129T030000Z\r\n')
  expect(file).toContain('SUMMARY:Dinner\\; two\\, please\r\n')
})

it('folds long lines between characters', () => {
  const lines = file.split('\r\n')
  expect(lines.every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true)
  expect(file.replaceAll('\r\n ', '')).toContain(event.where)
})
