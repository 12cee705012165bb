/** Vouchers as this device keeps them, so that one that was opened here can be shown without a network. */
import { createStore, del, entries, get, set, clear } from 'idb-keyval'
import type { Schemas } from '@/shared/api'

export type VoucherDetails = Schemas['VoucherDetails']

export interface KeptVoucher {
  voucher: VoucherDetails
  stores: Schemas['PublicStore'][]
  /** The signed pass; absent while the voucher belongs to another device. */
  pass?: string
  /** Until when a scanner takes the pass without a network. */
  offlineUntil?: string
  code?: string
  /** The platform's clock less this device's, milliseconds. */
  clockAheadMs: number
}

const store = createStore('qiao-vouchers', 'vouchers')

export const keptVoucher = (voucher: string) => get<KeptVoucher>(voucher, store)
export const keepVoucher = (kept: KeptVoucher) => set(kept.voucher.id, kept, store)
export const forgetVoucher = (voucher: string) => del(voucher, store)
/** On signing out: what is another person's must not stay on the device. */
export const forgetAll = () => clear(store)

export async function keptVouchers(): Promise<KeptVoucher[]> {
  const all = await entries<string, KeptVoucher>(store)
  return all.map(([, kept]) => kept).sort((a, b) => b.voucher.issued_at.localeCompare(a.voucher.issued_at))
}
