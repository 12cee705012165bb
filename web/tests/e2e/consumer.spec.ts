import type { Browser, Page } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { go, signIn as signInAtConsole } from './support/console'
import { pay, signIn } from './support/guest'
import { expect, test, type DemoServer } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

/** The till of the demo merchant's first store, with somebody at it. */
async function openCounter(browser: Browser, server: DemoServer): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en' })
  const till = await context.newPage()
  await till.goto('/merchant/')
  await till.getByLabel('Mail address').fill('cashier@demo.example')
  await till.getByLabel('Password').fill('qiao-demo')
  await till.getByRole('button', { name: 'Sign in' }).click()
  await expect(till.getByRole('button', { name: 'Sign out' })).toBeVisible()
  return till
}

/** What the till says to a QR that a hand scanner types. */
async function scan(till: Page, qr: string) {
  await till.getByLabel('Scan with a hand scanner, or type the 12-digit code').fill(qr)
  await till.keyboard.press('Enter')
  return till
    .getByRole('main')
    .getByRole('status')
    .filter({ has: till.locator('h2') })
}

test('from a search to a review', async ({ page, server, context, browser }) => {
  await page.goto('/')
  await page.getByRole('combobox', { name: 'Search for places and deals' }).fill('hot pot for tw')
  await expect(page.getByRole('option', { name: 'Beef-tallow hot pot for two' })).toBeVisible()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Beef-tallow hot pot for two' }).first().click()
  await expect(page.getByRole('heading', { name: 'Good to know' })).toBeVisible()
  await page.getByRole('link', { name: 'Buy' }).click()

  await signIn(page, server, '+8613900000001')
  await expect(page.getByRole('heading', { name: 'Your order' })).toBeVisible()
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)

  await page.getByRole('link', { name: 'Show the voucher' }).click()
  const qr = page.getByRole('img', { name: /The voucher’s QR/ })
  await expect(qr).toBeVisible()
  await expect(page.getByText(/\d{4} \d{4} \d{4}/)).toBeVisible()

  await context.setOffline(true)
  await page.getByRole('link', { name: 'Vouchers' }).click()
  await page.getByRole('link', { name: /Beef-tallow hot pot for two/ }).click()
  await expect(page.getByText('You are offline. The QR still works')).toBeVisible()
  const shown = await qr.getAttribute('data-qr')
  await context.setOffline(false)

  const till = await openCounter(browser, server)
  await expect(await scan(till, shown ?? '')).toContainText('Beef-tallow hot pot for two')
  // The voucher's page hears of it, and so does the sign of unread messages.
  await expect(page.getByText('Used up')).toBeVisible()
  await expect(page.getByText('2 unread messages')).toBeAttached()
  await expect(await scan(till, shown ?? '')).toContainText(/used/)
  await till.context().close()
  await page.getByRole('link', { name: 'Write a review' }).click()
  await page.getByRole('group', { name: 'Overall' }).getByRole('radio', { name: '5 stars' }).check()
  const words = `Crisp tripe <b>& kind</b> people ${randomUUID()}`
  await page.getByLabel('How was it? (optional)').fill(words)
  const meal = { name: 'meal.png', mimeType: 'image/png', buffer: await page.screenshot() }
  await page.getByLabel('Add photos').setInputFiles([meal])
  await expect(page.getByRole('img', { name: 'Photo 1' })).toBeVisible()
  const no = { name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') }
  await page.getByLabel('Add photos').setInputFiles([no])
  await expect(page.getByRole('alert')).toContainText('JPEG')
  await page.getByRole('button', { name: 'Post the review' }).click()
  const review = page.getByRole('listitem').filter({ hasText: words })
  await review.getByRole('button', { name: 'Photo 1' }).click()
  await expect(page.getByRole('dialog', { name: 'Photos by guests' }).getByRole('img')).toBeVisible()
  await page.keyboard.press('Escape')

  await page.goto('/messages')
  await expect(page.getByText('A voucher was used')).toBeVisible()
  await page.getByRole('link', { name: /Paid. Your vouchers are ready/ }).click()
  await expect(page.getByRole('heading', { name: 'Paid', exact: true })).toBeVisible()
  await expect(page.getByText(/unread message/)).toHaveCount(0)
})

test('a friend buys by a shared link', async ({ page, server, browser }) => {
  await page.goto('/sign-in?next=/')
  await signIn(page, server, '+8613900000002')
  await page.getByRole('link', { name: 'Four-lunch hot pot card' }).first().click()
  await page.getByRole('button', { name: 'Share with a friend' }).click()
  await expect(page.getByRole('img', { name: 'Poster' })).toBeVisible()
  const link = await page.getByLabel('Your link').inputValue()

  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const friend = await context.newPage()
  await friend.goto(link)
  await expect(friend.getByText('朋友请你：下单享好友优惠')).toBeVisible()
  await friend.getByRole('link', { name: '立即购买' }).click()
  await friend.getByLabel('手机号或邮箱').fill('13900000003')
  await friend.getByRole('button', { name: '获取验证码' }).click()
  const code = friend.getByLabel(/输入发送至/)
  await expect(code).toBeVisible()
  await code.fill(await server.codeFor('+8613900000003'))
  await friend.getByRole('button', { name: '登录' }).click()
  await expect(friend.getByText('使用朋友的分享链接')).toBeVisible()
  await expect(friend.getByText('好友优惠', { exact: true })).toBeVisible()
  await friend.getByRole('button', { name: '提交订单' }).click()
  await expect(friend.getByRole('button', { name: '去支付' })).toBeVisible()
  await expect(friend.getByText('好友优惠', { exact: true })).toBeVisible()

  // One’s own link is for others.
  await page.goto(link)
  await page.getByRole('link', { name: 'Buy' }).click()
  await expect(page.getByRole('alert')).toContainText('Order without the link')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await expect(page.getByRole('button', { name: 'Pay', exact: true })).toBeVisible()
  await context.close()
})

test('what is not used comes back, and is shown before', async ({ page, server }) => {
  await page.goto('/sign-in?next=/coupons')
  await signIn(page, server, '+8613900000004')
  const coupon = page.getByRole('article').filter({ hasText: '10 yuan off for newcomers' })
  await coupon.getByRole('button', { name: 'Claim' }).click()
  await expect(coupon.getByRole('button', { name: 'Claimed' })).toBeDisabled()

  await page.goto('/?text=Beef-tallow+hot+pot+for+two')
  await page.getByRole('link', { name: 'Beef-tallow hot pot for two' }).first().click()
  await page.getByRole('link', { name: 'Buy' }).click()
  await expect(page.getByText('Chosen to save you most')).toBeVisible()
  const due = page.getByText('To pay').locator('..').getByRole('definition')
  await expect(due).toHaveText('¥148.40')
  await page.getByRole('button', { name: 'One more' }).click()
  await expect(due).toHaveText('¥306.80')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)

  await page.getByRole('link', { name: 'Show voucher 1' }).click()
  await page.getByRole('button', { name: 'Refund this voucher' }).click()
  const sheet = page.getByRole('dialog', { name: 'What comes back' })
  await expect(sheet.getByText('¥153.40')).toBeVisible()
  await sheet.getByRole('button', { name: 'Refund', exact: true }).click()
  await expect(page.getByText('Refunded', { exact: true })).toBeVisible()
})

/** Makes a coupon that comes by unique codes, at the merchant's own screen, and gives the first of them. */
async function couponCode(owner: Page, title: string, fill: (form: Page) => Promise<void>): Promise<string> {
  await go(owner, 'Coupons')
  await owner.getByRole('link', { name: 'Make a coupon' }).click()
  await owner.getByLabel('Name (English)').fill(title)
  await fill(owner)
  await owner.getByLabel('How guests get it').selectOption('By unique codes')
  await owner.getByLabel('Budget').fill('1000')
  await owner.getByRole('button', { name: 'Create and offer' }).click()
  const download = owner.waitForEvent('download')
  await owner.getByRole('row').filter({ hasText: title }).getByRole('link', { name: 'Codes (CSV)' }).click()
  const csv = await readFile(await (await download).path(), 'utf8')
  const codes = csv.match(/[0-9A-Z]{5}(-[0-9A-Z]{5})+/g) ?? []
  expect(new Set(codes).size).toBe(100)
  return codes[0] ?? ''
}

test('a cart of two merchants is ordered and paid at once', async ({ page, server }) => {
  const inCart = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Cart/ })
  for (const [n, title] of ['Beef-tallow hot pot for two', 'Six-latte card'].entries()) {
    await page.goto(`/?text=${title.replaceAll(' ', '+')}`)
    await page.getByRole('link', { name: title }).first().click()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await expect(inCart).toContainText(`${n + 1} in the cart`)
  }
  await page.getByRole('link', { name: 'In the cart', exact: true }).click()
  await signIn(page, server, '+8613900000016')
  await expect(page.getByRole('heading', { name: 'Your cart' })).toBeVisible()
  const pots = page.getByRole('listitem').filter({ hasText: 'Beef-tallow hot pot for two' })
  const due = page.getByText('To pay').locator('..').getByRole('definition')
  await expect(due).toHaveText('¥262.20')
  await pots.getByRole('button', { name: 'One more' }).click()
  await expect(due).toHaveText('¥420.60')
  await page.getByRole('button', { name: 'Order and pay' }).click()

  // The payer turns back, and finds what waits among the orders.
  await expect(page.getByRole('heading', { name: '420.60 CNY' })).toBeVisible()
  await page.goto('/orders')
  await page.getByRole('button', { name: 'Pay ¥420.60 at once' }).click()
  await page.getByRole('button', { name: /Pay/ }).click()
  await expect(page).toHaveURL(/\/orders$/)
  await expect(page.getByRole('listitem').filter({ hasText: 'Paid' })).toHaveCount(2)
  await expect(inCart).not.toContainText('in the cart')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Vouchers' }).click()
  await expect(page.getByRole('link', { name: /hot pot for two/ })).toHaveCount(2)
  await expect(page.getByRole('link', { name: /Six-latte card/ })).toHaveCount(1)
})

test('a coupon comes by itself until it is stopped', async ({ page, browser, server }) => {
  const viewport = { width: 1280, height: 900 }
  const context = await browser.newContext({ locale: 'en', baseURL: server.url, viewport })
  const owner = await context.newPage()
  await signInAtConsole(owner, 'merchant', 'owner@demo.example')
  await go(owner, 'Coupons')
  await owner.getByRole('link', { name: 'Make a coupon' }).click()
  await owner.getByLabel('Name (English)').fill('Twelve off')
  await owner.getByLabel('Amount off').fill('12')
  await owner.getByLabel('How guests get it').selectOption('By itself')
  await expect(owner.getByLabel('At most per device')).toHaveCount(0)
  await owner.getByRole('button', { name: 'Create and offer' }).click()
  const row = owner.getByRole('row').filter({ hasText: 'Twelve off' })
  await expect(row).toContainText('By itself')

  await page.goto('/?text=Beef-tallow+hot+pot+for+two')
  await page.getByRole('link', { name: 'Beef-tallow hot pot for two' }).first().click()
  await expect(page.getByText('¥12 off from ¥50, by itself')).toBeVisible()
  await page.goto(`/sign-in?next=${new URL(page.url()).pathname}`)
  await signIn(page, server, '+8613900000006')
  await page.getByRole('link', { name: 'Buy' }).click()
  await expect(page.getByText('Twelve off By itself')).toBeVisible()
  const due = page.getByText('To pay').locator('..').getByRole('definition')
  await expect(due).toHaveText('¥146.40')
  await row.getByRole('button', { name: 'Stop' }).click()
  await owner.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
  await expect(row).toContainText('Stopped')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await expect(due).toHaveText('¥158.40')
  await expect(page.getByText('Twelve off')).toHaveCount(0)
  await context.close()
})

test('coupons come by code, and those that save most together are chosen', async ({
  page,
  browser,
  server,
}) => {
  const viewport = { width: 1280, height: 900 }
  const context = await browser.newContext({ locale: 'en', baseURL: server.url, viewport })
  const owner = await context.newPage()
  await signInAtConsole(owner, 'merchant', 'owner@demo.example')
  const codes = [
    await couponCode(owner, 'A tenth', async (form) => {
      await form.getByLabel('Kind').selectOption('A share of the price')
      await form.getByLabel('Share off').fill('10')
      await form.getByLabel('Stacking group').fill('share')
    }),
    await couponCode(owner, 'Five yuan', async (form) => {
      await form.getByLabel('Amount off').fill('5')
      await form.getByLabel('Stacking group').fill('cash')
    }),
    await couponCode(owner, 'Eight yuan alone', (form) => form.getByLabel('Amount off').fill('8')),
  ]
  await context.close()

  await page.goto('/sign-in?next=/coupons')
  await signIn(page, server, '+8613900000005')
  const field = page.getByLabel('I have a code')
  for (const code of codes) {
    await field.fill(code)
    await page.getByRole('button', { name: 'Claim', exact: true }).first().click()
    await expect(field).toHaveValue('')
  }
  await field.fill(codes[0] ?? '')
  await page.getByRole('button', { name: 'Claim', exact: true }).first().click()
  await expect(page.getByRole('alert')).toBeVisible()

  await page.goto('/?text=Beef-tallow+hot+pot+for+two')
  await page.getByRole('link', { name: 'Beef-tallow hot pot for two' }).first().click()
  await page.getByRole('link', { name: 'Buy' }).click()
  await expect(page.getByText('Chosen to save you most')).toBeVisible()
  const coupon = (name: RegExp) => page.getByRole('checkbox', { name })
  await expect(coupon(/A tenth/)).toBeChecked()
  await expect(coupon(/Five yuan/)).toBeChecked()
  await expect(coupon(/Eight yuan alone/)).not.toBeChecked()
  await expect(page.getByText('It is not used beside others')).toBeVisible()
  const due = page.getByText('To pay').locator('..').getByRole('definition')
  await expect(due).toHaveText('¥137.56')
  await coupon(/A tenth/).uncheck()
  await expect(due).toHaveText('¥153.40')
  await coupon(/A tenth/).check()
  await expect(due).toHaveText('¥137.56')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
})
