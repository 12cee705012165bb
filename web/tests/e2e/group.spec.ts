/** Buying together, from the first payment to everybody's voucher. */
import type { Browser } from '@playwright/test'
import { pay, signIn } from './support/guest'
import { expect, test, type DemoServer } from './support/server'

async function guest(browser: Browser, server: DemoServer) {
  const context = await browser.newContext({
    baseURL: server.url,
    locale: 'en',
    viewport: { width: 390, height: 844 },
  })
  return context.newPage()
}

test('a leader opens a group, friends join by its link, and the last payment gives all their vouchers', async ({
  browser,
  server,
}) => {
  const [leader, ...friends] = await Promise.all([1, 2, 3].map(() => guest(browser, server)))
  if (!leader) throw new Error('nobody is there')
  const found = await (await leader.request.get('/v1/search')).json()
  const offers = await Promise.all(
    found.items.map(async ({ offer }: { offer: string }) =>
      (await leader.request.get(`/v1/offers/${offer}`)).json(),
    ),
  )
  const offer = offers.find(({ group }) => group?.size === 3)

  await leader.goto(`/o/${offer.id}`)
  await leader.getByRole('link', { name: 'Open a group' }).click()
  await signIn(leader, server, '+8613900139001')
  await leader.getByRole('button', { name: 'Place the order' }).click()
  await pay(leader, 'Paid, waiting for the group')
  await leader.getByRole('link', { name: 'See the group' }).click()
  await expect(leader.getByRole('heading', { name: '2 missing' })).toBeVisible()
  const link = leader.url()

  for (const [at, friend] of friends.entries()) {
    await friend.goto(link)
    await friend.getByRole('link', { name: 'Join' }).click()
    await signIn(friend, server, `+861390013901${at}`)
    await friend.getByRole('button', { name: 'Place the order' }).click()
    await pay(friend, at === 0 ? 'Paid, waiting for the group' : 'Paid')
  }
  // The page that was open all the time says so by itself.
  await expect(leader.getByRole('heading', { name: 'The group is complete' })).toBeVisible()
  await leader.goto('/vouchers')
  await expect(leader.getByText(offer.title.en ?? offer.title['zh-CN']).first()).toBeVisible()
})
