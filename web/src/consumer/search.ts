/** The search that stands in the address bar, so that it can be shared, reloaded and gone back to. */
import { computed, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import { api, done, usePages, type Schemas } from '@/shared/api'
import { place, type Place } from './place'

export const SORTS = ['relevance', 'distance', 'price', 'rating', 'review_count'] as const
export type Sort = (typeof SORTS)[number]
export const RADII_M = [1000, 3000, 5000, 10_000, 40_000] as const
export type FoundOffer = Schemas['FoundOffer']

export interface Search {
  text?: string
  category?: string
  sort?: Sort
  radius_m?: number
  price_min?: number
  price_max?: number
  min_rating_hundredths?: number
}

const text = (query: LocationQuery, name: string) => {
  const value = query[name]
  return typeof value === 'string' && value ? value : undefined
}
const number = (query: LocationQuery, name: string) => {
  const value = Number(text(query, name))
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}

export function readSearch(query: LocationQuery): Search {
  const sort = SORTS.find((sort) => sort === query.sort)
  return {
    text: text(query, 'text'),
    category: text(query, 'category'),
    sort,
    radius_m: number(query, 'radius_m'),
    price_min: number(query, 'price_min'),
    price_max: number(query, 'price_max'),
    min_rating_hundredths: number(query, 'min_rating_hundredths'),
  }
}

/** What is sent to the server for a search near a place, or anywhere. */
export function searchQuery(search: Search, currency: string | undefined, near: Place | undefined) {
  const { radius_m, price_min, price_max, ...rest } = search
  const needsCurrency = search.sort === 'price' || price_min || price_max
  return {
    ...rest,
    sort: sortOf(search, currency, near),
    ...(currency && needsCurrency && { currency, price_min, price_max }),
    ...(near && circle(near, radius_m)),
  }
}

/** Around a place: the whole of a city, else as far as people go. */
export function circle({ lat, lon, kind }: Place, radius_m?: number) {
  return { lat, lon, radius_m: radius_m ?? (kind === 'city' ? 40_000 : 10_000) }
}

/** What can be sorted by here. */
export function sortsFor(currency: string | undefined, near: Place | undefined): Sort[] {
  return SORTS.filter((sort) => (sort !== 'distance' || near) && (sort !== 'price' || currency))
}

/** The order that was chosen, where it can be had; else what is near comes first, if there is a point to be near to. */
export function sortOf({ sort, text }: Search, currency: string | undefined, near: Place | undefined): Sort {
  if (sort && sortsFor(currency, near).includes(sort)) return sort
  return near && near.kind !== 'city' && !text ? 'distance' : 'relevance'
}

/** The same offers, each merchant's next one only when all others had theirs: who browses sees what there is. */
export function inTurns<T extends { merchant: string }>(items: T[]): T[] {
  const shown = new Map<string, number>()
  const turns = items.map((item) => {
    const turn = shown.get(item.merchant) ?? 0
    shown.set(item.merchant, turn + 1)
    return { item, turn }
  })
  return turns.sort((a, b) => a.turn - b.turn).map(({ item }) => item)
}

export function useSearch(currency: Ref<string | undefined>) {
  const route = useRoute()
  const router = useRouter()
  const search = computed(() => readSearch(route.query))
  const query = computed(() => searchQuery(search.value, currency.value, place.value))
  const results = usePages(
    async (cursor) => {
      const page = await done(api.GET('/v1/search', { params: { query: { ...query.value, cursor } } }))
      const isBrowsing = query.value.sort === 'relevance' && !query.value.text
      return isBrowsing ? { ...page, items: inTurns(page.items) } : page
    },
    // What comes to the same question is not asked again.
    [() => JSON.stringify(query.value)],
  )

  /** Changes some of the search and keeps the rest; `undefined` takes a condition out. */
  function change(changes: Search & { view?: string }) {
    const query = { ...route.query, ...changes }
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
    void router.replace({ query: Object.fromEntries(given) as LocationQuery })
  }

  return { search, results, change, isMap: computed(() => route.query.view === 'map') }
}
