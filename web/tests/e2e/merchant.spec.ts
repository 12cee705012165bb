import AxeBuilder from '@axe-core/playwright'
import type { APIRequestContext, Browser, Page, Route } from '@playwright/test'
import { chromium } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Actor, demoMerchant, film, Guest, PASSWORD } from './merchant-stage'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 1440, height: 900 } })

const LICENCE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

async function signIn(page: Page, login: string) {
  await page.goto('/merchant/')
  await page.getByLabel('Mail address').fill(login)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
}

async function go(page: Page, part: string) {
  await page.getByRole('navigation').getByRole('link', { name: part, exact: true }).click()
}

/** What a hand scanner does: it types, wherever the page is, and presses Enter. */
async function handScan(page: Page, text: string) {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

const verdict = (page: Page) =>
  page
    .getByRole('main')
    .getByRole('status')
    .filter({ has: page.locator('h2') })

/** Approves the certification that waits, as the platform's own people do. */
async function certify(admin: Actor, merchant: string) {
  const { items } = await admin.get('/v1/platform/certifications')
  const { id } = items.find((certification: { merchant: string }) => certification.merchant === merchant)
  await admin.post(`/v1/platform/certifications/${id}/decision`, { approve: true, note: 'In order.' })
}

test('a business registers, is certified, agrees, sells, serves and is paid', async ({
  page,
  request,
  server,
}) => {
  const admin = await Actor.withPassword(request, 'admin@demo.example')
  const login = `${randomUUID()}@example.org`
  await page.goto('/merchant/')
  await page.getByRole('link', { name: 'Register your business' }).click()
  await page.getByLabel('Name of the business (English)').fill('Bridge Noodles <b>& Sons</b>')
  await page.getByLabel('Your name').fill('Lao Chen')
  await page.getByLabel('Mail address').fill(login)
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Register and sign in' }).click()
  await expect(page.getByLabel('Your name')).toHaveValue('Lao Chen')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Register and sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Four steps to your first sale' })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bridge Noodles <b>& Sons</b>')

  await page.getByRole('link', { name: /Upload your licence/ }).click()
  await page.getByLabel('Number').fill('91310000MA1K00000X')
  const picture = { name: 'licence.png', mimeType: 'image/png' }
  const input = page.getByLabel('Picture of the document')
  await input.setInputFiles({ ...picture, buffer: Buffer.from('no picture at all') })
  await expect(page.getByText('Upload a JPEG, PNG or WebP picture')).toBeVisible()
  await input.setInputFiles({ ...picture, buffer: Buffer.concat([LICENCE, Buffer.from(randomUUID())]) })
  await page.getByRole('button', { name: 'Hand in' }).click()
  await expect(page.getByRole('cell', { name: 'Waiting' })).toBeVisible()

  await go(page, 'Stores')
  await page.getByRole('link', { name: 'Add a store' }).first().click()
  await page.getByLabel('Name of the store (English)').fill('Bund')
  await page.getByLabel('Address').fill('1 Bund')
  await page.getByLabel('Latitude').fill('31.24')
  await page.getByLabel('Longitude').fill('121.49')
  await page.getByRole('checkbox', { name: 'Monday' }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('cell', { name: 'Monday 10:00-22:00' })).toBeVisible()

  const owner = await Actor.withPassword(request, login)
  const { merchant } = (await owner.get('/v1/me')).staff[0]
  await certify(admin, merchant)

  await go(page, 'Agreements')
  await page.getByRole('link', { name: 'Propose an agreement' }).first().click()
  await page.getByRole('textbox', { name: 'Commission' }).fill('a tenth')
  await page.getByRole('button', { name: 'Send to the platform' }).click()
  await expect(page.getByText('A percentage from 0 to 100 is needed')).toBeVisible()
  await page.getByRole('textbox', { name: 'Commission' }).fill('5')
  await page.getByRole('button', { name: 'Send to the platform' }).click()
  await expect(page.getByText('Sent. The platform has to answer.')).toBeVisible()

  const agreements = await owner.get(`/v1/merchants/${merchant}/agreements`)
  const { id, terms } = agreements.items[0]
  const counter = { version: 1, terms: { ...terms, commission_bp: 700 } }
  await admin.post(`/v1/platform/merchants/${merchant}/agreements/${id}/counter`, counter)
  await page.reload()
  await expect(page.getByRole('row', { name: /^Commission 5% 7%/ })).toBeVisible()
  await page.getByRole('button', { name: 'Accept version 2' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('link', { name: 'Make an offer under it' }).click()

  await page.getByLabel('Title (English)').fill('Noodles for two')
  await page.getByLabel('What is in it (English)').fill('Two bowls, two teas')
  await page.getByLabel('List price').fill('50')
  await expect(page.getByText('The guest pays ¥40')).toBeVisible()
  await page.getByRole('button', { name: 'Save as a draft' }).click()
  const offer = page.getByRole('row', { name: /Noodles for two/ })
  await offer.getByRole('button', { name: 'Publish' }).click()
  await expect(offer).toContainText('On sale')

  const { items } = await owner.get(`/v1/merchants/${merchant}/offers/own`)
  const guest = await Guest.arrives(request, server, '+8613900000021')
  const bought = await guest.buys(items[0].id)

  await go(page, 'Counter')
  await expect(page.getByText('Online', { exact: true })).toBeVisible()
  await handScan(page, await bought.qr())
  await expect(verdict(page)).toContainText('Redeemed')
  await expect(verdict(page)).toContainText('Two bowls, two teas')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(verdict(page)).toContainText('the voucher has its use again')
  await page.getByRole('button', { name: 'Next guest' }).click()
  await handScan(page, bought.code)
  await expect(verdict(page)).toContainText('Use 1 of 1')
  await handScan(page, bought.code)
  await expect(verdict(page)).toContainText('Not redeemed')

  await go(page, 'Statement & payouts')
  const owed = page.getByRole('listitem').filter({ hasText: 'The platform owes you' })
  await expect(owed).toContainText('¥41.85')
  await expect(page.getByRole('row', { name: /^Undone/ })).toContainText('-¥41.85')
  await go(page, 'Orders')
  await expect(page.getByRole('row', { name: /Noodles for two/ })).toContainText('¥40.00')

  await paid(request, merchant)
  await go(page, 'Statement & payouts')
  const payout = page.getByRole('row', { name: /¥41\.85/ }).last()
  await expect(payout).toContainText('Paid')
  await payout.getByRole('link').click()
  await expect(page.getByRole('row', { name: /^Redemption/ })).toHaveCount(2)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download CSV' }).click()
  const csv = readFileSync(await (await download).path(), 'utf8')
  expect(csv).toContain(bought.voucher)
  expect(csv.trim().split('\n')).toHaveLength(4)
})

/** What is owed up to now is proposed by one person of finance, approved by another, and sent. */
async function paid(request: APIRequestContext, merchant: string) {
  const [finance, second] = [
    await Actor.withPassword(request, 'finance@demo.example'),
    await Actor.withPassword(request, 'finance2@demo.example'),
  ]
  const until = new Date(Date.now() + 60_000).toISOString()
  const { payout } = await finance.post('/v1/platform/payouts', { merchant, currency: 'CNY', until })
  await second.post(`/v1/platform/payouts/${payout}/approve`)
  await expect
    .poll(async () =>
      (await finance.get('/v1/platform/payouts?status=paid')).items.some(
        ({ id }: { id: string }) => id === payout,
      ),
    )
    .toBe(true)
}

test('the cashier goes on through a network cut, and conflicts are told', async ({
  page,
  context,
  browser,
  request,
  server,
}) => {
  const { cashier, merchant, store, offer, title } = await demoMerchant(request)
  const guest = await Guest.arrives(request, server, '+8613900000022')
  const [first, second, third] = [await guest.buys(offer), await guest.buys(offer), await guest.buys(offer)]

  await signIn(page, 'cashier@demo.example')
  await page.getByRole('button', { name: 'This one' }).click()
  await expect(page.getByText('Register this device')).toHaveCount(0)

  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await context.setOffline(true)
  await expect(page.getByText('No network. Go on scanning')).toBeVisible()
  await page.reload()
  await expect(page.getByText('No network. Go on scanning')).toBeVisible()
  const qr = await first.qr()
  await handScan(page, qr)
  await expect(verdict(page)).toContainText('Accepted offline')
  await expect(verdict(page)).toContainText(title)
  await handScan(page, qr)
  await expect(verdict(page)).toContainText('This QR was scanned already')
  const forged = `${qr.slice(0, 240)}${qr[240] === '0' ? '1' : '0'}${qr.slice(241)}`
  await handScan(page, forged)
  await expect(verdict(page)).toContainText(/Forged|not read whole|holder’s device/)
  await handScan(page, first.code)
  await expect(verdict(page)).toContainText('Codes need a network')

  // Meanwhile another till, which has a network, takes the same voucher.
  await handScan(page, await second.qr())
  await expect(verdict(page)).toContainText('Accepted offline')
  await cashier.post(`/v1/merchants/${merchant}/stores/${store}/redemptions/code`, { code: second.code })
  await expect(page.getByText('2 to be sent')).toBeVisible()

  await context.setOffline(false)
  await expect(page.getByText('all sent')).toBeVisible()
  const queue = page.getByRole('region', { name: 'Offline queue' })
  await expect(queue.getByText('Counted', { exact: true })).toBeVisible()
  await expect(queue.getByText('Conflict, not counted')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0)
  await expect(queue.getByText('A scan that arrived first took the last use')).toBeVisible()

  await handScan(page, await third.qr())
  await expect(verdict(page)).toContainText('Redeemed')

  const owner = await (await browser.newContext()).newPage()
  await signIn(owner, 'owner@demo.example')
  await owner.goto('/merchant/conflicts')
  await expect(owner.getByRole('row', { name: /took the last use/ })).toBeVisible()
})

test('a redemption whose answer was lost takes one use and no conflict', async ({
  browser,
  request,
  server,
}) => {
  const { card } = await demoMerchant(request)
  const guest = await Guest.arrives(request, server, '+8613900000024')
  const bought = await guest.buys(card)
  const context = await browser.newContext({ baseURL: server.url, locale: 'en', serviceWorkers: 'block' })
  const page = await context.newPage()
  await signIn(page, 'cashier@demo.example')
  await page.getByRole('button', { name: 'This one' }).click()
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  await page.route('**/redemptions/scan', lose, { times: 1 })
  await handScan(page, await bought.qr())
  await expect(verdict(page)).toContainText('Accepted offline')
  expect(await guest.usesLeft(bought.voucher)).toBe(3)
  await expect(page.getByText('all sent')).toBeVisible({ timeout: 40_000 })
  const queue = page.getByRole('region', { name: 'Offline queue' })
  await expect(queue.getByText('Counted', { exact: true })).toBeVisible()
  expect(await guest.usesLeft(bought.voucher)).toBe(3)
})

test('the camera reads the QR of a guest', async ({ request, server }, testInfo) => {
  const { offer, title } = await demoMerchant(request)
  const guest = await Guest.arrives(request, server, '+8613900000023')
  const bought = await guest.buys(offer)
  // A phone shows its QR for 30 to 60 seconds; this one is filmed before the browser starts.
  const picture = testInfo.outputPath('camera.y4m')
  film(picture, await bought.qr())
  const browser = await withCamera(picture)
  try {
    const context = await browser.newContext({ baseURL: server.url, locale: 'en', permissions: ['camera'] })
    const page = await context.newPage()
    await signIn(page, 'cashier@demo.example')
    await page.getByRole('button', { name: 'Scan with the camera' }).click()
    await expect(verdict(page)).toContainText('Redeemed')
    await expect(verdict(page)).toContainText(title)
  } finally {
    await browser.close()
  }
})

function withCamera(picture: string): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.QIAO_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${picture}`,
    ],
  })
}

test('a cashier is refused what belongs to managers', async ({ page }) => {
  await signIn(page, 'cashier@demo.example')
  await expect(page.getByRole('heading', { level: 1, name: 'Counter' })).toBeVisible()
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Staff' })).toHaveCount(0)
  await page.goto('/merchant/staff')
  await expect(page.getByRole('heading', { name: 'This page is not for the role “Cashier”' })).toBeVisible()
  const status = await page.evaluate(async () => {
    const { staff } = await (await fetch('/v1/me')).json()
    return (await fetch(`/v1/merchants/${staff[0].merchant}/statement`)).status
  })
  expect(status).toBe(403)
})

test('what was typed outlives the session', async ({ page }) => {
  await signIn(page, 'owner@demo.example')
  await go(page, 'Entries')
  await page.getByLabel('Name').fill('Poster at the bridge')
  await page.evaluate(() =>
    fetch('/v1/me/sessions', { method: 'DELETE', headers: { 'Idempotency-Key': crypto.randomUUID() } }),
  )
  await page.getByRole('button', { name: 'Add an entry' }).click()
  await expect(page.getByRole('heading', { name: 'Your session has ended' })).toBeVisible()
  await page.getByLabel('Mail address').fill('owner@demo.example')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Your session has ended' })).toHaveCount(0)
  await expect(page.getByLabel('Name')).toHaveValue('Poster at the bridge')
  await page.getByRole('button', { name: 'Add an entry' }).click()
  await expect(page.getByRole('cell', { name: 'Poster at the bridge' })).toBeVisible()
})

test('hostile text in every field shows as text', async ({ page }) => {
  const hostile = `<img src=x onerror="window.hacked=1">{{ 7 * 7 }}`
  await signIn(page, 'owner@demo.example')
  await go(page, 'Entries')
  await page.getByLabel('Name').fill(hostile)
  await page.getByRole('button', { name: 'Add an entry' }).click()
  await page.getByRole('row', { name: hostile }).getByRole('button', { name: 'QR code' }).click()
  await expect(page.getByRole('dialog').getByText(hostile)).toBeVisible()
  await page.keyboard.press('Escape')

  await go(page, 'Coupons')
  await page.getByRole('link', { name: 'Make a coupon' }).click()
  await page.getByLabel('Name (English)').fill(hostile)
  await page.getByLabel('Amount off').fill('5')
  await page.getByLabel('Budget').fill('500')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('row', { name: hostile }).getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('dialog')).toContainText(hostile)
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('row', { name: hostile })).toContainText('Stopped')

  await go(page, 'Stores')
  await page.getByRole('link', { name: /Nanjing East Road/ }).click()
  await page.getByLabel('Name of the store (English)').fill(hostile)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: hostile })).toBeVisible()
  await go(page, 'Counter')
  await expect(page.getByLabel('Store').locator('option').filter({ hasText: hostile })).toHaveCount(1)
  await handScan(page, hostile)
  await expect(verdict(page)).toContainText('This is not a voucher')
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
})

test('no page has a serious fault for those who cannot see or use a mouse', async ({ page }) => {
  test.setTimeout(300_000)
  const check = async (where: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect
      .soft(
        serious.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(' '))]),
        where,
      )
      .toEqual([])
  }
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto('/merchant/register')
  await expect(page.getByRole('button', { name: 'Register and sign in' })).toBeVisible()
  await check('register')
  await signIn(page, 'owner@demo.example')
  const links = page.getByRole('navigation').getByRole('link')
  const parts = await links.evaluateAll((all: HTMLAnchorElement[]) => all.map(({ pathname }) => pathname))
  expect(parts.length).toBeGreaterThan(11)
  const forms = ['agreements/new', 'offers/new', 'coupons/new', 'stores/new', 'conflicts']
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const part of [...parts, ...forms.map((form) => `/merchant/${form}`)]) {
      await page.goto(part)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await check(`${part} ${colorScheme}`)
    }
  }
})
