import { expect, it } from 'vitest'
import { drawn, mapOfJson, painted, rowLabel, seatCount } from './hall'

const zones = [
  { code: 'stalls', name: 'Stalls' },
  { code: 'box', name: 'Box' },
]

it('calls rows by letters or numbers', () => {
  expect([0, 25, 26, 27].map((n) => rowLabel(n, true))).toEqual(['A', 'Z', 'AA', 'AB'])
  expect(rowLabel(9, false)).toBe('10')
})

it('numbers the seats of a row anew around an aisle', () => {
  const map = painted(drawn(2, 4, true, zones), { row: 1, cell: 1 }, 'gap')
  expect(map.rows[1]?.cells.map((seat) => seat?.label)).toEqual(['1', undefined, '2', '3'])
  expect(map.rows[0]?.cells.map((seat) => seat?.label)).toEqual(['1', '2', '3', '4'])
  expect(seatCount(map)).toBe(7)
})

it('paints zones and what a seat is', () => {
  let map = painted(drawn(1, 2, true, zones), { row: 0, cell: 0 }, { zone: 'box' })
  map = painted(map, { row: 0, cell: 1 }, { kind: 'out_of_order' })
  expect(map.rows[0]?.cells).toEqual([
    { label: '1', zone: 'box', kind: 'standard' },
    { label: '2', zone: 'stalls', kind: 'out_of_order' },
  ])
  expect(seatCount(map)).toBe(1)
})

it('reads a map of JSON and nothing else', () => {
  const map = drawn(1, 1, false, zones)
  expect(mapOfJson(JSON.stringify(map))).toEqual(map)
  expect(mapOfJson('{"rows": 3}')).toBeUndefined()
  expect(mapOfJson('nonsense')).toBeUndefined()
})
