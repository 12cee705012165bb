/** Where an order stands, in words. Of what is paid after the service nothing was paid, and nothing comes back. */
import type { Schemas } from '@/shared/api'

const PAID_AFTER: Record<string, string> = { paid: 'deposit.ordered', refunded: 'deposit.givenBack' }

export function statusKeys(order: Schemas['OrderDetails']) {
  const { status, deposit_kind, price } = order
  const own = deposit_kind === 'pay_after' && !price.security_deposit.amount ? PAID_AFTER[status] : undefined
  if (own) return { title: own, hint: `${own}Hint` }
  const hint = deposit_kind && status === 'paid' ? 'deposit.paid' : `order.explain.${status}`
  return { title: `order.status.${status}`, hint }
}

/** What it comes to: what is to be paid now, or was; of what is paid after the service that is paid at the store. */
export const amountOf = ({ price, deposit_kind, status }: Schemas['OrderDetails']) =>
  deposit_kind === 'pay_after' && status !== 'placed' ? price.due_at_store : price.to_pay
