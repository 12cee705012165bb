/** This device's key: made once by WebCrypto, kept in IndexedDB, and never readable, not even here. */
import { get, set } from 'idb-keyval'

const KEY = 'device-key'

export interface DeviceKey {
  privateKey: CryptoKey
  /** Uncompressed, 65 bytes. */
  publicKey: Uint8Array
}

let known: Promise<DeviceKey> | undefined

export function deviceKey(): Promise<DeviceKey> {
  known ??= loadKey().catch((error: unknown) => {
    known = undefined
    throw error
  })
  return known
}

async function loadKey(): Promise<DeviceKey> {
  let pair = await get<CryptoKeyPair>(KEY)
  if (!pair) {
    pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
    await set(KEY, pair)
  }
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey)
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(raw) }
}

export function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
