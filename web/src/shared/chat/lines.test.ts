import { expect, it } from 'vitest'
import { daysOf, unreadUntil, type Line } from './lines'

const line = (seq: number, at: string, by_merchant = false): Line => ({
  seq,
  at,
  by_merchant,
  text: '',
  media: [],
})

it('puts the lines of a day together, the oldest first', () => {
  const days = daysOf([
    line(3, '2026-12-02T09:00:00'),
    line(2, '2026-12-01T23:00:00'),
    line(1, '2026-12-01T09:00:00'),
  ])
  expect(days.map(({ lines }) => lines.map(({ seq }) => seq))).toEqual([[1, 2], [3]])
  expect(daysOf([])).toEqual([])
})

it('marks as read what the other side wrote, once', () => {
  const lines = [line(3, ''), line(2, '', true), line(1, '')]
  expect(unreadUntil(lines, true, 0)).toBe(2)
  expect(unreadUntil(lines, true, 2)).toBeUndefined()
  expect(unreadUntil(lines, false, 2)).toBe(3)
  expect(unreadUntil([], true, 0)).toBeUndefined()
})
