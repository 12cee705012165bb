/** The names behind the ids that the platform's lists give: asked once each, kept as long as the page lives. */
import { shallowReactive } from 'vue'
import { api, done, type Schemas } from '@/shared/api'

type Texts = Schemas['MerchantListed']['name']

const merchants = shallowReactive(new Map<string, Texts | null>())

/** A merchant's name; `undefined` until it is known. */
export function merchantName(merchant: string): Texts | undefined {
  if (!merchants.has(merchant)) {
    merchants.set(merchant, null)
    const page = done(api.GET('/v1/merchants/{merchant}', { params: { path: { merchant } } }))
    page.then(
      ({ name }) => merchants.set(merchant, name),
      () => merchants.delete(merchant),
    )
  }
  return merchants.get(merchant) ?? undefined
}

const operators = shallowReactive(new Map<string, string>())
let askedOperators = false

/** A colleague's name; `undefined` until it is known, or if they have left. */
export function operatorName(person: string): string | undefined {
  if (!askedOperators) {
    askedOperators = true
    done(api.GET('/v1/platform/operators')).then(
      (found) => found.forEach(({ person, name }) => operators.set(person, name)),
      () => (askedOperators = false),
    )
  }
  return operators.get(person)
}

/** The end of an id, enough to tell one from its neighbours. */
export function shortId(id: string): string {
  return `…${id.slice(-6)}`
}
