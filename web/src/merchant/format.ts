/** What the merchant's pages write besides the shared formats: times of day, and days for input fields. */
import { language } from '@/shared/i18n'

export { count, date, dateTime, duration, money, percent, textOf } from '@/shared/i18n/format'

export function time(at: string | number | Date): string {
  return new Intl.DateTimeFormat(language.value, { timeStyle: 'medium' }).format(new Date(at))
}

/** The time of a moment today, and the day too of any other. */
export function when(at: string): string {
  const moment = new Date(at)
  if (moment.toDateString() === new Date().toDateString()) return time(at)
  const style = { month: 'numeric', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const
  return new Intl.DateTimeFormat(language.value, style).format(moment)
}

/** A day as `<input type="date">` takes it, in the reader's zone. */
export function dayInput(at: Date): string {
  const pad = (part: number) => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
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

/** Digits of a number that was typed, or `NaN`. */
export function wholeNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : NaN
}
