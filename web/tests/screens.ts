/** The pictures of `docs/screens`, of the pages as people see them first. */
import type { Browser, Page } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { pay } from './e2e/support/guest'
import { expect, test, type DemoServer } from './e2e/support/server'

const FOLDER = '../docs/screens'
const PHONE = { width: 390, height: 844 }
const DESK = { width: 1440, height: 900 }
const PASSWORD = 'qiao-demo'

async function open(browser: Browser, server: DemoServer, viewport: typeof PHONE, locale: string) {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport,
    locale,
    timezoneId: 'Asia/Shanghai',
    geolocation: { latitude: 31.2304, longitude: 121.4737 },
    permissions: ['geolocation'],
  })
  return context.newPage()
}

async function write(page: Page, path: string, data: object) {
  const answer = await page.request.post(path, { data, headers: { 'Idempotency-Key': randomUUID() } })
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBeTruthy()
  return answer.json()
}

const asStaff = (page: Page, login: string) =>
  write(page, '/v1/sign-in/password', { login, password: PASSWORD })

async function asConsumer(page: Page, server: DemoServer) {
  const contact = '+8613800138000'
  await write(page, '/v1/sign-in/codes', { contact })
  await write(page, '/v1/sign-in/code', { contact, code: await server.codeFor(contact) })
}

async function take(page: Page, path: string, name: string) {
  await page.goto(path)
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await expect(page.getByRole('status', { name: /Loading|加载/ })).toHaveCount(0)
  // Charts and pictures fade in.
  await page.waitForTimeout(600)
  await page.screenshot({ path: `${FOLDER}/${name}.png` })
}

test('the consumer', async ({ browser, server }) => {
  const desk = await open(browser, server, DESK, 'zh-CN')
  const { items } = await (await desk.request.get('/v1/search?text=hot%20pot')).json()
  const [first, second] = items.map(({ offer }: { offer: string }) => offer)
  await take(desk, '/', 'home-desk-zh')
  await take(desk, `/compare?ids=${first},${second}`, 'compare-desk-zh')

  const phone = await open(browser, server, PHONE, 'en')
  await take(phone, '/', 'home-phone-en')
  await take(phone, `/o/${first}`, 'offer-phone-en')
  await asConsumer(phone, server)
  await take(phone, `/checkout/${first}`, 'checkout-phone-en')
  await phone.getByRole('button', { name: 'Place the order' }).click()
  await pay(phone)
  await phone.getByRole('link', { name: 'Show the voucher' }).click()
  await expect(phone.getByRole('img', { name: /The voucher’s QR/ })).toBeVisible()
  await phone.screenshot({ path: `${FOLDER}/voucher-phone-en.png` })
})

test('the merchant', async ({ browser, server }) => {
  const page = await open(browser, server, DESK, 'zh-CN')
  await asStaff(page, 'owner@demo.example')
  await take(page, '/merchant', 'merchant-dashboard-desk-zh')
  await take(page, '/merchant/agreements', 'merchant-agreements-desk-zh')
  const phone = await open(browser, server, PHONE, 'en')
  await asStaff(phone, 'cashier@demo.example')
  await take(phone, '/merchant/counter', 'merchant-counter-phone-en')
})

test('the platform', async ({ browser, server }) => {
  const page = await open(browser, server, DESK, 'en')
  await asStaff(page, 'admin@demo.example')
  await take(page, '/platform', 'platform-dashboard-desk-en')
  await take(page, '/platform/certifications', 'platform-certifications-desk-en')
  await take(page, '/platform/accounts', 'platform-accounts-desk-en')
})
