/** Membership of a merchant, and the prices that come with it. */
import { useRoute, useRouter } from 'vue-router'
import { api, done, keyed, useAction, useLoad, type Schemas } from '@/shared/api'
import { whoAmI } from '@/shared/session/session'
import type { Offer } from './offers'

/** Whether whoever is signed in is a member of a merchant, and how that changes. */
export function useMembership(merchant: () => string) {
  const route = useRoute()
  const router = useRouter()
  const params = () => ({ path: { merchant: merchant() } })
  const membership = useLoad(async () => {
    if (!(await whoAmI())) return { is_member: false }
    return done(api.GET('/v1/merchants/{merchant}/membership', { params: params() }))
  }, [merchant])
  const changing = useAction(async (key: string, isToBe: boolean) => {
    const call = { params: params(), headers: keyed(key) }
    const path = '/v1/merchants/{merchant}/membership'
    await done(isToBe ? api.POST(path, call) : api.DELETE(path, call))
    return true
  })

  async function change(isToBe: boolean) {
    if (!(await whoAmI())) return void router.push({ name: 'sign-in', query: { next: route.fullPath } })
    if (await changing.run(isToBe)) await membership.reload()
  }
  return { membership, changing, change }
}

/** What one unit costs a member at any time, if that is less than what everybody pays now. */
export function memberPrice({ price, price_rules }: Offer): Schemas['Money'] | undefined {
  const ofMembers = price_rules.filter(
    ({ for_members, from_quantity, hours, from_day, until_day }) =>
      for_members && from_quantity === 1 && !hours?.length && !from_day && !until_day,
  )
  const amount = Math.min(price.amount, ...ofMembers.map((rule) => rule.price))
  return amount < price.amount ? { ...price, amount } : undefined
}

/** What one of the units of a quote costs the person who asked, if all cost the same: before and after the agreement's
 * discount. */
export function unitOf({ list, discounts }: Schemas['OrderPrice'], quantity: number) {
  const agreement = discounts.find(({ kind }) => kind === 'agreement')?.amount.amount ?? 0
  return {
    listPrice: { ...list, amount: list.amount / quantity },
    price: { ...list, amount: (list.amount - agreement) / quantity },
  }
}
