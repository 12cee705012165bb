/** What the owner of the demo merchant prepares by requests, before a journey by the screens begins. */
import type { APIRequestContext } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { PASSWORD } from './console'
import { expect } from './server'

/** Writes, and gives the answer. */
export async function write(
  request: APIRequestContext,
  method: 'post' | 'put',
  path: string,
  data: object = {},
) {
  const answer = await request[method](path, { data, headers: { 'Idempotency-Key': randomUUID() } })
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
  return answer.json().catch(() => undefined)
}

/** Signs in as the owner: the merchant's address, its first store, and an agreement under which it sells. */
export async function signInAsOwner(request: APIRequestContext) {
  await write(request, 'post', '/v1/sign-in/password', { login: 'owner@demo.example', password: PASSWORD })
  const { staff } = await (await request.get('/v1/me')).json()
  const base = `/v1/merchants/${staff[0].merchant}`
  const [store] = (await (await request.get(`${base}/stores`)).json()).items
  const own = (await (await request.get(`${base}/offers/own`)).json()).items
  const { agreement } = own.find(({ status }: { status: string }) => status === 'published')
  return { base, store, agreement }
}
