/** What coupons that make single units cheaper take off, in words. */
import type { Schemas } from '@/shared/api'
import { money } from './format'

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
