/** Reads anew what a page shows when the merchant's news say that it changed. */
import { useLiveReload } from '@/shared/live'
import { merchant } from './workplace'

/** `concerns` is matched with the beginning of an event's name. */
export function useMerchantNews(reload: () => unknown, concerns: RegExp) {
  useLiveReload(`/v1/merchants/${merchant.value}/live`, reload, ({ type }) => concerns.test(type))
}
