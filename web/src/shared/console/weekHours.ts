/** Hours of the week as rows of a form hold them, and back. */
import type { Schemas } from '@/shared/api'
import { clock } from '@/shared/i18n/hours'

type Span = Schemas['HoursSpan']

export const DAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const
export type Day = (typeof DAYS)[number]

/** The same hours on some days: 1 is Monday, and none stands for every day. */
export interface HoursRow {
  weekdays: number[]
  from: string
  until: string
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

/** A time of the day in minutes since midnight. */
export const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** Days of the same hours are one row. */
export function hoursRows(spans: readonly Span[]): HoursRow[] {
  const rows = new Map<string, HoursRow>()
  for (const { weekday, from_minute, until_minute } of spans) {
    const [from, until] = [clock(from_minute), clock(until_minute % 1440)]
    const { weekdays } = rows.get(from + until) ?? { weekdays: [] }
    rows.set(from + until, { from, until, weekdays: [...weekdays, weekday] })
  }
  return [...rows.values()]
}

export function spansOf({ weekdays, from, until }: HoursRow): Span[] {
  return (weekdays.length ? [...weekdays].sort() : WEEKDAYS).map((weekday) => ({
    weekday,
    from_minute: minuteOf(from),
    until_minute: minuteOf(until) || 1440,
  }))
}
