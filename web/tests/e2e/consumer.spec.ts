import type { APIRequestContext } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { pay, signIn } from './support/guest'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

/** The cashier of the demo merchant's first store, at the counter. */
async function scan(request: APIRequestContext, qr: string) {
  const asStaff = { 'Idempotency-Key': randomUUID() }
  const login = { login: 'cashier@demo.example', password: 'qiao-demo' }
  const session = await request.post('/v1/sign-in/password', { data: login, headers: asStaff })
  const headers = { Authorization: `Bearer ${(await session.json()).token}`, 'Idempotency-Key': randomUUID() }
  const { staff } = await (await request.get('/v1/me', { headers })).json()
  const { merchant, store } = staff[0]
  return request.post(`/v1/merchants/${merchant}/stores/${store}/redemptions/scan`, { data: { qr }, headers })
}

test('from a search to a review', async ({ page, server, context, request }) => {
  await page.goto('/')
  await page.getByRole('combobox', { name: 'Search for places and deals' }).fill('hot pot for two')
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

  const scanned = await scan(request, shown ?? '')
  expect(scanned.status(), await scanned.text()).toBe(201)
  const again = await scan(request, shown ?? '')
  expect((await again.json()).type).toBe('/problems/redeem_voucher_used_up')

  await page.reload()
  await expect(page.getByText('Used up')).toBeVisible()
  await page.getByRole('link', { name: 'Write a review' }).click()
  await page.getByRole('group', { name: 'Overall' }).getByRole('radio', { name: '5 stars' }).check()
  const words = `Crisp tripe <b>& kind</b> people ${randomUUID()}`
  await page.getByLabel('How was it? (optional)').fill(words)
  await page.getByRole('button', { name: 'Post the review' }).click()
  await expect(page.getByText(words)).toBeVisible()
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
  await expect(coupon.getByRole('button', { name: 'In your wallet' })).toBeDisabled()

  await page.goto('/?text=Beef-tallow+hot+pot+for+two')
  await page.getByRole('link', { name: 'Beef-tallow hot pot for two' }).first().click()
  await page.getByRole('link', { name: 'Buy' }).click()
  await expect(page.getByText('This coupon saves you most')).toBeVisible()
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
