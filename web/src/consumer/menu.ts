/** A merchant's menu as guests read it. */
import type { Schemas } from '@/shared/api'

export type Menu = Schemas['Menu']
export type Dish = Schemas['Dish']
export type Store = Schemas['PublicStore']

/** The first so many dishes, in their sections. */
export function beginning(sections: Menu['sections'], most: number): Menu['sections'] {
  let left = most
  return sections
    .map(({ name, dishes }) => {
      const shown = dishes.slice(0, Math.max(left, 0))
      left -= dishes.length
      return { name, dishes: shown }
    })
    .filter(({ dishes }) => dishes.length > 0)
}

/** Which of these stores serve a dish, and which of those are out of it. */
export function storesOf(dish: Dish, stores: readonly Store[]) {
  const serving = stores.filter(
    ({ id, currency }) =>
      currency === dish.price.currency && (dish.stores.length === 0 || dish.stores.includes(id)),
  )
  return { serving, out: serving.filter(({ id }) => dish.sold_out.some(({ store }) => store === id)) }
}
