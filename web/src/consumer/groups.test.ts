import { expect, it } from 'vitest'
import { timeLeft } from './groups'

it('counts down to the second and stops at zero', () => {
  const until = '2026-11-29T12:00:00Z'
  const before = (seconds: number) => timeLeft(until, Date.parse(until) - seconds * 1000)
  expect([before(90_061), before(59.5), before(0), before(-5)]).toEqual([
    '25:01:01',
    '00:01:00',
    '00:00:00',
    '00:00:00',
  ])
})
