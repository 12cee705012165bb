/** What people at the two consoles do, by the screens alone. */
import type { Browser, Page } from '@playwright/test'
import { expect } from './server'

export const PASSWORD = 'qiao-demo'

export async function signIn(page: Page, face: 'merchant' | 'platform', login: string) {
  await page.goto(`/${face}/`)
  await page.getByLabel('Mail address').fill(login)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
}

/** One of the platform's people at a desk of their own. */
export async function operator(browser: Browser, login: string): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'en' })).newPage()
  await signIn(page, 'platform', login)
  return page
}

/** Opens a part by the menu, whose links may say how much waits there. */
export async function go(page: Page, part: string) {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: new RegExp(`^${part}`) })
    .click()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

/** A new colleague of this role, let in by an administrator whose page this is. */
export async function letIn(page: Page, name: string, login: string, role: string) {
  await go(page, 'People and roles')
  await page.getByRole('button', { name: 'Add somebody' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Mail address').fill(login)
  await page.getByLabel('First password').fill(PASSWORD)
  await page.getByRole('dialog').getByLabel('Role', { exact: true }).selectOption({ label: role })
  await page.getByRole('button', { name: 'Grant' }).click()
  const colleague = page.getByRole('row').filter({ hasText: login })
  await expect(colleague).toContainText(role)
  return colleague
}

/** What a hand scanner does: it types, wherever the page is, and presses Enter. */
export async function handScan(page: Page, text: string) {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

/** What the counter says of the last scan. */
export const verdict = (page: Page) =>
  page
    .getByRole('main')
    .getByRole('status')
    .filter({ has: page.locator('h2') })

/** A moment as the browser's field takes it. */
export const minutes = (at: Date) =>
  new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
