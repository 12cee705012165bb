/** What a coupon takes off a price, by the server's own rule; the order itself is always priced by the server. */
import type { Schemas } from '@/shared/api'

export type Coupon = Schemas['CouponDetails']
export type WalletCoupon = Schemas['WalletCouponDetails']

/** What is about to be bought. `due` is what the coupon is taken off, in minor units. */
export interface Purchase {
  merchant: string
  offer: string
  currency: string
  due: number
  quantity: number
}

/** This share of an amount, rounded half up. */
export function shareOf(basisPoints: number, amount: number): number {
  return Math.floor((amount * basisPoints + 5_000) / 10_000)
}

export type Refusal = 'merchant' | 'offer' | 'currency' | 'min_spend' | 'not_live'

/** What the coupon takes off in minor units, or why nothing. */
export function couponOff(coupon: Coupon, purchase: Purchase, now = Date.now()): number | Refusal {
  if (coupon.merchant && coupon.merchant !== purchase.merchant) return 'merchant'
  if (coupon.offer && coupon.offer !== purchase.offer) return 'offer'
  if (coupon.min_spend.currency !== purchase.currency) return 'currency'
  if (coupon.status !== 'live' || now < Date.parse(coupon.starts_at) || now >= Date.parse(coupon.ends_at))
    return 'not_live'
  if (purchase.due < coupon.min_spend.amount) return 'min_spend'
  return Math.min(wanted(coupon.kind, purchase), purchase.due)
}

function wanted(kind: Coupon['kind'], { due, quantity, offer }: Purchase): number {
  const units = (count: number) => Math.floor((due * count) / quantity)
  switch (kind.type) {
    case 'percentage':
      return Math.min(shareOf(kind.share_bp, due), kind.max_discount ?? due)
    case 'cash':
      return kind.amount
    case 'fixed_price':
      return Math.max(0, units(1) - kind.price)
    case 'free_item':
      return kind.offer === offer ? units(1) : 0
    case 'buy_get':
      return units(Math.floor(quantity / (kind.buy + kind.get)) * kind.get)
  }
}

/** The coupon that takes off most; of equals the one that ends first. */
export function bestCoupon<T>(
  candidates: T[],
  coupon: (candidate: T) => Coupon,
  purchase: Purchase,
  now?: number,
) {
  let best: { candidate: T; off: number } | undefined
  const byEnd = [...candidates].sort((a, b) => coupon(a).ends_at.localeCompare(coupon(b).ends_at))
  for (const candidate of byEnd) {
    const off = couponOff(coupon(candidate), purchase, now)
    if (typeof off === 'number' && off > (best?.off ?? 0)) best = { candidate, off }
  }
  return best
}
