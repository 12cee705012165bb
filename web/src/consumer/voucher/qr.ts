/**
 * What a voucher's QR holds: the pass that the platform signed, the 30-second step, and this device's signature
 * over both. The bytes are those of `crates/voucher/src/qr.rs`.
 */
import { decodeBase45, encodeBase45 } from '@/shared/base45'

export const STEP_MS = 30_000
const PASS_LENGTH = 154
/** Where the pass names the device that it is for: a compressed point of P-256. */
const DEVICE_KEY_AT = 57
const DEVICE_KEY_LENGTH = 33
const BY_DEVICE = { name: 'ECDSA', hash: 'SHA-256' }

/** The 30-second step of a moment, in milliseconds of the platform's clock. */
export function stepAt(nowMs: number): number {
  return Math.max(0, Math.floor(nowMs / STEP_MS))
}

/** What the device signs. */
export function signedBytes(pass: string, nowMs: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PASS_LENGTH + 4)
  const passBytes = decodeBase45(pass)
  if (passBytes.length !== PASS_LENGTH) throw new Error('no pass')
  bytes.set(passBytes)
  new DataView(bytes.buffer).setUint32(PASS_LENGTH, stepAt(nowMs))
  return bytes
}

/** The text of the QR that is good now. */
export async function presentVoucher(pass: string, key: CryptoKey, nowMs: number): Promise<string> {
  const bytes = signedBytes(pass, nowMs)
  const signature = new Uint8Array(await crypto.subtle.sign(BY_DEVICE, key, bytes))
  const qr = new Uint8Array(bytes.length + signature.length)
  qr.set(bytes)
  qr.set(signature, bytes.length)
  return encodeBase45(qr)
}

/** A public key as WebCrypto exports it (65 bytes) in the compressed form of a pass. */
export function compressed(raw: Uint8Array): Uint8Array {
  const point = raw.slice(0, DEVICE_KEY_LENGTH)
  point[0] = (raw[raw.length - 1] ?? 0) % 2 === 0 ? 2 : 3
  return point
}

/** Whether the pass is for this public key. */
export function isPassFor(pass: string, raw: Uint8Array): boolean {
  const named = decodeBase45(pass).slice(DEVICE_KEY_AT, DEVICE_KEY_AT + DEVICE_KEY_LENGTH)
  return compressed(raw).every((byte, at) => byte === named[at])
}
