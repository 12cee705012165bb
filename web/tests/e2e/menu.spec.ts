import { isUsable } from './support/axe'
import { go, signIn } from './support/console'
import { signInAsOwner, write } from './support/owner'
import { PICTURE } from './support/picture'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

test('an owner writes a menu, a guest reads it on a phone, and the cashier sells a dish out', async ({
  page,
  browser,
  server,
}) => {
  const desk = { baseURL: server.url, locale: 'en', viewport: { width: 1280, height: 900 } }
  const owners = await browser.newContext(desk)
  const owner = await owners.newPage()
  const { base } = await signInAsOwner(owner.request)
  await owner.goto('/merchant/')
  await go(owner, 'Menu')

  await owner.getByRole('button', { name: 'Add a section' }).click()
  const specials = owner.locator('section.section').last()
  await specials.getByLabel('Name of the section (English)').fill('From the steamer')
  await specials.getByLabel('Name of the section (Chinese)').fill('蒸笼')
  await specials.getByRole('button', { name: /^Add a dish/ }).click()
  const dialog = owner.getByRole('dialog')
  await dialog.getByLabel('Name (English)').fill('Xiaolongbao')
  await dialog.getByLabel('Name (Chinese)').fill('蟹黄小笼包')
  await dialog.getByLabel('Price').fill('0')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog.getByText('Give an amount above zero.')).toBeVisible()
  await dialog.getByLabel('Price').fill('38.5')
  await dialog.getByLabel('How hot it is').selectOption({ label: 'Mildly hot' })
  await dialog.getByLabel('A signature dish').check()
  await dialog.getByLabel('crustaceans').check()
  await dialog.getByLabel('gluten').check()
  await dialog.getByLabel('Description (English)').fill('Eight of them, steamed to order')
  await dialog
    .getByLabel('Picture')
    .setInputFiles({ name: 'dish.png', mimeType: 'image/png', buffer: PICTURE })
  await expect(dialog.getByRole('img')).toBeVisible()
  await isUsable(owner)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toHaveCount(0)
  await specials.getByRole('button', { name: 'Add a dish to “From the steamer”' }).click()
  await dialog.getByLabel('Name (English)').fill('Steamed bun')
  await dialog.getByLabel('Price').fill('3')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await specials.getByRole('button', { name: 'Move Steamed bun up' }).click()
  await expect(owner.getByText('There are changes to save')).toBeVisible()

  const before = await (await owner.request.get(`${base}/menu`)).json()
  const same = { version: before.version, sections: before.sections }
  for (const { dishes } of same.sections) for (const dish of dishes) delete dish.sold_out
  await write(owner.request, 'put', `${base}/menu`, same)
  await owner.getByRole('button', { name: 'Save the menu' }).click()
  await expect(owner.getByRole('alert')).toContainText('Somebody else has just changed the menu')
  await owner.getByRole('button', { name: 'Read it again' }).click()
  await expect(specials.getByRole('button', { name: 'Xiaolongbao', exact: true })).toHaveCount(0)
  await expect(owner.getByRole('alert')).toHaveCount(0)

  await owner.getByRole('button', { name: 'Add a section' }).click()
  await specials.getByLabel('Name of the section (English)').fill('From the steamer')
  await specials.getByRole('button', { name: /^Add a dish/ }).click()
  await dialog.getByLabel('Name (English)').fill('Xiaolongbao')
  await dialog.getByLabel('Name (Chinese)').fill('蟹黄小笼包')
  await dialog.getByLabel('Price').fill('38.5')
  await dialog.getByLabel('crustaceans').check()
  await dialog.getByLabel('A signature dish').check()
  await dialog
    .getByLabel('Picture')
    .setInputFiles({ name: 'dish.png', mimeType: 'image/png', buffer: PICTURE })
  await expect(dialog.getByRole('img')).toBeVisible()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await owner.getByRole('button', { name: 'Save the menu' }).click()
  await expect(owner.getByText('The menu is saved')).toBeVisible()
  await owner.getByLabel('Price of Xiaolongbao').fill('42')
  await owner.getByRole('button', { name: 'Save the menu' }).click()
  await expect(owner.getByText('There are changes to save')).toHaveCount(0)

  const merchant = base.split('/').at(-1)
  await page.goto(`/m/${merchant}`)
  const menu = page.getByRole('region', { name: 'Menu' })
  await menu.getByRole('link', { name: 'From the steamer' }).click()
  const dish = menu.getByRole('listitem').filter({ hasText: 'Xiaolongbao' })
  await expect(dish).toBeInViewport()
  await expect(dish).toContainText('¥42')
  await expect(dish).toContainText('Signature')
  await expect(dish).toContainText('Contains crustaceans')
  await expect(dish.locator('img')).toHaveJSProperty('complete', true)
  await expect(dish).not.toContainText('Sold out')
  await isUsable(page)
  const finds = async () => {
    const { items } = await (await page.request.get('/v1/search?text=蟹黄小笼包')).json()
    return items.some((item: { merchant: string }) => item.merchant === merchant)
  }
  await expect.poll(finds).toBe(true)

  const tills = await browser.newContext({ ...desk, viewport: { width: 390, height: 844 } })
  const cashier = await tills.newPage()
  await signIn(cashier, 'merchant', 'cashier@demo.example')
  await cashier.goto('/merchant/dishes')
  await cashier.getByLabel('Find a dish').fill('xiaolong')
  await cashier.getByRole('button', { name: 'Mark Xiaolongbao as sold out' }).click()
  await expect(cashier.getByText(/^Sold out until .*04:00$/)).toBeVisible()
  await isUsable(cashier)

  await page.reload()
  await expect(dish).toContainText(/Sold out today at/)
  const staff = (await (await cashier.request.get('/v1/me')).json()).staff[0]
  await menu.getByLabel('At which store').selectOption(staff.store)
  await expect(dish.getByText('Sold out today', { exact: true })).toBeVisible()
  await isUsable(page)
  await cashier.getByRole('button', { name: 'Xiaolongbao is there again' }).click()
  await expect(cashier.getByRole('button', { name: 'Mark Xiaolongbao as sold out' })).toBeVisible()
  await page.reload()
  await expect(dish).not.toContainText('Sold out')

  const offers = (await (await page.request.get(`${base}/offers`)).json()).items
  await page.goto(`/o/${offers[0].id}`)
  await page.getByRole('heading', { name: /^Where to use it|^Stores/ }).scrollIntoViewIfNeeded()
  await menu.getByRole('button', { name: /^See the whole menu/ }).click()
  await expect(dish).toContainText('¥42')
  await owners.close()
  await tills.close()
})
