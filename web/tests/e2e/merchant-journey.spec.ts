import type { Browser, Page } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { go, handScan, minutes, operator, PASSWORD, verdict } from './support/console'
import { pay, signIn as signInAsGuest } from './support/guest'
import { expect, test, type DemoServer } from './support/server'

test.use({ locale: 'en', viewport: { width: 1440, height: 900 } })

const NAME = 'Bridge Noodles <b>& Sons</b>'
const LICENCE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

/** Merchant, platform and guest each at their own screen, and nothing done but by those. */
test('a business registers, is certified, agrees, sells, serves and is paid', async ({
  page,
  browser,
  server,
}) => {
  test.setTimeout(300_000)
  await register(page)
  await handIn(page)
  await addStore(page)

  const admin = await operator(browser, 'admin@demo.example')
  await go(admin, 'Certifications')
  await admin.getByRole('row').filter({ hasText: NAME }).getByRole('button', { name: 'Check' }).click()
  await admin.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect(admin.getByRole('row').filter({ hasText: NAME })).toHaveCount(0)

  await propose(page)
  await go(admin, 'Agreements')
  await admin.getByRole('row').filter({ hasText: NAME }).getByRole('button', { name: 'Answer' }).click()
  await admin.getByRole('button', { name: 'Propose changes' }).click()
  await admin.getByRole('textbox', { name: 'Commission' }).fill('7')
  await admin.getByRole('button', { name: 'Send to the merchant' }).click()
  await expect(admin.getByText('Sent; now the merchant answers')).toBeVisible()
  await expect(page.getByRole('row', { name: /^Commission 5% 7%/ })).toBeVisible()
  await page.getByRole('button', { name: 'Accept version 2' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
  await sell(page)

  await go(page, 'Name and logo')
  const address = await page.getByRole('link', { name: 'See the public page' }).getAttribute('href')
  const guest = await buy(browser, server, address ?? '')
  await serve(page, guest)

  await go(page, 'Statement & payouts')
  const owed = page.getByRole('listitem').filter({ hasText: 'The platform owes you' })
  await expect(owed).toContainText('¥39.52')
  await expect(page.getByRole('row', { name: /^Undone/ })).toContainText('-¥39.52')
  await settle(browser)
  await expect(page.getByRole('row', { name: /Paid$/ })).toContainText('¥39.52')
  await page.getByRole('row', { name: /Paid$/ }).getByRole('link').click()
  await expect(page.getByRole('row', { name: /^Redemption/ })).toHaveCount(2)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download CSV' }).click()
  const csv = readFileSync(await (await download).path(), 'utf8')
  expect(csv.trim().split('\n')).toHaveLength(4)
})

async function register(page: Page) {
  await page.goto('/merchant/')
  await page.getByRole('link', { name: 'Register your business' }).click()
  await page.getByLabel('Name of the business (English)').fill(NAME)
  await page.getByLabel('Your name').fill('Lao Chen')
  await page.getByLabel('Mail address').fill(`${randomUUID()}@example.org`)
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Register and sign in' }).click()
  await expect(page.getByLabel('Your name')).toHaveValue('Lao Chen')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Register and sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Four steps to your first sale' })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(NAME)
}

async function handIn(page: Page) {
  await page.getByRole('link', { name: /Upload your licence/ }).click()
  await page.getByLabel('Number').fill('91310000MA1K00000X')
  const picture = { name: 'licence.png', mimeType: 'image/png' }
  const input = page.getByLabel('Picture of the document')
  await input.setInputFiles({ ...picture, buffer: Buffer.from('no picture at all') })
  await expect(page.getByText('Upload a JPEG, PNG or WebP picture')).toBeVisible()
  await input.setInputFiles({ ...picture, buffer: Buffer.concat([LICENCE, Buffer.from(randomUUID())]) })
  await page.getByRole('button', { name: 'Hand in' }).click()
  await expect(page.getByRole('cell', { name: 'Waiting' })).toBeVisible()
}

async function addStore(page: Page) {
  await go(page, 'Stores')
  await page.getByRole('link', { name: 'Add a store' }).first().click()
  await page.getByLabel('Name of the store (English)').fill('Bund')
  await page.getByLabel('Address').fill('1 Bund')
  await page.getByLabel('Latitude').fill('31.24')
  await page.getByLabel('Longitude').fill('121.49')
  await page.getByRole('checkbox', { name: 'Monday' }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('cell', { name: 'Monday 10:00-22:00' })).toBeVisible()
}

async function propose(page: Page) {
  await go(page, 'Agreements')
  await page.getByRole('link', { name: 'Propose an agreement' }).first().click()
  await page.getByRole('textbox', { name: 'Commission' }).fill('a tenth')
  await page.getByRole('button', { name: 'Send to the platform' }).click()
  await expect(page.getByText('A percentage from 0 to 100 is needed')).toBeVisible()
  await page.getByRole('textbox', { name: 'Commission' }).fill('5')
  await page.getByRole('button', { name: 'Send to the platform' }).click()
  await expect(page.getByText('Sent. The platform has to answer.')).toBeVisible()
}

/** Makes an offer with a wrong price, mends the draft, and publishes it. */
async function sell(page: Page) {
  await page.getByRole('link', { name: 'Make an offer under it' }).click()
  await page.getByLabel('Title (English)').fill('Noodles for two')
  await page.getByLabel('What is in it (English)').fill('Two bowls, two teas')
  await page.getByLabel('List price').fill('60')
  await expect(page.getByText('The guest pays ¥48')).toBeVisible()
  await page.getByRole('button', { name: 'Save as a draft' }).click()
  await page.getByRole('link', { name: 'Noodles for two' }).click()
  await expect(page.getByRole('button', { name: 'Throw the draft away' })).toBeVisible()
  await page.getByLabel('List price').fill('50')
  await expect(page.getByText('The guest pays ¥40')).toBeVisible()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await go(page, 'Offers')
  const offer = page.getByRole('row', { name: /Noodles for two/ })
  await expect(offer).toContainText('¥50')
  await offer.getByRole('button', { name: 'Publish' }).click()
  await expect(offer).toContainText('On sale')
}

/** A guest follows the merchant's address, buys, and holds the voucher's QR up. */
async function buy(browser: Browser, server: DemoServer, address: string): Promise<Page> {
  const viewport = { width: 390, height: 844 }
  const guest = await (await browser.newContext({ locale: 'en', viewport })).newPage()
  await guest.goto(address)
  await guest.getByRole('link', { name: /Noodles for two/ }).click()
  await guest.getByRole('link', { name: 'Buy' }).click()
  await signInAsGuest(guest, server, '+8613900000021')
  await guest.getByRole('button', { name: 'Place the order' }).click()
  await pay(guest)
  await guest.getByRole('link', { name: 'Show the voucher' }).click()
  await expect(guest.getByRole('img', { name: /The voucher’s QR/ })).toBeVisible()
  return guest
}

/** Scanned, taken back, and taken by its code; a second time it is refused, with when and where. */
async function serve(page: Page, guest: Page) {
  await go(page, 'Counter')
  await expect(page.getByText('Online', { exact: true })).toBeVisible()
  const qr = await guest.getByRole('img', { name: /The voucher’s QR/ }).getAttribute('data-qr')
  await handScan(page, qr ?? '')
  await expect(verdict(page)).toContainText('Redeemed')
  await expect(verdict(page)).toContainText('Two bowls, two teas')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(verdict(page)).toContainText('the voucher has its use again')
  await page.getByRole('button', { name: 'Next guest' }).click()
  await guest.reload()
  const code = await guest.getByText(/^\d{4} \d{4} \d{4}$/).innerText()
  await handScan(page, code)
  await expect(verdict(page)).toContainText('Use 1 of 1')
  await handScan(page, code)
  await expect(verdict(page)).toContainText('Not redeemed')
  await expect(verdict(page)).toContainText(/Last used .* at Bund, use 1/)
}

/** What is owed up to now is proposed by one person of finance, and approved by another. */
async function settle(browser: Browser) {
  const finance = await operator(browser, 'finance@demo.example')
  await go(finance, 'Settlement')
  await finance.getByRole('button', { name: 'Close the day' }).click()
  await finance.getByLabel('Lines until').fill(minutes(new Date(Date.now() + 60_000)))
  await finance.getByRole('dialog').getByRole('button', { name: 'Close the day' }).click()
  await expect(finance.getByText(/\d+ payouts? proposed/)).toBeVisible()
  const second = await operator(browser, 'finance2@demo.example')
  await go(second, 'Settlement')
  const proposed = second.getByRole('row').filter({ hasText: NAME })
  await proposed.getByRole('button', { name: 'Approve' }).click()
  await second.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
  await expect(proposed).toHaveCount(0)
}
