import type { APIRequestContext } from '@playwright/test'
import { isUsable } from './support/axe'
import { go, signIn, verdict } from './support/console'
import { pay, signIn as signInAsGuest } from './support/guest'
import { signInAsOwner, write } from './support/owner'
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
  await signInAsGuest(page, server, '+8613900000061')
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
  await page.goto('/messages')
  const used = page.getByRole('listitem').filter({ hasText: 'A voucher was used' })
  await expect(used).toContainText('¥25.50')
  await owner.context().close()
})

/** A card of ten visits of the demo merchant, and the draft of a class for twelve in one of its stores. */
async function classesAndCard(request: APIRequestContext) {
  const { base, store, agreement } = await signInAsOwner(request)
  const post = (path: string, data: object) => write(request, 'post', path, data)
  const session = {
    kind: 'session',
    name: 'Kitchen',
    seats_min: 1,
    seats_max: 4,
    units: 12,
    status: 'online',
  }
  await post(`${base}/stores/${store.id}/resources`, session)
  const offer = async (en: string, more: object) => {
    const { id } = await post(`${base}/offers`, {
      agreement,
      title: { en, 'zh-CN': en },
      description: { en: 'Cook with us', 'zh-CN': '一起下厨' },
      category: store.category,
      list_price: { amount: 6_000, currency: store.currency },
      uses: 1,
      valid_us: 7_776_000_000_000,
      max_per_order: 4,
      stores: [store.id],
      stock: 100,
      ...more,
    })
    return { id: id as string, publish: () => post(`${base}/offers/${id}/publish`, {}) }
  }
  const card = await offer('Ten cooking classes', {
    uses: 10,
    list_price: { amount: 48_000, currency: store.currency },
  })
  await card.publish()
  return { card: card.id, lesson: await offer('Cooking class', {}), store }
}

test('a class is booked with visits of a card, which are free again or taken', async ({
  page,
  browser,
  server,
}) => {
  const viewport = { width: 1280, height: 900 }
  const owner = await (await browser.newContext({ baseURL: server.url, locale: 'en', viewport })).newPage()
  const { card, lesson, store } = await classesAndCard(owner.request)
  await owner.goto(`/merchant/offers/${lesson.id}`)
  await owner.getByLabel('As is usual for').selectOption({ label: 'A class' })
  await owner.getByRole('checkbox', { name: 'Ten cooking classes' }).check()
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Sell it for a time' }).click()
  await expect(owner.getByText('Guests will book a time for it')).toBeVisible()
  await lesson.publish()

  await page.goto(`/checkout/${card}`)
  await signInAsGuest(page, server, '+8613900000062')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  const book = async () => {
    await page.goto(`/o/${lesson.id}`)
    await page.getByRole('group', { name: 'Day' }).getByRole('button', { disabled: false }).nth(-2).click()
    await page.getByRole('group', { name: 'Time' }).getByRole('button', { name: '18:00' }).click()
    await page.getByRole('link', { name: /^Book .*18:00/ }).click()
    await expect(page.getByText('then the visit is taken from the card')).toBeVisible()
    await isUsable(page)
    await page.getByRole('button', { name: 'Book with 2 visits of it' }).click()
    await expect(page.getByText('Paid with 2 visits of your card')).toBeVisible()
  }
  await book()
  await isUsable(page)
  await page.getByRole('link', { name: 'Show the card' }).click()
  await expect(page.getByText('10 of 10 visits left · 2 of them booked')).toBeVisible()
  await page.getByRole('button', { name: 'Refund this voucher' }).click()
  await page.getByRole('button', { name: 'Refund', exact: true }).click()
  await expect(page.getByText('Uses of the card are kept for bookings')).toBeVisible()
  await page.goto('/bookings')
  await page.getByRole('link', { name: /Cooking class/ }).click()
  await page.getByRole('button', { name: 'Cancel the booking' }).click()
  await expect(page.getByText('The 2 visits are free again on your card.')).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the booking' }).click()
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible()

  await book()
  const [booking] = (await (await page.request.get('/v1/me/bookings')).json()).items
  const zone = { timeZone: store.time_zone }
  const day = new Intl.DateTimeFormat('sv-SE', zone).format(new Date(booking.starts_at))
  await owner.goto('/merchant/bookings')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  await owner.getByLabel('Day', { exact: true }).fill(day)
  const row = owner.getByRole('table', { name: 'The day’s bookings' }).getByRole('row')
  const expected = row.filter({ hasText: 'Cooking class' }).filter({ hasText: 'Confirmed' })
  await expected.getByRole('button', { name: 'View' }).click()
  await isUsable(owner)
  await expect(owner.getByRole('dialog')).toContainText('2 visits of a card')
  await owner.keyboard.press('Escape')
  await expected.getByRole('button', { name: 'Arrived' }).click()
  await expect(page.getByText('Have a good time!')).toBeVisible()
  await page.goto('/vouchers')
  await expect(page.getByText('8 of 10 visits left')).toBeVisible()
  await owner.context().close()
})
