import type { APIRequestContext } from '@playwright/test'
import { isUsable } from './support/axe'
import { pay, signIn } from './support/guest'
import { signInAsOwner, write } from './support/owner'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

/** A draft of the demo merchant, and the people and the basin of a salon in one of its stores. */
async function salon(request: APIRequestContext) {
  const { base, store, agreement } = await signInAsOwner(request)
  const post = (path: string, data: object) => write(request, 'post', path, data)
  const add = (kind: string, name: string) =>
    post(`${base}/stores/${store.id}/resources`, {
      kind,
      name,
      seats_min: 1,
      seats_max: 1,
      units: 1,
      status: 'online',
    })
  for (const name of ['Lynn', 'Jay', 'Mia', 'Tina']) await add('person', name)
  await add('room', 'Basin 1')
  const { id } = await post(`${base}/offers`, {
    agreement,
    title: { en: 'Cut, colour and nails', 'zh-CN': '剪发、染发、美甲' },
    description: { en: 'In one visit', 'zh-CN': '一次约好' },
    category: store.category,
    list_price: { amount: 40_000, currency: store.currency },
    uses: 1,
    valid_us: 86_400_000_000,
    max_per_order: 1,
    stores: [store.id],
    stock: 100,
  })
  return { offer: id as string, store, publish: () => post(`${base}/offers/${id}/publish`, {}) }
}

test('a salon sells three services in one visit, and each of its people is booked for their own', async ({
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
  const { offer, store, publish } = await salon(owner.request)

  await owner.goto(`/merchant/offers/${offer}`)
  await owner.getByLabel('As is usual for').selectOption({ label: 'A salon' })
  for (let more = 0; more < 3; more++) {
    await owner.getByRole('button', { name: 'Add another service' }).click()
  }
  const service = (nth: number) => owner.getByRole('group', { name: `Service ${nth}`, exact: true })
  await service(4).getByRole('button', { name: 'Remove this service' }).click()
  await expect(service(4)).toHaveCount(0)
  const wanted = [
    { zh: '剪发', en: 'Haircut', minutes: '45', after: '15', with: ['Lynn', 'Jay'] },
    { zh: '染发', en: 'Colouring', minutes: '60', after: '0', with: ['Lynn', 'Mia', 'Basin 1'] },
    { zh: '美甲', en: 'Manicure', minutes: '30', after: '0', with: ['Tina'] },
  ]
  for (const [n, { zh, en, minutes, after, with: resources }] of wanted.entries()) {
    const of = service(n + 1)
    await of.getByLabel('What it is called (Chinese)').fill(zh)
    await of.getByLabel('What it is called (English)').fill(en)
    await of.getByLabel('It takes').fill(minutes)
    await of.getByLabel('To clear up').fill(after)
    for (const box of await of.getByRole('checkbox').all()) await box.uncheck()
    for (const name of resources) await of.getByRole('checkbox', { name }).check()
  }
  await expect(owner.getByText('135 minutes in all')).toBeVisible()
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Sell it for a time' }).click()
  await expect(owner.getByText('Guests will book a time for it')).toBeVisible()
  await publish()

  await page.goto(`/o/${offer}`)
  const services = page.getByRole('list', { name: 'One after another' })
  await expect(services.getByRole('listitem')).toHaveCount(4)
  await expect(services.getByRole('listitem').nth(1)).toContainText('Colouring1 hour')
  await expect(services).toContainText('135 minutes in all')
  await page
    .getByRole('group', { name: 'Haircut: With whom' })
    .getByRole('button', { name: 'Jay', exact: true })
    .click()
  await page.getByRole('group', { name: 'Day' }).getByRole('button', { disabled: false }).nth(-2).click()
  await page.getByRole('group', { name: 'Time' }).getByRole('button', { name: '10:00' }).click()
  await isUsable(page)
  await page.getByRole('link', { name: /^Book .*10:00/ }).click()
  await signIn(page, server, '+8613900000051')
  await expect(page.getByText(/10:00 – 12:15/)).toBeVisible()
  await expect(services.getByRole('listitem').first()).toContainText('Jay')
  await page.getByRole('button', { name: 'Place the order' }).click()
  await pay(page)
  await page.getByRole('link', { name: 'See the booking' }).click()
  const rows = services.getByRole('listitem')
  await expect(rows.nth(0)).toHaveText('Haircut10:00 – 10:45Jay')
  await expect(rows.nth(1)).toHaveText('Colouring10:45 – 11:45Lynn + Basin 1')
  await expect(rows.nth(2)).toHaveText('Manicure11:45 – 12:15Tina')

  await isUsable(page)

  const [booking] = (await (await page.request.get('/v1/me/bookings')).json()).items
  const zone = { timeZone: store.time_zone }
  const day = new Intl.DateTimeFormat('sv-SE', zone).format(new Date(booking.starts_at))
  await owner.goto('/merchant/bookings')
  await owner.getByLabel('Store', { exact: true }).selectOption(store.id)
  await owner.getByLabel('Day', { exact: true }).fill(day)
  const grid = owner.getByRole('table', { name: 'The day by table and person' })
  const lane = (name: string) => grid.getByRole('row').filter({ has: owner.getByRole('rowheader', { name }) })
  await expect(lane('Jay').getByRole('button')).toHaveText(/^10:00.* · Haircut$/)
  await expect(lane('Lynn').getByRole('button')).toHaveText(/^10:45.* · Colouring$/)
  await expect(lane('Tina').getByRole('button')).toHaveText(/^11:45.* · Manicure$/)
  await isUsable(owner)
  await expect(lane('Mia').getByRole('button')).toHaveCount(0)
  const listed = owner.getByRole('table', { name: 'The day’s bookings' }).getByRole('row').nth(1)
  await expect(listed).toContainText(/Haircut:\s+Jay Asked for Jay.*Colouring:\s+Lynn \+ Basin 1 Anyone/)

  await page.getByRole('button', { name: 'Move it' }).click()
  const sheet = page.getByRole('dialog', { name: 'Move it' })
  const stylist = sheet.getByRole('group', { name: 'Haircut: With whom' })
  await expect(stylist.getByRole('button', { name: 'Jay', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await page.getByRole('group', { name: 'Day' }).getByRole('button', { disabled: false }).nth(-2).click()
  await sheet.getByRole('group', { name: 'Time' }).getByRole('button', { name: '14:00' }).click()
  await sheet.getByRole('button', { name: /^Move to .*14:00/ }).click()
  await expect(rows.nth(2)).toContainText('15:45 – 16:15')
  await expect(rows.nth(0)).toContainText('Jay')
  await expect(lane('Tina').getByRole('button')).toHaveText(/^15:45/)

  await lane('Jay').getByRole('button').click()
  const panel = owner.getByRole('dialog')
  await expect(panel).toContainText('Jay · Asked for Jay')
  await panel.getByText('Not only what the guest asked for').click()
  await isUsable(owner)
  await panel.getByRole('group', { name: 'Day' }).getByRole('button', { disabled: false }).nth(-2).click()
  await panel.getByRole('group', { name: 'Time' }).getByRole('button', { name: '10:00' }).click()
  await panel.getByRole('button', { name: /^Move to .*10:00/ }).click()
  await expect(rows.nth(0)).toHaveText('Haircut10:00 – 10:45Lynn')
  await expect(listed).toContainText(/Haircut:\s+Lynn Asked for Jay/)
  await owner.goto(`/merchant/offers/${offer}`)
  await expect(service(2).getByLabel('What it is called (English)')).toHaveValue('Colouring')
  await expect(service(2).getByRole('checkbox', { name: 'Basin 1' })).toBeChecked()
  await expect(service(2).getByRole('checkbox', { name: 'Jay' })).not.toBeChecked()
  await context.close()
})
