import { expect, it } from 'vitest'
import type { Terms } from './check'
import { codeOf } from './counter'
import type { Kit } from './kit'
import { queueRefusal, type QueuedScan } from './queue'
import { batches } from './sync'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const price = { amount: 10_000, currency: 'CNY' }
const kit: Kit = {
  merchant: 'mer_1',
  store: 'sto_1',
  keys: {},
  storeSets: {},
  maxUses: 2,
  maxAmount: { amount: 25_000, currency: 'CNY' },
  offers: {
    off_1: { title: {}, uses: 1, listPrice: price },
    off_2: { title: {}, uses: 4, listPrice: price },
  },
  sync: { platform: NOW, wall: NOW },
}
const terms = (voucher: string, usesTotal = 1): Terms => ({
  voucher,
  offer: 'off_1',
  storeSet: '',
  usesTotal,
  binding: 1,
  offlineUntil: NOW,
})
const scan = (voucher: string, more: Partial<QueuedScan> = {}): QueuedScan => ({
  nonce: voucher,
  qr: `QR of ${voucher}`,
  scanned_at: new Date(NOW - 1000).toISOString(),
  clock_synced_at: new Date(NOW - 2000).toISOString(),
  merchant: 'mer_1',
  store: 'sto_1',
  device: 'dev_1',
  voucher,
  offer: 'off_1',
  worth: 10_000,
  ...more,
})
const refusal = (before: QueuedScan[], of: Terms, qr = 'another QR', by = kit) =>
  queueRefusal(by, before, of, qr, NOW)

it('takes a voucher once, however often it is shown', () => {
  expect(refusal([], terms('a'))).toBeUndefined()
  expect(refusal([scan('a')], terms('a'))).toBe('used_here')
  expect(refusal([scan('a')], terms('a', 2), 'QR of a')).toBe('same_qr')
  expect(refusal([scan('a')], terms('a', 2))).toBeUndefined()
})

it('takes no more uses in a day than the store lets a device', () => {
  expect(refusal([scan('a'), scan('b')], terms('c'))).toBe('over_cap')
  const yesterday = { scanned_at: new Date(NOW - 86_400_001).toISOString() }
  expect(refusal([scan('a'), scan('b', yesterday)], terms('c'))).toBeUndefined()
  expect(refusal([scan('a'), scan('b', { store: 'sto_2' })], terms('c'))).toBeUndefined()
})

it('takes no more than the store lets a device take in money', () => {
  const poor = { ...kit, maxUses: 9, maxAmount: { amount: 15_000, currency: 'CNY' } }
  expect(refusal([scan('a')], terms('b'), 'x', poor)).toBe('over_cap')
  expect(refusal([scan('a', { worth: 5_000 })], terms('b'), 'x', poor)).toBeUndefined()
})

it('counts what lost, as the server does, and not what was never a voucher', () => {
  const lost = scan('a', { outcome: { outcome: 'lost', reason: 'used_up' } })
  const refused = scan('a', { outcome: { outcome: 'refused', reason: 'qr_stale', detail: '' } })
  expect(refusal([lost, scan('b')], terms('c'))).toBe('over_cap')
  expect(refusal([refused, scan('b')], terms('c'))).toBeUndefined()
})

it('sends together what one device scanned under one setting of its clock, a hundred at a time', () => {
  const many = Array.from({ length: 150 }, (_, i) => scan(`v${i}`))
  const resynced = scan('later', { clock_synced_at: new Date(NOW).toISOString() })
  expect(batches([...many, resynced]).map((batch) => batch.length)).toEqual([100, 50, 1])
})

it('tells a typed code from a QR', () => {
  expect(codeOf('1234 5678-9012')).toBe('123456789012')
  expect(codeOf('12345678901')).toBeUndefined()
  expect(codeOf('QI1JS6W/1A+N99I000')).toBeUndefined()
})
