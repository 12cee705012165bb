import type { Page } from '@playwright/test'
import { letIn, operator, PASSWORD, signIn } from './support/console'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 1440, height: 900 } })

type Pages = Record<string, readonly string[]>

/** Who works on which page of the platform. */
const EVERY_ROLE = ['Administrator', 'Finance', 'Support']
const PLATFORM: Pages = {
  '/': EVERY_ROLE,
  '/activity': EVERY_ROLE,
  '/certifications': ['Administrator', 'Support'],
  '/merchants': EVERY_ROLE,
  '/agreements': ['Administrator', 'Finance'],
  '/orders': EVERY_ROLE,
  '/refunds': EVERY_ROLE,
  '/conflicts': EVERY_ROLE,
  '/complaints': ['Administrator', 'Support'],
  '/reviews': ['Administrator', 'Support'],
  '/coupons': EVERY_ROLE,
  '/entries': ['Administrator', 'Support'],
  '/payouts': ['Administrator', 'Finance'],
  '/payment-conflicts': ['Administrator', 'Finance'],
  '/accounts': ['Administrator', 'Finance'],
  '/rules': ['Administrator', 'Finance'],
  '/operators': EVERY_ROLE,
  '/audit': ['Administrator'],
}

/** And of a merchant. */
const EVERYBODY = ['Owner', 'Manager', 'Cashier']
const MANAGERS = ['Owner', 'Manager']
const MERCHANT: Pages = {
  '/counter': EVERYBODY,
  '/dishes': EVERYBODY,
  '/redemptions': EVERYBODY,
  '/inbox': EVERYBODY,
  '/offers': MANAGERS,
  '/menu': MANAGERS,
  '/agreements': MANAGERS,
  '/coupons': MANAGERS,
  '/entries': MANAGERS,
  '/orders': MANAGERS,
  '/reviews': MANAGERS,
  '/complaints': MANAGERS,
  '/statement': MANAGERS,
  '/stores': MANAGERS,
  '/staff': MANAGERS,
  '/certifications': MANAGERS,
}

/** The menu shows what is this role's and nothing else; a link to what is not is refused in words. */
async function expectOwnPart(page: Page, face: string, pages: Pages, role: string) {
  const links = page.getByRole('navigation').getByRole('link')
  await expect(links.first()).toBeVisible()
  const shown = await links.evaluateAll((all: HTMLAnchorElement[]) => all.map(({ pathname }) => pathname))
  for (const [path, roles] of Object.entries(pages)) {
    const isOpen = roles.includes(role)
    expect(shown.includes(`/${face}${path}`), `${role} sees ${path} in the menu`).toBe(isOpen)
    await page.goto(`/${face}${path}`)
    const refusal = page.getByRole('heading', { name: /^This page is not for/ })
    if (isOpen) {
      await expect(page.getByRole('heading', { level: 1 }), `${role} at ${path}`).toBeVisible()
      await expect(refusal).toHaveCount(0)
    } else {
      await expect(refusal, `${role} at ${path}`).toBeVisible()
    }
  }
}

test('each of the platform’s people opens every page of theirs and none of the others’', async ({
  page,
  browser,
}) => {
  await signIn(page, 'platform', 'admin@demo.example')
  await letIn(page, 'Su Help', 'support@demo.example', 'Support')
  await expectOwnPart(page, 'platform', PLATFORM, 'Administrator')
  for (const [login, role] of [
    ['finance@demo.example', 'Finance'],
    ['support@demo.example', 'Support'],
  ] as const) {
    const theirs = await operator(browser, login)
    await expectOwnPart(theirs, 'platform', PLATFORM, role)
    await theirs.context().close()
  }
})

test('each of a merchant’s staff opens every page of theirs and none of the others’', async ({ browser }) => {
  for (const [login, role] of [
    ['owner@demo.example', 'Owner'],
    ['manager@demo.example', 'Manager'],
    ['cashier@demo.example', 'Cashier'],
  ] as const) {
    const page = await (await browser.newContext()).newPage()
    await page.goto('/merchant/')
    await page.getByLabel('Mail address').fill(login)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
    await expectOwnPart(page, 'merchant', MERCHANT, role)
    await page.context().close()
  }
})

test('who hides a page is not who guards it: the server refuses too, and a merchant is no operator', async ({
  page,
  browser,
}) => {
  await signIn(page, 'platform', 'finance@demo.example')
  const answer = await page.evaluate(() => fetch('/v1/platform/certifications').then(({ status }) => status))
  expect(answer).toBe(403)
  const owner = await operator(browser, 'owner@demo.example')
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
