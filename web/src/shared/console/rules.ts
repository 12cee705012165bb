/** What the platform's rules leave open to an agreement: the strictest of all that apply. */
import type { Schemas } from '@/shared/api'
import { duration, money, percent } from '@/shared/i18n/format'

export type Rule = Schemas['Rule']

export interface Bound {
  least?: number
  most?: number
}

const BOUNDED = [
  'commission_bp',
  'discount_platform_bp',
  'platform_cap',
  'rebate_bp',
  'refund_window_us',
] as const
export type BoundedField = (typeof BOUNDED)[number]
export const isBounded = (field: string): field is BoundedField => BOUNDED.includes(field as BoundedField)

export function boundsOf(rules: readonly Rule[]): Record<BoundedField, Bound> {
  const least = (of: (rule: Rule) => number) => (rules.length ? Math.max(...rules.map(of)) : undefined)
  const most = (of: (rule: Rule) => number) => (rules.length ? Math.min(...rules.map(of)) : undefined)
  const caps = rules.flatMap(({ platform_cap_max }) => platform_cap_max?.amount ?? [])
  return {
    commission_bp: {
      least: least((rule) => rule.commission_bp_min),
      most: most((rule) => rule.commission_bp_max),
    },
    discount_platform_bp: { most: most((rule) => rule.discount_platform_bp_max) },
    platform_cap: { most: caps.length ? Math.min(...caps) : undefined },
    rebate_bp: { most: most((rule) => rule.rebate_bp_max) },
    refund_window_us: { least: least((rule) => rule.refund_window_us_min) },
  }
}

/** The value, or the bound that it is beyond. */
export function within(value: number, { least = value, most = value }: Bound): number {
  return Math.max(least, Math.min(most, value))
}

/** A bound in words of the catalogue: which of them, and what it says. Nothing where all is open. */
export function boundWords(field: BoundedField, { least, most }: Bound, currency: string) {
  const textOf = (value: number) => {
    if (field === 'refund_window_us') return duration(value)
    return field === 'platform_cap' ? money({ amount: value, currency }) : percent(value)
  }
  const isFloor = least !== undefined && least > 0
  if (isFloor && most !== undefined) {
    return { key: 'terms.ruleBetween', named: { least: textOf(least), most: textOf(most) } }
  }
  if (isFloor) return { key: 'terms.ruleLeast', named: { least: textOf(least) } }
  return most === undefined ? undefined : { key: 'terms.ruleMost', named: { most: textOf(most) } }
}
