/**
 * Judges the QR of a voucher without a network: is it genuine, fresh, and for this store? The same rules in the
 * same order as the server's (`crates/voucher/src/check.rs`), proven by examples that the server's code made.
 * Whether the voucher was used up, refunded or bound anew is for the server to say.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { bytesToHex } from '@noble/curves/utils.js'
import { decodeBase45 } from '@/shared/base45'
import { typeid } from './typeid'

export type QrRefusal =
  | 'qr_not_a_voucher'
  | 'qr_format_unknown'
  | 'qr_malformed'
  | 'qr_key_unknown'
  | 'qr_forged'
  | 'qr_other_device'
  | 'qr_clock_not_synced'
  | 'qr_stale'
  | 'qr_from_future'
  | 'qr_wrong_store'
  | 'qr_stores_unknown'
  | 'qr_offline_expired'

/** What the platform signed. */
export interface Terms {
  voucher: string
  offer: string
  /** 16 hexadecimal digits. */
  storeSet: string
  usesTotal: number
  binding: number
  /** Milliseconds since 1970. */
  offlineUntil: number
}

export type Verdict = { terms: Terms; refusal?: undefined } | { refusal: QrRefusal }

/** Who scans, and what it knows. */
export interface Scanner {
  store: string
  /** The platform's keys by short id: 32 bytes in base64url. */
  keys: Record<string, string>
  /** The stores that a digest stands for. */
  storeSets: Record<string, string[]>
  /** When the scanner's clock last agreed with the platform's, milliseconds. */
  clockSyncedAt: number
}

const PASS_LEN = 154
const SIGNED_LEN = 90
const QR_LEN = 222
const QR_TEXT_LEN = (QR_LEN / 2) * 3
const STEP_MS = 30_000
const MAX_CLOCK_AGE_MS = 86_400_000

/** The first thing that is wrong is the answer: genuineness before freshness before place. */
export function checkQr(text: string, scanner: Scanner, now: number): Verdict {
  const read = readQr(text)
  if (typeof read === 'string') return { refusal: read }
  const key = scanner.keys[bytesToHex(read.subarray(2, 7))]
  if (!key) return { refusal: 'qr_key_unknown' }
  if (!platformSigned(read, key)) return { refusal: 'qr_forged' }
  if (!isPoint(deviceKey(read))) return { refusal: 'qr_forged' }
  if (!deviceSigned(read)) return { refusal: 'qr_other_device' }
  const terms = termsOf(read)
  const refusal =
    clockRefusal(scanner.clockSyncedAt, now) ??
    stepRefusal(number(read, 154, 4), now) ??
    storeRefusal(terms.storeSet, scanner) ??
    (now > terms.offlineUntil ? 'qr_offline_expired' : undefined)
  return refusal ? { refusal } : { terms }
}

/** Looks at the beginning and the length first, so that hostile text costs nothing. */
function readQr(text: string): Uint8Array | QrRefusal {
  const version = text.startsWith('QI') ? text.charAt(2) : ''
  if (!/^\d$/.test(version)) return 'qr_not_a_voucher'
  if (version !== '1') return 'qr_format_unknown'
  if (text.length !== QR_TEXT_LEN) return 'qr_malformed'
  try {
    return decodeBase45(text)
  } catch {
    return 'qr_malformed'
  }
}

function platformSigned(qr: Uint8Array, key: string): boolean {
  try {
    return ed25519.verify(qr.subarray(SIGNED_LEN, PASS_LEN), qr.subarray(0, SIGNED_LEN), fromBase64Url(key), {
      zip215: false,
    })
  } catch {
    return false
  }
}

function deviceKey(qr: Uint8Array): Uint8Array {
  return qr.subarray(57, SIGNED_LEN)
}

function isPoint(key: Uint8Array): boolean {
  return p256.utils.isValidPublicKey(key, true)
}

/** WebCrypto makes (r, s) or its mirror; both are good. */
function deviceSigned(qr: Uint8Array): boolean {
  try {
    return p256.verify(qr.subarray(PASS_LEN + 4), qr.subarray(0, PASS_LEN + 4), deviceKey(qr), {
      lowS: false,
    })
  } catch {
    return false
  }
}

function termsOf(qr: Uint8Array): Terms {
  return {
    voucher: typeid('vou', qr.subarray(7, 23)),
    offer: typeid('off', qr.subarray(23, 39)),
    storeSet: bytesToHex(qr.subarray(39, 47)),
    usesTotal: number(qr, 47, 2),
    binding: number(qr, 49, 4),
    offlineUntil: number(qr, 53, 4) * 1000,
  }
}

/** A clock that shows an earlier time than at its last sync was set back, and is not trusted either. */
function clockRefusal(syncedAt: number, now: number): QrRefusal | undefined {
  const age = now - syncedAt
  return age < 0 || age > MAX_CLOCK_AGE_MS ? 'qr_clock_not_synced' : undefined
}

/** Accepts this step and the one before: a QR lives 30 to 60 seconds. */
function stepRefusal(step: number, now: number): QrRefusal | undefined {
  const behind = Math.floor(now / STEP_MS) - step
  if (behind > 1) return 'qr_stale'
  return behind < 0 ? 'qr_from_future' : undefined
}

function storeRefusal(storeSet: string, scanner: Scanner): QrRefusal | undefined {
  const stores = scanner.storeSets[storeSet]
  if (!stores) return 'qr_stores_unknown'
  return stores.includes(scanner.store) ? undefined : 'qr_wrong_store'
}

function number(bytes: Uint8Array, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduce((sum, byte) => sum * 256 + byte, 0)
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}
