/** The agreements under which an offer can be made. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, done, useLoad } from '@/shared/api'
import { date, percent } from './format'

/** Those that both sides accepted and that have not run out; and `kept`, whatever became of it. */
export function useOpenAgreements(merchant: string, kept?: () => string | undefined) {
  const { t } = useI18n()
  const { data, error, loading, reload } = useLoad(async () => {
    const params = { path: { merchant } }
    return (await done(api.GET('/v1/merchants/{merchant}/agreements', { params }))).items
  })
  const open = computed(() =>
    (data.value ?? []).filter(
      ({ id, status, terms }) =>
        id === kept?.() || (status === 'accepted' && Date.parse(terms.ends_at) > Date.now()),
    ),
  )
  const options = computed(() =>
    open.value.map(({ id, terms }) => ({
      value: id,
      label: t('offer.agreementLine', {
        from: date(terms.starts_at),
        to: date(terms.ends_at),
        discount: percent(terms.discount_bp),
      }),
    })),
  )
  const termsOf = (agreement: string) => open.value.find(({ id }) => id === agreement)?.terms
  return { options, termsOf, isRead: computed(() => !!data.value), error, loading, reload }
}
