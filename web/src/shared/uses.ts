/** Uses of a voucher: visits, or of a stored-value card an amount of it. */
import { money } from './i18n/format'

export interface Taken {
  /** Which of them; of several the last. */
  use_no: number
  uses: number
  currency?: string | null
}

/** So many uses as money, if they are. */
export function usesAsMoney(uses: number, currency?: string | null): string | undefined {
  return currency ? money({ amount: uses, currency }, { cents: true }) : undefined
}

/** Which uses were taken: `3`, or `3–4`. */
export function useRange({ use_no, uses }: Taken): string {
  return uses > 1 ? `${use_no - uses + 1}–${use_no}` : String(use_no)
}
