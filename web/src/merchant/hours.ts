/** Opening hours in the syntax of OpenStreetMap, for the simple weeks that most stores have. */
import { DAYS, type Day } from '@/shared/console/weekHours'

/** The hours of each day, `['11:00', '22:00']`; a day without is closed. */
export type Week = Partial<Record<Day, [from: string, to: string]>>

const TIME = String.raw`([01]\d|2[0-4]):[0-5]\d`
const RULE = new RegExp(`^([A-Za-z,-]+) (${TIME})-(${TIME})$`)

/** The week that the text says, or `undefined` where it says more than this form can show. */
export function parseHours(text: string): Week | undefined {
  const trimmed = text.trim()
  if (trimmed === '24/7') return weekOf(DAYS, ['00:00', '24:00'])
  const week: Week = {}
  for (const rule of trimmed.split(';').map((part) => part.trim())) {
    if (!rule) continue
    const match = RULE.exec(rule)
    const days = daysOf(match?.[1] ?? '')
    if (!match?.[2] || !match[4] || !days) return undefined
    Object.assign(week, weekOf(days, [match[2], match[4]]))
  }
  return week
}

/** The text of a week: days of the same hours together, `Mo-Fr 11:00-22:00; Sa,Su 10:00-23:00`. */
export function formatHours(week: Week): string {
  const rules = new Map<string, Day[]>()
  for (const day of DAYS) {
    const hours = week[day]
    if (!hours) continue
    const span = hours.join('-')
    rules.set(span, [...(rules.get(span) ?? []), day])
  }
  return [...rules].map(([span, days]) => `${daysText(days)} ${span}`).join('; ')
}

/** The hours for people to read, with the names of the days in their language. */
export function hoursText(text: string, dayName: (day: Day) => string): string {
  const week = parseHours(text)
  if (!week) return text
  const rules = formatHours(week).split('; ')
  return rules.map((rule) => rule.replace(/[A-Z][a-z]/g, (day) => dayName(day as Day))).join('; ')
}

function weekOf(days: readonly Day[], hours: [string, string]): Week {
  return Object.fromEntries(days.map((day) => [day, hours]))
}

function daysOf(text: string): Day[] | undefined {
  const days: Day[] = []
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-').map((name) => DAYS.indexOf(name as Day))
    if (first === undefined || last === undefined || first < 0 || last < first) return undefined
    days.push(...DAYS.slice(first, last + 1))
  }
  return days
}

function daysText(days: Day[]): string {
  const runs: Day[][] = []
  for (const day of days) {
    const run = runs.at(-1)
    const isNext = run && DAYS.indexOf(run.at(-1) ?? day) === DAYS.indexOf(day) - 1
    if (isNext) run.push(day)
    else runs.push([day])
  }
  return runs.flatMap((run) => (run.length > 2 ? [`${run[0]}-${run.at(-1)}`] : run)).join(',')
}
