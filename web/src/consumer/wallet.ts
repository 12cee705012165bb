/** The person's coupons and those on offer, as pages need them: all of the first page, which is newest first. */
import { api, done, keyed } from '@/shared/api'
import { whoAmI } from '@/shared/session/session'
import type { Coupon, WalletCoupon } from './coupons'

export async function myCoupons(): Promise<WalletCoupon[]> {
  if (!(await whoAmI())) return []
  return (await done(api.GET('/v1/me/coupons'))).items
}

/** What anybody may claim for an offer of this merchant. */
export async function couponsOnOffer(merchant: string): Promise<Coupon[]> {
  const [ofMerchant, ofPlatform] = await Promise.all([
    done(api.GET('/v1/merchants/{merchant}/coupons', { params: { path: { merchant } } })),
    done(api.GET('/v1/coupons')),
  ])
  return [...ofMerchant.items, ...ofPlatform.items].filter((coupon) => coupon.status === 'live')
}

export function claim(key: string, coupon: string) {
  return done(api.POST('/v1/coupons/{coupon}/claims', { params: { path: { coupon } }, headers: keyed(key) }))
}

/** The coupon that a unique code stands for. */
export function claimCode(key: string, code: string) {
  return done(api.POST('/v1/me/coupons', { body: { code }, headers: keyed(key) }))
}
