/** Price rules as rows of a form hold them, and back. */
import type { Schemas } from '@/shared/api'
import { amountText } from '@/shared/console/fields'
import { parseMoney } from '@/shared/i18n/format'
import { clock } from '@/shared/i18n/hours'
import { wholeNumber } from './format'

type PriceRule = Schemas['PriceRule']

/** Days of the week with the same hours, from a day until a day, from a number of units on. */
export interface PriceRow {
  price: string
  fromQuantity: string
  /** 1 is Monday; none stands for every day. */
  weekdays: number[]
  from: string
  until: string
  fromDay: string
  untilDay: string
}

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]
const MIDNIGHT = '00:00'

export function newRow(): PriceRow {
  return {
    price: '',
    fromQuantity: '1',
    weekdays: [],
    from: MIDNIGHT,
    until: MIDNIGHT,
    fromDay: '',
    untilDay: '',
  }
}

/** Days of the same hours are one row, so a rule of different hours becomes several: they say the same. */
export function rowsOf(rules: readonly PriceRule[], currency: string): PriceRow[] {
  return rules.flatMap((rule) => {
    const row: PriceRow = {
      ...newRow(),
      price: amountText(rule.price, currency),
      fromQuantity: String(rule.from_quantity),
      fromDay: rule.from_day ?? '',
      untilDay: rule.until_day ?? '',
    }
    const rows = new Map<string, PriceRow>()
    for (const { weekday, from_minute, until_minute } of rule.hours ?? []) {
      const [from, until] = [clock(from_minute), clock(until_minute % 1440)]
      const known = rows.get(from + until) ?? { ...row, from, until, weekdays: [] }
      rows.set(from + until, { ...known, weekdays: [...known.weekdays, weekday] })
    }
    return rows.size ? [...rows.values()] : [row]
  })
}

/** What is sent. A price that cannot be read is none, so that the server names the field. */
export function rulesOf(rows: readonly PriceRow[], currency: string): PriceRule[] {
  const minute = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
  return rows.map((row) => {
    const isAllDay = row.from === MIDNIGHT && row.until === MIDNIGHT
    const weekdays = row.weekdays.length || isAllDay ? row.weekdays : WEEKDAYS
    return {
      price: parseMoney(row.price, currency) ?? 0,
      from_quantity: wholeNumber(row.fromQuantity),
      hours: [...weekdays].sort().map((weekday) => ({
        weekday,
        from_minute: minute(row.from),
        until_minute: minute(row.until) || 1440,
      })),
      from_day: row.fromDay || undefined,
      until_day: row.untilDay || undefined,
    }
  })
}
