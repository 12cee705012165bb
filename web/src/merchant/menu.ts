/** A merchant's menu as its editor holds it, and back. */
import { Refused, type Schemas } from '@/shared/api'
import { amountText } from '@/shared/console/fields'
import { filledTexts, formTexts, mergedTexts, type FormTexts } from '@/shared/console/texts'
import { parseMoney, textOf } from '@/shared/i18n/format'

export type Menu = Schemas['Menu']
export type Dish = Schemas['Dish']
export type Allergen = Schemas['Allergen']

/** As Regulation (EU) No 1169/2011 lists them. */
export const ALLERGENS = [
  'gluten',
  'crustaceans',
  'egg',
  'fish',
  'peanut',
  'soy',
  'milk',
  'nuts',
  'celery',
  'mustard',
  'sesame',
  'sulphites',
  'lupin',
  'molluscs',
] as const satisfies readonly Allergen[]
export const MOST_SECTIONS = 40
export const MOST_DISHES = 400

export interface DishForm {
  /** Tells rows apart while they are moved. */
  key: string
  /** As it was read; nothing for a new one. */
  before?: Dish
  name: FormTexts
  description: FormTexts
  price: string
  currency: string
  media: string | undefined
  signature: boolean
  /** `0` to `3`. */
  spicy: string
  vegetarian: boolean
  allergens: Allergen[]
  /** None: every store. */
  stores: string[]
}

export interface SectionForm {
  key: string
  /** As it was read, for the languages that the form does not show. */
  before: Record<string, string>
  name: FormTexts
  dishes: DishForm[]
}

export function newDish(currency: string): DishForm {
  return {
    key: crypto.randomUUID(),
    name: formTexts(undefined),
    description: formTexts(undefined),
    price: '',
    currency,
    media: undefined,
    signature: false,
    spicy: '0',
    vegetarian: false,
    allergens: [],
    stores: [],
  }
}

export function newSection(): SectionForm {
  return { key: crypto.randomUUID(), before: {}, name: formTexts(undefined), dishes: [] }
}

function dishForm(dish: Dish): DishForm {
  const { amount, currency } = dish.price
  return {
    key: dish.dish,
    before: dish,
    name: formTexts(dish.name),
    description: formTexts(dish.description),
    price: amountText(amount, currency),
    currency,
    media: dish.media ?? undefined,
    signature: dish.signature,
    spicy: String(dish.spicy),
    vegetarian: dish.vegetarian,
    allergens: [...dish.allergens],
    stores: [...dish.stores],
  }
}

export function formOf(menu: Menu): SectionForm[] {
  return menu.sections.map((section) => ({
    key: crypto.randomUUID(),
    before: section.name,
    name: formTexts(section.name),
    dishes: section.dishes.map(dishForm),
  }))
}

function dishOf(form: DishForm): Schemas['MenuDishSaid'] {
  return {
    dish: form.before?.dish,
    name: mergedTexts(form.before?.name ?? {}, form.name),
    description: mergedTexts(form.before?.description ?? {}, form.description),
    price: { amount: parseMoney(form.price, form.currency) ?? 0, currency: form.currency },
    media: form.media,
    signature: form.signature,
    spicy: Number(form.spicy),
    vegetarian: form.vegetarian,
    allergens: form.allergens,
    stores: form.stores,
  }
}

/** What is sent. */
export function menuOf(version: number, sections: readonly SectionForm[]): Schemas['MenuSaid'] {
  return {
    version,
    sections: sections.map(({ before, name, dishes }) => ({
      name: mergedTexts(before, name),
      dishes: dishes.map(dishOf),
    })),
  }
}

/** The name in the reader's language, else in the other. */
export function nameOf({ name }: { name: FormTexts }): string {
  return textOf(filledTexts(name))
}

/** Moves an item one place up or down. */
export function move<T>(items: T[], from: number, by: -1 | 1) {
  const [item] = items.splice(from, 1)
  if (item !== undefined) items.splice(from + by, 0, item)
}

/** The section and, if it is about one, the dish that a refusal is about. */
export function refusedAt(
  error: unknown,
  sections: readonly SectionForm[],
): SectionForm | DishForm | undefined {
  const field = error instanceof Refused ? (error.problem.field ?? '') : ''
  const [, n, m] = /^\/sections\/(\d+)(?:\/dishes\/(\d+))?/.exec(field) ?? []
  const section = n === undefined ? undefined : sections[Number(n)]
  return m === undefined ? section : section?.dishes[Number(m)]
}
