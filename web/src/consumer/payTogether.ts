/** Several orders paid at once: the provider's page leads back to the list of orders. */
import { api, done, keyed, useAction } from '@/shared/api'

export function usePayTogether() {
  const paying = useAction((key: string, orders: string[]) =>
    done(api.POST('/v1/payments', { body: { orders }, headers: keyed(key) })),
  )
  /** Whether the payer is on the way to the provider. */
  async function pay(orders: string[]) {
    const started = await paying.run(orders)
    if (started) window.location.assign(started.pay_url)
    return started !== undefined
  }
  return { paying, pay }
}
