/** What is booked: on the store's clocks, in the quantity that its price is of, and what it costs not to come. */
import type { Schemas } from '@/shared/api'
import { duration, money, percent, textOf } from '@/shared/i18n/format'
import { language } from '@/shared/i18n'

export type Booking = Schemas['WireBooking']
export type Terms = Schemas['BookingTerms']
type Policy = Schemas['BookingPolicy']

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** The day of a moment on the clocks of a place: `2026-12-31`. */
export function isoDay(at: string | number | Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const part = Object.fromEntries(parts.formatToParts(new Date(at)).map(({ type, value }) => [type, value]))
  return `${part.year}-${part.month}-${part.day}`
}

export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return plusDays(day, -((new Date(day).getUTCDay() + 6) % 7))
}

/** The nights between two moments. */
export function nightsBetween(from: string, until: string, timeZone: string): number {
  return (Date.parse(isoDay(until, timeZone)) - Date.parse(isoDay(from, timeZone))) / DAY_MS
}

/** The hours between two moments, whatever the clocks show. */
export function hoursBetween(from: string, until: string): number {
  return Math.round((Date.parse(until) - Date.parse(from)) / HOUR_MS)
}

export function plusHours(at: string, hours: number): string {
  return new Date(Date.parse(at) + hours * HOUR_MS).toISOString()
}

/** The moment at which the clocks of a place show this: `2026-12-31`, `19:00`. */
export function momentAt(day: string, time: string, timeZone: string): string {
  const shown = Date.parse(`${day}T${time}Z`)
  const clocksAt = (at: number) => Date.parse(`${isoDay(at, timeZone)}T${timeText(at, timeZone)}Z`)
  const near = shown - (clocksAt(shown) - shown)
  return new Date(near - (clocksAt(near) - shown)).toISOString()
}

/** `Sat, Dec 5`. */
export function dayText(day: string): string {
  const style = { weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(language.value, style).format(Date.parse(day))
}

/** `19:00`. */
export function timeText(at: string | number, timeZone: string): string {
  const style = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const
  return new Intl.DateTimeFormat(language.value, style).format(new Date(at))
}

/** `Sat, Dec 5, 19:00`. */
export function momentText(at: string | number, timeZone: string): string {
  const separator = language.value === 'en' ? ', ' : ' '
  return dayText(isoDay(at, timeZone)) + separator + timeText(at, timeZone)
}

/** The services of a visit of so many, one after another; an only one has no name. */
export function servicesOf({ visit }: Terms, party: number): { name: string; minutes: number }[] {
  return (visit?.services ?? []).map(({ name, turns }) => ({
    name: textOf(name),
    minutes: turns.find(({ party_up_to }) => party <= party_up_to)?.minutes ?? 0,
  }))
}

/** What a booking has, service by service. */
export function servingsOf({ resources }: Pick<Booking, 'resources'>) {
  const servings: {
    starts_at: string
    ends_at: string
    service: string
    who: string
    hasPerson: boolean
  }[] = []
  for (const { starts_at, ends_at, service, name, kind } of resources) {
    const [last, hasPerson] = [servings.at(-1), kind === 'person']
    if (last?.starts_at === starts_at) {
      last.who += ` + ${name}`
      last.hasPerson ||= hasPerson
    } else servings.push({ starts_at, ends_at, service: textOf(service), who: name, hasPerson })
  }
  return servings
}

/** How often the price is paid. */
export function quantityOf(
  terms: Terms,
  of: { party: number; nights: number; rooms: number; hours?: number },
): number {
  return { booking: 1, person: of.party, night: of.nights * of.rooms, hour: of.hours ?? 1 }[terms.price_per]
}

/** For how many hours a guest may book; `undefined` where they do not say so. */
export function hourRange(
  { visit }: Terms,
  maxPerOrder: number,
): { least: number; most: number } | undefined {
  if (!visit?.by_hour) return undefined
  const { hours_min: least, hours_max } = visit.by_hour
  return { least, most: Math.max(least, Math.min(hours_max, maxPerOrder)) }
}

/** Whether a booking is of rooms by the night. */
export const isOfNights = ({ resources }: Pick<Booking, 'resources'>) =>
  resources.some(({ kind }) => kind === 'room_type')

/** For how many hours a booking is, if its guest chose that. */
export function bookedHours(
  terms: Terms,
  booking: Pick<Booking, 'starts_at' | 'ends_at'>,
): number | undefined {
  return terms.visit?.by_hour ? hoursBetween(booking.starts_at, booking.ends_at) : undefined
}

/** Whether a booking has another time: overtime may be of fewer hours than are booked otherwise. */
export function hasOtherTimes(terms: Terms, booking: Pick<Booking, 'starts_at' | 'ends_at'>): boolean {
  return (bookedHours(terms, booking) ?? Infinity) >= (terms.visit?.by_hour?.hours_min ?? 0)
}

/** A guest's booking that goes on in the same room when this one is over. */
export function nextOf(booking: Booking, all: readonly Booking[]): Booking | undefined {
  const has = booking.resources.map(({ id }) => id)
  return all.find(
    ({ starts_at, status, resources }) =>
      starts_at === booking.ends_at &&
      ['held', 'confirmed', 'arrived'].includes(status) &&
      resources.some(({ id }) => has.includes(id)),
  )
}

type Translate = (key: string, values: Record<string, unknown>) => string

/** What becomes of a deposit, in plain words; of an offer that takes none, nothing. */
export function depositTexts(
  t: (key: string) => string,
  kind: string | undefined,
  isBooked: boolean,
): string[] {
  if (!kind) return []
  return [t(`deposit.rule.${kind === 'earnest' && isBooked ? 'booked' : kind}`)]
}

/** What a security deposit is, if one is paid. */
export function securityRule(t: Translate, amount: Schemas['Money'] | undefined): string[] {
  return amount?.amount ? [t('deposit.security.rule', { amount: money(amount) })] : []
}

const ownZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** Where a security deposit stands, and what the merchant said of it. */
export function securityTexts(t: Translate, of: Schemas['SecurityDeposit'], timeZone = ownZone()): string[] {
  const claimed = of.claim ? money(of.claim.amount, { cents: true }) : ''
  const texts = [
    t(`deposit.security.status.${of.status}`, { time: momentText(of.held_until, timeZone), claimed }),
  ]
  if (of.claim?.because) texts.push(t('deposit.security.because', { reason: of.claim.because }))
  if (of.claim && of.status === 'returned') texts.push(t('deposit.security.notKept', { claimed }))
  return texts
}

/** What stands before the amount that is due at the store. */
export const atStoreKey = (kind: string | null | undefined) =>
  kind === 'pay_after' ? 'deposit.afterService' : 'deposit.atStore'

/** What the staff are told to collect. */
export const collectKey = (kind: string | undefined) =>
  kind === 'pay_after' ? 'deposit.collectAfter' : 'deposit.collect'

/** What it costs not to come, in plain words; of a booking or, without a beginning, of any. */
export function policyTexts(
  t: Translate,
  policy: Policy,
  startsAt?: string,
  timeZone = 'UTC',
  now = Date.now(),
  paidBy: 'money' | 'card' = 'money',
): string[] {
  const words = (key: string, values = {}) => t(`booking.policy.${key}`, values)
  /** What is kept: a share of the money, or the visit. */
  const kept = (key: string, values = {}) => words(paidBy === 'card' ? `card.${key}` : key, values)
  const length = (minutes: number) => duration(minutes * 60_000_000)
  const share = percent(policy.late_fee_bp)
  const freeUntil = startsAt && Date.parse(startsAt) - policy.free_until_minutes * MINUTE_MS
  const texts = []
  if (policy.late_fee_bp === 0 || policy.free_until_minutes === 0) texts.push(words('free'))
  else if (!freeUntil) texts.push(kept('freeBefore', { length: length(policy.free_until_minutes), share }))
  else if (freeUntil < now) texts.push(kept('late', { share }))
  else texts.push(kept('freeUntil', { time: momentText(freeUntil, timeZone), share }))
  if (policy.no_show_fee_bp > 0) texts.push(kept('noShow', { share: percent(policy.no_show_fee_bp) }))
  if (policy.grace_minutes > 0) texts.push(words('kept', { length: length(policy.grace_minutes) }))
  return texts
}
