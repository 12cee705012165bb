import type { Browser, Page, Route } from '@playwright/test'
import { chromium } from '@playwright/test'
import { demoMerchant, film, Guest } from './merchant-stage'
import { findings } from './support/axe'
import { go, handScan, PASSWORD, signIn as signInAt, verdict } from './support/console'
import { ALL_HOSTILE, expectUnharmed } from './support/hostile'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 1440, height: 900 } })

const signIn = (page: Page, login: string) => signInAt(page, 'merchant', login)

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

test('the camera reads the QR of a guest while the network is cut', async ({ request, server }, testInfo) => {
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
    await page.getByRole('button', { name: 'This one' }).click()
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await context.setOffline(true)
    await expect(page.getByText('No network. Go on scanning')).toBeVisible()
    await page.getByRole('button', { name: 'Scan with the camera' }).click()
    await expect(verdict(page)).toContainText('Accepted offline')
    await expect(verdict(page)).toContainText(title)
    await context.setOffline(false)
    await expect(page.getByText('all sent')).toBeVisible()
    const queue = page.getByRole('region', { name: 'Offline queue' })
    await expect(queue.getByText('Counted', { exact: true })).toBeVisible()
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

const HOSTILE = `<img src=x onerror="window.hacked=1">{{ 7 * 7 }}`

test('hostile text in every field of a new business shows as text', async ({ page }) => {
  const title = (of: string) => page.getByRole('heading', { level: 1, name: of })
  const row = page.getByRole('row', { name: HOSTILE })
  await page.goto('/merchant/register')
  await page.getByLabel('Name of the business (English)').fill(HOSTILE)
  await page.getByLabel('Your name').fill(HOSTILE)
  await page.getByLabel('Mail address').fill('hostile@example.org')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Register and sign in' }).click()
  await expect(title(HOSTILE)).toBeVisible()
  await expect(page.getByRole('banner')).toContainText(HOSTILE)

  await go(page, 'Name and logo')
  await page.getByLabel('Name of the business (Chinese)').fill(HOSTILE)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()

  await go(page, 'Stores')
  await page.getByRole('link', { name: 'Add a store' }).first().click()
  for (const field of ['Name of the store (English)', 'Name of the store (Chinese)', 'Address', 'Phone']) {
    await page.getByLabel(field).fill(HOSTILE.slice(0, 40))
  }
  await page.getByLabel('Latitude').fill('31.24')
  await page.getByLabel('Longitude').fill('121.49')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('link', { name: HOSTILE.slice(0, 40) })).toBeVisible()

  await go(page, 'Staff')
  await page.getByLabel('Name').fill(HOSTILE)
  await page.getByLabel('Mail address').fill('hostile-cashier@example.org')
  await page.getByLabel('First password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Add somebody' }).click()
  const cashier = page.getByRole('row', { name: /hostile-cashier/ })
  await cashier.getByRole('button', { name: 'Change' }).click()
  await expect(page.getByRole('dialog')).toContainText(HOSTILE)
  await page.getByRole('dialog').getByLabel('Role').selectOption({ label: 'Manager' })
  await page.getByRole('button', { name: 'Change the role' }).click()
  await expect(cashier).toContainText('Manager')

  await go(page, 'Certification')
  await page.getByLabel('Number').fill(HOSTILE)
  const picture = { name: `${HOSTILE}.png`, mimeType: 'image/png', buffer: Buffer.from('none') }
  await page.getByLabel('Picture of the document').setInputFiles(picture)
  await expect(page.getByText('Upload a JPEG, PNG or WebP picture')).toBeVisible()

  await go(page, 'Entries')
  await page.getByLabel('Name').fill('Poster')
  await page.getByRole('button', { name: 'Add an entry' }).click()
  await page.getByRole('row', { name: 'Poster' }).getByRole('button', { name: 'Rename' }).click()
  await page.getByLabel('New name').fill(HOSTILE)
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await row.getByRole('button', { name: 'QR code' }).click()
  await expect(page.getByRole('dialog').getByText(HOSTILE).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await row.getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('dialog')).toContainText(HOSTILE)
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
  await expect(row).toContainText('Closed')

  await go(page, 'Coupons')
  await page.getByRole('link', { name: 'Make a coupon' }).click()
  await page.getByLabel('Name (English)').fill(HOSTILE)
  await page.getByLabel('Amount off').fill('5')
  await page.getByLabel('Budget').fill('500')
  await page.getByRole('button', { name: 'Create and offer' }).click()
  await row.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('dialog')).toContainText(HOSTILE)
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
  await expect(row).toContainText('Stopped')

  await go(page, 'Counter')
  await page.getByLabel('Name of the device').fill(HOSTILE)
  await page.getByRole('button', { name: 'Register', exact: true }).click()
  await expect(page.getByText(HOSTILE).first()).toBeVisible()
  await handScan(page, HOSTILE)
  await expect(verdict(page)).toContainText('This is not a voucher')
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
})

test('hostile text in an offer shows as text, and the draft can be thrown away', async ({ page }) => {
  await signIn(page, 'owner@demo.example')
  await go(page, 'Offers')
  await page.getByRole('link', { name: 'Make an offer' }).click()
  await page.getByLabel('Title (English)').fill(HOSTILE)
  await page.getByLabel('What is in it (English)').fill(HOSTILE)
  await page.getByLabel('List price').fill('50')
  await page.getByRole('button', { name: 'Save as a draft' }).click()
  await page.getByRole('link', { name: HOSTILE }).click()
  await expect(page.getByRole('heading', { level: 1, name: HOSTILE })).toBeVisible()
  await page.getByRole('button', { name: 'Throw the draft away' }).click()
  await expect(page.getByRole('dialog')).toContainText(HOSTILE)
  await page.getByRole('dialog').getByRole('button', { name: 'Throw the draft away' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Offers' })).toBeVisible()
  await expect(page.getByRole('link', { name: HOSTILE })).toHaveCount(0)
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
})

test('what a merchant writes under a review shows as text to everybody, with and without scripts', async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, 'owner@demo.example')
  await go(page, 'Reviews')
  await page.getByRole('button', { name: 'Reply' }).first().click()
  await page.getByLabel('Your reply').fill(ALL_HOSTILE)
  await page.getByRole('button', { name: 'Publish the reply' }).click()
  await expect(page.getByRole('blockquote').filter({ hasText: ALL_HOSTILE })).toBeVisible()
  await expectUnharmed(page)
  const merchant = await page.evaluate(async () => {
    const { staff } = await (await fetch('/v1/me')).json()
    return staff[0].merchant as string
  })
  await page.goto(`/m/${merchant}`)
  await expect(page.getByText(ALL_HOSTILE)).toBeVisible()
  await expectUnharmed(page)
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: server.url })
  const plain = await context.newPage()
  await plain.goto(`/m/${merchant}`)
  await expect(plain.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(plain.locator('img[src="x"], svg[onload]')).toHaveCount(0)
  await context.close()
})

async function check(page: Page, where: string) {
  expect.soft(await findings(page), where).toEqual([])
}

test('a coupon is tried on a sample before it is made', async ({ page }) => {
  await signIn(page, 'owner@demo.example')
  await go(page, 'Coupons')
  await page.getByRole('link', { name: 'Make a coupon' }).click()
  const form = page.locator('form')
  const tried = page.getByRole('complementary', { name: 'Try it' })
  const left = tried.getByText('Left to pay').locator('..').getByRole('definition')
  await expect(tried).toContainText('Takes off ¥10.')
  await expect(tried).toContainText('Platform ¥0 · merchant ¥10')
  await expect(left).toHaveText('¥90')

  await form.getByLabel('Kind').selectOption('A share of the price')
  await form.getByLabel('Share off').fill('12.5')
  await form.getByLabel('At most', { exact: true }).fill('11')
  await expect(tried).toContainText('Takes off ¥11.')
  await form.getByLabel('Kind').selectOption('Buy some, get some free')
  await expect(tried).toContainText('Too few units of what the coupon is for.')
  await tried.getByLabel('Units').fill('2')
  await expect(left).toHaveText('¥100')

  await form.getByLabel('Stacking group').fill('gift')
  await tried.getByLabel('They have another coupon too').check()
  await tried.getByLabel('Its stacking group').fill('cash')
  await expect(left).toHaveText('¥90')
  await tried.getByLabel('Its stacking group').fill('gift')
  await expect(tried).toContainText('The other is not used. Of its group one coupon is used')
  await form.getByLabel('For whom').selectOption('New guests of the merchant')
  await tried.getByLabel('By whom').selectOption('Was here before')
  await expect(tried).toContainText('Takes nothing off. The coupon is for new customers of the merchant.')
  await tried.getByLabel('By whom').selectOption('Their first order')

  await form.getByLabel('Budget').fill('0')
  await expect(form.getByText('The budget is above zero')).toBeVisible()
  await form.getByLabel('Budget').fill('500')
  await form.getByLabel('Until').fill('2020-01-01T00:00')
  await expect(form.getByText('The end lies in the future')).toBeVisible()
  await form.getByLabel('Until').fill('2090-01-01T00:00')
  await expect(left).toHaveText('¥100')
  await form.getByRole('button', { name: 'Create and offer' }).click()
  await expect(form.getByText('This is needed.')).toBeVisible()
  await form.getByLabel('Name (English)').fill('Two for one')
  await form.getByRole('button', { name: 'Create and offer' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Two for one' })).toContainText('Buy 1, get 1')
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no ${colorScheme} page has a serious fault for those who cannot see or use a mouse`, async ({
    page,
  }) => {
    test.setTimeout(300_000)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto('/merchant/register')
    await expect(page.getByRole('button', { name: 'Register and sign in' })).toBeVisible()
    await check(page, 'register')
    await signIn(page, 'owner@demo.example')
    const links = page.getByRole('navigation').getByRole('link')
    const parts = await links.evaluateAll((all: HTMLAnchorElement[]) => all.map(({ pathname }) => pathname))
    expect(parts.length).toBeGreaterThan(12)
    const forms = ['agreements/new', 'offers/new', 'coupons/new', 'stores/new', 'conflicts']
    for (const part of [...parts, ...forms.map((form) => `/merchant/${form}`)]) {
      await page.goto(part)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await check(page, part)
    }
    await page.goto('/merchant/offers')
    await page.getByRole('row').nth(1).getByRole('link').click()
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeVisible()
    await check(page, 'an offer')
    await page.goto('/merchant/orders')
    await page.getByRole('button', { name: 'View' }).first().click()
    await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible()
    await check(page, 'an order')
    await page.goto('/merchant/staff')
    await page.getByRole('button', { name: 'Change' }).last().click()
    await expect(page.getByRole('button', { name: 'Set the password' })).toBeVisible()
    await check(page, 'a colleague')
  })
}
