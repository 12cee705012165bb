/** What waits for the operator who is here, counted by the server: for the menu and the overview. */
import { computed, effectScope, shallowRef, watch } from 'vue'
import type { IconName } from '@/shared/components/BaseIcon.vue'
import { api, done, type Schemas } from '@/shared/api'
import { useLiveReload } from '@/shared/live'
import { may, operatorRole, type Right } from './access'
import { LIVE } from './live'

type Count = keyof Schemas['Waiting']

/** Who takes care of each, and on which page. What is only to be known about waits for nobody. */
const WORK: readonly { count: Count; route: string; icon: IconName; right?: Right; isNews?: boolean }[] = [
  { count: 'certifications', route: 'certifications', icon: 'shield', right: 'certify' },
  { count: 'agreements', route: 'agreements', icon: 'compare', right: 'negotiate' },
  { count: 'payouts_proposed', route: 'payouts', icon: 'money', right: 'settle' },
  { count: 'payouts_failed', route: 'payouts', icon: 'money', right: 'settle' },
  { count: 'refunds_failed', route: 'refunds', icon: 'refund' },
  { count: 'payment_conflicts', route: 'payment-conflicts', icon: 'money', right: 'settle' },
  { count: 'complaints', route: 'complaints', icon: 'flag', right: 'moderate' },
  { count: 'scan_conflicts', route: 'conflicts', icon: 'offline', isNews: true },
]

const CONCERNS = /^(Certification|Complaint|Agreement|Payout|Refund|PaymentConflict|RedemptionConflicted)/

const counts = shallowRef<Schemas['Waiting']>()
export const waitingError = shallowRef<unknown>()

/** `undefined` until it is known. */
export const waitingWork = computed(() => {
  const known = counts.value
  const mine = WORK.filter(({ right }) => !right || may(right))
  return known && mine.map((work) => ({ ...work, number: known[work.count] }))
})

/** How much waits on a page. */
export function waitingAt(route: string): number {
  const there = waitingWork.value?.filter((work) => work.route === route && !work.isNews)
  return there?.reduce((sum, { number }) => sum + number, 0) ?? 0
}

export async function reloadWaiting() {
  try {
    counts.value = await done(api.GET('/v1/platform/waiting'))
    waitingError.value = undefined
  } catch (failure) {
    waitingError.value = failure
  }
}

/** Keeps the counts up to date as long as an operator is here. */
export function watchWaiting() {
  watch(
    operatorRole,
    (role, _before, onCleanup) => {
      counts.value = undefined
      if (!role) return
      const scope = effectScope()
      scope.run(() => useLiveReload(LIVE, reloadWaiting, ({ type }) => CONCERNS.test(type)))
      onCleanup(() => scope.stop())
      void reloadWaiting()
    },
    { immediate: true },
  )
}
