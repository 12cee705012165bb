import { isUsable } from './support/axe'
import { go, signIn, verdict } from './support/console'
import { pay, signIn as signInAsGuest } from './support/guest'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

test('a stored-value card pays bill by bill, and its rest is given back', async ({
  page,
  browser,
  server,
}) => {
  const viewport = { width: 1280, height: 900 }
  const owner = await (await browser.newContext({ baseURL: server.url, locale: 'en', viewport })).newPage()
  await signIn(owner, 'merchant', 'owner@demo.example')
  await go(owner, 'Offers')
  await owner.getByRole('link', { name: 'Make an offer' }).click()
  await owner.getByLabel('Title (English)').fill('Card of the house')
  await owner.getByLabel('What is in it (English)').fill('For everything on the menu')
  await owner.getByLabel('List price').fill('90')
  await owner.getByLabel('One voucher is good for').selectOption({ label: 'An amount (stored value)' })
  await owner.getByLabel('Worth').fill('80')
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Save as a draft' }).click()
  await expect(owner.getByRole('alert').filter({ hasText: 'not between its price' }).first()).toBeVisible()
  await owner.getByLabel('Worth').fill('100')
  await owner.getByRole('button', { name: 'Save as a draft' }).click()
  const offer = owner.getByRole('row', { name: /Card of the house/ })
  await expect(offer).toContainText('worth ¥100.00')
  await offer.getByRole('button', { name: 'Publish' }).click()
  await expect(offer).toContainText('On sale')
  const href = await owner.getByRole('link', { name: 'Card of the house' }).getAttribute('href')

  await page.goto(`/o/${href?.split('/').pop()}`)
  await expect(page.getByText('A card worth ¥100.00')).toBeVisible()
  await page.getByRole('link', { name: 'Buy' }).click()
  await signInAsGuest(page, server, '+8613900000051')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  await page.getByRole('link', { name: 'Show the voucher' }).click()
  await expect(page.getByText('¥100.00 of ¥100.00 left')).toBeVisible()
  const code = await page.getByText(/^\d{4} \d{4} \d{4}$/).innerText()

  await owner.goto('/merchant/counter')
  await owner.getByLabel('Scan with a hand scanner, or type the 12-digit code').fill(code)
  await owner.keyboard.press('Enter')
  await expect(verdict(owner)).toContainText('Stored-value card')
  const bill = owner.getByLabel('What the bill comes to')
  await bill.fill('100.01')
  await expect(owner.getByText('Not an amount that the card has left.')).toBeVisible()
  await expect(owner.getByRole('button', { name: 'Take it from the card' })).toBeDisabled()
  await bill.fill('25.5')
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Take it from the card' }).click()
  await expect(verdict(owner)).toContainText('¥25.50 taken · ¥74.50 left')
  await expect(page.getByText('¥74.50 of ¥100.00 left')).toBeVisible()
  await expect(page.getByText('¥25.50', { exact: true })).toBeVisible()
  await isUsable(page)

  await page.getByRole('button', { name: 'Refund this voucher' }).click()
  await expect(page.getByText('The card still holds ¥74.50')).toBeVisible()
  await page.getByRole('button', { name: 'Refund', exact: true }).click()
  await expect(page.getByText('Refunded', { exact: true })).toBeVisible()
  await owner.goto('/merchant/redemptions')
  await expect(owner.getByRole('row', { name: /Card of the house/ })).toContainText('¥25.50')
  await owner.context().close()
})
