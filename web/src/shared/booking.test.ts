import { expect, it } from 'vitest'
import { createTexts, language } from './i18n'
import {
  bookedHours,
  hasOtherTimes,
  hourRange,
  hoursBetween,
  isOfNights,
  momentAt,
  momentText,
  mondayOf,
  nextOf,
  nightsBetween,
  plusHours,
  policyTexts,
  quantityOf,
  servicesOf,
  servingsOf,
  type Booking,
  type Terms,
} from './booking'

const { t } = createTexts({ 'zh-CN': {}, en: {} }).global
const SHANGHAI = 'Asia/Shanghai'
const STARTS_AT = '2026-12-05T11:00:00Z'
const policy = { free_until_minutes: 1440, late_fee_bp: 5000, no_show_fee_bp: 10_000, grace_minutes: 15 }
const texts = (change: Partial<typeof policy>, now?: string, startsAt: string | undefined = STARTS_AT) =>
  policyTexts(t, { ...policy, ...change }, startsAt, SHANGHAI, now ? Date.parse(now) : undefined)

it('says on the store’s clocks until when a booking is cancelled for nothing, and what is kept then', () => {
  language.value = 'en'
  expect(texts({}, '2026-12-01T00:00:00Z')).toEqual([
    'Free until Fri, Dec 4, 19:00, then the store keeps 50%',
    'If you do not come, it keeps 100%',
    'If you are late, your place is kept for 15 minutes',
  ])
  expect(texts({}, '2026-12-05T00:00:00Z')[0]).toBe('If you cancel, the store keeps 50%')
  language.value = 'zh-CN'
  expect(texts({}, '2026-12-01T00:00:00Z')[0]).toBe(
    '12月4日周五 19:00 前可免费取消或改期，之后取消商家收取 50%',
  )
})

it('says it of any booking before a time is chosen, and leaves out what costs nothing', () => {
  language.value = 'en'
  expect(policyTexts(t, policy)[0]).toBe(
    'Cancel or move it free until 1 day before it starts, then the store keeps 50%',
  )
  expect(texts({ late_fee_bp: 0, no_show_fee_bp: 0, grace_minutes: 0 })).toEqual([
    'Cancel at no charge until it starts',
  ])
})

it('says how long each service takes for so many, and who or what a booking has for it', () => {
  language.value = 'en'
  const turns = [
    { party_up_to: 1, minutes: 45 },
    { party_up_to: 2, minutes: 75 },
  ]
  const cut = { name: { en: 'Haircut' }, turns, before_minutes: 0, after_minutes: 15 }
  const visit = { hours: [], every_minutes: 30, services: [cut] }
  expect(servicesOf({ visit } as unknown as Terms, 2)).toEqual([{ name: 'Haircut', minutes: 75 }])
  expect(servicesOf({} as Terms, 2)).toEqual([])
  const [ten, eleven] = ['2026-12-05T02:00:00Z', '2026-12-05T03:00:00Z']
  const has = (name: string, starts_at: string, service: string) => ({
    id: name,
    name,
    kind: 'person',
    starts_at,
    ends_at: starts_at,
    service: { en: service },
  })
  const resources = [has('Wei', ten, 'Haircut'), has('Min', eleven, 'Colour'), has('Basin', eleven, 'Colour')]
  expect(servingsOf({ resources }).map(({ service, who }) => [service, who])).toEqual([
    ['Haircut', 'Wei'],
    ['Colour', 'Min + Basin'],
  ])
})

it('pays for the booking, for each person, for each room and night, or for each hour', () => {
  const of = { party: 4, nights: 3, rooms: 2, hours: 5 }
  const quantity = (price_per: Terms['price_per']) => quantityOf({ price_per } as Terms, of)
  expect([quantity('booking'), quantity('person'), quantity('night'), quantity('hour')]).toEqual([1, 4, 6, 5])
})

it('lets guests choose hours within the offer and the order, and only where it is booked by the hour', () => {
  const byHour = { visit: { by_hour: { hours_min: 2, hours_max: 6 } } } as unknown as Terms
  expect(hourRange(byHour, 10)).toEqual({ least: 2, most: 6 })
  expect(hourRange(byHour, 4)).toEqual({ least: 2, most: 4 })
  expect(hourRange(byHour, 1)).toEqual({ least: 2, most: 2 })
  expect(hourRange({ visit: {} } as unknown as Terms, 10)).toBeUndefined()
  const booked = { starts_at: '2026-12-05T14:00:00Z', ends_at: '2026-12-05T17:00:00Z' }
  expect(bookedHours(byHour, booked)).toBe(3)
  expect(bookedHours({ visit: {} } as unknown as Terms, booked)).toBeUndefined()
  const overtime = { starts_at: booked.ends_at, ends_at: '2026-12-05T18:00:00Z' }
  expect([booked, overtime].map((one) => hasOtherTimes(byHour, one))).toEqual([true, false])
  expect(hasOtherTimes({ visit: {} } as unknown as Terms, overtime)).toBe(true)
})

it('counts hours as they pass, also past midnight and where the clocks change', () => {
  expect(hoursBetween('2026-12-05T14:00:00Z', '2026-12-05T17:00:00Z')).toBe(3)
  const [before, after] = ['00:30', '04:30'].map((time) => momentAt('2026-03-29', time, 'Europe/Berlin'))
  expect(hoursBetween(before!, after!)).toBe(3)
  expect(plusHours('2026-12-05T15:00:00Z', 2)).toBe('2026-12-05T17:00:00.000Z')
})

it('finds what goes on in the same room when a booking is over', () => {
  const booking = (id: string, from: string, until: string, room: string, status = 'confirmed') =>
    ({ id, starts_at: from, ends_at: until, status, resources: [{ id: room, kind: 'room' }] }) as Booking
  const first = booking('first', '18:00', '20:00', 'a')
  const elsewhere = booking('elsewhere', '20:00', '21:00', 'b')
  const gone = booking('gone', '20:00', '21:00', 'a', 'cancelled')
  const later = booking('later', '21:00', '22:00', 'a')
  const next = booking('next', '20:00', '21:00', 'a', 'held')
  expect(nextOf(first, [later, next, gone, elsewhere, first])?.id).toBe('next')
  expect(nextOf(first, [later, gone, elsewhere, first])).toBeUndefined()
})

it('tells nights from a visit that ends after midnight', () => {
  const of = (kind: string) => isOfNights({ resources: [{ kind }] } as Booking)
  expect([of('room_type'), of('room')]).toEqual([true, false])
})

it('counts nights by the store’s days', () => {
  expect(nightsBetween('2026-12-05T07:00:00Z', '2026-12-07T04:00:00Z', SHANGHAI)).toBe(2)
  expect(nightsBetween('2026-12-05T11:00:00Z', '2026-12-05T15:59:00Z', SHANGHAI)).toBe(0)
})

it('begins a week on Monday, and says a moment on the store’s clocks', () => {
  language.value = 'en'
  expect([mondayOf('2026-11-29'), mondayOf('2026-11-30')]).toEqual(['2026-11-23', '2026-11-30'])
  expect(momentText('2026-12-05T16:30:00Z', SHANGHAI)).toBe('Sun, Dec 6, 00:30')
})

it('finds the moment that a clock shows, on both sides of a change of the clocks', () => {
  expect(momentAt('2026-12-05', '19:00', SHANGHAI)).toBe('2026-12-05T11:00:00.000Z')
  expect(momentAt('2026-03-29', '12:00', 'Europe/Berlin')).toBe('2026-03-29T10:00:00.000Z')
  expect(momentAt('2026-03-29', '00:30', 'Europe/Berlin')).toBe('2026-03-28T23:30:00.000Z')
})
