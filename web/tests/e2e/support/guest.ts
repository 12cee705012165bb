/** What a guest does on the way to a voucher, by the screens alone. */
import type { Page } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { expect, type DemoServer } from './server'

/** Signs in by the form that is shown. */
export async function signIn(page: Page, server: DemoServer, phone: string) {
  await page.getByLabel('Phone number or mail address').fill(phone)
  await page.getByRole('button', { name: 'Send a code' }).click()
  const code = page.getByLabel(/The code sent to/)
  await expect(code).toBeVisible()
  await code.fill(await server.codeFor(phone))
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Pays on the provider's own page, which leads back to the order, then headed so. */
export async function pay(page: Page, heading = 'Paid') {
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.getByLabel(/Instrument/).fill(`card-${randomUUID().slice(0, 8)}`)
  await page.getByRole('button', { name: /Pay/ }).click()
  await expect(page.getByRole('heading', { name: heading, exact: true })).toBeVisible()
}
