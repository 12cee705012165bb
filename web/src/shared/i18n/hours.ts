/**
 * Opening hours as `Mo-Fr 10:00-22:00; Sa,Su 11:00-23:00`, the simple part of OpenStreetMap's language. What is
 * not understood is shown as it was written, and nothing is claimed about being open.
 */
import type { Schemas } from '@/shared/api'
import { language } from './index'

const DAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']

interface Rule {
  days: number[]
  /** Minutes since midnight; an end at or before the beginning is on the next day. */
  spans: [number, number][]
}

function parseDays(text: string): number[] | undefined {
  const days: number[] = []
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-').map((day) => DAYS.indexOf(day.trim()))
    if (first === undefined || last === undefined || first < 0 || last < 0) return undefined
    for (let day = first; ; day = (day + 1) % 7) {
      days.push(day)
      if (day === last) break
    }
  }
  return days
}

function parseSpan(text: string): [number, number] | undefined {
  const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (!match) return undefined
  const [, h1, m1, h2, m2] = match.map(Number) as [number, number, number, number, number]
  return [h1 * 60 + m1, h2 * 60 + m2]
}

function parse(text: string): Rule[] | undefined {
  if (text.trim() === '24/7') return [{ days: [0, 1, 2, 3, 4, 5, 6], spans: [[0, 1440]] }]
  const rules: Rule[] = []
  for (const part of text.split(';').filter((part) => part.trim())) {
    const match = /^([A-Z][A-Za-z,\- ]*?)\s+(.+)$/.exec(part.trim())
    const days = match?.[1] && parseDays(match[1])
    if (!days) return undefined
    const spans = match[2] === 'off' ? [] : (match[2] ?? '').split(',').map(parseSpan)
    if (!spans.every((span) => span !== undefined)) return undefined
    rules.push({ days, spans })
  }
  return rules.length ? rules : undefined
}

/** Weekday (Monday is 0) and minute of the day at a place. */
function localTime(now: Date, timeZone: string) {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday'))
  return { day, minute: Number(part('hour')) * 60 + Number(part('minute')) }
}

/** Whether it is open; `undefined` where the hours are not understood. */
export function isOpenAt(text: string, timeZone: string, now = new Date()): boolean | undefined {
  const rules = parse(text)
  if (!rules) return undefined
  const { day, minute } = localTime(now, timeZone)
  // A later rule for the same day stands for the earlier one.
  const spansOf = (day: number) => rules.findLast((rule) => rule.days.includes(day))?.spans ?? []
  const overnight = ([from, to]: [number, number]) => to <= from
  return (
    spansOf(day).some((span) => minute >= span[0] && (overnight(span) || minute < span[1])) ||
    spansOf((day + 6) % 7).some((span) => overnight(span) && minute < span[1])
  )
}

/** The hours with the reader's names of the days. */
export function hoursText(text: string): string {
  // 5 January 2026 was a Monday.
  const name = (day: string) =>
    new Intl.DateTimeFormat(language.value, { weekday: 'short', timeZone: 'UTC' }).format(
      Date.UTC(2026, 0, 5 + DAYS.indexOf(day)),
    )
  const daily = language.value === 'zh-CN' ? '每天' : 'Daily'
  return text
    .replace(/\bMo-Su\b/g, daily)
    .replace(/\b(Mo|Tu|We|Th|Fr|Sa|Su)\b/g, name)
    .replace(/-/g, '–')
}

/** A minute of the day as `HH:MM`. */
export function clock(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Spans of the week for people to read: `Mon–Fri 00:00–15:00`. */
export function spansText(spans: readonly Schemas['HoursSpan'][]): string {
  const daysOf = new Map<string, number[]>()
  for (const { weekday, from_minute, until_minute } of spans) {
    const hours = `${clock(from_minute)}-${clock(until_minute)}`
    daysOf.set(hours, [...(daysOf.get(hours) ?? []), weekday - 1].sort())
  }
  const rules = [...daysOf].map(([hours, days]) => {
    const [first = 0, last = first] = [days[0], days.at(-1)]
    const isRun = days.length > 2 && last - first === days.length - 1
    const names = (isRun ? [`${DAYS[first]}-${DAYS[last]}`] : days.map((day) => DAYS[day])).join(',')
    return hours === '00:00-24:00' ? names : `${names} ${hours}`
  })
  return hoursText(rules.join('; '))
}
