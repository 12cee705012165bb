import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from '@playwright/test'
import { PASSWORD, registered, visit } from './platform-stage'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 1440, height: 900 } })

const HOSTILE = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{ 7 * 7 }}`

async function signIn(page: Page, login: string) {
  await page.goto('/platform/')
  await page.getByLabel('Mail address').fill(login)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
}

/** Somebody at a desk of their own. */
async function atDesk(browser: Browser, login: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, login)
  return page
}

async function go(page: Page, part: string) {
  await page.getByRole('navigation').getByRole('link', { name: part, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: part })).toBeVisible()
}

/** A time as the browser's field takes it. */
const minutes = (at: Date) =>
  new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

test('from certification to settlement, with a second person to approve', async ({
  page,
  browser,
  request,
  server,
}) => {
  await signIn(page, 'admin@demo.example')
  await page.getByRole('link', { name: /certifications to check/ }).click()
  const waiting = page.getByRole('row').nth(1)
  const link = waiting.getByRole('link')
  // Until its name is known the end of its id is shown.
  await expect(link).not.toContainText('…')
  const merchant = await link.innerText()
  await waiting.getByRole('button', { name: 'Check' }).click()
  const licence = page.getByRole('img', { name: /Picture of document/ })
  await expect
    .poll(() => licence.evaluate((picture: HTMLImageElement) => picture.naturalWidth))
    .toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Refuse', exact: true }).click()
  await expect(page.getByText('Give a note that tells the merchant what to correct.')).toBeVisible()
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'No certification waits' })).toBeVisible()

  await go(page, 'Merchants and stores')
  await page.getByRole('link', { name: merchant, exact: true }).click()
  await page.getByRole('button', { name: 'Propose an agreement' }).click()
  await page.getByRole('textbox', { name: 'Discount', exact: true }).fill('101')
  await page.getByRole('button', { name: 'Send to the merchant' }).click()
  await expect(page.getByText('A percentage from 0 to 100 is needed')).toBeVisible()
  await page.getByRole('textbox', { name: 'Discount', exact: true }).fill('25')
  await page.getByRole('button', { name: 'Send to the merchant' }).click()

  await go(page, 'Agreements')
  const ours = page.getByRole('row').filter({ hasText: '25%' })
  await expect(ours).toContainText('Platform')
  const theirs = page.getByRole('row').filter({ has: page.getByRole('button', { name: 'Answer' }) })
  await theirs.first().getByRole('button', { name: 'Answer' }).click()
  await page.getByRole('button', { name: 'Propose changes' }).click()
  await page.getByRole('textbox', { name: 'Commission' }).fill('8.5')
  await page.getByRole('button', { name: 'Send to the merchant' }).click()
  const countered = page.getByRole('row').filter({ hasText: '8.5%' })
  await countered.getByRole('button', { name: 'View' }).click()
  await expect(page.getByText('The merchant has to answer.')).toBeVisible()
  await expect(page.getByRole('columnheader', { name: 'Version 1 (Merchant)' })).toBeVisible()
  await expect(page.getByRole('row', { name: /Commission 5% 8\.5% changed/ })).toBeVisible()

  const { merchantName } = await visit(request, server, '+8613900000011', 'Fine')
  const finance = await atDesk(browser, 'finance@demo.example')
  await go(finance, 'Settlement')
  await finance.getByRole('button', { name: 'Close the day' }).click()
  await finance.getByLabel('Lines until').fill(minutes(new Date(Date.now() + 60_000)))
  await finance.getByRole('dialog').getByRole('button', { name: 'Close the day' }).click()
  await expect(finance.getByText(/\d+ payouts? proposed/)).toBeVisible()
  const own = finance.getByRole('row').filter({ hasText: merchantName }).first()
  await expect(own).toContainText('Yours: another person approves')
  await expect(own.getByRole('button')).toHaveCount(0)
  const amount = await own.getByText(/^¥[\d,.]+$/).innerText()

  const second = await atDesk(browser, 'finance2@demo.example')
  await go(second, 'Settlement')
  const proposed = second.getByRole('row').filter({ hasText: merchantName }).filter({ hasText: amount })
  await proposed.getByRole('button', { name: 'Approve' }).click()
  await second.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
  await expect(proposed).toHaveCount(0)
  await second.getByRole('button', { name: 'Paid', exact: true }).click()
  await expect(
    second.getByRole('row').filter({ hasText: merchantName }).filter({ hasText: amount }),
  ).toContainText('You')

  await go(second, 'Accounts')
  await expect(second.getByText('In balance')).toBeVisible()
})

test('each role sees its own part and is refused the rest', async ({ page, browser }) => {
  await signIn(page, 'finance@demo.example')
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Certifications' })).toHaveCount(0)
  await page.goto('/platform/certifications')
  await expect(page.getByRole('heading', { name: 'This page is not for “Finance”' })).toBeVisible()
  const answer = await page.evaluate(() => fetch('/v1/platform/certifications').then(({ status }) => status))
  expect(answer).toBe(403)

  const owner = await atDesk(browser, 'owner@demo.example')
  await expect(
    owner.getByRole('heading', { name: 'Your account is not one of the platform’s' }),
  ).toBeVisible()
  await expect(owner.getByRole('navigation')).toHaveCount(0)
  await owner.getByRole('button', { name: 'Sign out' }).click()
  await expect(owner.getByRole('heading', { name: 'Sign in to the platform' })).toBeVisible()
  await owner.getByLabel('Mail address').fill('admin@demo.example')
  await owner.getByLabel('Password').fill('not the password')
  await owner.getByRole('button', { name: 'Sign in' }).click()
  await expect(owner.getByRole('alert')).toBeVisible()
})

test('what was typed outlives the session', async ({ page }) => {
  await signIn(page, 'admin@demo.example')
  await go(page, 'Entries')
  await page.getByRole('button', { name: 'New entry' }).click()
  await page.getByLabel('Name').fill('The poster at the station')
  await page.evaluate(() =>
    fetch('/v1/me/sessions', { method: 'DELETE', headers: { 'Idempotency-Key': crypto.randomUUID() } }),
  )
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('heading', { name: 'Your session has ended' })).toBeVisible()
  await page.getByLabel('Mail address').fill('admin@demo.example')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Your session has ended' })).toHaveCount(0)
  await expect(page.getByLabel('Name')).toHaveValue('The poster at the station')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('cell', { name: 'The poster at the station' })).toBeVisible()
})

test('a disputed visit: its review is hidden and shown again, its use refunded, all of it in the log', async ({
  page,
  request,
  server,
}) => {
  const words = `Cold soup ${HOSTILE}`
  const why = `Insults ${HOSTILE}`
  const { merchantName } = await visit(request, server, '+8613900000012', words)
  await signIn(page, 'admin@demo.example')
  await go(page, 'Reviews')
  const review = page.getByRole('listitem').filter({ hasText: words })
  await review.getByRole('button', { name: 'Hide' }).click()
  await page.getByLabel('Reason').fill(why)
  await page.getByRole('dialog').getByRole('button', { name: 'Hide' }).click()
  await expect(review).toHaveCount(0)
  await page.getByRole('button', { name: 'Hidden' }).click()
  await review.getByRole('button', { name: 'Show again' }).click()
  await page.getByLabel('Reason').fill('It was only rude.')
  await page.getByRole('dialog').getByRole('button', { name: 'Show again' }).click()
  await expect(review).toHaveCount(0)

  await go(page, 'Orders')
  const order = page.getByRole('row').filter({ hasText: merchantName }).first()
  await order.getByRole('button', { name: 'View' }).click()
  await page.getByRole('button', { name: 'Refund it' }).click()
  await page.getByLabel('Reason').fill('The soup was cold; the store agrees.')
  await page
    .getByRole('dialog', { name: 'Refund this use?' })
    .getByRole('button', { name: 'Refund it' })
    .click()
  await expect(page.getByText(/After redemption/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Refund it' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Close' }).click()
  await go(page, 'Refunds')
  await expect(page.getByRole('row').filter({ hasText: merchantName }).first()).toContainText(
    'After redemption',
  )

  await go(page, 'Audit log')
  await page.getByLabel('Event').selectOption({ label: 'A review was hidden' })
  await page.getByRole('button', { name: 'Filter' }).click()
  await expect(page.getByRole('row').filter({ hasText: why })).toContainText('You')
})

test('an administrator lets a colleague in and out again', async ({ page, browser }) => {
  await signIn(page, 'admin@demo.example')
  await go(page, 'People and roles')
  await page.getByRole('button', { name: 'Add somebody' }).click()
  await page.getByLabel('Name').fill('Su Help')
  await page.getByLabel('Mail address').fill('help@demo.example')
  await page.getByLabel('First password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Grant' }).click()
  const colleague = page.getByRole('row').filter({ hasText: 'Su Help' })
  await expect(colleague).toContainText('Support')
  const theirs = await atDesk(browser, 'help@demo.example')
  await expect(theirs.getByRole('link', { name: 'Certifications', exact: true })).toBeVisible()
  await expect(theirs.getByRole('link', { name: 'Settlement' })).toHaveCount(0)

  await colleague.getByRole('button', { name: 'Take away' }).click()
  await page.getByLabel('Reason').fill('Left the team')
  await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click()
  await expect(colleague).toHaveCount(0)
  await theirs.reload()
  await expect(theirs.getByRole('link', { name: 'Certifications', exact: true })).toHaveCount(0)
})

test('hostile text in every field shows as text', async ({ page, request }) => {
  await registered(request, HOSTILE)
  await signIn(page, 'admin@demo.example')
  await go(page, 'Merchants and stores')
  await page.getByRole('button', { name: 'Registered' }).click()
  await page.getByRole('link', { name: HOSTILE }).click()
  await expect(page.getByRole('heading', { level: 1, name: HOSTILE })).toBeVisible()

  await go(page, 'Entries')
  await page.getByRole('button', { name: 'New entry' }).click()
  const name = HOSTILE.slice(0, 80)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('cell', { name })).toBeVisible()

  await go(page, 'Platform coupons')
  await page.getByRole('button', { name: 'New coupon' }).click()
  await page.getByRole('button', { name: 'Create and offer' }).click()
  await expect(page.getByText('This is needed.')).toBeVisible()
  await page.getByLabel('Name in Chinese').fill(name)
  await page.getByRole('button', { name: 'Create and offer' }).click()
  const coupon = page.getByRole('row').filter({ hasText: name })
  await coupon.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('heading', { name: `Stop “${name}”?` })).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
  await expect(coupon).toContainText('Stopped')

  await go(page, 'Accounts')
  await page.getByLabel('Merchant', { exact: true }).fill(HOSTILE)
  await page.getByRole('button', { name: 'Look it up' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
})

async function check(page: Page, where: string) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const found = serious.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(' '))])
  expect(found, where).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no ${colorScheme} page has a serious fault for those who cannot see or use a mouse`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto('/platform/')
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await check(page, 'sign-in')
    await signIn(page, 'admin@demo.example')
    const links = page.getByRole('navigation').getByRole('link')
    const parts = await links.evaluateAll((all: HTMLAnchorElement[]) => all.map(({ pathname }) => pathname))
    expect(parts.length).toBeGreaterThan(12)
    for (const part of parts) {
      await page.goto(part)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await check(page, part)
    }
  })
}

test('no panel over a page has one either', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await signIn(page, 'admin@demo.example')
  await go(page, 'Merchants and stores')
  await page.getByRole('button', { name: 'Certified' }).click()
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('button', { name: 'Propose an agreement' }).click()
  await expect(page.getByRole('textbox', { name: 'Commission' })).toBeVisible()
  await check(page, 'a proposal')
  await page.goto('/platform/orders')
  await page.getByRole('button', { name: 'View' }).first().click()
  await expect(page.getByRole('heading', { name: /^Order/, level: 2 })).toBeVisible()
  await check(page, 'an order')
})
