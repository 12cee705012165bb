/** What is rated apart from the whole, by the kind of what was bought. */
const MEALS = /food|restaurant|hot_pot|cafe|snacks|barbecue|tea_drinks|bakery|seafood|dessert|bar|buffet/

export const ASPECTS = ['taste', 'service', 'place', 'value', 'skill'] as const

export function aspectsOf(category: string): (typeof ASPECTS)[number][] {
  return MEALS.test(category) ? ['taste', 'service', 'place'] : ['service', 'value', 'place']
}

/** Merchants of other systems may bring aspects that have no name here: those are shown as they are. */
export function aspectName(t: (key: string) => string, aspect: string): string {
  return ASPECTS.some((known) => known === aspect) ? t(`aspect.${aspect}`) : aspect
}
