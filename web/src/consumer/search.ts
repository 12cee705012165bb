/** The search that stands in the address bar, so that it can be shared, reloaded and gone back to. */
import { computed } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import { api, done, usePages, type Schemas } from '@/shared/api'
import { place } from './place'

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
  min_rating_milli?: number
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
    min_rating_milli: number(query, 'min_rating_milli'),
  }
}

/** What is sent to the server for a search near a place, or anywhere. */
export function searchQuery(
  search: Search,
  currency: string,
  near: { lat: number; lon: number } | undefined,
) {
  const { radius_m, ...rest } = search
  const needsCurrency = search.sort === 'price' || search.price_min || search.price_max
  return {
    ...rest,
    sort: search.sort === 'distance' && !near ? undefined : search.sort,
    currency: needsCurrency ? currency : undefined,
    ...(near && { lat: near.lat, lon: near.lon, radius_m: radius_m ?? 10_000 }),
  }
}

export function useSearch(currency = 'CNY') {
  const route = useRoute()
  const router = useRouter()
  const search = computed(() => readSearch(route.query))
  const results = usePages(
    async (cursor) =>
      done(
        api.GET('/v1/search', {
          params: { query: { ...searchQuery(search.value, currency, place.value), cursor } },
        }),
      ),
    [search, place],
  )

  /** Changes some of the search and keeps the rest; `undefined` takes a condition out. */
  function change(changes: Search & { view?: string }) {
    const query = { ...route.query, ...changes }
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
    void router.replace({ query: Object.fromEntries(given) as LocationQuery })
  }

  return { search, results, change, isMap: computed(() => route.query.view === 'map') }
}
