import { expect, test } from 'vitest'
import { inTurns } from './search'

test('merchants take turns, each in its own order, and nothing is lost', () => {
  const of = (merchant: string, price: number) => ({ merchant, price })
  const found = [of('a', 1), of('a', 2), of('a', 3), of('b', 4), of('c', 5), of('b', 6)]
  expect(inTurns(found).map(({ price }) => price)).toEqual([1, 4, 5, 2, 6, 3])
})
