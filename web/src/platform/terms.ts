/** An agreement's terms as people write them: percentages, days and minutes instead of basis points and microseconds. */
import type { Schemas } from '@/shared/api'
import { minorDigits, parseMoney } from '@/shared/i18n/format'

export type Terms = Schemas['AgreementTerms']

const MINUTE_US = 60_000_000
const DAY_US = 1440 * MINUTE_US

export interface TermsForm {
  startsAt: string
  endsAt: string
  headCount: string
  discount: string
  platformShare: string
  /** Empty for no limit. */
  platformCap: string
  currency: string
  commission: string
  rebate: string
  friendDiscount: string
  refundDays: string
  undoMinutes: string
  onExpiry: 'refund' | 'forfeit'
}

export type FormErrors = Partial<Record<keyof TermsForm, 'number' | 'percent' | 'time' | 'money' | 'order'>>

/** The field of the form behind a field of the terms, to show there what the server refuses. */
export const FIELD_OF: Record<keyof TermsForm, string> = {
  startsAt: '/terms/starts_at',
  endsAt: '/terms/ends_at',
  headCount: '/terms/head_count',
  discount: '/terms/discount_bp',
  platformShare: '/terms/discount_platform_bp',
  platformCap: '/terms/platform_cap',
  currency: '/terms/platform_cap/currency',
  commission: '/terms/commission_bp',
  rebate: '/terms/rebate_bp',
  friendDiscount: '/terms/friend_discount_bp',
  refundDays: '/terms/refund_window_us',
  undoMinutes: '/terms/undo_window_us',
  onExpiry: '/terms/on_expiry',
}

/** A moment as an input of the browser's own time zone takes it: `2026-11-23T09:30`. */
export function localTime(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

/** Where a negotiation usually starts. */
export function usualTerms(now: Date): TermsForm {
  const start = new Date(now)
  start.setHours(24, 0, 0, 0)
  const end = new Date(start)
  end.setMonth(end.getMonth() + 6)
  return {
    startsAt: localTime(start),
    endsAt: localTime(end),
    headCount: '1000',
    discount: '20',
    platformShare: '25',
    platformCap: '',
    currency: 'CNY',
    commission: '10',
    rebate: '2',
    friendDiscount: '5',
    refundDays: '7',
    undoMinutes: '15',
    onExpiry: 'refund',
  }
}

export function formOf(terms: Terms): TermsForm {
  const percent = (bp: number) => String(bp / 100)
  const cap = terms.platform_cap
  return {
    startsAt: localTime(new Date(terms.starts_at)),
    endsAt: localTime(new Date(terms.ends_at)),
    headCount: String(terms.head_count),
    discount: percent(terms.discount_bp),
    platformShare: percent(terms.discount_platform_bp),
    platformCap: cap ? String(cap.amount / 10 ** minorDigits(cap.currency)) : '',
    currency: cap?.currency ?? 'CNY',
    commission: percent(terms.commission_bp),
    rebate: percent(terms.rebate_bp),
    friendDiscount: percent(terms.friend_discount_bp),
    refundDays: String(terms.refund_window_us / DAY_US),
    undoMinutes: String(terms.undo_window_us / MINUTE_US),
    onExpiry: terms.on_expiry === 'forfeit' ? 'forfeit' : 'refund',
  }
}

/** `12.5` as 1250 basis points; `undefined` if it is no percentage. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  if (!match) return undefined
  const bp = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return bp <= 10_000 ? bp : undefined
}

/** A whole number of at least `least`. */
export function parseWhole(text: string, least: number): number | undefined {
  const number = /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : NaN
  return number >= least ? number : undefined
}

function parseSpan(text: string, unitUs: number): number | undefined {
  const number = /^\d+(?:[.,]\d+)?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : NaN
  return Number.isNaN(number) ? undefined : Math.round(number * unitUs)
}

function parseTime(text: string): Date | undefined {
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? undefined : at
}

/** The terms of a form, or what is wrong with its fields. */
export function termsOf(form: TermsForm): { terms: Terms } | { errors: FormErrors } {
  const errors: FormErrors = {}
  function need<T>(
    field: keyof TermsForm,
    wrong: NonNullable<FormErrors[typeof field]>,
    value: T | undefined,
  ): T {
    if (value === undefined) errors[field] = wrong
    return value as T
  }
  const starts = need('startsAt', 'time', parseTime(form.startsAt))
  const ends = need('endsAt', 'time', parseTime(form.endsAt))
  const terms: Terms = {
    starts_at: starts?.toISOString(),
    ends_at: ends?.toISOString(),
    head_count: need('headCount', 'number', parseWhole(form.headCount, 1)),
    discount_bp: need('discount', 'percent', parsePercent(form.discount)),
    discount_platform_bp: need('platformShare', 'percent', parsePercent(form.platformShare)),
    commission_bp: need('commission', 'percent', parsePercent(form.commission)),
    rebate_bp: need('rebate', 'percent', parsePercent(form.rebate)),
    friend_discount_bp: need('friendDiscount', 'percent', parsePercent(form.friendDiscount)),
    refund_window_us: need('refundDays', 'number', parseSpan(form.refundDays, DAY_US)),
    undo_window_us: need('undoMinutes', 'number', parseSpan(form.undoMinutes, MINUTE_US)),
    on_expiry: form.onExpiry,
  }
  if (form.platformCap.trim()) {
    const amount = need('platformCap', 'money', parseMoney(form.platformCap, form.currency))
    terms.platform_cap = { amount, currency: form.currency }
  }
  if (starts && ends && starts >= ends) errors.endsAt = 'order'
  return Object.keys(errors).length > 0 ? { errors } : { terms }
}

export interface Example {
  guestPays: number
  platformFunds: number
  merchantFunds: number
  commission: number
  rebate: number
  merchantGets: number
}

/**
 * Who gets what of a list price, in minor units, for a guest whom a friend sent: the discount is split, the
 * friend's one is the merchant's, commission and rebate are shares of the price after the merchant's part.
 */
export function exampleOf(terms: Terms, list: number): Example {
  const share = (amount: number, bp: number) => Math.round((amount * bp) / 10_000)
  const discount = share(list, terms.discount_bp)
  const platformFunds = Math.min(
    share(discount, terms.discount_platform_bp),
    terms.platform_cap?.amount ?? Number.MAX_SAFE_INTEGER,
  )
  const friend = share(list - discount, terms.friend_discount_bp)
  const merchantFunds = discount - platformFunds + friend
  const price = list - merchantFunds
  const commission = share(price, terms.commission_bp)
  const rebate = share(price, terms.rebate_bp)
  return {
    guestPays: list - discount - friend,
    platformFunds,
    merchantFunds,
    commission,
    rebate,
    merchantGets: price - commission - rebate,
  }
}
