import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { useLiveReload, useNews } from '.'
import { listen } from './stream'

/** A stream that the test plays. */
class PlayedSource extends EventTarget {
  static readonly CLOSED = 2
  static opened: PlayedSource[] = []
  readyState = 1

  constructor(readonly path: string) {
    super()
    PlayedSource.opened.push(this)
  }
  close() {
    this.readyState = PlayedSource.CLOSED
  }
  says(type: string, data = '') {
    this.dispatchEvent(new MessageEvent(type, { data }))
  }
  fails() {
    this.readyState = PlayedSource.CLOSED
    this.dispatchEvent(new Event('error'))
  }
}
const last = () => PlayedSource.opened.at(-1) as PlayedSource
const news = (type: string) => JSON.stringify({ type, at: '2026-11-23T03:00:00Z', about: {} })

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', PlayedSource)
  PlayedSource.opened = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('opens one stream for all who listen and closes it after the last one', () => {
  const stops = [listen('/v1/platform/live', () => {}), listen('/v1/platform/live', () => {})]
  expect(PlayedSource.opened).toHaveLength(1)
  stops[0]?.()
  expect(last().readyState).toBe(1)
  stops[1]?.()
  expect(last().readyState).toBe(PlayedSource.CLOSED)
})

it('says that something may have been missed when the stream is opened again, not at first', () => {
  const heard: unknown[] = []
  const stop = listen('/live', (news) => heard.push(news?.type))
  last().says('open')
  last().says('news', news('OrderPaid'))
  expect(heard).toEqual(['OrderPaid'])
  last().says('open')
  last().says('missed', '{}')
  expect(heard).toEqual(['OrderPaid', undefined, undefined])
  stop()
})

it('comes back after an answer that is no stream, later and later', () => {
  const stop = listen('/live', () => {})
  last().fails()
  vi.advanceTimersByTime(2_000)
  expect(PlayedSource.opened).toHaveLength(2)
  last().fails()
  vi.advanceTimersByTime(2_000)
  expect(PlayedSource.opened).toHaveLength(2)
  vi.advanceTimersByTime(2_000)
  expect(PlayedSource.opened).toHaveLength(3)
  stop()
})

it('reads again once for many news that concern the page, and no more after the page is left', () => {
  const page = effectScope()
  const reload = vi.fn()
  page.run(() => {
    useLiveReload('/live', reload, ({ type }) => type.startsWith('Payout'))
    useNews('/live', () => {})
  })
  for (const type of ['OrderPaid', 'PayoutProposed', 'PayoutApproved']) last().says('news', news(type))
  vi.advanceTimersByTime(1_000)
  expect(reload).toHaveBeenCalledTimes(1)
  last().says('news', news('PayoutPaid'))
  page.stop()
  vi.advanceTimersByTime(1_000)
  expect(reload).toHaveBeenCalledTimes(1)
})
