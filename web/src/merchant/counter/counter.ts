/**
 * The counter of one store: takes what was scanned or typed, with the server where it can be reached and
 * without it where the scanner's own rules allow, and says what became of it.
 */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, done, keyed, Refused, Unreachable, type Schemas } from '@/shared/api'
import { Intent } from '@/shared/api/intent'
import { isUnsettled } from '@/shared/api/problem'
import { isOnline } from '@/shared/online'
import { checkQr } from './check'
import { useDevice } from './device'
import { clockOf, fetchKit, keptKit, scannerOf, type Kit } from './kit'
import { forget, keep, keptScans, newNonce, queueRefusal, worthOf, type QueuedScan } from './queue'
import { syncQueue } from './sync'

/** What the counter shows of the last scan. `error` is the server's refusal, where it was asked. */
export type Shown =
  | { kind: 'taken'; redeemed: Schemas['VoucherRedeemed'] }
  | { kind: 'queued'; scan: QueuedScan; usesTotal: number }
  | { kind: 'refused'; reason: string; error?: unknown }
  | { kind: 'undone' }

const SYNC_EVERY_MS = 20_000
const KIT_EVERY_MS = 10 * 60_000

/** The twelve digits of a typed code, or nothing where it is none. */
export function codeOf(text: string): string | undefined {
  const digits = text.replace(/[\s-]/g, '')
  return /^\d{12}$/.test(digits) ? digits : undefined
}

export function useCounter(merchant: string, store: string) {
  const { device, choose: chooseDevice } = useDevice(store)
  const kit = shallowRef<Kit>()
  const shown = shallowRef<Shown>()
  const busy = ref(false)
  const queue = shallowRef<QueuedScan[]>([])
  const syncError = shallowRef<unknown>()
  const isCutOff = ref(!isOnline.value)
  const path = { merchant, store }
  const intent = new Intent()
  let last = ''

  const waiting = computed(() => queue.value.filter((scan) => !scan.outcome))

  async function readQueue() {
    queue.value = (await keptScans()).filter((scan) => scan.store === store)
  }

  /** Fetches the kit if it can, else takes the kept one. */
  async function prepare() {
    kit.value ??= await keptKit(store)
    if (!isOnline.value) return
    try {
      kit.value = await fetchKit(merchant, store)
      isCutOff.value = false
    } catch (error) {
      isCutOff.value = error instanceof Unreachable
    }
  }

  async function sync() {
    await readQueue()
    if (!isOnline.value || waiting.value.length === 0) return
    try {
      await syncQueue()
      syncError.value = undefined
      isCutOff.value = false
    } catch (error) {
      syncError.value = error
    }
    await readQueue()
  }

  /** Takes a use of what was scanned or typed; of a stored-value card it is told the amount. */
  async function take(text: string, uses?: number) {
    if (busy.value || !text) return
    busy.value = true
    last = text
    try {
      shown.value = await outcomeOf(text, uses)
    } finally {
      busy.value = false
    }
    await readQueue()
  }

  async function outcomeOf(text: string, uses?: number): Promise<Shown> {
    const code = codeOf(text)
    if (!isOnline.value) return code ? refused('code_offline') : accept(text)
    // The same code again after no answer is the same request: it takes no second use.
    const key = intent.keyFor(`${text} ${uses ?? ''}`)
    try {
      const redeemed = await (code ? redeemCode(code, key, uses) : redeemScan(text, key, uses))
      intent.settle()
      isCutOff.value = false
      return { kind: 'taken', redeemed }
    } catch (error) {
      if (error instanceof Refused && !isUnsettled(error)) {
        intent.settle()
        return refused(error.code, error)
      }
      isCutOff.value = true
      return code ? refused('code_offline', error) : accept(text, key)
    }
  }

  function redeemScan(qr: string, key: string, uses?: number) {
    return done(
      api.POST('/v1/merchants/{merchant}/stores/{store}/redemptions/scan', {
        params: { path },
        headers: keyed(key),
        body: { qr, device: device.value?.id, uses },
        signal: AbortSignal.timeout(8000),
      }),
    )
  }

  function redeemCode(code: string, key: string, uses?: number) {
    return done(
      api.POST('/v1/merchants/{merchant}/stores/{store}/redemptions/code', {
        params: { path },
        headers: keyed(key),
        body: { code, device: device.value?.id, uses },
        signal: AbortSignal.timeout(8000),
      }),
    )
  }

  /** Judges a QR here. `unanswered` is the key of a request that may have reached the server. */
  async function accept(qr: string, unanswered?: string): Promise<Shown> {
    if (!kit.value) return refused('no_kit')
    if (!device.value) return refused('no_device')
    const now = clockOf(kit.value).now()
    const scanner = scannerOf(kit.value)
    const verdict = checkQr(qr, scanner, now)
    if (verdict.refusal) return refused(verdict.refusal)
    const { terms } = verdict
    const refusal = queueRefusal(kit.value, await keptScans(), terms, qr, now)
    if (refusal) return refused(refusal)
    const scan: QueuedScan = {
      nonce: newNonce(),
      qr,
      scanned_at: new Date(now).toISOString(),
      clock_synced_at: new Date(scanner.clockSyncedAt).toISOString(),
      merchant,
      store,
      device: device.value.id,
      voucher: terms.voucher,
      offer: terms.offer,
      worth: worthOf(kit.value, terms.offer),
      unanswered,
    }
    await keep(scan)
    return { kind: 'queued', scan, usesTotal: terms.usesTotal }
  }

  /** Takes back a redemption of the server's. */
  async function undo(key: string, redemption: string) {
    await done(
      api.POST('/v1/merchants/{merchant}/redemptions/{redemption}/undo', {
        params: { path: { merchant, redemption } },
        headers: keyed(key),
        body: {},
      }),
    )
    shown.value = { kind: 'undone' }
  }

  /** Takes back a scan that never left this device. */
  async function undoQueued(scan: QueuedScan) {
    await forget(scan.nonce)
    shown.value = { kind: 'undone' }
    await readQueue()
  }

  watch(isOnline, async (online) => {
    isCutOff.value = !online
    if (!online) return
    await prepare()
    await sync()
  })
  const syncing = setInterval(() => void sync(), SYNC_EVERY_MS)
  const preparing = setInterval(() => void prepare(), KIT_EVERY_MS)
  onScopeDispose(() => [syncing, preparing].forEach(clearInterval))
  void prepare().then(sync)

  return {
    device,
    chooseDevice,
    kit,
    shown,
    busy,
    queue,
    waiting,
    syncError,
    isCutOff,
    take,
    takeOfLast: (uses: number) => take(last, uses),
    undo,
    undoQueued,
    sync,
    taken: (redeemed: Schemas['VoucherRedeemed']) => (shown.value = { kind: 'taken', redeemed }),
    clear: () => (shown.value = undefined),
  }
}

function refused(reason: string, error?: unknown): Shown {
  return { kind: 'refused', reason, error }
}
