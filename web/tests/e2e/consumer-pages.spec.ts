import type { Browser } from '@playwright/test'
import { findings } from './support/axe'
import { expect, test } from './support/server'

const PAGES = [
  '/',
  '/?view=map',
  '/coupons',
  '/vouchers',
  '/cart',
  '/orders',
  '/bookings',
  '/rebates',
  '/memberships',
  '/messages',
  '/complaints',
  '/chats',
  '/me',
  '/account',
  '/compare',
  '/nowhere',
]

for (const [colorScheme, width] of [
  ['light', 390],
  ['dark', 1440],
] as const) {
  test(`everybody can use every page, ${colorScheme} and ${width} pixels wide`, async ({
    server,
    browser,
  }) => {
    const context = await browser.newContext({
      baseURL: server.url,
      locale: 'en',
      colorScheme,
      viewport: { width, height: 900 },
    })
    const page = await context.newPage()
    const found: Record<string, string[]> = {}
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      // A refused request is an answer that the page deals with.
      const isAnswer = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !isAnswer) errors.push(message.text())
    })
    const look = async (name: string) => {
      await expect(page.getByRole('status', { name: 'Loading…' })).toHaveCount(0)
      const wrong = await findings(page)
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      if (isWide) wrong.push('wider than the screen')
      if (wrong.length) found[name] = wrong
    }

    await page.goto('/sign-in?next=/me')
    await look('sign in')
    const contact = `+86139000001${width % 100}`
    await page.getByLabel('Phone number or mail address').fill(contact)
    await page.getByRole('button', { name: 'Send a code' }).click()
    const code = page.getByLabel(/The code sent to/)
    await expect(code).toBeVisible()
    await look('code')
    await code.fill(await server.codeFor(contact))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('button', { name: 'Sign out', exact: true })).toBeVisible()

    for (const path of PAGES) {
      await page.goto(path)
      await expect(page.getByRole('heading').first()).toBeVisible()
      await look(path)
    }

    await page.goto('/')
    await page.getByRole('button', { name: 'Filter' }).click()
    await look('filter')
    await page.getByRole('button', { name: 'Close' }).click()
    const offer = page.getByRole('link', { name: 'Four-lunch hot pot card' }).first()
    const path = (await offer.getAttribute('href')) ?? ''
    await offer.click()
    await expect(page.getByRole('heading', { name: 'Good to know' })).toBeVisible()
    await look('offer')
    await page.getByRole('link', { name: 'Bridgehead Hot Pot' }).click()
    await expect(page.getByRole('heading', { name: 'On sale' })).toBeVisible()
    await look('merchant')
    await page.goto(`${new URL(page.url()).pathname}/chat`)
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
    await look('chat')
    await page.goto(path.replace('/o/', '/checkout/'))
    await expect(page.getByRole('button', { name: 'Place the order' })).toBeVisible()
    await look('checkout')
    await page.getByRole('button', { name: 'Place the order' }).click()
    await expect(page.getByRole('button', { name: 'Pay', exact: true })).toBeVisible()
    await look('order')

    expect(found).toEqual({})
    expect(errors).toEqual([])
    await context.close()
  })
}

/** What comes over the line, compressed, to a browser that has kept nothing yet; by kind. */
async function bytesOf(browser: Browser, url: string): Promise<Record<string, number>> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const kinds = new Map<string, string>()
  const bytes: Record<string, number> = {}
  session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId) ?? 'Other'
    bytes[kind] = (bytes[kind] ?? 0) + encodedDataLength
  })
  await page.goto(url)
  await expect(page.getByRole('heading').first()).toBeVisible()
  await page.waitForLoadState('networkidle')
  await context.close()
  return bytes
}

test('the first load is small', async ({ browser, server }) => {
  const LIMIT_BYTES = 200_000
  const { items } = await (await fetch(`${server.url}/v1/search`)).json()
  // Beside it there are the pictures of what is sold, which come when they are looked at.
  for (const path of ['/', `/o/${items[0].offer}`, `/m/${items[0].merchant}`]) {
    const { Document = 0, Script = 0, Stylesheet = 0, Fetch = 0 } = await bytesOf(browser, server.url + path)
    expect(Script, path).toBeGreaterThan(0)
    expect(Document + Script + Stylesheet + Fetch, path).toBeLessThan(LIMIT_BYTES)
  }
})
