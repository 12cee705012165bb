/** Whoever meets the merchant in its journeys: guests with vouchers on their own devices, and operators. By the API. */
import type { APIRequestContext } from '@playwright/test'
import { randomUUID, webcrypto } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { decodeBase45, encodeBase45 } from '../../src/shared/base45'
import { qrModules } from '../../src/shared/qr'
import { PASSWORD } from './support/console'
import { expect, type DemoServer } from './support/server'

const STEP_S = 30

/** Somebody with a session of their own. */
class Actor {
  constructor(
    private readonly request: APIRequestContext,
    private readonly token: string,
  ) {}

  static async signedIn(request: APIRequestContext, path: string, data: object): Promise<Actor> {
    const answer = await request.post(path, { headers: { 'Idempotency-Key': randomUUID() }, data })
    expect(answer.ok(), await answer.text()).toBe(true)
    return new Actor(request, (await answer.json()).token)
  }

  /** Staff and operators. */
  static withPassword(request: APIRequestContext, login: string): Promise<Actor> {
    return Actor.signedIn(request, '/v1/sign-in/password', { login, password: PASSWORD })
  }

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

/** A guest with a phone of their own: it holds the key that makes a voucher's QR fresh. */
export class Guest {
  private constructor(
    private readonly actor: Actor,
    private readonly request: APIRequestContext,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  /** How often a voucher can still be used. */
  async usesLeft(voucher: string): Promise<number> {
    return (await this.actor.get(`/v1/vouchers/${voucher}`)).uses_left
  }

  static async arrives(request: APIRequestContext, server: DemoServer, phone: string): Promise<Guest> {
    const headers = { 'Idempotency-Key': randomUUID() }
    await request.post('/v1/sign-in/codes', { headers, data: { contact: phone } })
    const code = await server.codeFor(phone)
    const actor = await Actor.signedIn(request, '/v1/sign-in/code', { contact: phone, code })
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    return new Guest(actor, request, await webcrypto.subtle.generateKey(algorithm, false, ['sign']))
  }

  /** Buys one unit and binds its voucher to the phone. */
  async buys(offer: string): Promise<Bought> {
    const { order } = await this.actor.post('/v1/orders', { offer, quantity: 1 })
    const { pay_url } = await this.actor.post(`/v1/orders/${order}/payments`)
    const form = { instrument: `card-${randomUUID().slice(0, 8)}`, outcome: 'succeed' }
    await this.request.post(pay_url, { form })
    await expect.poll(async () => (await this.actor.get(`/v1/orders/${order}`)).status).toBe('paid')
    const [voucher] = (await this.actor.get(`/v1/orders/${order}`)).vouchers
    const raw = Buffer.from(await webcrypto.subtle.exportKey('raw', this.keys.publicKey))
    const bound = await this.actor.post(`/v1/vouchers/${voucher}/device`, {
      device_key: raw.toString('base64url'),
    })
    const { code } = await this.actor.get(`/v1/vouchers/${voucher}/code`)
    return { voucher, code, qr: () => this.shows(bound.pass) }
  }

  /** The QR of this moment. */
  private async shows(pass: string): Promise<string> {
    const step = Buffer.alloc(4)
    step.writeUInt32BE(Math.floor(Date.now() / 1000 / STEP_S))
    const signed = Buffer.concat([decodeBase45(pass), step])
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const signature = await webcrypto.subtle.sign(algorithm, this.keys.privateKey, signed)
    return encodeBase45(Buffer.concat([signed, Buffer.from(signature)]))
  }
}

export interface Bought {
  voucher: string
  /** The twelve digits. */
  code: string
  qr: () => Promise<string>
}

/** Two offers of the demo merchant, one of a single use and a card of several, and the store of its cashier. */
export async function demoMerchant(request: APIRequestContext) {
  const cashier = await Actor.withPassword(request, 'cashier@demo.example')
  const { merchant, store } = (await cashier.get('/v1/me')).staff[0]
  const { items } = await cashier.get(`/v1/merchants/${merchant}/offers/own`)
  const published = (items as { id: string; status: string }[]).filter(({ status }) => status === 'published')
  const pages: { id: string; title: { en: string }; uses: number; is_booked: boolean }[] = await Promise.all(
    published.map(({ id }) => cashier.get(`/v1/offers/${id}`)),
  )
  // The oldest are the demo's own; other journeys may have made offers of theirs.
  const sold = pages.filter(({ is_booked }) => !is_booked).reverse()
  const single = sold.find(({ uses }) => uses === 1)
  const card = sold.find(({ uses }) => uses > 1)
  if (!single || !card) throw new Error('the demo merchant sells neither')
  return { cashier, merchant, store, offer: single.id, title: single.title.en, card: card.id }
}

/** A film of one picture, a QR held before a camera, in the raw format that Chromium takes for one. */
export function film(path: string, text: string) {
  const [width, height, cell] = [640, 480, 6]
  const modules = qrModules(text, 'L')
  const left = Math.floor((width - modules.length * cell) / 2)
  const top = Math.floor((height - modules.length * cell) / 2)
  const light = Buffer.alloc(width * height, 235)
  modules.forEach((row, y) =>
    row.forEach((isDark, x) => {
      if (!isDark) return
      for (let line = 0; line < cell; line++) {
        const at = (top + y * cell + line) * width + left + x * cell
        light.fill(16, at, at + cell)
      }
    }),
  )
  const grey = Buffer.alloc((width * height) / 2, 128)
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  writeFileSync(
    path,
    Buffer.concat([
      head,
      ...Array(10)
        .fill([Buffer.from('FRAME\n'), light, grey])
        .flat(),
    ]),
  )
}
