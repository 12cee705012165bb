/**
 * Where the person who is signed in works, and what they may do there, as the server's operations say. The
 * server decides; this only leaves out what it would refuse. The last workplace is kept in the browser, so that
 * the counter opens without a network.
 */
import { computed, ref, shallowRef, watch } from 'vue'
import { api, done, Unreachable, type Schemas } from '@/shared/api'
import { me, refreshMe, whoAmI, type Me } from '@/shared/session/session'

type Grant = Schemas['MyRole']
export type Role = 'cashier' | 'manager' | 'owner'
export type Store = Schemas['OwnStore']

const RANK: Record<string, number> = { cashier: 0, manager: 1, owner: 2 }
const KEPT = 'qiao.workplace'

interface Kept {
  name?: string | null
  staff: Grant[]
  merchant?: string
  stores: Store[]
}

function readKept(): Kept | undefined {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

const kept = shallowRef(readKept())
/** Whether nobody could ask the server who this is, so that what was kept has to do. */
export const isCutOff = ref(false)

/** Who was signed in last: the page stays as it is when the session ends, until somebody signs in again. */
const last = shallowRef<Me>()
watch(me, (now) => now && (last.value = now as Me), { immediate: true, flush: 'sync' })
export const hasEnded = computed(() => me.value === null && !!last.value && !isCutOff.value)

const person = computed<Pick<Me, 'name' | 'staff'> | undefined>(() =>
  isCutOff.value ? kept.value : ((me.value as Me | null | undefined) ?? last.value),
)
const grants = computed<readonly Grant[]>(() => (person.value?.staff ?? []) as readonly Grant[])

export const personName = computed(() => person.value?.name ?? '')
/** Every merchant that the person works for. */
export const merchants = computed(() => [...new Set(grants.value.map((grant) => grant.merchant))])

const chosen = ref(kept.value?.merchant)
/** The merchant that is worked for now; with several, one has to be chosen. */
export const merchant = computed(() => {
  const all = merchants.value
  return all.find((id) => id === chosen.value) ?? (all.length === 1 ? all[0] : undefined)
})

const here = computed(() => grants.value.filter((grant) => grant.merchant === merchant.value))

/** The highest role at this merchant. */
export const role = computed(
  () => here.value.map((grant) => grant.role as Role).sort((a, b) => (RANK[b] ?? 0) - (RANK[a] ?? 0))[0],
)

/** Whether one may act in this role: in this store, or in any without one. */
export function may(needed: Role, store?: string): boolean {
  return here.value.some(
    (grant) =>
      (RANK[grant.role] ?? 0) >= (RANK[needed] ?? 0) && (!store || !grant.store || grant.store === store),
  )
}

/** Whether one may act in this role for the whole merchant. */
export function mayEverywhere(needed: Role): boolean {
  return here.value.some((grant) => (RANK[grant.role] ?? 0) >= (RANK[needed] ?? 0) && !grant.store)
}

const allStores = shallowRef<Store[]>(kept.value?.stores ?? [])
/** The merchant's stores that one's role covers. */
export const stores = computed(() =>
  allStores.value.filter((store) => store.merchant === merchant.value && may('cashier', store.id)),
)

export function chooseMerchant(id: string | undefined) {
  chosen.value = id
}

export async function loadStores() {
  const id = merchant.value
  if (!id) return
  const found: Store[] = []
  let after: string | undefined
  do {
    const params = { path: { merchant: id }, query: { after } }
    const page = await done(api.GET('/v1/merchants/{merchant}/stores', { params }))
    found.push(...page.items)
    after = page.next ?? undefined
  } while (after)
  allStores.value = found
}

/**
 * Asks who works here; without a network, whoever worked here last goes on. Tells whether anybody does.
 */
export async function arrive(): Promise<boolean> {
  try {
    await (me.value === null ? refreshMe() : whoAmI())
    isCutOff.value = false
    await loadStores()
  } catch (error) {
    if (!(error instanceof Unreachable) || !kept.value?.staff.length) throw error
    isCutOff.value = true
  }
  return !!person.value
}

/** Nothing of the person stays in this browser. */
export function forgetPerson() {
  last.value = undefined
  kept.value = undefined
  localStorage.removeItem(KEPT)
}

watch([me, merchant, allStores], () => {
  if (isCutOff.value || !me.value) return
  const { name, staff } = me.value
  kept.value = { name, staff: [...staff], merchant: merchant.value, stores: allStores.value }
  localStorage.setItem(KEPT, JSON.stringify(kept.value))
})
watch(merchant, (now, before) => {
  if (before && now !== before && !isCutOff.value) void loadStores().catch(() => undefined)
})
