import { expect, it } from 'vitest'
import { useRange, usesAsMoney } from './uses'

it('names the uses that were taken, and tells an amount from visits', () => {
  expect(useRange({ use_no: 3, uses: 1 })).toBe('3')
  expect(useRange({ use_no: 4, uses: 2 })).toBe('3–4')
  expect(usesAsMoney(2_550, 'CNY')).toBe('¥25.50')
  expect(usesAsMoney(2_550)).toBeUndefined()
})
