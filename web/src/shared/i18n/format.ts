/** Money, dates, distances and merchants' texts as people of a language write them. */
import type { Schemas } from '@/shared/api'
import { language, type Language } from './index'

type Money = Schemas['Money']
/** A text in several languages, by language tag. */
export type Texts = Record<string, string>

/** How many digits of a currency's minor unit there are: 2 for CNY, 0 for JPY. */
export function minorDigits(currency: string): number {
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return options.maximumFractionDigits ?? 2
}

/** `{ amount: 9900, currency: 'CNY' }` as `¥99`; cents are shown where there are any, or where asked for. */
export function money({ amount, currency }: Money, options: { cents?: boolean; in?: Language } = {}): string {
  const digits = minorDigits(currency)
  const isWhole = amount % 10 ** digits === 0
  return new Intl.NumberFormat(options.in ?? language.value, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: isWhole && !options.cents ? 0 : digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits)
}

/** How a currency is written in short: `¥`. */
export function currencySymbol(currency: string): string {
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const parts = new Intl.NumberFormat(language.value, style).formatToParts(0)
  return parts.find(({ type }) => type === 'currency')?.value ?? currency
}

/** What somebody typed as an amount, in minor units; `undefined` if it is none. */
export function parseMoney(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency)
  const match = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.trim())
  const fraction = match?.[2] ?? ''
  if (!match || fraction.length > digits) return undefined
  return Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, '0') || 0)
}

/** The text in the reader's language, else in a related or any language that it has. */
export function textOf(texts: Texts | null | undefined, wanted: Language = language.value): string {
  if (!texts) return ''
  const primary = wanted.split('-')[0] ?? wanted
  const related = Object.keys(texts).find((tag) => tag.split('-')[0] === primary)
  return texts[wanted] ?? (related && texts[related]) ?? texts.en ?? Object.values(texts)[0] ?? ''
}

type Moment = string | number | Date

/** Unbroken at the end of a line. */
const whole = (text: string) => text.replaceAll(' ', '\u00a0')

export function date(at: Moment): string {
  return whole(new Intl.DateTimeFormat(language.value, { dateStyle: 'medium' }).format(new Date(at)))
}

/** Where the year goes without saying, as under a chart. */
export function shortDate(at: Moment): string {
  return new Intl.DateTimeFormat(language.value, { month: 'numeric', day: 'numeric' }).format(new Date(at))
}

export function dateTime(at: Moment): string {
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const
  return whole(new Intl.DateTimeFormat(language.value, style).format(new Date(at)))
}

/** Where the day goes without saying. */
export function time(at: Moment): string {
  return whole(new Intl.DateTimeFormat(language.value, { timeStyle: 'short' }).format(new Date(at)))
}

export function distance(metres: number): string {
  const inMetres = metres < 1000
  return new Intl.NumberFormat(language.value, {
    style: 'unit',
    unit: inMetres ? 'meter' : 'kilometer',
    unitDisplay: 'short',
    maximumFractionDigits: inMetres || metres >= 10_000 ? 0 : 1,
  }).format(inMetres ? Math.round(metres / 10) * 10 : metres / 1000)
}

export function count(number: number): string {
  return new Intl.NumberFormat(language.value).format(number)
}

/** Several things in a row: `gluten, egg and soy`. */
export function list(words: readonly string[]): string {
  return new Intl.ListFormat(language.value, { type: 'conjunction' }).format(words)
}

/** Basis points as a percentage: 2000 as `20%`. */
export function percent(basisPoints: number): string {
  const style = { style: 'percent', maximumFractionDigits: 2 } as const
  return new Intl.NumberFormat(language.value, style).format(basisPoints / 10_000)
}

const MINUTE_US = 60_000_000
const UNITS = [
  ['day', 1440 * MINUTE_US],
  ['hour', 60 * MINUTE_US],
  ['minute', MINUTE_US],
  ['second', 1_000_000],
] as const

/** A length of time in microseconds, in its largest whole unit: `30 days`. */
export function duration(lengthUs: number): string {
  const [unit, unitUs] = UNITS.find(([, us]) => lengthUs >= us && lengthUs % us === 0) ?? UNITS[3]
  const style = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const
  return new Intl.NumberFormat(language.value, style).format(lengthUs / unitUs)
}
