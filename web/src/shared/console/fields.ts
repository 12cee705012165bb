/** Shares, numbers and days as fields of a form hold them, and back. */
import { minorDigits } from '@/shared/i18n/format'

/** `12.5` as 1250 basis points; `undefined` for what is no share of 0 to 100 %. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  if (!match) return undefined
  const points = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return points <= 10_000 ? points : undefined
}

export function percentText(points: number): string {
  return String(points / 100)
}

/** A whole number of at least `least`. */
export function parseWhole(text: string, least: number): number | undefined {
  const number = /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : NaN
  return number >= least ? number : undefined
}

/** `1.5` of a unit, in microseconds. */
export function parseSpan(text: string, unitUs: number): number | undefined {
  const number = /^\d{1,5}(?:[.,]\d{1,4})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : NaN
  return Number.isNaN(number) ? undefined : Math.round(number * unitUs)
}

/** Minor units as somebody would type them. */
export function amountText(amount: number, currency: string): string {
  const digits = minorDigits(currency)
  return (amount / 10 ** digits).toFixed(amount % 10 ** digits === 0 ? 0 : digits)
}

/** A moment as an input of the browser's own time zone takes it: `2026-11-23T09:30`. */
export function localTime(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

/** A day as `<input type="date">` takes it, in the reader's zone. */
export function dayInput(at: Date): string {
  return localTime(at).slice(0, 10)
}

/** The first moment of the day that somebody chose, RFC 3339; empty for no day. */
export function startOfDay(day: string): string {
  return day ? new Date(`${day}T00:00:00`).toISOString() : ''
}

/** The last moment of that day. */
export function endOfDay(day: string): string {
  return day ? new Date(`${day}T23:59:59.999`).toISOString() : ''
}

export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 86_400_000)
}
