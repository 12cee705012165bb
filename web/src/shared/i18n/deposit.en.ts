import type { Catalogue } from './index'
import type zhCN from './deposit.zh-CN'

export default {
  kind: { earnest: 'Earnest money', refundable: 'Refundable deposit' },
  now: 'Pay {share} now and the rest at the store',
  rule: {
    earnest:
      'What you pay now is earnest money: the store keeps it if you cancel or do not come, and gives it back twice if it breaks its word.',
    booked:
      'What you pay now is earnest money: what the store keeps is a part of it, and it gives it back twice if it cancels.',
    refundable: 'What you pay now is a deposit that comes back whole if you cancel or do not come.',
  },
  paid: 'Show the QR in the store, and pay the rest there.',
  atStore: 'To pay at the store',
  toPay: 'To pay now',
  collect: 'Collect {amount}',
  collectOffline: 'The guest paid only a deposit. Their voucher says what is left: collect it.',
  twice:
    'Earnest money was paid: if the store cancels, the guest gets it back twice, once of it from your payouts.',
  compensation: 'As much again from the store',
} satisfies Catalogue<typeof zhCN>
