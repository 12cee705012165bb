import type { APIRequestContext, Page } from '@playwright/test'
import { isUsable } from './support/axe'
import { verdict } from './support/console'
import { pay, signIn } from './support/guest'
import { signInAsOwner, write } from './support/owner'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

const FILM = 'A film at the bridge'

/** A hall of the demo merchant without seats, and an offer that is shown in it. */
async function filmAndHall(request: APIRequestContext) {
  const { base, store, agreement } = await signInAsOwner(request)
  const said = { kind: 'hall', name: 'Hall 7', seats_min: 1, seats_max: 1, units: 1, status: 'online' }
  const hall = (await write(request, 'post', `${base}/stores/${store.id}/resources`, said)).id
  const { id } = await write(request, 'post', `${base}/offers`, {
    agreement,
    title: { en: FILM, 'zh-CN': '桥边电影' },
    description: { en: 'With your own seat', 'zh-CN': '自选座位' },
    category: store.category,
    list_price: { amount: 5_000, currency: store.currency },
    uses: 1,
    valid_us: 86_400_000_000,
    max_per_order: 8,
    stores: [store.id],
    stock: 100,
  })
  const policy = { free_until_minutes: 60, late_fee_bp: 5000, no_show_fee_bp: 10_000, grace_minutes: 15 }
  const terms = {
    showings: true,
    price_per: 'person',
    party_max: 4,
    notice_minutes: 0,
    ahead_days: 30,
    policy,
  }
  await write(request, 'put', `${base}/offers/${id}/booking`, { terms, resources: [[hall]] })
  await write(request, 'post', `${base}/offers/${id}/publish`)
  return { offer: id as string, hall: hall as string, store, base }
}

type Film = Awaited<ReturnType<typeof filmAndHall>>

/** Gives the hall a row of four, and shows the film there tomorrow at seven. */
async function schedule(request: APIRequestContext, { offer, hall, store, base }: Film) {
  const cells = ['1', '2', '3', '4'].map((label) => ({ label, zone: 'stalls', kind: 'standard' }))
  const map = { zones: [{ code: 'stalls', name: 'Stalls' }], rows: [{ label: '1', cells }] }
  const drawn = { version: 0, map, no_single_seats: true, cleaning_minutes: 0 }
  await write(request, 'put', `${base}/halls/${hall}`, drawn)
  const tomorrow = new Date(Date.now() + 86_400_000)
  const day = tomorrow.toLocaleDateString('en-CA', { timeZone: store.time_zone })
  const showing = { offer, day, minute: 1140, length_minutes: 120, surcharges: [] }
  const { id } = await write(request, 'post', `${base}/halls/${hall}/showings`, showing)
  return { day, showing: id as string }
}

async function openShowing(page: Page, offer: string) {
  await page.goto(`/o/${offer}`)
  const days = page.getByRole('group', { name: 'Day' }).getByRole('button')
  await days.nth(1).click()
  await page.getByRole('link', { name: /19:00.*Hall 7/ }).click()
  await expect(page.getByRole('grid', { name: 'Seats' })).toBeVisible()
}
const seat = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name},`) })

test('a hall is drawn, a showing scheduled, and seats are chosen from the map', async ({
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
  const { offer, hall, store } = await filmAndHall(owner.request)

  await owner.goto(`/merchant/stores/${store.id}/halls/${hall}`)
  await owner.getByText('Draw it anew, or read it from a file').click()
  await owner.getByLabel('Rows', { exact: true }).fill('3')
  await owner.getByLabel('Seats in a row').fill('5')
  await owner.getByRole('button', { name: 'Draw', exact: true }).click()
  await owner.getByRole('button', { name: 'Add a zone' }).click()
  await owner.getByLabel('Zone 2').fill('Sofa')
  await owner.getByRole('button', { name: /^Row 3, seat 5, Zone 1/ }).click()
  await owner.getByRole('radio', { name: 'Aisle' }).click()
  await owner.getByRole('button', { name: /^Row 1, seat 3/ }).click()
  await expect(owner.getByText('14 seats are sold')).toBeVisible()
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(owner.getByText('Saved')).toBeVisible()

  await owner.goto(`/merchant/showings?store=${store.id}`)
  await owner.getByRole('button', { name: 'The day after' }).click()
  await owner.getByRole('button', { name: 'Schedule a showing' }).click()
  const dialog = owner.getByRole('dialog', { name: 'Schedule a showing' })
  await dialog.getByLabel('What').selectOption({ label: FILM })
  await dialog.getByLabel('From').fill('19:00')
  await dialog.getByLabel(/^Sofa/).fill('20')
  await dialog.getByRole('button', { name: 'Schedule a showing' }).click()
  const showing = owner.getByRole('row').filter({ hasText: FILM })
  await expect(showing).toContainText('0 / 14')

  await openShowing(page, offer)
  await isUsable(page)
  await page.getByRole('button', { name: '2', exact: true }).click()
  // Seats 2 and 3 are nearer to the middle, but would leave seat 1 alone.
  await expect(page.getByText('Row 2, seat 1 ×')).toBeVisible()
  await seat(page, 'Row 2, seat 2').click()
  await seat(page, 'Row 2, seat 2').press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(page.getByText('Row 3, seat 5 ×')).toBeVisible()
  await page.getByRole('link', { name: /^Go on/ }).click()
  await signIn(page, server, '+8613900000042')
  await expect(page.getByText(/Row 2, seat \d · Row 3, seat 5/)).toBeVisible()
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  await page.getByRole('link', { name: 'See the booking' }).click()
  await expect(page.getByText('Hall 7')).toBeVisible()

  await page.getByRole('link', { name: 'Other seats or another time' }).click()
  await expect(page.getByText('Row 3, seat 5 ×')).toBeVisible()
  await seat(page, 'Row 3, seat 5').click()
  await seat(page, 'Row 3, seat 4').click()
  await expect(page.getByText('a booking is moved to seats that cost the same')).toBeVisible()
  const moving = page.url()
  await isUsable(page)
  await seat(page, 'Row 3, seat 5').click()
  await page.getByRole('button', { name: /^Move to/ }).click()
  await expect(page.getByText('Row 3, seats 4, 5')).toBeVisible()

  await owner.goto('/merchant/bookings')
  await owner.getByRole('button', { name: 'The day after' }).click()
  const booked = owner.getByRole('table', { name: 'The day’s bookings' }).getByRole('row')
  await booked.filter({ hasText: 'Row 3, seats 4, 5' }).getByRole('button', { name: 'View' }).click()
  const panel = owner.getByRole('dialog')
  await seat(owner, 'Row 2, seat 2').click()
  await isUsable(owner)
  await panel.getByRole('button', { name: /^Move to .*Row 2, seat 2/ }).click()
  await expect(owner.getByText('It is moved')).toBeVisible()
  await page.reload()
  await page.getByRole('link', { name: 'Show the voucher' }).click()
  await expect(page.getByText('Row 2, seat 2 · Row 3, seat 5')).toBeVisible()

  const other = await (await browser.newContext({ baseURL: server.url, locale: 'en' })).newPage()
  await openShowing(other, offer)
  await expect(seat(other, 'Row 3, seat 5')).toHaveAccessibleName(/taken/)
  await expect(seat(other, 'Row 3, seat 5')).toHaveAttribute('aria-disabled', 'true')
  await openShowing(page, offer)
  await expect(seat(page, 'Row 3, seat 5')).toHaveAccessibleName(/yours/)

  await owner.goto(`/merchant/showings?store=${store.id}`)
  await owner.getByRole('button', { name: 'The day after' }).click()
  await expect(showing).toContainText('2 / 14')
  await showing.getByRole('button', { name: 'Call it off' }).click()
  const asked = owner.getByRole('dialog', { name: 'Call this showing off?' })
  await asked.getByRole('textbox').fill('The projector is broken')
  await asked.getByRole('button', { name: 'Call it off' }).click()
  await expect(showing).toContainText('Called off')
  await page.goto('/bookings')
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible()
  await page.goto(moving)
  await expect(page.getByText('This booking cannot be moved to other seats.')).toBeVisible()
  await page.getByRole('link', { name: 'See the booking' }).click()
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible()
  await context.close()
})

test('an open ticket gets its seats later on the map, or at the box office', async ({
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
  const film = await filmAndHall(owner.request)
  const { offer, store } = film
  const { day } = await schedule(owner.request, film)

  await owner.goto(`/merchant/offers/${offer}`)
  await owner.getByText('Also sell open tickets').click()
  await owner.getByRole('button', { name: 'Change how it is booked' }).click()
  await expect(owner.getByText('Guests will book a time for it')).toBeVisible()

  const buy = async () => {
    await page.getByRole('button', { name: 'One more' }).click()
    await page.getByRole('button', { name: 'Place the order' }).click()
    await pay(page)
    await page.getByRole('link', { name: 'Show the voucher' }).click()
    await expect(page.getByText('An open ticket for 2 seats')).toBeVisible()
  }
  await page.goto(`/o/${offer}`)
  await page.getByRole('link', { name: 'Open ticket' }).click()
  await signIn(page, server, '+8613900000043')
  await expect(page.getByText('An open ticket: choose its seats later')).toBeVisible()
  await buy()
  await isUsable(page)
  await page.getByRole('link', { name: 'Choose your seats' }).click()
  await page.getByRole('group', { name: 'Day' }).getByRole('button').nth(1).click()
  await page.getByRole('link', { name: /19:00.*Hall 7/ }).click()
  await seat(page, 'Row 1, seat 3').click()
  await seat(page, 'Row 1, seat 4').click()
  const map = page.url()
  await page.getByRole('button', { name: /^Take them for/ }).click()
  await expect(page.getByText('Row 1, seats 3, 4')).toBeVisible()
  await page.goto(map)
  await expect(page.getByText('This ticket has no seats to choose')).toBeVisible()
  await isUsable(page)
  await page.getByRole('link', { name: 'Show the voucher' }).click()
  await expect(page.getByText('Row 1, seats 3, 4')).toBeVisible()

  await page.goto(`/checkout/${offer}`)
  await buy()
  const code = await page.getByText(/^\d{4} \d{4} \d{4}$/).innerText()
  await owner.goto('/merchant/counter')
  await owner.getByLabel('Scan with a hand scanner, or type the 12-digit code').fill(code)
  await owner.keyboard.press('Enter')
  await expect(verdict(owner)).toContainText('No seats yet')
  await owner.getByRole('button', { name: 'Choose 2 seats' }).click()
  await owner.getByLabel('Day').fill(day)
  await seat(owner, 'Row 1, seat 1').click()
  await seat(owner, 'Row 1, seat 2').click()
  await isUsable(owner)
  await owner.getByRole('button', { name: /^Give Row 1, seats 1, 2/ }).click()
  await expect(verdict(owner)).toContainText('Redeemed')
  await owner.goto(`/merchant/showings?store=${store.id}`)
  await owner.getByRole('button', { name: 'The day after' }).click()
  await expect(owner.getByRole('row').filter({ hasText: '4 / 4' })).toContainText(FILM)
  await context.close()
})

test('seats are kept for the box office, which no guest gets until they are freed', async ({
  page,
  browser,
  server,
}) => {
  const context = await browser.newContext({
    baseURL: server.url,
    locale: 'en',
    viewport: { width: 1280, height: 900 },
  })
  const staff = await context.newPage()
  const film = await filmAndHall(staff.request)
  const { offer, store } = film
  const { showing } = await schedule(staff.request, film)

  await openShowing(page, offer)
  await seat(page, 'Row 1, seat 4').click()
  await page.getByRole('link', { name: /^Go on/ }).click()
  await signIn(page, server, '+8613900000044')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  await expect(page.getByRole('link', { name: 'See the booking' })).toBeVisible()

  await staff.goto(`/merchant/showings?store=${store.id}`)
  await staff.getByRole('button', { name: 'The day after' }).click()
  const link = staff.locator(`a[href$="${showing}"]`)
  await link.click()
  await expect(seat(staff, 'Row 1, seat 4')).toHaveAccessibleName(/sold, ./)
  await seat(staff, 'Row 1, seat 4').click()
  const panel = staff.getByRole('dialog')
  await expect(panel).toContainText('Row 1, seat 4')
  await panel.getByRole('button', { name: 'Close' }).click()
  await expect(panel).toBeHidden()
  await seat(staff, 'Row 1, seat 1').click()
  await seat(staff, 'Row 1, seat 2').click()
  await isUsable(staff)
  await staff.getByRole('button', { name: 'Keep 2 seats' }).click()
  await expect(staff.getByText('2 seats are kept')).toBeVisible()
  await expect(seat(staff, 'Row 1, seat 2')).toHaveAccessibleName(/kept/)

  await openShowing(page, offer)
  await expect(seat(page, 'Row 1, seat 1')).toHaveAccessibleName(/taken/)
  await expect(seat(page, 'Row 1, seat 2')).toHaveAttribute('aria-disabled', 'true')

  await staff.getByRole('link', { name: 'Back' }).click()
  const row = staff.getByRole('row').filter({ has: link })
  await expect(row).toContainText('1 / 4')
  await expect(row).toContainText('2 kept')
  await link.click()
  await seat(staff, 'Row 1, seat 1').click()
  await seat(staff, 'Row 1, seat 2').click()
  // A message that fades out while it is looked at has no contrast.
  await expect(staff.getByText('2 seats are kept')).toBeHidden()
  await isUsable(staff)
  await staff.getByRole('button', { name: 'Free 2 seats' }).click()
  await expect(staff.getByText('2 seats are free')).toBeVisible()

  await openShowing(page, offer)
  await seat(page, 'Row 1, seat 2').click()
  await expect(page.getByText('Row 1, seat 2 ×')).toBeVisible()
  await context.close()
})
