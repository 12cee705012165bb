/** What a scanner needs before it loses its network, kept in the browser per store. */
import { createStore, get, set } from 'idb-keyval'
import { api, done, type Schemas } from '@/shared/api'
import { fetchOwnOffers } from '../offers'
import type { Scanner } from './check'
import { PlatformClock, type ClockSync } from './clock'

/** What an offer gives, so that a scan without a network shows what to hand out. */
export interface KitOffer {
  title: Record<string, string>
  uses: number
  listPrice: Schemas['Money']
  deposit?: Schemas['DepositKind']
}

export interface Kit {
  merchant: string
  store: string
  keys: Record<string, string>
  storeSets: Record<string, string[]>
  maxUses: number
  maxAmount: Schemas['Money']
  offers: Record<string, KitOffer>
  sync: ClockSync
}

const kits = createStore('qiao-scanner', 'kits')
const clocks = new Map<string, PlatformClock>()

export function keptKit(store: string): Promise<Kit | undefined> {
  return get<Kit>(store, kits)
}

/** Fetches the newest kit and sets the clock by it. */
export async function fetchKit(merchant: string, store: string): Promise<Kit> {
  const asked = performance.now()
  const params = { path: { merchant, store } }
  const fresh = await done(
    api.GET('/v1/merchants/{merchant}/stores/{store}/scanner-kit', { params, cache: 'no-store' }),
  )
  // The server read its clock somewhere between question and answer.
  const platform = Date.parse(fresh.now) + (performance.now() - asked) / 2
  const sync: ClockSync = { platform, wall: Date.now() }
  clocks.set(store, new PlatformClock(sync, true))
  const kit: Kit = {
    merchant,
    store,
    keys: Object.fromEntries(fresh.keys.map((key) => [key.key_id, key.public_key])),
    storeSets: Object.fromEntries(fresh.store_sets.map((known) => [known.digest, known.stores])),
    maxUses: fresh.offline_max_uses,
    maxAmount: fresh.offline_max_amount,
    offers: await fetchOffers(merchant),
    sync,
  }
  await set(store, kit, kits)
  return kit
}

async function fetchOffers(merchant: string): Promise<Record<string, KitOffer>> {
  const offers: Record<string, KitOffer> = {}
  for (const { id, title, uses, list_price, deposit } of await fetchOwnOffers(merchant)) {
    offers[id] = { title, uses, listPrice: list_price, deposit: deposit?.kind }
  }
  return offers
}

/** The platform's time, as well as this device knows it. */
export function clockOf(kit: Kit): PlatformClock {
  const known = clocks.get(kit.store)
  if (known?.sync.platform === kit.sync.platform) return known
  const clock = new PlatformClock(kit.sync, false)
  clocks.set(kit.store, clock)
  return clock
}

export function scannerOf(kit: Kit): Scanner {
  return {
    store: kit.store,
    keys: kit.keys,
    storeSets: kit.storeSets,
    clockSyncedAt: Math.floor(kit.sync.platform),
  }
}
