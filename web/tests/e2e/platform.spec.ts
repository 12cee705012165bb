import type { Locator, Page } from '@playwright/test'
import { ALL_HOSTILE, expectUnharmed } from './support/hostile'
import { go, letIn, operator, PASSWORD, signIn } from './support/console'
import { visit } from './platform-stage'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 1440, height: 900 } })

/** A time as the browser's field takes it. */
const minutes = (at: Date) =>
  new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

test('from certification to settlement through the screens alone, with a second person to approve', async ({
  page,
  browser,
}) => {
  await signIn(page, 'platform', 'admin@demo.example')
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

  // The demo's finance proposed what merchants were owed; a second person sees what for, down to the voucher.
  const second = await operator(browser, 'finance2@demo.example')
  await second.getByRole('link', { name: /payouts to approve/ }).click()
  const first = second.getByRole('row').nth(1)
  const merchantName = await first.getByRole('link').innerText()
  const amountIn = (row: Locator) => row.getByText(/^¥[\d,.]+$/).innerText()
  const amount = await amountIn(first)
  const ofMerchant = (page: Page) => page.getByRole('row').filter({ hasText: merchantName })
  const payout = (page: Page, of: string) =>
    ofMerchant(page).filter({ has: page.getByText(of, { exact: true }) })
  async function approve(of: string) {
    await payout(second, of).getByRole('button', { name: 'Approve' }).click()
    const asked = second.getByRole('dialog')
    await expect(asked.getByRole('list', { name: 'Lines' }).getByRole('listitem').first()).toBeVisible()
    await asked.getByRole('button', { name: 'Approve' }).click()
    await expect(payout(second, of)).toHaveCount(0)
    await second.getByRole('button', { name: 'Paid', exact: true }).click()
    await expect(payout(second, of)).toContainText('You')
  }
  await approve(amount)
  await payout(second, amount).getByRole('button', { name: 'Came back' }).click()
  await second.getByLabel('Reason').fill('Account closed')
  await second.getByRole('dialog').getByRole('button', { name: 'Came back' }).click()
  await second.getByRole('button', { name: 'Returned by the bank' }).click()
  await expect(payout(second, amount)).toContainText('Account closed')

  // What came back is owed again, with whatever the merchant earned since: the close of the day proposes it once
  // more, and its proposer does not approve.
  const finance = await operator(browser, 'finance@demo.example')
  await go(finance, 'Settlement')
  await finance.getByRole('button', { name: 'Open', exact: true }).click()
  const owed = await amountIn(ofMerchant(finance))
  await finance.getByRole('button', { name: 'Close the day' }).click()
  await finance.getByLabel('Lines until').fill(minutes(new Date(Date.now() + 60_000)))
  await finance.getByRole('dialog').getByRole('button', { name: 'Close the day' }).click()
  await expect(finance.getByText(/\d+ payouts? proposed/)).toBeVisible()
  await expect(payout(finance, owed)).toContainText('Yours: another person approves')
  await expect(payout(finance, owed).getByRole('button')).toHaveCount(0)
  await second.getByRole('button', { name: 'To approve' }).click()
  await approve(owed)

  await go(second, 'Accounts')
  await expect(second.getByText('In balance')).toBeVisible()
  await second.getByRole('link', { name: 'Bank', exact: true }).click()
  const moved = second.getByRole('row').filter({ hasText: amount })
  await expect(moved.filter({ hasText: 'Payout returned by the bank' })).toHaveCount(1)
  await expect(moved.filter({ hasText: 'Paid out' }).first()).toContainText('Owed to merchants')
})

test('a rule bounds what the next agreement may say, and proposals start within it', async ({ page }) => {
  await signIn(page, 'platform', 'finance@demo.example')
  await go(page, 'Agreement rules')
  await page.getByRole('button', { name: 'Set a rule' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Lowest commission').fill('12')
  await dialog.getByLabel('Highest commission').fill('11')
  await dialog.getByLabel('Platform pays at most, of one unit').fill('a lot')
  await dialog.getByRole('button', { name: 'Save the rule' }).click()
  await expect(dialog.getByText('An amount is needed')).toBeVisible()
  await dialog.getByLabel('Platform pays at most, of one unit').fill('8.50')
  await dialog.getByRole('button', { name: 'Save the rule' }).click()
  await expect(dialog.getByRole('alert')).toContainText('the least commission is above the highest')
  await dialog.getByLabel('Highest commission').fill('15')
  await dialog.getByRole('button', { name: 'Save the rule' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'All others' })).toContainText('12% – 15%')

  await go(page, 'Merchants and stores')
  await page.getByRole('button', { name: 'Certified' }).click()
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('button', { name: 'Propose an agreement' }).click()
  const commission = page.getByRole('textbox', { name: 'Commission' })
  await expect(commission).toHaveValue('12')
  await expect(page.getByText('The rule: 12% to 15%')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Platform pays at most' })).toHaveValue('8.50')
  await commission.fill('9')
  await page.getByRole('button', { name: 'Send to the merchant' }).click()
  await expect(page.getByText('is 1200 to 1500 basis points').first()).toBeVisible()
  await commission.fill('13')
  await page.getByRole('button', { name: 'Send to the merchant' }).click()
  await expect(page.getByText('Sent; now the merchant answers')).toBeVisible()
})

test('what was typed outlives the session', async ({ page }) => {
  await signIn(page, 'platform', 'admin@demo.example')
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
  const words = `Cold soup ${ALL_HOSTILE}`
  const why = `Insults ${ALL_HOSTILE}`
  const { merchantName } = await visit(request, server, '+8613900000012', words)
  await signIn(page, 'platform', 'admin@demo.example')
  await go(page, 'Reviews')
  const review = page.getByRole('listitem').filter({ hasText: words })
  await review.getByRole('button', { name: 'Hide' }).click()
  await page.getByLabel('Reason').fill(why)
  await page.getByRole('dialog').getByRole('button', { name: 'Hide' }).click()
  await expect(review).toHaveCount(0)
  await page.getByRole('button', { name: 'Hidden' }).click()
  await expect(review).toContainText(`Hidden because: ${why}`)
  await review.getByRole('button', { name: 'Show again' }).click()
  await page.getByLabel('Reason').fill('It was only rude.')
  await page.getByRole('dialog').getByRole('button', { name: 'Show again' }).click()
  await expect(review).toHaveCount(0)

  await go(page, 'Orders')
  const order = page.getByRole('row').filter({ hasText: merchantName }).first()
  await order.getByRole('button', { name: 'View' }).click()
  await page.getByRole('button', { name: 'Refund it' }).click()
  await page.getByLabel('Reason').fill(`The soup was cold. ${ALL_HOSTILE}`)
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
  await page.getByLabel('Event').selectOption({ label: 'A use was refunded' })
  await page.getByRole('button', { name: 'Filter' }).click()
  await expect(page.getByRole('row').filter({ hasText: `The soup was cold. ${ALL_HOSTILE}` })).toHaveCount(1)
  await page.getByLabel('To', { exact: true }).fill('2020-01-01')
  await page.getByRole('button', { name: 'Filter' }).click()
  await expect(page.getByRole('heading', { name: 'Nothing fits' })).toBeVisible()
  await expectUnharmed(page)
})

test('an administrator lets a colleague in and out again', async ({ page, browser }) => {
  await signIn(page, 'platform', 'admin@demo.example')
  const colleague = await letIn(page, 'Su Help', 'help@demo.example', 'Support')
  const theirs = await operator(browser, 'help@demo.example')
  await expect(theirs.getByRole('navigation').getByRole('link', { name: /^Certifications/ })).toBeVisible()
  await expect(theirs.getByRole('link', { name: 'Settlement' })).toHaveCount(0)

  await colleague.getByRole('button', { name: 'Take away' }).click()
  await page.getByLabel('Reason').fill('Left the team')
  await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click()
  await expect(colleague).toHaveCount(0)
  await theirs.reload()
  await expect(theirs.getByRole('navigation').getByRole('link', { name: /^Certifications/ })).toHaveCount(0)
})
