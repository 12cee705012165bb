/** What coupons take off, in words. */
import type { Schemas } from '@/shared/api'
import { money, percent } from './format'

type OfUnits = Extract<Schemas['Kind'], { type: 'fixed_price' | 'free_item' | 'buy_get' }>
type Translate = (key: string, named: Record<string, unknown>) => string

/** `One at ¥9.90`, `Buy 2, get 1`. */
export function unitsOff(kind: OfUnits, currency: string, t: Translate): string {
  switch (kind.type) {
    case 'fixed_price':
      return t('unitsOff.fixedPrice', { price: money({ amount: kind.price, currency }) })
    case 'free_item':
      return t('unitsOff.freeItem', {})
    case 'buy_get':
      return t('unitsOff.buyGet', { buy: kind.buy, get: kind.get })
  }
}

/** `¥10 off`, `20% off, at most ¥15`, `Buy 2, get 1`. */
export function couponWorth(
  { kind, min_spend: { currency } }: Pick<Schemas['CouponDetails'], 'kind' | 'min_spend'>,
  t: Translate,
): string {
  if (kind.type === 'cash') return t('unitsOff.off', { off: money({ amount: kind.amount, currency }) })
  if (kind.type !== 'percentage') return unitsOff(kind, currency, t)
  const off = percent(kind.share_bp)
  const most = kind.max_discount
  return most
    ? t('unitsOff.upTo', { off, most: money({ amount: most, currency }) })
    : t('unitsOff.off', { off })
}
