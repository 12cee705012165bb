/** Buying together: groups, and how long one is still open. */
import { onScopeDispose, ref } from 'vue'
import { api, done, type Schemas } from '@/shared/api'

export type Group = Schemas['Group']

export const fetchGroup = (group: string) =>
  done(api.GET('/v1/groups/{group}', { params: { path: { group } } }))

export const fetchOpenGroups = async (offer: string) =>
  (await done(api.GET('/v1/offers/{offer}/groups', { params: { path: { offer } } }))).items

/** The time, a second old at most. */
export function useNow() {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 1000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

/** What is left until then as `23:59:59`; hours go beyond a day. */
export function timeLeft(until: string, now: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - now) / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
