/** How many guests wait for an answer, for the menu. */
import { effectScope, ref, watch } from 'vue'
import { api, done } from '@/shared/api'
import { useMerchantNews } from './live'
import { isCutOff, merchant } from './workplace'

export const guestsWaiting = ref(0)

async function reload() {
  const id = merchant.value
  if (!id) return
  const count = api.GET('/v1/merchants/{merchant}/conversations/waiting', {
    params: { path: { merchant: id } },
  })
  // Without an answer the last one stands.
  await done(count)
    .then(({ waiting }) => (guestsWaiting.value = waiting))
    .catch(() => undefined)
}

/** Keeps the count up to date as long as somebody works here. */
export function watchInbox() {
  watch(
    [merchant, isCutOff],
    (_now, _before, onCleanup) => {
      guestsWaiting.value = 0
      if (!merchant.value || isCutOff.value) return
      const scope = effectScope()
      scope.run(() =>
        useMerchantNews(reload, /^(MerchantAsked|GuestAnswered|GuestMuted|GuestUnmuted|PersonErased)$/),
      )
      onCleanup(() => scope.stop())
      void reload()
    },
    { immediate: true },
  )
}
