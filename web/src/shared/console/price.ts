/** What one unit costs under an agreement, as the server computes it (`crates/offer/src/decide.rs`). */
import type { Terms } from './terms'

/** A share of an amount, rounded half up, without a float. */
export function shareOf(points: number, amount: number): number {
  return Number((BigInt(points) * BigInt(amount) + 5_000n) / 10_000n)
}

export function unitPrice(terms: Terms, list: number) {
  const discount = shareOf(terms.discount_bp, list)
  const share = shareOf(terms.discount_platform_bp, discount)
  const platform = Math.min(share, terms.platform_cap?.amount ?? share)
  return { due: list - discount, platform, merchant: discount - platform }
}
