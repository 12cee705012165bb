/** Price rules as rows of a form hold them, and back. */
import type { Schemas } from '@/shared/api'
import { amountText } from '@/shared/console/fields'
import { parseMoney } from '@/shared/i18n/format'
import { wholeNumber } from './format'
import { hoursRows, spansOf, type HoursRow } from '@/shared/console/weekHours'

type PriceRule = Schemas['PriceRule']

/** Days of the week with the same hours, from a day until a day, from a number of units on, for members or everybody. */
export interface PriceRow extends HoursRow {
  price: string
  fromQuantity: string
  fromDay: string
  untilDay: string
  forMembers: boolean
}

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
    forMembers: false,
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
      forMembers: rule.for_members ?? false,
    }
    const rows = hoursRows(rule.hours ?? []).map((hours) => ({ ...row, ...hours }))
    return rows.length ? rows : [row]
  })
}

/** What is sent. A price that cannot be read is none, so that the server names the field. */
export function rulesOf(rows: readonly PriceRow[], currency: string): PriceRule[] {
  return rows.map((row) => {
    const isAllDay = row.from === MIDNIGHT && row.until === MIDNIGHT
    return {
      price: parseMoney(row.price, currency) ?? 0,
      from_quantity: wholeNumber(row.fromQuantity),
      hours: isAllDay && row.weekdays.length === 0 ? [] : spansOf(row),
      from_day: row.fromDay || undefined,
      until_day: row.untilDay || undefined,
      for_members: row.forMembers,
    }
  })
}
