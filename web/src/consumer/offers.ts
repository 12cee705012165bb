/** Offers by id, for lists that tell only ids: each is asked for once and kept while the page lives. */
import { reactive } from 'vue'
import { api, done, type Schemas } from '@/shared/api'

export type Offer = Schemas['PublicOffer']

const known = reactive(new Map<string, Offer | null>())
const asking = new Map<string, Promise<Offer>>()

/** The offer's page, always asked for anew. */
export async function fetchOffer(offer: string): Promise<Offer> {
  const found = await done(api.GET('/v1/offers/{offer}', { params: { path: { offer } } }))
  known.set(offer, found)
  return found
}

/** The offer if it is known; else `undefined`, and it appears when it has come. `null`: not shown any more. */
export function offerOf(offer: string): Offer | null | undefined {
  if (!known.has(offer) && !asking.has(offer)) {
    const asked = fetchOffer(offer).finally(() => asking.delete(offer))
    asking.set(offer, asked)
    asked.catch(() => known.set(offer, null))
  }
  return known.get(offer)
}

export async function compare(offers: string[], near?: { lat: number; lon: number }) {
  const query = { ids: offers.join(','), lat: near?.lat, lon: near?.lon }
  const compared = await done(api.GET('/v1/offers/compare', { params: { query } }))
  return compared.offers
}
