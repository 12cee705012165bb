/** The platform's own people at their desks. */
import type { Browser, Page } from '@playwright/test'
import { expect } from './server'

export const PASSWORD = 'qiao-demo'

export async function signIn(page: Page, login: string) {
  await page.goto('/platform/')
  await page.getByLabel('Mail address').fill(login)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
}

/** Somebody at a desk of their own. */
export async function atDesk(browser: Browser, login: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, login)
  return page
}

/** Opens a part by the menu, whose links may say how much waits there. */
export async function go(page: Page, part: string) {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: new RegExp(`^${part}`) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: part })).toBeVisible()
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
  const colleague = page.getByRole('row').filter({ hasText: name })
  await expect(colleague).toContainText(role)
  return colleague
}
