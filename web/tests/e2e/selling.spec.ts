import type { Browser, Page } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { handScan, operator, signIn as signInAtConsole, verdict } from './support/console'
import { pay, signIn } from './support/guest'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

const DAY_US = 86_400_000_000

/** An agreement of the demo merchant by which the platform pays no part of the discount. */
async function agreed(owner: Page, browser: Browser): Promise<string> {
  const headers = () => ({ 'Idempotency-Key': randomUUID() })
  const { staff } = await (await owner.request.get('/v1/me')).json()
  const { merchant } = staff[0]
  const terms = {
    starts_at: new Date(Date.now() - 60_000).toISOString(),
    ends_at: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    head_count: 100,
    discount_bp: 1_000,
    discount_platform_bp: 0,
    commission_bp: 1_200,
    rebate_bp: 0,
    friend_discount_bp: 0,
    refund_window_us: DAY_US,
    undo_window_us: DAY_US / 24,
    on_expiry: 'refund',
  }
  const path = `/v1/merchants/${merchant}/agreements`
  const proposed = await owner.request.post(path, { data: { terms }, headers: headers() })
  expect(proposed.ok(), await proposed.text()).toBe(true)
  const { id } = await proposed.json()
  const admin = await operator(browser, 'admin@demo.example')
  const accepted = await admin.request.post(`/v1/platform/merchants/${merchant}/agreements/${id}/accept`, {
    data: { version: 1 },
    headers: headers(),
  })
  expect(accepted.ok(), await accepted.text()).toBe(true)
  await admin.context().close()
  return id
}

/** Publishes the draft that the form holds, and gives its offer. */
async function publish(owner: Page, title: string): Promise<string> {
  await owner.getByRole('button', { name: 'Save as a draft' }).click()
  const offered = owner.getByRole('row', { name: new RegExp(title) })
  await offered.getByRole('button', { name: 'Publish' }).click()
  await expect(offered).toContainText('On sale')
  const href = await offered.getByRole('link', { name: title }).getAttribute('href')
  return href?.split('/').pop() ?? ''
}

const definition = (page: Page, name: string) =>
  page.getByText(name, { exact: true }).locator('..').getByRole('definition')

test('a haircut is ordered for nothing, one at a time, and paid at the store after the service', async ({
  page,
  browser,
  server,
}) => {
  const owner = await (await browser.newContext({ baseURL: server.url, locale: 'en' })).newPage()
  await signInAtConsole(owner, 'merchant', 'owner@demo.example')
  const agreement = await agreed(owner, browser)

  await owner.goto(`/merchant/offers/new?agreement=${agreement}`)
  await owner.getByLabel('Title (English)').fill('A haircut')
  await owner.getByLabel('What is in it (English)').fill('Wash, cut and blow-dry')
  await owner.getByLabel('List price').fill('100')
  await owner
    .getByLabel('Paid with the order')
    .selectOption({ label: 'Nothing: all is paid after the service' })
  await expect(owner.getByText(/You collect all of it yourself/)).toBeVisible()
  await expect(owner.getByLabel('Share of the price')).toHaveCount(0)
  const offer = await publish(owner, 'A haircut')

  await page.goto(`/o/${offer}`)
  await expect(page.getByText('Pay nothing now: you pay at the store, after the service')).toBeVisible()
  await page.getByRole('link', { name: 'Buy' }).click()
  await signIn(page, server, '+8613900000071')
  await expect(definition(page, 'To pay now')).toHaveText('¥0.00')
  await expect(definition(page, 'To pay at the store, after the service')).toHaveText('¥90.00')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await expect(page.getByRole('heading', { name: 'Ordered', exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Show the voucher' }).click()
  await expect(page.getByText('To pay at the store, after the service ¥90.00')).toBeVisible()
  const code = await page.getByText(/^\d{4} \d{4} \d{4}$/).innerText()

  await page.goto(`/checkout/${offer}`)
  await expect(page.getByText(/You have not used what you ordered of this offer/)).toBeVisible()

  await owner.goto('/merchant/counter')
  await owner.getByLabel('Store', { exact: true }).selectOption({ index: 0 })
  await expect(owner.getByText('Online', { exact: true })).toBeVisible()
  await handScan(owner, code)
  await expect(verdict(owner)).toContainText('After the service, collect ¥90.00')

  await page.goto(`/checkout/${offer}`)
  await page.getByRole('button', { name: 'Place the order' }).click()
  await page.getByRole('link', { name: 'Show the voucher' }).click()
  await page.getByRole('button', { name: 'Give it back' }).click()
  const sheet = page.getByRole('dialog', { name: 'Give it back' })
  await expect(sheet).toContainText('Nothing was paid')
  await sheet.getByRole('button', { name: 'Give it back' }).click()
  await expect(page.getByText('Given back', { exact: true }).first()).toBeVisible()
  await page.goto('/orders')
  await expect(page.getByText('Given back', { exact: true })).toBeVisible()
  await owner.context().close()
})

test('a member pays the price of members, and everybody sees it and can become one', async ({
  page,
  browser,
  server,
}) => {
  const owner = await (await browser.newContext({ baseURL: server.url, locale: 'en' })).newPage()
  await signInAtConsole(owner, 'merchant', 'owner@demo.example')
  const agreement = await agreed(owner, browser)
  await owner.goto(`/merchant/offers/new?agreement=${agreement}`)
  await owner.getByLabel('Title (English)').fill('A massage')
  await owner.getByLabel('What is in it (English)').fill('An hour')
  await owner.getByLabel('List price').fill('100')
  await owner.getByRole('button', { name: 'Add a price' }).click()
  await owner.getByLabel('Price of one').fill('80')
  await owner.getByLabel('For members only').check()
  const offer = await publish(owner, 'A massage')
  await owner.context().close()

  await page.goto(`/o/${offer}`)
  await expect(page.getByText('Members pay ¥72.')).toBeVisible()
  const join = page.getByRole('button', { name: 'Become a member – free' })
  await join.click()
  await signIn(page, server, '+8613900000072')
  await expect(page.getByText('¥90', { exact: true })).toBeVisible()
  await join.click()
  await expect(page.getByText('You are a member.')).toBeVisible()
  await expect(page.getByText('¥90', { exact: true })).toHaveCount(0)
  await page.getByRole('link', { name: 'Buy' }).click()
  await expect(definition(page, 'To pay')).toHaveText('¥72.00')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)

  await page.goto('/me')
  await page.getByRole('link', { name: 'Memberships' }).click()
  await page.getByRole('link', { name: 'Bridgehead Hot Pot' }).click()
  await expect(page.getByText('You are a member.')).toBeVisible()
  await page.getByRole('button', { name: 'Leave' }).click()
  await expect(join).toBeVisible()
  await page.goto('/memberships')
  await expect(page.getByText('No memberships yet')).toBeVisible()
  await page.goto(`/checkout/${offer}`)
  await expect(definition(page, 'To pay')).toHaveText('¥90.00')
})
