/** What happens elsewhere before an operator comes in: guests buy and come, merchants register. By the API. */
import type { APIRequestContext } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { PASSWORD } from './support/console'
import { expect, type DemoServer } from './support/server'

export interface Visit {
  order: string
  /** Of the guest's session. */
  token: string
  redemption: string
  merchant: string
  merchantName: string
}

/** Somebody with a session of their own. */
class Actor {
  constructor(
    private readonly request: APIRequestContext,
    readonly token: string,
  ) {}

  private headers() {
    return { Authorization: `Bearer ${this.token}`, 'Idempotency-Key': randomUUID() }
  }

  async get(path: string) {
    const answer = await this.request.get(path, { headers: this.headers() })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
    return answer.json()
  }

  async post(path: string, data: object = {}) {
    const answer = await this.request.post(path, { headers: this.headers(), data })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
    return answer.json()
  }
}

async function signedIn(request: APIRequestContext, path: string, data: object): Promise<Actor> {
  const answer = await request.post(path, { headers: { 'Idempotency-Key': randomUUID() }, data })
  expect(answer.ok(), await answer.text()).toBe(true)
  return new Actor(request, (await answer.json()).token)
}

/** A new guest buys at the demo merchant, comes, is served and writes a review. */
export async function visit(
  request: APIRequestContext,
  server: DemoServer,
  phone: string,
  review: string,
): Promise<Visit> {
  await request.post('/v1/sign-in/codes', {
    headers: { 'Idempotency-Key': randomUUID() },
    data: { contact: phone },
  })
  const code = await server.codeFor(phone)
  const guest = await signedIn(request, '/v1/sign-in/code', { contact: phone, code })
  const login = { login: 'cashier@demo.example', password: PASSWORD }
  const cashier = await signedIn(request, '/v1/sign-in/password', login)
  const { merchant, store } = (await cashier.get('/v1/me')).staff[0]

  const { items } = await guest.get(`/v1/merchants/${merchant}/offers`)
  const pages: { id: string; on_sale: boolean; is_booked: boolean }[] = await Promise.all(
    items.map(({ id }: { id: string }) => guest.get(`/v1/offers/${id}`)),
  )
  const offer = pages.find(({ on_sale, is_booked }) => on_sale && !is_booked)?.id
  const { order } = await guest.post('/v1/orders', { offer, quantity: 1 })
  const { pay_url } = await guest.post(`/v1/orders/${order}/payments`)
  await request.post(pay_url, {
    form: { instrument: `card-${randomUUID().slice(0, 8)}`, outcome: 'succeed' },
  })
  await expect.poll(async () => (await guest.get(`/v1/orders/${order}`)).status).toBe('paid')

  const [voucher] = (await guest.get(`/v1/orders/${order}`)).vouchers
  const typed = { code: (await guest.get(`/v1/vouchers/${voucher}/code`)).code }
  const counter = `/v1/merchants/${merchant}/stores/${store}/redemptions`
  const { redemption } = await cashier.post(`${counter}/code`, typed)
  await guest.post(`/v1/redemptions/${redemption}/review`, { stars: 1, text: review })
  const page = await guest.get(`/v1/merchants/${merchant}`)
  return { order, token: guest.token, redemption, merchant, merchantName: page.name.en }
}

/** A business that has just registered. */
export async function registered(request: APIRequestContext, name: string) {
  const login = `${randomUUID()}@example.org`
  const data = { login, password: PASSWORD, name: { en: name }, person_name: name }
  const answer = await request.post('/v1/merchants', { headers: { 'Idempotency-Key': randomUUID() }, data })
  expect(answer.ok(), await answer.text()).toBe(true)
}
