/** A coupon and a sample cart as people write them, and as the server reads them. */
import type { Schemas } from '@/shared/api'
import { parseMoney } from '@/shared/i18n/format'
import { localTime, parsePercent, parseWhole } from '../fields'
import { filledTexts, type FormTexts } from '../texts'
import { spansOf, type HoursRow } from '../weekHours'

export type NewCoupon = Schemas['NewCoupon']
export type Preview = Schemas['CouponPreview']

export const KINDS = ['cash', 'percentage', 'fixed_price', 'free_item', 'buy_get'] as const
export const DISTRIBUTIONS = ['claimed', 'by_code', 'automatic'] as const
export const BUYERS = ['everybody', 'new_customer', 'first_order'] as const

/** Whose coupon it is: who makes it, for whose offers, and in which money and time zone. */
export interface Issuer {
  /** The merchant whose offers it is for; every merchant's if absent. */
  merchant?: string
  /** Whether the platform makes it. */
  isPlatform: boolean
  currency: string
  timeZone: string
}

export interface CouponForm {
  title: FormTexts
  type: (typeof KINDS)[number]
  amount: string
  price: string
  free: string
  buy: string
  get: string
  share: string
  /** Empty for no limit. */
  maxDiscount: string
  minSpend: string
  offer: string
  store: string
  category: string
  buyers: (typeof BUYERS)[number]
  hours: HoursRow[]
  group: string
  distribution: (typeof DISTRIBUTIONS)[number]
  total: string
  perPerson: string
  /** Empty for as many as in all. */
  perDay: string
  /** Empty for no limit. */
  perDevice: string
  budget: string
  /** How much of it the platform pays. */
  platformShare: string
  startsAt: string
  endsAt: string
}

export type Wrong = 'text' | 'number' | 'percent' | 'money' | 'time'
export type FormErrors = Partial<Record<keyof CouponForm, Wrong>>

/** Where the server names what a field holds. */
export const FIELD_OF: Record<keyof CouponForm, string> = {
  title: '/title',
  type: '/kind/type',
  amount: '/kind/amount',
  price: '/kind/price',
  free: '/kind/offer',
  buy: '/kind/buy',
  get: '/kind/get',
  share: '/kind/share_bp',
  maxDiscount: '/kind/max_discount',
  minSpend: '/min_spend',
  offer: '/offer',
  store: '/conditions/store',
  category: '/conditions/category',
  buyers: '/conditions/buyers',
  hours: '/conditions/hours',
  group: '/conditions/stacking_group',
  distribution: '/distribution',
  total: '/total',
  perPerson: '/per_person',
  perDay: '/per_day',
  perDevice: '/per_device',
  budget: '/budget',
  platformShare: '/platform_bp',
  startsAt: '/starts_at',
  endsAt: '/ends_at',
}

export function usualCoupon(now: Date): CouponForm {
  const end = new Date(now)
  end.setMonth(end.getMonth() + 1)
  end.setHours(0, 0, 0, 0)
  return {
    title: { 'zh-CN': '', en: '' },
    type: 'cash',
    amount: '10',
    price: '9.90',
    free: '',
    buy: '1',
    get: '1',
    share: '10',
    maxDiscount: '',
    minSpend: '50',
    offer: '',
    store: '',
    category: '',
    buyers: 'everybody',
    hours: [],
    group: '',
    distribution: 'claimed',
    total: '100',
    perPerson: '1',
    perDay: '',
    perDevice: '',
    budget: '1000',
    platformShare: '100',
    startsAt: localTime(now),
    endsAt: localTime(end),
  }
}

/** Reads fields, and remembers which of them cannot be read. */
function reader<F extends object>(form: F) {
  const errors: Partial<Record<keyof F, Wrong>> = {}
  const need = <T>(field: keyof F, wrong: Wrong, value: T | undefined): T => {
    if (value === undefined) errors[field] = wrong
    return value as T
  }
  const textIn = (field: keyof F) => form[field] as string
  return {
    errors,
    need,
    money: (field: keyof F, currency: string) => need(field, 'money', parseMoney(textIn(field), currency)),
    whole: (field: keyof F) => need(field, 'number', parseWhole(textIn(field), 1)),
    percent: (field: keyof F) => need(field, 'percent', parsePercent(textIn(field))),
    time: (field: keyof F) => {
      const at = new Date(textIn(field))
      return need(field, 'time', Number.isNaN(at.getTime()) ? undefined : at.toISOString())
    },
  }
}

/** The coupon that a form describes, and the fields that cannot be read; the rest is the server's to judge. */
export function couponOf(form: CouponForm, issuer: Issuer): { coupon: NewCoupon; errors: FormErrors } {
  const { currency, isPlatform, merchant, timeZone } = issuer
  const read = reader(form)
  const title = filledTexts(form.title)
  read.need('title', 'text', Object.keys(title).length > 0 || undefined)
  const kindOf = (): NewCoupon['kind'] => {
    const { type } = form
    switch (type) {
      case 'cash':
        return { type, amount: read.money('amount', currency) }
      case 'percentage':
        return {
          type,
          share_bp: read.percent('share'),
          max_discount: form.maxDiscount.trim() ? read.money('maxDiscount', currency) : undefined,
        }
      case 'fixed_price':
        return { type, price: read.money('price', currency) }
      case 'free_item':
        return { type, offer: read.need('free', 'text', form.free || undefined) }
      case 'buy_get':
        return { type, buy: read.whole('buy'), get: read.whole('get') }
    }
  }
  const coupon: NewCoupon = {
    title,
    kind: kindOf(),
    merchant: isPlatform ? merchant : undefined,
    offer: form.offer || undefined,
    conditions: {
      buyers: form.buyers,
      stacking_group: form.group.trim() || undefined,
      category: form.category || undefined,
      store: form.store || undefined,
      hours: form.hours.length ? { time_zone: timeZone, spans: form.hours.flatMap(spansOf) } : undefined,
    },
    currency,
    min_spend: form.minSpend.trim() ? read.money('minSpend', currency) : 0,
    // What is for every merchant's offers is paid by the platform alone, and what a merchant makes by the merchant.
    platform_bp: !isPlatform ? 0 : merchant ? read.percent('platformShare') : 10_000,
    distribution: form.distribution,
    total: read.whole('total'),
    per_person: read.whole('perPerson'),
    per_day: form.perDay.trim() ? read.whole('perDay') : undefined,
    // What nobody claims is claimed on no device.
    per_device:
      form.distribution !== 'automatic' && form.perDevice.trim() ? read.whole('perDevice') : undefined,
    budget: read.money('budget', currency),
    starts_at: read.time('startsAt'),
    ends_at: read.time('endsAt'),
  }
  return { coupon, errors: read.errors }
}

export const SAMPLE_BUYERS = ['first_order', 'new_customer', 'customer'] as const

export interface SampleForm {
  /** Empty for something that costs `price`. */
  offer: string
  price: string
  quantity: string
  at: string
  buyer: (typeof SAMPLE_BUYERS)[number]
  hasOther: boolean
  otherAmount: string
  /** Empty for one that stands alone. */
  otherGroup: string
}

export function usualSample(now: Date): SampleForm {
  return {
    offer: '',
    price: '100',
    quantity: '1',
    at: localTime(now),
    buyer: 'first_order',
    hasOther: false,
    otherAmount: '10',
    otherGroup: '',
  }
}

export interface Sample {
  offer?: string
  price?: number
  quantity: number
  at: string
  buyer: SampleForm['buyer']
  other_amount?: number
  other_group?: string
}

export function sampleOf(form: SampleForm, currency: string) {
  const read = reader(form)
  const sample: Sample = {
    ...(form.offer ? { offer: form.offer } : { price: read.money('price', currency) }),
    quantity: read.whole('quantity'),
    at: read.time('at'),
    buyer: form.buyer,
    ...(form.hasOther && {
      other_amount: read.money('otherAmount', currency),
      other_group: form.otherGroup.trim() || undefined,
    }),
  }
  return { sample, errors: read.errors }
}
