import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkQr, type Scanner, type Terms } from './check'

/** Written by the server's own code: `crates/voucher/tests/it/examples.rs`. */
const file = JSON.parse(readFileSync('../docs/generated/qr-examples.json', 'utf8')) as {
  keys: [string, string][]
  store_sets: [string, string[]][]
  examples: {
    name: string
    qr: string
    store: string
    now_ms: number
    clock_synced_at_ms: number
    refusal: string | null
    voucher: string | null
    offer: string | null
  }[]
}

const base64Url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')

function scanner(store: string, clockSyncedAt: number): Scanner {
  return {
    store,
    keys: Object.fromEntries(file.keys.map(([id, key]) => [id, base64Url(key)])),
    storeSets: Object.fromEntries(file.store_sets),
    clockSyncedAt,
  }
}

describe('the browser says of a QR what the server says', () => {
  it.each(file.examples)('$name', ({ qr, store, now_ms, clock_synced_at_ms, ...said }) => {
    const verdict = checkQr(qr, scanner(store, clock_synced_at_ms), now_ms)
    const { refusal = null, terms } = { terms: undefined, ...verdict }
    const { voucher = null, offer = null } = terms ?? {}
    expect({ refusal, voucher, offer }).toEqual({
      refusal: said.refusal,
      voucher: said.voucher,
      offer: said.offer,
    })
  })

  it('in every way in which a QR can be refused', () => {
    expect(new Set(file.examples.map(({ refusal }) => refusal))).toHaveProperty('size', 13)
  })
})

it('reads the terms that the platform signed', () => {
  const good = file.examples.find(({ refusal }) => refusal === null)
  const { terms } = checkQr(good!.qr, scanner(good!.store, good!.now_ms), good!.now_ms) as { terms: Terms }
  expect(terms).toMatchObject({ usesTotal: 10, binding: 3, offlineUntil: good!.now_ms + 3_600_000 })
})
