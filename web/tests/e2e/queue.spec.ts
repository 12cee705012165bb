import { signIn as signInAtDesk } from './support/console'
import { signIn } from './support/guest'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

test('a guest takes a number, is called, misses it, is called again and sits', async ({
  page,
  browser,
  server,
}) => {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en' })
  const owner = await context.newPage()
  await signInAtDesk(owner, 'merchant', 'owner@demo.example')
  const { staff } = await (await owner.request.get('/v1/me')).json()
  const base = `/v1/merchants/${staff[0].merchant}`
  const stores = (await (await owner.request.get(`${base}/stores`)).json()).items
  const store = stores.at(-1)

  await owner.goto('/merchant/queue')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  await owner.getByRole('button', { name: 'Give out numbers' }).click()
  await expect(owner.getByText('Numbers are given out')).toBeVisible()
  await owner.getByRole('button', { name: 'Give a number' }).click()
  await expect(owner.getByText('Number A1')).toBeVisible()

  await page.goto(`/m/${staff[0].merchant}`)
  await page.locator(`a[href="/stores/${store.id}/queue"]`).click()
  await expect(page.getByText('1 waits · about 20 min')).toBeVisible()
  await page.getByRole('button', { name: 'Take a number' }).click()
  await signIn(page, server, '+8613900000061')
  await page.getByRole('button', { name: 'Take a number' }).click()
  await expect(page.getByText('A2', { exact: true })).toBeVisible()
  await expect(page.getByText('1 before you · about 20 min')).toBeVisible()

  const line = owner.locator('section').filter({ hasText: 'Line A' })
  await expect(line.getByRole('listitem')).toHaveCount(2)
  await line.getByRole('button', { name: 'Call next' }).click()
  await expect(line.getByRole('listitem').filter({ hasText: 'A1' })).toContainText('Seated')
  await line.getByRole('button', { name: 'Call next' }).click()
  await expect(page.getByRole('heading', { name: 'Your table is ready' })).toBeVisible()
  const called = line.getByRole('listitem').filter({ hasText: 'A2' })
  await called.getByRole('button', { name: 'Did not come' }).click()
  await expect(page.getByRole('heading', { name: 'You were called' })).toBeVisible()
  await called.getByRole('button', { name: 'Call again' }).click()
  await expect(page.getByRole('heading', { name: 'Your table is ready' })).toBeVisible()

  await owner.getByRole('button', { name: 'Screen for the door' }).click()
  const screen = owner.getByRole('region', { name: 'Screen for the door' })
  await expect(screen.getByText('A2', { exact: true })).toBeVisible()
  await owner.getByRole('button', { name: 'Back' }).click()
  await called.getByRole('button', { name: 'Seated' }).click()
  await expect(page.getByRole('heading', { name: 'You are seated' })).toBeVisible()

  await page.goto('/messages')
  await expect(page.getByText('Your table is ready').first()).toBeVisible()
  await context.close()
})
