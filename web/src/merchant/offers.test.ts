import { expect, it } from 'vitest'
import { formOf, offerOf, type OwnOffer } from './offers'

const offer = {
  agreement: 'agr_1',
  title: { 'zh-CN': '双人套餐', en: 'For two', ja: '二人用' },
  description: { en: 'Two bowls' },
  category: 'hot_pot',
  list_price: { amount: 10_050, currency: 'CNY' },
  price_rules: [{ price: 9_000, from_quantity: 3, hours: [], for_members: false }],
  group: { price: 6_000, size: 3, window_us: 86_400_000_000 },
  deposit: { kind: 'earnest', share_bp: 1_500 },
  uses: 3,
  valid_us: 90 * 86_400_000_000,
  max_per_order: 5,
  stores: ['sto_1'],
  media: 'med_1',
} as unknown as OwnOffer

it('gives an offer back as it was when nobody changed the form, with the languages that it does not show', () => {
  const {
    agreement,
    title,
    description,
    category,
    list_price,
    price_rules,
    group,
    deposit,
    uses,
    valid_us,
    max_per_order,
    stores,
    media,
  } = offer
  expect(offerOf(formOf(offer), 'CNY', offer)).toEqual({
    agreement,
    title,
    description,
    category,
    list_price,
    price_rules,
    group,
    deposit,
    uses,
    valid_us,
    max_per_order,
    stores,
    media,
  })
})

it('sends nothing without a price', () => {
  expect(offerOf({ ...formOf(offer), price: '0' }, 'CNY')).toBeUndefined()
})
