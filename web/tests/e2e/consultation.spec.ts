import { isUsable } from './support/axe'
import { go, signIn as signInAt } from './support/console'
import { signIn } from './support/guest'
import { signInAsOwner } from './support/owner'
import { PICTURE } from './support/picture'
import { expect, test } from './support/server'

test.use({ locale: 'en', viewport: { width: 390, height: 844 } })

test('a guest asks about an offer on a phone, the shop answers at a desk, and both see it at once', async ({
  page,
  browser,
  server,
}) => {
  const desk = { baseURL: server.url, locale: 'en', viewport: { width: 1280, height: 900 } }
  const tills = await browser.newContext(desk)
  const cashier = await tills.newPage()
  await signInAt(cashier, 'merchant', 'cashier@demo.example')
  const inbox = cashier.getByRole('navigation', { name: 'Main menu' }).getByRole('link', { name: /^Inbox/ })
  await expect(inbox).toContainText('1 waiting')
  const { staff } = await (await cashier.request.get('/v1/me')).json()
  const shop = `/v1/merchants/${staff[0].merchant}`
  const offers = (await (await cashier.request.get(`${shop}/offers`)).json()).items

  await page.goto(`/o/${offers[0].id}`)
  await page.getByRole('link', { name: 'Ask the shop' }).click()
  await signIn(page, server, '+8613900000101')
  await expect(page.getByText('The shop answers here.')).toBeVisible()
  const subject = page.getByRole('link', { name: /^About an offer/ })
  await expect(subject).toBeVisible()
  await isUsable(page)
  await page.getByLabel('Message', { exact: true }).fill('Is there a high chair?')
  await page
    .getByLabel('Add pictures')
    .setInputFiles({ name: 'chair.png', mimeType: 'image/png', buffer: PICTURE })
  await expect(page.getByRole('button', { name: 'Remove picture 1' })).toBeVisible()
  await page.getByRole('button', { name: 'Send' }).click()
  const log = page.getByRole('log')
  await expect(log.getByText('Is there a high chair?')).toBeVisible()
  await expect(page.getByLabel('Message', { exact: true })).toHaveValue('')
  await expect(log.getByRole('link', { name: /^About an offer/ })).toHaveAttribute('href', /^\/o\//)
  await expect(subject, 'it is said once').toHaveCount(1)
  await isUsable(page)

  await expect(inbox).toContainText('2 waiting')
  await go(cashier, 'Inbox')
  const first = cashier.getByRole('navigation', { name: 'Conversations' }).getByRole('link').first()
  await expect(first).toContainText('Is there a high chair?')
  await expect(first).toContainText('Waiting')
  await first.click()
  const thread = cashier.getByRole('log')
  await expect(thread.getByText('Is there a high chair?')).toBeVisible()
  await thread.getByRole('button', { name: 'Picture 1' }).click()
  await expect(cashier.getByRole('dialog').getByRole('img')).toHaveJSProperty('complete', true)
  await cashier.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await expect(cashier.getByRole('button', { name: 'Mute this guest' })).toHaveCount(0)
  await isUsable(cashier)

  // The guest is elsewhere when the answer comes.
  await page.goto('/me')
  await cashier.getByLabel('Message', { exact: true }).fill('Yes, four of them.')
  await cashier.getByLabel('Message', { exact: true }).press('Enter')
  await expect(thread.getByText('Yes, four of them.')).toBeVisible()
  await expect(thread).toContainText('小雨')
  await expect(inbox).toContainText('1 waiting')
  const chats = page.getByRole('navigation').getByRole('link', { name: /^Chats with shops/ })
  await expect(chats).toContainText('1 unread')
  await page.goto('/messages')
  await expect(page.getByText('The shop answered your question')).toBeVisible()
  await page.goto('/chats')
  const chat = page.getByRole('main').getByRole('link', { name: /Yes, four of them/ })
  await expect(chat).toContainText('1 unread')
  await isUsable(page)
  await chat.click()
  await expect(log.getByText('Yes, four of them.')).toBeVisible()
  await expect(log.getByText('Yes, four of them.')).toBeInViewport()
  await page.goto('/me')
  await expect(chats).not.toContainText('unread')

  // And now looks on.
  await page.goto('/chats')
  await chat.click()
  await expect(log).not.toContainText('小雨')
  await cashier.getByLabel('Message', { exact: true }).fill('Shall we set one up for you?')
  await cashier.getByRole('button', { name: 'Send' }).click()
  await expect(log.getByText('Shall we set one up for you?')).toBeVisible()
  await page.getByLabel('Message', { exact: true }).fill('One, please!')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(thread.getByText('One, please!')).toBeVisible()

  const owners = await browser.newContext({ ...desk, viewport: { width: 390, height: 844 } })
  const owner = await owners.newPage()
  await signInAsOwner(owner.request)
  await owner.goto('/merchant/inbox')
  await owner.getByRole('link', { name: /One, please!/ }).click()
  await isUsable(owner)
  await owner.getByRole('button', { name: 'Mute this guest' }).click()
  await owner.getByRole('dialog').getByRole('button', { name: 'Mute this guest' }).click()
  await expect(owner.getByText('This guest is muted')).toBeVisible()
  await expect(page.getByText('This shop takes no more messages from you.')).toBeVisible()
  await owner.getByRole('button', { name: 'Unmute' }).click()
  await expect(page.getByLabel('Message', { exact: true })).toBeVisible()
  await owner.getByRole('link', { name: 'All conversations' }).click()
  await isUsable(owner)
  await owners.close()
  await tills.close()
})
