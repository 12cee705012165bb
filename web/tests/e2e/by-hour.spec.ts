import type { APIRequestContext } from '@playwright/test'
import { isUsable } from './support/axe'
import { pay, signIn } from './support/guest'
import { signInAsOwner, write } from './support/owner'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

/** A draft of the demo merchant, and two rooms in one of its stores. */
async function karaoke(request: APIRequestContext) {
  const { base, store, agreement } = await signInAsOwner(request)
  const post = (path: string, data: object) => write(request, 'post', path, data)
  const rooms: Record<string, string> = {}
  for (const name of ['Room 101', 'Room 102']) {
    const room = { kind: 'room', name, seats_min: 1, seats_max: 8, units: 1, status: 'online' }
    rooms[name] = (await post(`${base}/stores/${store.id}/resources`, room)).id
  }
  const { id } = await post(`${base}/offers`, {
    agreement,
    title: { en: 'Sing in a room of your own', 'zh-CN': '包间欢唱' },
    description: { en: 'By the hour', 'zh-CN': '按小时' },
    category: store.category,
    list_price: { amount: 8_800, currency: store.currency },
    uses: 1,
    valid_us: 86_400_000_000,
    max_per_order: 8,
    stores: [store.id],
    stock: 100,
  })
  const publish = () => post(`${base}/offers/${id}/publish`, {})
  const keep = (room: string, starts_at: string, ends_at: string) =>
    post(`${base}/stores/${store.id}/bookings`, { resources: [room], party: 1, starts_at, ends_at })
  const serve = (booking: string) => post(`${base}/bookings/${booking}/arrive`, {})
  return { offer: id as string, store, rooms, publish, keep, serve }
}

test('a room is let by the hour for a security deposit, and its guests stay longer while nobody else comes', async ({
  page,
  browser,
  server,
}) => {
  const context = await browser.newContext({
    baseURL: server.url,
    locale: 'en',
    viewport: { width: 1280, height: 900 },
  })
  const owner = await context.newPage()
  const { offer, store, rooms, publish, keep, serve } = await karaoke(owner.request)

  await owner.goto(`/merchant/offers/${offer}`)
  await owner.getByLabel('The price is of').selectOption({ label: 'Each hour' })
  await expect(owner.getByLabel('It takes')).toHaveCount(0)
  await expect(owner.getByRole('button', { name: 'Add another service' })).toHaveCount(0)
  await owner.getByLabel('As is usual for').selectOption({ label: 'Karaoke, rooms by the hour' })
  await expect(owner.getByLabel('The price is of').locator('option:checked')).toHaveText('Each hour')
  await owner.getByLabel('Most hours').fill('4')
  await owner.getByLabel('Security deposit').fill('200')
  const picks = owner.getByRole('group', { name: 'What is booked' }).getByRole('checkbox')
  await expect(picks.first()).toBeVisible()
  for (const box of await picks.all()) await box.uncheck()
  for (const name of Object.keys(rooms)) await owner.getByRole('checkbox', { name }).check()
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Sell it for a time' }).click()
  await expect(owner.getByText('Guests will book a time for it')).toBeVisible()
  await publish()
  await owner.reload()
  await expect(owner.getByLabel('Most hours')).toHaveValue('4')
  await expect(owner.getByLabel('Security deposit')).toHaveValue('200')

  const hours = page.getByLabel('Hours', { exact: true })
  await page.goto(`/o/${offer}`)
  await expect(page.getByText('per hour', { exact: true })).toBeVisible()
  await expect(page.getByText(/A security deposit of ¥200/)).toBeVisible()
  await hours.fill('9')
  await hours.press('Tab')
  await expect(hours).toHaveValue('4')
  await hours.fill('2')
  await hours.press('Tab')
  await page.getByRole('group', { name: 'Day' }).getByRole('button', { disabled: false }).nth(-4).click()
  const times = page.getByRole('group', { name: 'Time' }).getByRole('button')
  await expect(times.last()).toHaveText('22:00')
  await times.filter({ hasText: '17:00' }).click()
  await isUsable(page)
  await page.getByRole('link', { name: /^Book .*17:00/ }).click()
  await signIn(page, server, '+8613900000081')
  await expect(page.getByText(/17:00 – 19:00 · 2 hours · 2 people/)).toBeVisible()
  const listed = page
    .getByRole('term')
    .filter({ hasText: /^Price$/ })
    .locator('..')
    .getByRole('definition')
  await expect(listed).toHaveText('¥176.00')
  const deposit = page.getByRole('term').filter({ hasText: 'Security deposit' }).locator('..')
  await expect(deposit.getByRole('definition')).toHaveText('+¥200.00')
  await isUsable(page)
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  await page.getByRole('link', { name: 'See the booking' }).click()
  await expect(page.getByText('Confirmed')).toBeVisible()
  await page.getByRole('button', { name: 'Move it' }).click()
  await page.getByRole('group', { name: 'Day' }).getByRole('button', { disabled: false }).nth(-4).click()
  await expect(times.last()).toHaveText('22:00')
  await times.filter({ hasText: '18:00' }).click()
  await page.getByRole('button', { name: /^Move to .*18:00/ }).click()
  await expect(page.getByText(/18:00 – 20:00/)).toBeVisible()

  const [booking] = (await (await page.request.get('/v1/me/bookings')).json()).items
  const [room] = booking.resources
  const later = (hours: number) => new Date(Date.parse(booking.ends_at) + hours * 3_600_000).toISOString()
  await keep(room.id, later(2), later(3))
  await expect(page.getByRole('button', { name: 'Stay longer' })).toHaveCount(0)
  await serve(booking.id)
  await page.getByRole('button', { name: 'Stay longer' }).click()
  const sheet = page.getByRole('dialog', { name: 'Stay longer' })
  await expect(sheet.getByText(/20:00 – 21:00/)).toBeVisible()
  for (let more = 0; more < 3; more++) await sheet.getByRole('button', { name: 'One more' }).click()
  await expect(listed).toHaveText('¥352.00')
  await expect(deposit).toHaveCount(0)
  await sheet.getByRole('button', { name: 'Stay until 00:00' }).click()
  await expect(sheet.getByRole('alert')).toHaveText('Somebody else comes before 00:00. Try fewer hours.')
  await isUsable(page)
  for (let less = 0; less < 3; less++) await sheet.getByRole('button', { name: 'One less' }).click()
  await expect(sheet.getByRole('alert')).toHaveCount(0)
  await expect(listed).toHaveText('¥88.00')
  await sheet.getByRole('button', { name: 'Stay until 21:00' }).click()
  await pay(page)
  await page.getByRole('link', { name: 'See the booking' }).click()
  await expect(page.getByText('Confirmed')).toBeVisible()
  await expect(page.getByText(/20:00 – 21:00/)).toBeVisible()
  await expect(page.getByText(room.name)).toBeVisible()

  await page.goto(`/bookings/${booking.id}`)
  await page.getByRole('link', { name: 'You stay on until 21:00' }).click()
  await expect(page.getByText(/20:00 – 21:00/)).toBeVisible()

  const zone = { timeZone: store.time_zone }
  await owner.goto('/merchant/bookings')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  const day = new Intl.DateTimeFormat('sv-SE', zone).format(new Date(booking.starts_at))
  await owner.getByLabel('Day', { exact: true }).fill(day)
  const rows = owner.getByRole('table', { name: 'The day’s bookings' }).getByRole('row')
  for (const { time, status } of [
    { time: '18:00–20:00', status: 'Arrived' },
    { time: '20:00–21:00', status: 'Confirmed' },
  ]) {
    await expect(rows.filter({ hasText: time }).filter({ hasText: room.name })).toContainText(status)
  }

  await page.goto(`/bookings/${booking.id}`)
  await expect(page.getByText(/^Held by the platform, goes back by /)).toBeVisible()
  const row = rows.filter({ hasText: '18:00–20:00' }).filter({ hasText: room.name })
  await row.getByRole('button', { name: 'View' }).click()
  await owner.getByRole('button', { name: 'Keep for a damage' }).click()
  const claim = owner.getByRole('dialog', { name: 'Keep a part of the security deposit?' })
  await claim.getByLabel('What the damage costs').fill('201')
  await claim.getByLabel('What was damaged').fill('a microphone')
  await isUsable(owner)
  await claim.getByRole('button', { name: 'Keep for a damage' }).click()
  await expect(claim.getByRole('alert')).toBeVisible()
  await claim.getByLabel('What the damage costs').fill('50')
  await claim.getByRole('button', { name: 'Keep for a damage' }).click()
  await expect(owner.getByText('It is on your next statement')).toBeVisible()
  await expect(page.getByText('The store keeps ¥50.00 of it, what is left goes back')).toBeVisible()
  await expect(page.getByText('The store says: a microphone')).toBeVisible()
  await page.goto('/messages')
  await expect(page.getByText('The store claims something of your security deposit')).toBeVisible()

  const other = Object.values(rooms).find((id) => id !== room.id) ?? ''
  await keep(other, booking.starts_at, booking.ends_at)
  await page.goto(`/o/${offer}`)
  await hours.fill('3')
  await hours.press('Tab')
  await page.getByRole('button', { name: 'Tell me when something is free' }).click()
  await page.getByRole('button', { name: 'Join the waiting list' }).click()
  const mine = page.getByRole('region', { name: 'You wait for' })
  await expect(mine.getByText(/ · 3 hours · 2 people/)).toBeVisible()
  const waiting = owner.getByRole('table', { name: 'Waiting list of the day' }).getByRole('row').nth(1)
  await expect(waiting).toContainText(' · 3 hours')
  await context.close()
})
