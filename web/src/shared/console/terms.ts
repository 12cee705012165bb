/**
 * An agreement's terms as people write them: percentages, days and minutes instead of basis points and
 * microseconds. What nobody touched comes back as it was.
 */
import type { Schemas } from '@/shared/api'
import { parseMoney } from '@/shared/i18n/format'
import {
  amountText,
  dayInput,
  daysFromNow,
  endOfDay,
  parsePercent,
  parseSpan,
  parseWhole,
  percentText,
  startOfDay,
} from './fields'
import { shareOf, unitPrice } from './price'
import { boundsOf, within, type Rule } from './rules'

export type Terms = Schemas['AgreementTerms']
export type TermField = keyof Terms

const MINUTE_US = 60_000_000
const DAY_US = 1440 * MINUTE_US

/** Each field as its input holds it; an empty `platform_cap` is no limit. */
export type TermsForm = Record<Exclude<TermField, 'on_expiry'>, string> & {
  currency: string
  on_expiry: 'refund' | 'forfeit'
}

export type FormErrors = Partial<Record<TermField, 'number' | 'percent' | 'time' | 'money' | 'order'>>

/** The fields in the order in which people read them. */
export const TERM_FIELDS = [
  'starts_at',
  'ends_at',
  'head_count',
  'discount_bp',
  'discount_platform_bp',
  'platform_cap',
  'friend_discount_bp',
  'commission_bp',
  'rebate_bp',
  'refund_window_us',
  'undo_window_us',
  'on_expiry',
] as const satisfies TermField[]

/** Where a negotiation usually starts, within the platform's rules. */
export function usualTerms(currency: string, rules: readonly Rule[] = []): TermsForm {
  const bounds = boundsOf(rules)
  const cap = bounds.platform_cap.most
  return {
    starts_at: dayInput(new Date()),
    ends_at: dayInput(daysFromNow(180)),
    head_count: '1000',
    discount_bp: '20',
    discount_platform_bp: percentText(within(2500, bounds.discount_platform_bp)),
    platform_cap: cap === undefined ? '' : amountText(cap, currency),
    currency,
    friend_discount_bp: '5',
    commission_bp: percentText(within(1000, bounds.commission_bp)),
    rebate_bp: percentText(within(200, bounds.rebate_bp)),
    refund_window_us: String(within(7 * DAY_US, bounds.refund_window_us) / DAY_US),
    undo_window_us: '15',
    on_expiry: 'refund',
  }
}

export function formOf(terms: Terms, currency: string): TermsForm {
  const cap = terms.platform_cap
  return {
    starts_at: dayInput(new Date(terms.starts_at)),
    ends_at: dayInput(new Date(terms.ends_at)),
    head_count: String(terms.head_count),
    discount_bp: percentText(terms.discount_bp),
    discount_platform_bp: percentText(terms.discount_platform_bp),
    platform_cap: cap ? amountText(cap.amount, cap.currency) : '',
    currency: cap?.currency ?? currency,
    friend_discount_bp: percentText(terms.friend_discount_bp),
    commission_bp: percentText(terms.commission_bp),
    rebate_bp: percentText(terms.rebate_bp),
    refund_window_us: String(terms.refund_window_us / DAY_US),
    undo_window_us: String(terms.undo_window_us / MINUTE_US),
    on_expiry: terms.on_expiry === 'forfeit' ? 'forfeit' : 'refund',
  }
}

/** The terms of a form, or what is wrong with its fields. `from` is what the form was made of. */
export function termsOf(form: TermsForm, from?: Terms): { terms: Terms } | { errors: FormErrors } {
  const errors: FormErrors = {}
  const before = from && formOf(from, form.currency)
  function read<F extends TermField>(
    field: F,
    wrong: NonNullable<FormErrors[F]>,
    parse: (text: string) => Terms[F] | undefined,
  ): Terms[F] {
    if (from && before?.[field] === form[field]) return from[field]
    const value = parse(form[field])
    if (value === undefined) errors[field] = wrong
    return value as Terms[F]
  }
  const terms: Terms = {
    starts_at: read('starts_at', 'time', (day) => startOfDay(day) || undefined),
    ends_at: read('ends_at', 'time', (day) => endOfDay(day) || undefined),
    head_count: read('head_count', 'number', (text) => parseWhole(text, 1)),
    discount_bp: read('discount_bp', 'percent', parsePercent),
    discount_platform_bp: read('discount_platform_bp', 'percent', parsePercent),
    friend_discount_bp: read('friend_discount_bp', 'percent', parsePercent),
    commission_bp: read('commission_bp', 'percent', parsePercent),
    rebate_bp: read('rebate_bp', 'percent', parsePercent),
    refund_window_us: read('refund_window_us', 'number', (text) => parseSpan(text, DAY_US)),
    undo_window_us: read('undo_window_us', 'number', (text) => parseSpan(text, MINUTE_US)),
    on_expiry: form.on_expiry,
  }
  if (form.platform_cap.trim()) {
    terms.platform_cap = read('platform_cap', 'money', (text) => {
      const amount = parseMoney(text, form.currency)
      return amount === undefined ? undefined : { amount, currency: form.currency }
    })
  }
  if (terms.starts_at && terms.ends_at && terms.starts_at >= terms.ends_at) errors.ends_at = 'order'
  return Object.keys(errors).length > 0 ? { errors } : { terms }
}

/** Which fields differ between two versions. */
export function changedFields(one: Terms, other: Terms): Set<TermField> {
  return new Set(TERM_FIELDS.filter((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field])))
}

/**
 * Who gets what of a list price, in minor units, for a guest whom a friend sent: the discount is split, the
 * friend's one is the merchant's, commission and rebate are shares of the price after the merchant's part.
 */
export function exampleOf(terms: Terms, list: number) {
  const { due, platform, merchant } = unitPrice(terms, list)
  const friend = shareOf(terms.friend_discount_bp, due)
  const merchantFunds = merchant + friend
  const price = list - merchantFunds
  const commission = shareOf(terms.commission_bp, price)
  const rebate = shareOf(terms.rebate_bp, price)
  return {
    guestPays: due - friend,
    platformFunds: platform,
    merchantFunds,
    commission,
    rebate,
    merchantGets: price - commission - rebate,
  }
}
