/** Where the person looks for things: a city, the device's position, a point of the map, or a store that was typed. */
import { computed, ref, watch } from 'vue'
import type { Texts } from '@/shared/i18n/format'
import { metresBetween } from '@/shared/map/rings'
import { settings, type City } from '@/shared/settings'

export interface Place {
  lat: number
  lon: number
  /** How it was chosen; a city and a store have names. */
  kind: 'city' | 'here' | 'map' | 'store'
  name?: Texts
}

const KEY = 'qiao.place'

function kept(): Place | undefined {
  try {
    const place = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Place | null
    return typeof place?.lat === 'number' && typeof place.lon === 'number' ? place : undefined
  } catch {
    return undefined
  }
}

export const place = ref<Place | undefined>(kept())
watch(place, (now) => (now ? localStorage.setItem(KEY, JSON.stringify(now)) : localStorage.removeItem(KEY)))

/** What prices are compared in here: the nearest city's currency, else what most is sold in. */
export const currency = computed(() => {
  const { cities = [], currency: usual } = settings.value ?? {}
  const here = place.value
  if (!here) return usual ?? undefined
  const away = (city: City) => metresBetween(here, city.place)
  return [...cities].sort((a, b) => away(a) - away(b))[0]?.currency ?? usual ?? undefined
})

/** Asks the device where it is. Rejects when the person or the device says no. */
export function locate(): Promise<Place> {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, kind: 'here' }),
      reject,
      { timeout: 10_000, maximumAge: 60_000 },
    )
  })
}

/** A link that opens the device's navigation app, with a web page as the way out. */
export function routeLink(to: { lat: number; lon: number }, name: string): string {
  const at = `${to.lat},${to.lon}`
  const agent = navigator.userAgent
  if (/Android/.test(agent)) return `geo:${at}?q=${at}(${encodeURIComponent(name)})`
  if (/iPhone|iPad|Macintosh/.test(agent)) return `https://maps.apple.com/?daddr=${at}`
  return `https://www.openstreetmap.org/directions?to=${encodeURIComponent(at)}`
}
