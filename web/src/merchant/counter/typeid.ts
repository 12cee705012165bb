/** Ids as the API shows them (TypeID: a prefix and a UUID in Crockford's Base32), from the bytes in a QR. */

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** `typeid('off', sixteenBytes)` is `off_01h…`. */
export function typeid(prefix: string, uuid: Uint8Array): string {
  let number = uuid.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = ALPHABET.charAt(Number(number & 31n)) + text
    number >>= 5n
  }
  return `${prefix}_${text}`
}
