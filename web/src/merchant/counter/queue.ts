/**
 * The scans that were accepted without a network. They are kept in the browser until the server has answered
 * each one, and a day longer, because a device may accept only so much within 24 hours.
 */
import { createStore, del, setMany, values } from 'idb-keyval'
import type { Schemas } from '@/shared/api'
import type { Kit } from './kit'
import type { Terms } from './check'

export type Outcome = Schemas['Outcome']

export interface QueuedScan {
  /** Made for this scan alone; the server takes each once. */
  nonce: string
  qr: string
  /** By the platform's time as the device knew it, RFC 3339. */
  scanned_at: string
  clock_synced_at: string
  merchant: string
  store: string
  device: string
  voucher: string
  offer: string
  /** At most this much, in minor units of the store's currency. */
  worth: number
  /** The key of a request that was sent with a network and never answered: it may have counted already. */
  unanswered?: string
  /** What the server made of it; absent as long as it waits. */
  outcome?: Outcome
}

/** Why a genuine QR is not taken by this device without a network. */
export type QueueRefusal = 'over_cap' | 'used_here' | 'same_qr'

const DAY_MS = 86_400_000
const KEPT_MS = 7 * DAY_MS
const scans = createStore('qiao-scans', 'scans')

export function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The most that one use of an offer can be worth. */
export function worthOf(kit: Kit, offer: string): number {
  const known = kit.offers[offer]
  return known ? Math.ceil(known.listPrice.amount / known.uses) : 0
}

/** Whether this device may take one more use, given what it has taken before. */
export function queueRefusal(
  kit: Kit,
  before: QueuedScan[],
  terms: Terms,
  qr: string,
  now: number,
): QueueRefusal | undefined {
  if (before.some((scan) => scan.qr === qr)) return 'same_qr'
  const ofVoucher = before.filter((scan) => scan.voucher === terms.voucher && !isRefused(scan))
  if (ofVoucher.length >= terms.usesTotal) return 'used_here'
  const today = before.filter(
    (scan) => scan.store === kit.store && !isRefused(scan) && now - Date.parse(scan.scanned_at) < DAY_MS,
  )
  const amount = today.reduce((sum, scan) => sum + scan.worth, worthOf(kit, terms.offer))
  const fits = today.length < kit.maxUses && amount <= kit.maxAmount.amount
  return fits ? undefined : 'over_cap'
}

function isRefused(scan: QueuedScan): boolean {
  return scan.outcome?.outcome === 'refused'
}

/** Every kept scan, the newest first. */
export async function keptScans(): Promise<QueuedScan[]> {
  const kept = await values<QueuedScan>(scans)
  return kept.sort((a, b) => b.scanned_at.localeCompare(a.scanned_at))
}

export async function keep(...changed: QueuedScan[]) {
  await setMany(
    changed.map((scan) => [scan.nonce, scan]),
    scans,
  )
}

export function forget(nonce: string) {
  return del(nonce, scans)
}

/** Forgets what was answered long ago. */
export async function prune(now: number) {
  for (const scan of await keptScans()) {
    if (scan.outcome && now - Date.parse(scan.scanned_at) > KEPT_MS) await forget(scan.nonce)
  }
}
