/**
 * How long a guest with a slow phone waits: nothing kept from before, 1.6 Mbit/s down, 150 ms to the server and back,
 * a quarter of this machine's speed. It judges nothing; `docs/benchmarks.md` keeps what was seen.
 */
import type { Browser } from '@playwright/test'
import { test } from './e2e/support/server'

const RUNS = 5
const SLOW = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
}
const CPU_SLOWDOWN = 4
/** The page is interactive once nothing has held it up for so long. */
const QUIET_MS = 1_000

interface Seen {
  /** First text or picture, ms after the visit began. */
  content: number
  /** What only a running app shows is there, and the page answers at once. */
  interactive: number
}

declare global {
  interface Window {
    longTasks: { end: number }[]
  }
}

async function visit(browser: Browser, url: string, alive: string): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en' })
  const page = await context.newPage()
  await page.addInitScript(() => {
    window.longTasks = []
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        window.longTasks.push({ end: startTime + duration })
    }).observe({ type: 'longtask', buffered: true })
  })
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', SLOW)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
  await page.goto(url, { waitUntil: 'commit' })
  const seen = await page.waitForFunction(
    ({ alive, quiet }) => {
      const now = performance.now()
      const state = window as unknown as { aliveAt?: number }
      if (document.querySelector(alive)) state.aliveAt ??= now
      const content = performance.getEntriesByName('first-contentful-paint')[0]?.startTime
      if (content === undefined || state.aliveAt === undefined) return null
      const held = Math.max(0, ...window.longTasks.map(({ end }) => end))
      const interactive = Math.max(content, state.aliveAt, held)
      return now - interactive > quiet ? { content, interactive } : null
    },
    { alive, quiet: QUIET_MS },
    { polling: 20, timeout: 60_000 },
  )
  const found = await seen.jsonValue()
  await context.close()
  if (!found) throw new Error('nothing was seen')
  return found
}

function median(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  return `${(sorted[Math.floor(sorted.length / 2)]! / 1000).toFixed(2)} s`
}

test('guests on a slow phone', async ({ browser, server }) => {
  test.setTimeout(600_000)
  const { items } = await (await fetch(`${server.url}/v1/search`)).json()
  const pages = [
    { name: 'start', path: '/', alive: 'input[type=search]' },
    { name: 'an offer', path: `/o/${items[0].offer}`, alive: '#app button' },
    { name: 'a merchant', path: `/m/${items[0].merchant}`, alive: '#app button' },
  ]
  for (const { name, path, alive } of pages) {
    const seen: Seen[] = []
    for (let run = 0; run < RUNS; run++) seen.push(await visit(browser, server.url + path, alive))
    const content = median(seen.map((one) => one.content))
    const interactive = median(seen.map((one) => one.interactive))
    console.log(`${name}: content after ${content}, interactive after ${interactive}`)
  }
})
