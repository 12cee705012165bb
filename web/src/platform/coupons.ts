/** A coupon of the platform's as people write it. */
import type { Schemas } from '@/shared/api'
import { parseMoney } from '@/shared/i18n/format'
import { localTime, parsePercent, parseWhole } from '@/shared/console/fields'

export type NewCoupon = Schemas['NewCoupon']

export interface CouponForm {
  titleZh: string
  titleEn: string
  kind: 'cash' | 'percentage'
  amount: string
  share: string
  /** Empty for no limit. */
  maxDiscount: string
  minSpend: string
  currency: string
  perPerson: string
  total: string
  budget: string
  startsAt: string
  endsAt: string
}

export type CouponErrors = Partial<
  Record<keyof CouponForm, 'text' | 'number' | 'percent' | 'money' | 'time' | 'order'>
>

export const FIELD_OF: Record<keyof CouponForm, string> = {
  titleZh: '/title',
  titleEn: '/title/en',
  kind: '/kind/type',
  amount: '/kind/amount',
  share: '/kind/share_bp',
  maxDiscount: '/kind/max_discount',
  minSpend: '/min_spend',
  currency: '/currency',
  perPerson: '/per_person',
  total: '/total',
  budget: '/budget',
  startsAt: '/starts_at',
  endsAt: '/ends_at',
}

export function usualCoupon(now: Date): CouponForm {
  const end = new Date(now)
  end.setMonth(end.getMonth() + 1)
  end.setHours(0, 0, 0, 0)
  return {
    titleZh: '',
    titleEn: '',
    kind: 'cash',
    amount: '10',
    share: '10',
    maxDiscount: '',
    minSpend: '50',
    currency: 'CNY',
    perPerson: '1',
    total: '1000',
    budget: '10000',
    startsAt: localTime(now),
    endsAt: localTime(end),
  }
}

/** The coupon of a form, or what is wrong with its fields. */
export function couponOf(form: CouponForm): { coupon: NewCoupon } | { errors: CouponErrors } {
  const errors: CouponErrors = {}
  function need<T>(
    field: keyof CouponForm,
    wrong: NonNullable<CouponErrors[typeof field]>,
    value: T | undefined,
  ): T {
    if (value === undefined) errors[field] = wrong
    return value as T
  }
  const amountOf = (field: 'amount' | 'maxDiscount' | 'minSpend' | 'budget') =>
    need(field, 'money', parseMoney(form[field], form.currency))
  const timeOf = (field: 'startsAt' | 'endsAt') => {
    const at = new Date(form[field])
    return need(field, 'time', Number.isNaN(at.getTime()) ? undefined : at)
  }
  const [zh, en] = [form.titleZh.trim(), form.titleEn.trim()]
  need('titleZh', 'text', zh || undefined)
  const kind: NewCoupon['kind'] =
    form.kind === 'cash'
      ? { type: 'cash', amount: amountOf('amount') }
      : {
          type: 'percentage',
          share_bp: need('share', 'percent', parsePercent(form.share)),
          ...(form.maxDiscount.trim() ? { max_discount: amountOf('maxDiscount') } : {}),
        }
  const [starts, ends] = [timeOf('startsAt'), timeOf('endsAt')]
  const coupon: NewCoupon = {
    title: { 'zh-CN': zh, ...(en ? { en } : {}) },
    kind,
    currency: form.currency,
    min_spend: amountOf('minSpend'),
    // What is for every merchant's offers is paid by the platform alone.
    platform_bp: 10_000,
    per_person: need('perPerson', 'number', parseWhole(form.perPerson, 1)),
    total: need('total', 'number', parseWhole(form.total, 1)),
    budget: amountOf('budget'),
    starts_at: starts?.toISOString(),
    ends_at: ends?.toISOString(),
  }
  if (starts && ends && starts >= ends) errors.endsAt = 'order'
  return Object.keys(errors).length > 0 ? { errors } : { coupon }
}
