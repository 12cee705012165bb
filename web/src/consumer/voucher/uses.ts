import type { ComposerTranslation } from 'vue-i18n'
import type { Schemas } from '@/shared/api'
import { usesAsMoney } from '@/shared/uses'
import type { Offer } from '../offers'

/** How much of a voucher is left: visits, or of a stored-value card an amount. */
export function leftText(
  t: ComposerTranslation,
  { uses_left, uses_held, uses_total, currency }: Schemas['HeldVoucher'],
): string {
  const [left, total] = [uses_left, uses_total].map((uses) => usesAsMoney(uses, currency) ?? uses)
  const text = t(currency ? 'voucher.balance' : 'voucher.usesLeft', { left, total })
  return uses_held > 0 ? `${text} · ${t('voucher.usesHeld', uses_held)}` : text
}

/** How often, or for how much, one voucher of an offer can be used. */
export function usesTexts(t: ComposerTranslation, { uses, card, price }: Offer): string[] {
  if (card?.kind === 'stored_value') return [t('rule.worth', { value: usesAsMoney(uses, price.currency) })]
  const texts = [uses > 1 ? t('rule.uses', uses) : t('rule.oneUse')]
  return card ? [...texts, t(`rule.paced.${card.per}`, card.uses)] : texts
}
