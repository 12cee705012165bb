/** The names behind the ids in the merchant's lists: offers, stores, staff, merchants. */
import { computed, shallowReactive } from 'vue'
import { api, done } from '@/shared/api'
import { textOf } from '@/shared/i18n/format'
import { fetchOwnOffers } from './offers'
import { merchant, stores } from './workplace'

type Texts = Record<string, string>

const offers = shallowReactive(new Map<string, Texts>())
const merchants = shallowReactive(new Map<string, Texts>())
const people = shallowReactive(new Map<string, string>())
let offersOf: string | undefined

/** Reads the titles of all offers, once per merchant; `again` after one was made. */
export async function loadOfferTitles(again = false) {
  const id = merchant.value
  if (!id || (offersOf === id && !again)) return
  offersOf = id
  for (const offer of await fetchOwnOffers(id)) offers.set(offer.id, offer.title)
}

/** All offers, to choose one. */
export const offerOptions = computed(() =>
  [...offers].map(([value, title]) => ({ value, label: textOf(title) || shortId(value) })),
)

export function offerTitle(offer: string): string {
  return textOf(offers.get(offer)) || shortId(offer)
}

export function storeName(store: string | null | undefined): string {
  if (!store) return ''
  return textOf(stores.value.find(({ id }) => id === store)?.name) || shortId(store)
}

/** Only managers of the whole merchant may read the list of staff. */
export async function loadPeople() {
  if (!merchant.value) return
  const params = { path: { merchant: merchant.value } }
  for (const member of await done(api.GET('/v1/merchants/{merchant}/staff', { params }))) {
    people.set(member.person, member.name)
  }
}

export function personNamed(person: string): string {
  return people.get(person) ?? shortId(person)
}

export function merchantName(id: string): Texts | undefined {
  return merchants.get(id)
}

export async function loadMerchantName(id: string) {
  if (merchants.has(id)) return
  const page = await done(api.GET('/v1/merchants/{merchant}', { params: { path: { merchant: id } } }))
  merchants.set(id, page.name)
}

/** It is asked for again where it is shown next. */
export function forgetMerchantName(id: string) {
  merchants.delete(id)
}

/** The end of an id, enough to tell one from its neighbours. */
export function shortId(id: string): string {
  return `…${id.slice(-6)}`
}
