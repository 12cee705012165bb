import { expect, it } from 'vitest'
import { parsePercent, parseWhole } from './fields'

it('reads percentages and whole numbers exactly', () => {
  expect(['12.5', '12,05', '0,07', '100', '0'].map(parsePercent)).toEqual([1250, 1205, 7, 10000, 0])
  expect(['100.01', '1.234', '-1', '', 'x'].map(parsePercent)).toEqual(Array(5).fill(undefined))
  expect(['1', '0', '1.5', ''].map((text) => parseWhole(text, 1))).toEqual([
    1,
    undefined,
    undefined,
    undefined,
  ])
})
