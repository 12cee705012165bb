import type { Page } from '@playwright/test'
import { registered } from './platform-stage'
import { findings } from './support/axe'
import { ALL_HOSTILE, expectUnharmed, HOSTILE } from './support/hostile'
import { go, signIn } from './support/console'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 1440, height: 900 } })

test('hostile text in every field shows as text', async ({ page, request }) => {
  const [image, script, attribute, expression, catalogue] = HOSTILE
  await registered(request, image)
  await signIn(page, 'platform', 'admin@demo.example')
  await go(page, 'Merchants and stores')
  await page.getByLabel('Find a merchant').fill(image)
  await page.getByRole('button', { name: 'Find', exact: true }).click()
  await page.getByRole('link', { name: image, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: image })).toBeVisible()
  await expect(page.getByText(image).nth(1)).toBeVisible()
  await go(page, 'Merchants and stores')
  await page.getByRole('button', { name: 'Certified' }).click()
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('button', { name: 'Suspend', exact: true }).click()
  await page.getByLabel('Reason').fill(ALL_HOSTILE)
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await expect(page.getByText('The merchant is suspended')).toBeVisible()
  await page.getByRole('button', { name: 'Reinstate', exact: true }).click()
  await page.getByLabel('Reason').fill(ALL_HOSTILE)
  await page.getByRole('dialog').getByRole('button', { name: 'Reinstate' }).click()
  await expect(page.getByText('The merchant is reinstated')).toBeVisible()
  await page.goto('/platform/merchants')
  await page.getByLabel('Find a merchant').fill(script)
  await page.getByRole('button', { name: 'Find', exact: true }).click()
  await expectUnharmed(page)

  await go(page, 'Entries')
  for (const name of [script, attribute]) {
    await page.getByRole('button', { name: 'New entry' }).click()
    await page.getByLabel('Name').fill(name)
    await page.getByRole('button', { name: 'Create' }).click()
    await expect(page.getByRole('cell', { name, exact: true })).toBeVisible()
  }

  await go(page, 'Platform coupons')
  await page.getByRole('link', { name: 'New coupon' }).click()
  await page.getByRole('button', { name: 'Create and offer' }).click()
  await expect(page.getByText('This is needed.')).toBeVisible()
  await page.getByLabel('Name (Chinese)').fill(expression)
  await page.getByLabel('Name (English)').fill(catalogue)
  await page.getByRole('button', { name: 'Create and offer' }).click()
  const coupon = page.getByRole('row').filter({ hasText: catalogue })
  await coupon.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('heading', { name: `Stop “${catalogue}”?` })).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
  await expect(coupon).toContainText('Stopped')

  await go(page, 'Accounts')
  await page.getByLabel('Merchant', { exact: true }).fill(ALL_HOSTILE)
  await page.getByRole('button', { name: 'Look it up' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expectUnharmed(page)
})

async function check(page: Page, where: string) {
  expect(await findings(page), where).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no ${colorScheme} page has a serious fault for those who cannot see or use a mouse`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto('/platform/')
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await check(page, 'sign-in')
    await signIn(page, 'platform', 'admin@demo.example')
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
  await signIn(page, 'platform', 'admin@demo.example')
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

test('a coupon for one merchant says who pays how much of it', async ({ page }) => {
  await signIn(page, 'platform', 'admin@demo.example')
  await go(page, 'Merchants and stores')
  await page.getByRole('button', { name: 'Certified' }).click()
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('link', { name: 'Coupons', exact: true }).click()
  await page.getByRole('link', { name: 'New coupon' }).click()
  await page.getByLabel('Name (English)').fill('Half each')
  await page.getByLabel('Platform pays of it').fill('30')
  const tried = page.getByRole('complementary', { name: 'Try it' })
  await expect(tried).toContainText('Platform ¥3 · merchant ¥7')
  await page.getByRole('button', { name: 'Create and offer' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Half each' })).toContainText('Live')
})
