import { signIn } from './support/guest'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

test('a night at the weekend costs more, as the calendar and the checkout say', async ({ page, server }) => {
  const near = 'lat=31.2304&lon=121.4737&radius_m=20000'
  const found = await (await page.request.get(`/v1/search?category=hotel&${near}`)).json()
  const isByNight = async (offer: string) => {
    const booking = await page.request.get(`/v1/offers/${offer}/booking`)
    return booking.ok() && (await booking.json()).terms.nights
  }
  let offer = ''
  for (const item of found.items) if (await isByNight(item.offer)) offer = item.offer
  const { list_price } = await (await page.request.get(`/v1/offers/${offer}`)).json()

  await page.goto(`/o/${offer}`)
  await page.getByRole('group', { name: 'Day' }).getByRole('button', { name: '+¥60' }).first().click()
  await page.getByRole('link', { name: /^Book / }).click()
  await signIn(page, server, '+8613900000041')
  const listed = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: 'CNY',
    currencyDisplay: 'narrowSymbol',
  })
  const night = listed.format((list_price.amount + 6000) / 100)
  await expect(page.getByRole('definition').getByText(night, { exact: true }).first()).toBeVisible()
})
