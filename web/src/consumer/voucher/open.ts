/** Opens a voucher: asks the server if it can, binds it to this device if it is bound to none, and keeps it. */
import { api, done, isRefused, keyed, Unreachable, type Schemas } from '@/shared/api'
import { fetchOffer } from '../offers'
import { base64Url, deviceKey } from './device'
import { forgetVoucher, keepVoucher, keptVoucher, type KeptVoucher } from './kept'
import { isPassFor } from './qr'

type Pass = Schemas['Pass']

export interface Opened extends KeptVoucher {
  /** It was opened without a network, from what is kept here. */
  isOffline: boolean
}

export async function openVoucher(id: string): Promise<Opened> {
  const before = await keptVoucher(id).catch(() => undefined)
  try {
    const opened = await askServer(id, before)
    // A browser that keeps nothing still shows the voucher online.
    await keepVoucher(opened).catch(() => undefined)
    return { ...opened, isOffline: false }
  } catch (error) {
    if (error instanceof Unreachable && before) return { ...before, isOffline: true }
    if (isRefused(error, 'not_found')) await forgetVoucher(id)
    throw error
  }
}

async function askServer(id: string, before: KeptVoucher | undefined): Promise<KeptVoucher> {
  const path = { voucher: id }
  const voucher = await done(api.GET('/v1/vouchers/{voucher}', { params: { path } }))
  const offer = await fetchOffer(voucher.offer).catch((error: unknown) => {
    // An offer that is over has no page any more; its voucher is still good.
    if (error instanceof Unreachable) throw error
    return undefined
  })
  const kept: KeptVoucher = {
    voucher,
    stores: offer?.stores ?? before?.stores ?? [],
    clockAheadMs: before?.clockAheadMs ?? 0,
  }
  if (voucher.status !== 'live') return kept
  const [code, pass] = await Promise.all([
    done(api.GET('/v1/vouchers/{voucher}/code', { params: { path } })),
    voucher.binding === 0 ? bindHere(crypto.randomUUID(), id) : passHere(id),
  ])
  return { ...kept, code: code.code, ...(pass && held(pass)) }
}

/** The pass, if the voucher is bound to this device. */
async function passHere(id: string): Promise<Pass | undefined> {
  const pass = await done(api.GET('/v1/vouchers/{voucher}/pass', { params: { path: { voucher: id } } }))
  return isPassFor(pass.pass, (await deviceKey()).publicKey) ? pass : undefined
}

/** Moves the voucher to this device: what another device shows of it is void from then on. */
export async function bindHere(key: string, id: string): Promise<Pass> {
  const body = { device_key: base64Url((await deviceKey()).publicKey) }
  const params = { path: { voucher: id } }
  return done(api.POST('/v1/vouchers/{voucher}/device', { params, body, headers: keyed(key) }))
}

function held(pass: Pass) {
  return {
    pass: pass.pass,
    offlineUntil: pass.terms.offline_until,
    clockAheadMs: Date.parse(pass.now) - Date.now(),
  }
}
