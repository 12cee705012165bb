import { isUsable } from './support/axe'
import { go, operator, signIn } from './support/console'
import { PICTURE } from './support/picture'
import { expect, test } from './support/server'
import { visit } from './platform-stage'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

test('a guest complains, the merchant answers, the platform decides, and the money goes back', async ({
  page,
  browser,
  request,
  server,
}) => {
  const { order, token } = await visit(request, server, '+8613900000121', 'The soup was cold')
  const url = server.url.replace('http:', 'https:')
  await page.context().addCookies([{ name: '__Host-qiao', value: token, url, secure: true }])
  await page.goto(`/orders/${order}`)
  await page.getByRole('link', { name: 'Complain' }).click()
  await page.getByLabel('Quality or safety').check()
  await page.getByLabel(/^What happened/).fill('The soup was cold, and nobody came.')
  await page
    .getByLabel('Add photos')
    .setInputFiles({ name: 'soup.png', mimeType: 'image/png', buffer: PICTURE })
  await expect(page.getByRole('img', { name: /1/ })).toBeVisible()
  await isUsable(page)
  await page.getByRole('button', { name: 'Send the complaint' }).click()
  await expect(page.getByRole('heading', { name: 'The merchant is to answer' })).toBeVisible()
  await expect(page.getByText('nobody came')).toBeVisible()
  await isUsable(page)

  const desk = { baseURL: server.url, locale: 'en', viewport: { width: 1280, height: 900 } }
  const owner = await (await browser.newContext(desk)).newPage()
  await signIn(owner, 'merchant', 'owner@demo.example')
  await go(owner, 'Complaints')
  const row = owner.getByRole('row').filter({ hasText: 'Merchant is to answer' })
  await row.getByRole('link', { name: 'View' }).click()
  await expect(owner.getByRole('img', { name: 'Picture 1' })).toHaveJSProperty('complete', true)
  await owner.getByLabel('What you say to the guest').fill('We are sorry, the kitchen was full.')
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Send the answer' }).click()
  await expect(owner.getByText('answered', { exact: true })).toBeVisible()

  await expect(page.getByText('the kitchen was full')).toBeVisible()
  await page.getByRole('button', { name: 'Ask the platform to decide' }).click()
  await page.getByLabel(/^Why is the answer/).fill('I paid for a warm one.')
  await page.getByRole('button', { name: 'Ask the platform to decide' }).click()
  await expect(page.getByRole('heading', { name: 'The platform decides' })).toBeVisible()

  const admin = await operator(browser, 'admin@demo.example')
  await expect(admin.getByText('complaints to decide')).toBeVisible()
  await admin.setViewportSize({ width: 1280, height: 900 })
  await go(admin, 'Complaints')
  const toDecide = admin.getByRole('row').filter({ hasText: 'Platform decides' })
  await toDecide.getByRole('link', { name: 'View' }).click()
  await expect(admin.getByText('I paid for a warm one.')).toBeVisible()
  await isUsable(admin)
  await admin.getByRole('button', { name: 'Decide for the guest' }).click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: /^Visit at/ }).check()
  await dialog.getByLabel('Why').fill('The picture shows it.')
  await isUsable(admin)
  await dialog.getByRole('button', { name: 'Decide for the guest' }).click()
  await expect(admin.getByText('decided for the guest')).toBeVisible()

  await expect(page.getByRole('heading', { name: 'The platform found you right' })).toBeVisible()
  await expect(page.getByText(/given back$/)).toBeVisible()
  await expect(owner.getByText('Upheld')).toBeVisible()
  await page.goto(`/orders/${order}`)
  await expect(page.getByText('The platform found you right')).toBeVisible()
  await owner.context().close()
  await admin.context().close()
})
