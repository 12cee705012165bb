import { expect, it } from 'vitest'
import { beginning, storesOf, type Dish, type Store } from './menu'

const dish = (about: Partial<Dish>) =>
  ({ stores: [], sold_out: [], price: { amount: 2_800, currency: 'CNY' }, ...about }) as unknown as Dish
const store = (id: string, currency = 'CNY') => ({ id, currency }) as Store

it('shows the first dishes, and no section without one', () => {
  const section = (name: string, dishes: number) => ({
    name: { en: name },
    dishes: Array.from({ length: dishes }, () => dish({})),
  })
  const counts = (most: number) =>
    beginning([section('a', 2), section('b', 3)], most).map(({ dishes }) => dishes.length)
  expect(counts(1)).toEqual([1])
  expect(counts(2)).toEqual([2])
  expect(counts(4)).toEqual([2, 2])
  expect(counts(9)).toEqual([2, 3])
})

it('knows which stores serve a dish and which are out of it', () => {
  const stores = [store('here'), store('there'), store('abroad', 'EUR')]
  const ids = (of: Dish) => {
    const { serving, out } = storesOf(of, stores)
    return [serving, out].map((some) => some.map(({ id }) => id))
  }
  const out = [{ store: 'there', ends_at: '2027-01-15T20:00:00Z' }]
  expect(ids(dish({ sold_out: out }))).toEqual([['here', 'there'], ['there']])
  expect(ids(dish({ sold_out: out, stores: ['here'] }))).toEqual([['here'], []])
})
