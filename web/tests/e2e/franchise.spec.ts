import type { APIRequestContext, Browser } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { go, PASSWORD, signIn } from './support/console'
import { expect, test, type DemoServer } from './support/server'

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

async function post(request: APIRequestContext, path: string, data: object | Buffer) {
  const answer = await request.post(path, { data, headers: { 'Idempotency-Key': randomUUID() } })
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
  return answer.json().catch(() => undefined)
}

const desk = async (browser: Browser, server: DemoServer) =>
  (
    await browser.newContext({ baseURL: server.url, locale: 'en', viewport: { width: 1280, height: 900 } })
  ).newPage()

/** A merchant that the platform has certified, signed in at a desk of its own. */
async function certified(browser: Browser, server: DemoServer) {
  const [page, admin] = [await desk(browser, server), await desk(browser, server)]
  const { merchant } = await post(page.request, '/v1/merchants', {
    name: { en: 'Lakeside Kitchens', 'zh-CN': '湖畔餐饮' },
    person_name: 'Lin',
    login: `${randomUUID()}@example.org`,
    password: PASSWORD,
    device: 'desk',
  })
  const { id: media } = await post(page.request, `/v1/merchants/${merchant}/media`, PIXEL)
  const valid_until = new Date(Date.now() + 300 * 86_400_000).toISOString()
  const licence = { kind: 'business_license', number: '9131', media, valid_until }
  const { id } = await post(page.request, `/v1/merchants/${merchant}/certifications`, licence)
  await post(admin.request, '/v1/sign-in/password', { login: 'admin@demo.example', password: PASSWORD })
  await post(admin.request, `/v1/platform/certifications/${id}/decision`, { approve: true })
  return { merchant: merchant as string, page }
}

test('a chain offers a store to a franchisee, who accepts, and either may end it', async ({
  browser,
  server,
}) => {
  const franchisee = await certified(browser, server)
  const chain = await desk(browser, server)
  await signIn(chain, 'merchant', 'owner@demo.example')
  await go(chain, 'Stores')
  const number = chain.getByLabel('Number of the merchant')
  await number.fill('mer_01h455vb4pex5vsknk084sn02q')
  await chain.getByRole('button', { name: 'Offer a store' }).click()
  await expect(chain.getByText('This is no certified merchant.').first()).toBeVisible()
  await number.fill(franchisee.merchant)
  await chain.getByRole('button', { name: 'Offer a store' }).click()
  const offered = chain.getByRole('row').filter({ hasText: 'Lakeside Kitchens' })
  await expect(offered).toContainText('Not accepted yet')

  await franchisee.page.goto('/merchant/stores')
  const row = franchisee.page.getByRole('row').filter({ hasText: 'Store of' })
  await expect(row).toContainText('Not accepted yet')
  await row.getByRole('button', { name: 'Accept' }).click()
  await franchisee.page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
  await expect(row).not.toContainText('Not accepted yet')
  await expect(row.getByRole('button', { name: 'Accept' })).toHaveCount(0)

  await chain.reload()
  await expect(offered).toContainText('Run by')
  await expect(offered).not.toContainText('Not accepted yet')
  await offered.getByRole('button', { name: 'End' }).click()
  await chain.getByRole('dialog').getByRole('button', { name: 'End' }).click()
  await expect(offered).toHaveCount(0)
})
