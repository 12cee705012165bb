/** The cart: what is to be ordered together, of any merchants. This device keeps it until it is ordered. */
import { computed, ref, watch } from 'vue'
import type { Schemas } from '@/shared/api'
import { entryOf } from './entry'
import { friendToken } from './friend'
import type { Offer } from './offers'

const KEY = 'qiao.cart'
/** As many as the server places at once. */
export const MOST = 20

export interface CartItem {
  offer: string
  merchant: string
  currency: string
  quantity: number
  /** Of the link by which it was found: visits end before carts do. */
  share_token?: string
}

function kept(): CartItem[] {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '[]') as CartItem[]).slice(0, MOST)
  } catch {
    return []
  }
}

export const cart = ref(kept())
export const isFull = computed(() => cart.value.length >= MOST)
watch(cart, (now) => localStorage.setItem(KEY, JSON.stringify(now)), { deep: true })
// Another tab is the same cart.
window.addEventListener('storage', ({ key }) => {
  if (key === KEY) cart.value = kept()
})

export const isInCart = (offer: string) => cart.value.some((item) => item.offer === offer)

export function addToCart(offer: Offer) {
  if (isInCart(offer.id) || isFull.value) return
  cart.value.push({
    offer: offer.id,
    merchant: offer.merchant,
    currency: offer.price.currency,
    quantity: 1,
    share_token: friendToken(offer.id),
  })
}

export function takeOut(offers: string[]) {
  cart.value = cart.value.filter((item) => !offers.includes(item.offer))
}

/** What the server is asked to order. */
export function orderOf(item: CartItem, useRebate: boolean): Schemas['NewOrder'] {
  const { offer, quantity, share_token } = item
  const entry = share_token ? undefined : entryOf(item.merchant)
  return { offer, quantity, share_token, entry, use_rebate: useRebate }
}

type Price = Schemas['OrderPrice']

/** What several orders of one currency come to; discounts of one kind are one. */
export function totalOf(prices: Price[]): Price | undefined {
  const [first, ...others] = prices
  return first && others.reduce(plus, { ...first, discounts: plusDiscounts([], first.discounts) })
}

const sum = (a: Schemas['Money'], b: Schemas['Money']) => ({ ...a, amount: a.amount + b.amount })

function plus(a: Price, b: Price): Price {
  return {
    list: sum(a.list, b.list),
    discount_platform: sum(a.discount_platform, b.discount_platform),
    discount_merchant: sum(a.discount_merchant, b.discount_merchant),
    rebate_used: sum(a.rebate_used, b.rebate_used),
    cash_due: sum(a.cash_due, b.cash_due),
    security_deposit: sum(a.security_deposit, b.security_deposit),
    to_pay: sum(a.to_pay, b.to_pay),
    due_at_store: sum(a.due_at_store, b.due_at_store),
    discounts: plusDiscounts(a.discounts, b.discounts),
  }
}

function plusDiscounts(a: Price['discounts'], b: Price['discounts']) {
  const kinds = new Map(a.map((discount) => [discount.kind, discount]))
  for (const { kind, amount, funded_by_platform } of b) {
    const before = kinds.get(kind)
    kinds.set(kind, {
      kind,
      amount: before ? sum(before.amount, amount) : amount,
      funded_by_platform: before ? sum(before.funded_by_platform, funded_by_platform) : funded_by_platform,
    })
  }
  return [...kinds.values()]
}
