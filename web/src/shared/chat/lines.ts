/** A conversation as its two pages show it. */
import type { Schemas } from '@/shared/api'

export type Line = Schemas['ChatLine']
export type Subject = Schemas['ChatSubject']

/** Lines of one day, in the order in which they are read. */
export interface Day {
  at: string
  lines: Line[]
}

/** The newest line comes first from the server, and stands last on the page. */
export function daysOf(newestFirst: readonly Line[]): Day[] {
  const days: Day[] = []
  for (const line of [...newestFirst].reverse()) {
    const last = days.at(-1)
    if (last && new Date(last.at).toDateString() === new Date(line.at).toDateString()) last.lines.push(line)
    else days.push({ at: line.at, lines: [line] })
  }
  return days
}

/** Up to which line the side that looks has to say it has read; `undefined` where there is nothing new. */
export function unreadUntil(lines: readonly Line[], byMerchant: boolean, marked: number): number | undefined {
  const newest = lines.find((line) => line.by_merchant === byMerchant)
  return newest && newest.seq > marked ? newest.seq : undefined
}
