/**
 * What each role may do, as the server's operations say. The server decides; this only leaves out what it
 * would refuse.
 */
import { computed } from 'vue'
import { me } from '@/shared/session/session'

const RIGHTS = {
  certify: ['admin', 'support'],
  suspend: ['admin', 'support'],
  negotiate: ['admin', 'finance'],
  settle: ['admin', 'finance'],
  offerCoupons: ['admin', 'finance'],
  seeEntries: ['admin', 'support'],
  moderate: ['admin', 'support'],
  refund: ['admin', 'support'],
  grant: ['admin'],
  audit: ['admin'],
  findPeople: ['admin', 'support'],
} as const

export type Right = keyof typeof RIGHTS

export const operatorRole = computed(() => me.value?.operator ?? undefined)

export function may(right: Right): boolean {
  const roles: readonly string[] = RIGHTS[right]
  return operatorRole.value !== undefined && roles.includes(operatorRole.value)
}
