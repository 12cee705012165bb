/** The terms of an agreement as a form holds them, and back. What nobody touched comes back as it was. */
import type { Schemas } from '@/shared/api'
import { minorDigits, parseMoney } from '@/shared/i18n/format'
import { dayInput, daysFromNow, endOfDay, startOfDay, wholeNumber } from './format'

export type Terms = Schemas['AgreementTerms']

export interface TermsDraft {
  starts: string
  ends: string
  headCount: string
  /** Shares in percent. */
  discount: string
  discountPlatform: string
  commission: string
  rebate: string
  friendDiscount: string
  /** In major units; empty for no cap. */
  platformCap: string
  currency: string
  refundDays: string
  undoMinutes: string
  onExpiry: 'refund' | 'forfeit'
}

const MINUTE_US = 60_000_000
const DAY_US = 1440 * MINUTE_US

/** `12.5` as 1250 basis points; `NaN` for what is no share of 0 to 100 %. */
export function parsePercent(text: string): number {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  if (!match) return NaN
  const points = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return points <= 10_000 ? points : NaN
}

export function percentText(points: number): string {
  return String(points / 100)
}

/** Minor units as somebody would type them. */
export function amountText(amount: number, currency: string): string {
  const digits = minorDigits(currency)
  return (amount / 10 ** digits).toFixed(amount % 10 ** digits === 0 ? 0 : digits)
}

/** What a first proposal starts from. */
export function newDraft(currency: string): TermsDraft {
  return {
    starts: dayInput(new Date()),
    ends: dayInput(daysFromNow(90)),
    headCount: '1000',
    discount: '20',
    discountPlatform: '50',
    commission: '8',
    rebate: '2',
    friendDiscount: '0',
    platformCap: '',
    currency,
    refundDays: '7',
    undoMinutes: '10',
    onExpiry: 'refund',
  }
}

export function draftOf(terms: Terms, currency: string): TermsDraft {
  const cap = terms.platform_cap
  return {
    starts: dayInput(new Date(terms.starts_at)),
    ends: dayInput(new Date(terms.ends_at)),
    headCount: String(terms.head_count),
    discount: percentText(terms.discount_bp),
    discountPlatform: percentText(terms.discount_platform_bp),
    commission: percentText(terms.commission_bp),
    rebate: percentText(terms.rebate_bp),
    friendDiscount: percentText(terms.friend_discount_bp),
    platformCap: cap ? amountText(cap.amount, cap.currency) : '',
    currency: cap?.currency ?? currency,
    refundDays: String(terms.refund_window_us / DAY_US),
    undoMinutes: String(terms.undo_window_us / MINUTE_US),
    onExpiry: terms.on_expiry === 'forfeit' ? 'forfeit' : 'refund',
  }
}

/** The terms, or the field that cannot be read. `from` is what the draft was made of. */
export function termsOf(draft: TermsDraft, from?: Terms): Terms | { wrong: keyof TermsDraft } {
  const before = from && draftOf(from, draft.currency)
  const isKept = (field: keyof TermsDraft) => before?.[field] === draft[field]
  const cap = draft.platformCap.trim() ? parseMoney(draft.platformCap, draft.currency) : undefined
  const numbers = {
    headCount: wholeNumber(draft.headCount),
    discount: parsePercent(draft.discount),
    discountPlatform: parsePercent(draft.discountPlatform),
    commission: parsePercent(draft.commission),
    rebate: parsePercent(draft.rebate),
    friendDiscount: parsePercent(draft.friendDiscount),
    refundDays: isKept('refundDays') && from ? from.refund_window_us : span(draft.refundDays, DAY_US),
    undoMinutes: isKept('undoMinutes') && from ? from.undo_window_us : span(draft.undoMinutes, MINUTE_US),
  }
  for (const [field, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) return { wrong: field as keyof TermsDraft }
  }
  if (!draft.starts) return { wrong: 'starts' }
  if (!draft.ends) return { wrong: 'ends' }
  if (draft.platformCap.trim() && cap === undefined) return { wrong: 'platformCap' }
  return {
    starts_at: isKept('starts') && from ? from.starts_at : startOfDay(draft.starts),
    ends_at: isKept('ends') && from ? from.ends_at : endOfDay(draft.ends),
    head_count: numbers.headCount,
    discount_bp: numbers.discount,
    discount_platform_bp: numbers.discountPlatform,
    commission_bp: numbers.commission,
    rebate_bp: numbers.rebate,
    friend_discount_bp: numbers.friendDiscount,
    refund_window_us: numbers.refundDays,
    undo_window_us: numbers.undoMinutes,
    on_expiry: draft.onExpiry,
    ...(cap === undefined ? {} : { platform_cap: { amount: cap, currency: draft.currency } }),
  }
}

function span(text: string, unitUs: number): number {
  const match = /^\d{1,5}(?:[.,]\d{1,4})?$/.exec(text.trim())
  return match ? Math.round(Number(text.trim().replace(',', '.')) * unitUs) : NaN
}

/** The fields by the server's names, in the order in which people read them. */
export const TERM_FIELDS = {
  starts_at: 'starts',
  ends_at: 'ends',
  head_count: 'headCount',
  discount_bp: 'discount',
  discount_platform_bp: 'discountPlatform',
  platform_cap: 'platformCap',
  friend_discount_bp: 'friendDiscount',
  commission_bp: 'commission',
  rebate_bp: 'rebate',
  refund_window_us: 'refundDays',
  undo_window_us: 'undoMinutes',
  on_expiry: 'onExpiry',
} as const satisfies Record<keyof Terms, keyof TermsDraft>

export type TermField = keyof typeof TERM_FIELDS

/** Which fields differ between two versions. */
export function changedFields(one: Terms, other: Terms): Set<TermField> {
  const fields = Object.keys(TERM_FIELDS) as TermField[]
  return new Set(fields.filter((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field])))
}
