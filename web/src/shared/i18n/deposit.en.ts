import type { Catalogue } from './index'
import type zhCN from './deposit.zh-CN'

export default {
  kind: {
    earnest: 'Earnest money',
    refundable: 'Refundable deposit',
    pay_after: 'Nothing: all is paid after the service',
  },
  now: 'Pay {share} now and the rest at the store',
  nothingNow: 'Pay nothing now: you pay at the store, after the service',
  rule: {
    earnest:
      'What you pay now is earnest money: the store keeps it if you cancel or do not come, and gives it back twice if it breaks its word.',
    booked:
      'What you pay now is earnest money: what the store keeps is a part of it, and it gives it back twice if it cancels.',
    refundable: 'What you pay now is a deposit that comes back whole if you cancel or do not come.',
    pay_after:
      'You pay at the store, after the service. Until you have used your order or given it back, you cannot order this again.',
  },
  paid: 'Show the QR in the store, and pay the rest there.',
  orderNote: 'As long as it is unused you can give it back, and pay nothing.',
  ordered: 'Ordered',
  orderedHint: 'Show the QR in the store, and pay there after the service.',
  givenBack: 'Given back',
  givenBackHint: 'Nothing was paid, so nothing comes back.',
  giveBack: 'Give it back',
  giveBackHint: 'Nothing was paid. The voucher stops working at once, and you can order again.',
  atStore: 'To pay at the store',
  afterService: 'To pay at the store, after the service',
  toPay: 'To pay now',
  collect: 'Collect {amount}',
  collectAfter: 'After the service, collect {amount}',
  collectOffline: 'The guest paid only a deposit. Their voucher says what is left: collect it.',
  collectAllOffline:
    'The guest has paid nothing yet. Their voucher says how much: collect it after the service.',
  twice:
    'Earnest money was paid: if the store cancels, the guest gets it back twice, once of it from your payouts.',
  compensation: 'As much again from the store',
  security: {
    title: 'Security deposit',
    beside: 'Security deposit, goes back after your visit',
    rule: 'A security deposit of {amount} is paid beside the price. It goes back by itself two days after your visit; the store keeps of it only what a damage costs, and says why.',
    back: 'Your security deposit of {amount} comes back whole.',
    status: {
      held: 'Held by the platform, goes back by {time}',
      returned: 'Goes back to you',
      claimed: 'The store keeps {claimed} of it, what is left goes back',
      charged_back: 'Taken back by the bank',
    },
    because: 'The store says: {reason}',
    notKept: 'The store had claimed {claimed}; the platform found that it goes back to you.',
  },
} satisfies Catalogue<typeof zhCN>
