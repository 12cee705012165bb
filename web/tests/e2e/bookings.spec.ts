import type { APIRequestContext, Page } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { isUsable } from './support/axe'
import { handScan, PASSWORD, verdict } from './support/console'
import { pay, signIn } from './support/guest'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

const TITLE = 'Set dinner at your own table'

/** An offer of the demo merchant that is booked: two tables of one store, on the hour, for four at most. */
async function bookedOffer(request: APIRequestContext, deposit?: object) {
  const write = async (method: 'post' | 'put', path: string, data: object = {}) => {
    const answer = await request[method](path, { data, headers: { 'Idempotency-Key': randomUUID() } })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
    return answer.json().catch(() => undefined)
  }
  await write('post', '/v1/sign-in/password', { login: 'owner@demo.example', password: PASSWORD })
  const { staff } = await (await request.get('/v1/me')).json()
  const base = `/v1/merchants/${staff[0].merchant}`
  const [store] = (await (await request.get(`${base}/stores`)).json()).items
  const own = (await (await request.get(`${base}/offers/own`)).json()).items
  const { agreement } = own.find(({ status }: { status: string }) => status === 'published')
  const resources = []
  for (const [name, area] of [
    ['Table 1', 'Terrace'],
    ['Table 2', 'Hall'],
  ]) {
    const table = { kind: 'table', name, area, seats_min: 1, seats_max: 4, units: 1, status: 'online' }
    resources.push((await write('post', `${base}/stores/${store.id}/resources`, table)).id)
  }
  const { id } = await write('post', `${base}/offers`, {
    agreement,
    title: { en: TITLE, 'zh-CN': '订位套餐' },
    description: { en: 'A table of your own', 'zh-CN': '专属桌位' },
    category: store.category,
    list_price: { amount: 10_000, currency: store.currency },
    deposit,
    uses: 1,
    valid_us: 86_400_000_000,
    max_per_order: 8,
    stores: [store.id],
    stock: 100,
  })
  const span = { from_minute: 600, until_minute: 1320 }
  const visit = {
    hours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, ...span })),
    every_minutes: 60,
    services: [{ turns: [{ party_up_to: 4, minutes: 60 }], before_minutes: 0, after_minutes: 0 }],
  }
  const policy = { free_until_minutes: 60, late_fee_bp: 5000, no_show_fee_bp: 10_000, grace_minutes: 15 }
  const terms = { visit, price_per: 'person', party_max: 4, notice_minutes: 0, ahead_days: 30, policy }
  await write('put', `${base}/offers/${id}/booking`, { terms, resources: [resources] })
  await write('post', `${base}/offers/${id}/publish`)
  return { offer: id as string, store, base, resources, write }
}

/** Chooses a time on the last day but one that is shown. */
async function choose(page: Page, time: string) {
  await page.getByRole('group', { name: 'Day' }).getByRole('button', { disabled: false }).nth(-2).click()
  await page.getByRole('group', { name: 'Time' }).getByRole('button', { name: time }).click()
}

test('a table is booked, moved, cancelled, booked again and taken', async ({ page, browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en' })
  const owner = await context.newPage()
  const { offer, store } = await bookedOffer(owner.request)

  const terrace = page.getByRole('group', { name: 'Where' }).getByRole('button', { name: 'Terrace' })
  await page.goto(`/o/${offer}`)
  await terrace.click()
  await choose(page, '18:00')
  await page.getByRole('link', { name: /^Book .*18:00/ }).click()
  await signIn(page, server, '+8613900000031')
  await expect(page.getByText(/Free until .*17:00, then the store keeps 50%/)).toBeVisible()
  await expect(page.getByText('To pay').locator('..').getByRole('definition')).toHaveText('¥160.00')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)

  await page.getByRole('link', { name: 'See the booking' }).click()
  await expect(page.getByText('Confirmed')).toBeVisible()
  await expect(page.getByText('Table 1')).toBeVisible()
  await page.getByRole('button', { name: 'Move it' }).click()
  const sheet = page.getByRole('dialog', { name: 'Move it' })
  await expect(terrace).toHaveAttribute('aria-pressed', 'true')
  await choose(page, '18:00')
  await choose(page, '19:00')
  await sheet.getByRole('button', { name: /^Move to .*19:00/ }).click()
  await expect(page.getByText(/19:00 – 20:00/)).toBeVisible()
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Add to the calendar' }).click()
  expect((await file).suggestedFilename()).toMatch(/\.ics$/)
  await page.getByRole('button', { name: 'Cancel the booking' }).click()
  const asked = page.getByRole('dialog', { name: 'Cancel this booking?' })
  await expect(asked.getByText(/All of what you paid, ¥/)).toBeVisible()
  await asked.getByRole('button', { name: 'Cancel the booking' }).click()
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible()

  await page.goto(`/o/${offer}`)
  await choose(page, '18:00')
  await page.getByRole('link', { name: /^Book .*18:00/ }).click()
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  const [booking] = (await (await page.request.get('/v1/me/bookings')).json()).items
  const zone = { timeZone: store.time_zone }
  const day = new Intl.DateTimeFormat('sv-SE', zone).format(new Date(booking.starts_at))

  await owner.goto('/merchant/bookings')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  await owner.getByLabel('Day', { exact: true }).fill(day)
  const bookings = owner.getByRole('table', { name: 'The day’s bookings' }).getByRole('row')
  const cancelled = bookings.filter({ hasText: '19:00–20:00' })
  await expect(cancelled).toContainText('Cancelled')
  await expect(cancelled).toContainText('Table 1 Asked for Terrace')
  await owner.getByRole('button', { name: 'Calendar' }).click()
  const feed = owner.getByRole('dialog', { name: 'Bookings in your calendar' })
  await feed.getByRole('button', { name: 'Make an address' }).click()
  const address = await feed.getByText(/calendars/).innerText()
  await isUsable(owner)
  expect(await (await page.request.get(address)).text()).toContain(booking.id)
  await feed.getByRole('button', { name: 'Close' }).click()
  const next = bookings.filter({ hasText: '18:00–19:00' })
  await next.getByRole('button', { name: 'Arrived' }).click()
  await expect(next.getByText('Arrived', { exact: true })).toBeVisible()
  await expect(next.getByRole('button', { name: 'Arrived' })).toHaveCount(0)
  await page.goto(`/bookings/${booking.id}`)
  await expect(page.getByText('Arrived', { exact: true })).toBeVisible()

  await owner.goto(`/merchant/offers/${offer}`)
  const free = owner.getByLabel('Free to cancel until before')
  await expect(free).toHaveValue('1')
  await expect(owner.getByRole('checkbox', { name: 'Table 1' })).toBeChecked()
  await expect(owner.getByRole('checkbox', { name: 'A1' })).not.toBeChecked()
  await free.fill('3')
  await owner.getByRole('button', { name: 'Change how it is booked' }).click()
  await page.goto(`/o/${offer}`)
  await expect(page.getByText(/free until 3 hours before it starts/)).toBeVisible()
  await context.close()
})

test('who waits for a full time is held what becomes free, and takes it', async ({
  page,
  browser,
  server,
}) => {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en' })
  const owner = await context.newPage()
  const { offer, store, base, resources, write } = await bookedOffer(owner.request)
  const zone = { timeZone: store.time_zone }
  const tomorrow = new Intl.DateTimeFormat('sv-SE', zone).format(Date.now() + 86_400_000)
  const query = `store=${store.id}&from=${tomorrow}&party=2`
  const [day] = await (await page.request.get(`/v1/offers/${offer}/availability?${query}`)).json()
  const clock = new Intl.DateTimeFormat('sv-SE', { ...zone, timeStyle: 'short' })
  const six = day.starts.find(
    ({ starts_at }: { starts_at: string }) => clock.format(new Date(starts_at)) === '18:00',
  )
  const time = { starts_at: six.starts_at, ends_at: six.ends_at }
  const kept = await write('post', `${base}/stores/${store.id}/bookings`, { resources, party: 1, ...time })

  await page.goto('/bookings')
  await signIn(page, server, '+8613900000032')
  await expect(page.getByText('No bookings yet')).toBeVisible()
  await page.goto(`/o/${offer}`)
  await page.getByRole('button', { name: 'Tell me when something is free' }).click()
  const sheet = page.getByRole('dialog', { name: 'Tell me when something is free' })
  await expect(sheet.getByLabel('From').locator('option:checked')).toHaveText('18:00')
  await sheet.getByRole('button', { name: 'Join the waiting list' }).click()
  const mine = page.getByRole('region', { name: 'You wait for' })
  await expect(mine.getByText('Waiting', { exact: true })).toBeVisible()
  await expect(mine.getByText(/18:00 · 2 people/)).toBeVisible()

  await owner.goto('/merchant/bookings')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  await owner.getByLabel('Day', { exact: true }).fill(tomorrow)
  const waiting = owner.getByRole('table', { name: 'Waiting list of the day' }).getByRole('row').nth(1)
  await expect(waiting).toContainText('18:00')
  await expect(waiting).toContainText('Waits')
  await write('post', `${base}/bookings/${kept.id}/cancel`, { reason: 'the party is elsewhere' })

  await expect(mine.getByText('Held for you', { exact: true })).toBeVisible()
  await expect(mine.getByText(/00:1[34]:\d\d/)).toBeVisible()
  await expect(waiting).toContainText('Held until')
  await mine.getByRole('link', { name: 'Book it' }).click()
  await expect(page.getByText(/18:00 – 19:00/)).toBeVisible()
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  await page.getByRole('link', { name: 'See the booking' }).click()
  await expect(page.getByText('Confirmed')).toBeVisible()
  await page.goto('/messages')
  await expect(page.getByText('What you waited for is free').first()).toBeVisible()
  await page.goto('/bookings')
  await expect(page.getByText('Confirmed')).toBeVisible()
  await expect(mine).toHaveCount(0)
  await context.close()
})

test('a dinner is booked for earnest money: the rest is collected, and a store that cancels gives it back twice', async ({
  page,
  browser,
  server,
}) => {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en' })
  const owner = await context.newPage()
  const { offer, store } = await bookedOffer(owner.request, { kind: 'earnest', share_bp: 2_000 })
  const amount = (name: string) => page.getByText(name, { exact: true }).locator('..').getByRole('definition')
  const book = async (time: string) => {
    await page.goto(`/o/${offer}`)
    await expect(page.getByText('Pay 20% now and the rest at the store')).toBeVisible()
    await choose(page, time)
    await page.getByRole('link', { name: new RegExp(`^Book .*${time}`) }).click()
  }

  await book('18:00')
  await signIn(page, server, '+8613900000033')
  await expect(amount('To pay now')).toHaveText('¥32.00')
  await expect(amount('To pay at the store')).toHaveText('¥128.00')
  await expect(page.getByText(/gives it back twice if it cancels/)).toBeVisible()
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  await page.getByRole('link', { name: 'Show the voucher' }).click()
  await expect(page.getByText('To pay at the store ¥128.00')).toBeVisible()
  const code = await page.getByText(/^\d{4} \d{4} \d{4}$/).innerText()

  await owner.goto('/merchant/counter')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  await expect(owner.getByText('Online', { exact: true })).toBeVisible()
  await handScan(owner, code)
  await expect(verdict(owner)).toContainText('Collect ¥128.00')

  await book('20:00')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  const order = page.url()
  const [booking] = (await (await page.request.get('/v1/me/bookings')).json()).items
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: store.time_zone }).format(
    new Date(booking.starts_at),
  )
  await owner.goto('/merchant/bookings')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  await owner.getByLabel('Day', { exact: true }).fill(day)
  const row = owner.getByRole('table', { name: 'The day’s bookings' }).getByRole('row')
  const next = row.filter({ hasText: '20:00–21:00' })
  await expect(next).toContainText('To pay at the store ¥128.00')
  await next.getByRole('button', { name: 'View' }).click()
  await owner.getByRole('button', { name: 'Cancel it' }).click()
  const asked = owner.getByRole('dialog', { name: 'Cancel this booking?' })
  await expect(asked).toContainText('the guest gets it back twice')
  await asked.getByLabel('Reason').fill('The kitchen is closed')
  await asked.getByRole('button', { name: 'Cancel it' }).click()
  await expect(next).toContainText('Cancelled')
  await page.goto(order)
  // As far as the store is owed that: at least what the first dinner left it.
  const again = page.getByText(/As much again from the store ¥(25|32)\.00/)
  await expect(again).toBeVisible()
  const [amountBack] = /¥.*/.exec(await again.innerText()) ?? []
  await page.goto('/rebates')
  await expect(page.getByText(amountBack ?? '').first()).toBeVisible()
  await context.close()
})
