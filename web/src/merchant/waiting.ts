/** How many guests wait for an answer, to a question or a complaint, for the menu. */
import { effectScope, reactive, watch } from 'vue'
import { api, done } from '@/shared/api'
import { useMerchantNews } from './live'
import { isCutOff, may, merchant } from './workplace'

const counts = reactive({ inbox: 0, complaints: 0 })

/** How much waits on a page. */
export const waitingAt = (part: string): number | undefined => (counts as Record<string, number>)[part]

async function reloadInbox(path: { merchant: string }) {
  const { waiting } = await done(
    api.GET('/v1/merchants/{merchant}/conversations/waiting', { params: { path } }),
  )
  counts.inbox = waiting
}

/** Among the newest: an older one was answered, or is the platform's. */
async function reloadComplaints(path: { merchant: string }) {
  if (!may('manager')) return
  const { items } = await done(api.GET('/v1/merchants/{merchant}/complaints', { params: { path } }))
  counts.complaints = items.filter(({ status }) => status === 'open').length
}

/** Keeps the counts up to date as long as somebody works here. Without an answer the last ones stand. */
export function watchWaiting() {
  watch(
    [merchant, isCutOff],
    (_now, _before, onCleanup) => {
      Object.assign(counts, { inbox: 0, complaints: 0 })
      const id = merchant.value
      if (!id || isCutOff.value) return
      const asked = () => reloadInbox({ merchant: id }).catch(() => undefined)
      const complained = () => reloadComplaints({ merchant: id }).catch(() => undefined)
      const scope = effectScope()
      scope.run(() => {
        useMerchantNews(asked, /^(MerchantAsked|GuestAnswered|GuestMuted|GuestUnmuted)$/)
        useMerchantNews(complained, /^ComplaintChanged$/)
      })
      onCleanup(() => scope.stop())
      void asked()
      void complained()
    },
    { immediate: true },
  )
}
