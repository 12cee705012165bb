/** What the merchant's pages write besides the shared formats: times of day. */
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

/** Digits of a number that was typed, or `NaN`. */
export function wholeNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : NaN
}
