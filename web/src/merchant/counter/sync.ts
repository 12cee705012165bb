/** Sends what was accepted without a network, and keeps the server's answer to each scan. */
import { api, done, isRefused, keyed, Refused } from '@/shared/api'
import { keep, keptScans, prune, type QueuedScan } from './queue'

const MAX_SCANS = 100

/** Sends everything that waits. Throws when the server cannot be reached; what was answered until then is kept. */
export async function syncQueue(): Promise<void> {
  const waiting = (await keptScans()).filter((scan) => !scan.outcome)
  for (const scan of waiting) await settleUnanswered(scan)
  for (const batch of batches(waiting.filter((scan) => !scan.outcome))) await send(batch)
  await prune(Date.now())
}

/**
 * A scan whose first request was never answered may have counted already. The same request under the same key
 * tells: it answers as the first time, or, having never arrived, says that the QR is stale by now.
 */
async function settleUnanswered(scan: QueuedScan) {
  if (!scan.unanswered) return
  const { merchant, store, qr, device } = scan
  try {
    const redeemed = await done(
      api.POST('/v1/merchants/{merchant}/stores/{store}/redemptions/scan', {
        params: { path: { merchant, store } },
        headers: keyed(scan.unanswered),
        body: { qr, device },
      }),
    )
    scan.outcome = { outcome: 'redeemed', redemption: redeemed.redemption }
  } catch (error) {
    if (!(error instanceof Refused) || error.status >= 500 || error.status === 401) throw error
    if (!isRefused(error, 'qr_stale')) {
      scan.outcome = { outcome: 'refused', reason: error.code, detail: error.problem.detail }
    }
  }
  delete scan.unanswered
  await keep(scan)
}

/** Scans that can be sent together: of one device, judged by one setting of its clock. */
export function batches(scans: QueuedScan[]): QueuedScan[][] {
  const groups = new Map<string, QueuedScan[]>()
  for (const scan of scans) {
    const of = [scan.merchant, scan.store, scan.device, scan.clock_synced_at].join(' ')
    groups.set(of, [...(groups.get(of) ?? []), scan])
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / MAX_SCANS) }, (_, i) =>
      group.slice(i * MAX_SCANS, (i + 1) * MAX_SCANS),
    ),
  )
}

async function send(batch: QueuedScan[]) {
  const [first] = batch
  if (!first) return
  const { merchant, store, device, clock_synced_at } = first
  const scans = batch.map(({ nonce, qr, scanned_at }) => ({ nonce, qr, scanned_at }))
  const answer = await done(
    api.POST('/v1/merchants/{merchant}/stores/{store}/redemptions/offline', {
      params: { path: { merchant, store } },
      headers: keyed(crypto.randomUUID()),
      body: { device, clock_synced_at, scans },
    }),
  )
  for (const scan of batch) scan.outcome = answer.scans.find(({ nonce }) => nonce === scan.nonce)
  await keep(...batch)
}
