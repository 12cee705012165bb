/** An offer as its form holds it, and back. */
import { api, done, type Schemas } from '@/shared/api'
import { amountText, parsePercent, parseSpan, percentText } from '@/shared/console/fields'
import { parseMoney } from '@/shared/i18n/format'
import { wholeNumber } from './format'
import { rowsOf, rulesOf, type PriceRow } from './priceRules'
import { formTexts, mergedTexts, type FormTexts } from '@/shared/console/texts'
import type { Store } from './workplace'

export type OwnOffer = Schemas['OwnOfferDetails']

const DAY_US = 86_400_000_000
const HOUR_US = 3_600_000_000

export interface OfferForm {
  agreement: string
  title: FormTexts
  description: FormTexts
  category: string
  price: string
  priceRules: PriceRow[]
  /** Nothing of it where there is no price. */
  group: { price: string; size: string; hours: string }
  /** Of the first kind all is paid ahead. */
  deposit: { kind: '' | Schemas['DepositKind']; percent: string }
  /** What one voucher is: a right to visits, to so many in a period, or to what it is worth. */
  card: { kind: '' | Schemas['Card']['kind']; worth: string; most: string; per: Schemas['CardPeriod'] }
  uses: string
  validDays: string
  perOrder: string
  stores: string[]
  media: string | undefined
}

/** All offers of a merchant, whatever their status. */
export async function fetchOwnOffers(merchant: string): Promise<Schemas['OwnOffer'][]> {
  const offers: Schemas['OwnOffer'][] = []
  let after: string | undefined
  do {
    const params = { path: { merchant }, query: { after } }
    const page = await done(api.GET('/v1/merchants/{merchant}/offers/own', { params }))
    offers.push(...page.items)
    after = page.next ?? undefined
  } while (after)
  return offers
}

export function newOffer(stores: readonly Store[], agreement: string): OfferForm {
  return {
    agreement,
    title: formTexts(undefined),
    description: formTexts(undefined),
    category: stores[0]?.category ?? 'restaurant',
    price: '',
    priceRules: [],
    group: { price: '', size: '3', hours: '24' },
    deposit: { kind: '', percent: '20' },
    card: { kind: '', worth: '', most: '1', per: 'week' },
    uses: '1',
    validDays: '30',
    perOrder: '5',
    stores: stores.map(({ id }) => id),
    media: undefined,
  }
}

export function formOf(offer: OwnOffer): OfferForm {
  return {
    agreement: offer.agreement,
    title: formTexts(offer.title),
    description: formTexts(offer.description),
    category: offer.category,
    price: amountText(offer.list_price.amount, offer.list_price.currency),
    priceRules: rowsOf(offer.price_rules, offer.list_price.currency),
    group: {
      price: offer.group ? amountText(offer.group.price, offer.list_price.currency) : '',
      size: String(offer.group?.size ?? 3),
      hours: String((offer.group?.window_us ?? 24 * HOUR_US) / HOUR_US),
    },
    deposit: { kind: offer.deposit?.kind ?? '', percent: percentText(offer.deposit?.share_bp || 2_000) },
    ...cardFormOf(offer),
    validDays: String(offer.valid_us / DAY_US),
    perOrder: String(offer.max_per_order),
    stores: [...offer.stores],
    media: offer.media ?? undefined,
  }
}

function cardFormOf({ card, uses, list_price: { currency } }: OwnOffer): Pick<OfferForm, 'card' | 'uses'> {
  const form = { worth: '', most: '1', per: 'week' as const }
  switch (card?.kind) {
    case 'stored_value':
      return { card: { ...form, kind: card.kind, worth: amountText(uses, currency) }, uses: '1' }
    case 'paced':
      return {
        card: { ...form, kind: card.kind, most: String(card.uses), per: card.per },
        uses: String(uses),
      }
    default:
      return { card: { ...form, kind: '' }, uses: String(uses) }
  }
}

function cardOf({ card, uses }: OfferForm, currency: string) {
  switch (card.kind) {
    case 'stored_value':
      return { uses: parseMoney(card.worth, currency) ?? 0, card: { kind: card.kind } }
    case 'paced':
      return {
        uses: wholeNumber(uses),
        card: { kind: card.kind, uses: wholeNumber(card.most), per: card.per },
      }
    default:
      return { uses: wholeNumber(uses), card: undefined }
  }
}

/** What an offer sells in: the currency of its stores. */
export function currencyOf(form: OfferForm, stores: readonly Store[]): string {
  return stores.find(({ id }) => form.stores.includes(id))?.currency ?? stores[0]?.currency ?? 'CNY'
}

/** What is sent, or nothing where the price cannot be read. `from` is the offer that the form was made of. */
export function offerOf(form: OfferForm, currency: string, from?: OwnOffer) {
  const amount = parseMoney(form.price, currency)
  if (!amount) return undefined
  return {
    agreement: form.agreement,
    title: mergedTexts(from?.title ?? {}, form.title),
    description: mergedTexts(from?.description ?? {}, form.description),
    category: form.category,
    list_price: { amount, currency },
    price_rules: rulesOf(form.priceRules, currency),
    group: form.group.price.trim()
      ? {
          price: parseMoney(form.group.price, currency) ?? 0,
          size: wholeNumber(form.group.size),
          window_us: parseSpan(form.group.hours, HOUR_US) ?? NaN,
        }
      : undefined,
    deposit: form.deposit.kind
      ? {
          kind: form.deposit.kind,
          share_bp: form.deposit.kind === 'pay_after' ? 0 : (parsePercent(form.deposit.percent) ?? 0),
        }
      : undefined,
    ...cardOf(form, currency),
    valid_us: parseSpan(form.validDays, DAY_US) ?? NaN,
    max_per_order: wholeNumber(form.perOrder),
    stores: form.stores,
    media: form.media,
  }
}
