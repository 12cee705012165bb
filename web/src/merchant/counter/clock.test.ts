import { afterEach, expect, it, vi } from 'vitest'
import { PlatformClock } from './clock'

afterEach(() => vi.useRealTimers())

it('goes on with the platform’s time when somebody sets the device’s clock back', () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const clock = new PlatformClock({ platform: 5_000_000, wall: 1_000_000 }, true)
  vi.advanceTimersByTime(40_000)
  expect(clock.now()).toBe(5_040_000)
  vi.setSystemTime(0)
  expect(clock.now()).toBe(5_040_000)
})

it('counts on with the device’s own clock after the page was opened anew', () => {
  vi.useFakeTimers({ now: 1_600_000 })
  expect(new PlatformClock({ platform: 5_000_000, wall: 1_000_000 }, false).now()).toBe(5_600_000)
})
