/** What a coupon alone takes off a price, before anybody orders. Orders, and coupons together, are the server's to price. */
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
  /** What is paid ahead, if not all. */
  deposit?: { kind: string } | null
}

/** Whether a coupon can be for an offer now; what it is of, and who asks, may still speak against it. */
export function isFor(
  coupon: Coupon,
  offer: { merchant: string; id: string; price: { currency: string }; deposit?: { kind: string } | null },
  now = Date.now(),
): boolean {
  return (
    (!coupon.merchant || coupon.merchant === offer.merchant) &&
    (!coupon.offer || coupon.offer === offer.id) &&
    (!coupon.platform_bp || offer.deposit?.kind !== 'pay_after') &&
    coupon.min_spend.currency === offer.price.currency &&
    coupon.status === 'live' &&
    Date.parse(coupon.starts_at) <= now &&
    now < Date.parse(coupon.ends_at)
  )
}

/** This share of an amount, rounded half up. */
export function shareOf(basisPoints: number, amount: number): number {
  return Math.floor((amount * basisPoints + 5_000) / 10_000)
}

/** What the coupon takes off in minor units: nothing where it does not apply, or only the server can know. */
export function couponOff(coupon: Coupon, purchase: Purchase, now = Date.now()): number {
  const { category, store, hours, buyers = 'everybody' } = coupon.conditions
  const { merchant, offer, currency, deposit } = purchase
  const applies =
    isFor(coupon, { merchant, id: offer, price: { currency }, deposit }, now) &&
    coupon.min_spend.amount <= purchase.due &&
    !category &&
    !store &&
    !hours &&
    buyers === 'everybody'
  return applies ? Math.min(wanted(coupon.kind, purchase), purchase.due) : 0
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
    if (off > (best?.off ?? 0)) best = { candidate, off }
  }
  return best
}
