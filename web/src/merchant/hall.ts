/** A hall as its editor holds it, and back: a grid of cells, painted one at a time. */
import type { Schemas } from '@/shared/api'
import { widthOf, type Seat, type SeatMap } from '@/shared/seats'

export type Hall = Schemas['Hall']
/** What a cell is painted with: the code of a zone, or what a seat is, or nothing. */
export type Brush = { zone: string } | { kind: string } | 'gap'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** `A`, `B`, …, `Z`, `AA`; or `1`, `2`. */
export function rowLabel(n: number, byLetter: boolean): string {
  if (!byLetter) return String(n + 1)
  const last = LETTERS[n % LETTERS.length] ?? ''
  return n < LETTERS.length ? last : rowLabel(Math.floor(n / LETTERS.length) - 1, true) + last
}

/** A hall of so many rows and seats, all in the first zone. */
export function drawn(rows: number, seats: number, byLetter: boolean, zones: SeatMap['zones']): SeatMap {
  const row = (n: number) => ({
    label: rowLabel(n, byLetter),
    cells: Array.from({ length: seats }, () => seatIn(zones[0]?.code ?? '')),
  })
  return { zones, rows: Array.from({ length: rows }, (_, n) => numbered(row(n))) }
}

const seatIn = (zone: string): Seat => ({ label: '', zone, kind: 'standard' })

/** A row with its seats numbered from the left, as they are in most halls. */
function numbered(row: SeatMap['rows'][number]) {
  let n = 0
  return { ...row, cells: row.cells.map((seat) => (seat ? { ...seat, label: String(++n) } : null)) }
}

/** The map with one cell painted over. A row is numbered anew where a seat comes or goes. */
export function painted(map: SeatMap, at: { row: number; cell: number }, brush: Brush): SeatMap {
  const width = widthOf(map)
  const rows = map.rows.map((row, r) => {
    if (r !== at.row) return row
    // A row may be shorter than the longest.
    const cells = Array.from({ length: width }, (_, c) => row.cells[c] ?? null)
    const before = cells[at.cell] ?? null
    cells[at.cell] = paint(before, brush, map.zones[0]?.code ?? '')
    return !before === !cells[at.cell] ? { ...row, cells } : numbered({ ...row, cells })
  })
  return { ...map, rows }
}

function paint(seat: Seat | null, brush: Brush, zone: string): Seat | null {
  if (brush === 'gap') return null
  return { ...(seat ?? seatIn(zone)), ...('zone' in brush ? { ...brush, kind: 'standard' } : brush) }
}

/** A map that was written or exported as JSON; `undefined` if it is none. */
export function mapOfJson(text: string): SeatMap | undefined {
  try {
    const { zones, rows } = JSON.parse(text) as Partial<SeatMap>
    return Array.isArray(zones) && Array.isArray(rows) ? { zones, rows } : undefined
  } catch {
    return undefined
  }
}

export function seatCount(map: SeatMap): number {
  return map.rows.flatMap(({ cells }) => cells).filter((seat) => seat && seat.kind !== 'out_of_order').length
}
