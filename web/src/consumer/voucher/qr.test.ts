// @vitest-environment node
import { webcrypto } from 'node:crypto'
import { expect, it } from 'vitest'
import { decodeBase45, encodeBase45 } from '@/shared/base45'
import { compressed, isPassFor, presentVoucher, signedBytes, stepAt } from './qr'

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

// The fixed example of `crates/voucher/tests/it/format.rs`, from which neither side may drift.
const PASS_HEX = [
  '0b2d34750f98bd01900000000070008000000000000001',
  '0190000000007000800000000000000278d68721debb423c000a0000000369a40010',
  '02550f471003f3df97c3df506ac797f6721fb1a1fb7b8f6f83d224498a65c88e24',
  '0299c85d737e156bcc5fbe445cc5f64465d64bbed961467dd3c9998b349c75e8',
  '82bb2a2aa57115520cda756afd6a10e9b99cccb0af82d70b290a780dad96ef0f',
].join('')
const STEP_HEX = '03857700'
const WEBCRYPTO_SIGNATURE_HEX = [
  '4ef8e66e6e7ce11ba513b26200ba4d06ef5d6ddd5b9bc59033a1a198271c50a3',
  'e2eeba857d2009fa21b12583fbc5a9f842d174b3fc25dfaf8797fd1b3949fb90',
].join('')
const PUBLIC_KEY = bytes(
  [
    '04550f471003f3df97c3df506ac797f6721fb1a1fb7b8f6f83d224498a65c88e24',
    '136093d7012e509a73715cbd0b00a3cc0ff4b5c01b3ffa196ab1fb327036b8e6',
  ].join(''),
)
const PASS = encodeBase45(bytes(PASS_HEX))
const NOW_MS = parseInt(STEP_HEX, 16) * 30_000 + 29_999
const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const SHA256 = { name: 'ECDSA', hash: 'SHA-256' }

it('writes a pass as the server does', () => {
  expect(PASS.startsWith('QI1JS6W/1A+N99I000M20%2000')).toBe(true)
  expect(hex(decodeBase45(PASS))).toBe(PASS_HEX)
})

it('reads Base45 strictly', () => {
  expect(new TextDecoder().decode(decodeBase45('%69 VD92EX0'))).toBe('Hello!!')
  expect(encodeBase45(new TextEncoder().encode('ietf!'))).toBe('QED8WEX0')
  for (const wrong of ['GGW', ':::', 'a12', '1']) expect(() => decodeBase45(wrong)).toThrow()
})

it('signs the very bytes of which the server has an example', async () => {
  const signed = signedBytes(PASS, NOW_MS)
  expect(hex(signed)).toBe(PASS_HEX + STEP_HEX)
  const key = await webcrypto.subtle.importKey('raw', PUBLIC_KEY, P256, true, ['verify'])
  expect(await webcrypto.subtle.verify(SHA256, key, bytes(WEBCRYPTO_SIGNATURE_HEX), signed)).toBe(true)
})

it('shows 333 characters whose signature is the device’s', async () => {
  const pair = await webcrypto.subtle.generateKey(P256, false, ['sign', 'verify'])
  const text = await presentVoucher(PASS, pair.privateKey, NOW_MS)
  expect(text).toHaveLength(333)
  expect(text.startsWith(PASS)).toBe(true)
  const qr = decodeBase45(text)
  const [signed, signature] = [qr.slice(0, 158), qr.slice(158)]
  expect(await webcrypto.subtle.verify(SHA256, pair.publicKey, signature, signed)).toBe(true)
})

it('changes every 30 seconds', () => {
  expect(stepAt(NOW_MS + 1)).toBe(stepAt(NOW_MS) + 1)
  expect(stepAt(NOW_MS - 29_999)).toBe(stepAt(NOW_MS))
})

it('knows whether a pass is for this device', () => {
  expect(hex(compressed(PUBLIC_KEY))).toBe(PASS_HEX.slice(114, 180))
  expect(isPassFor(PASS, PUBLIC_KEY)).toBe(true)
  const other = PUBLIC_KEY.slice()
  other[5] = 0
  expect(isPassFor(PASS, other)).toBe(false)
})
