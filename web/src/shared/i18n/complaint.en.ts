import type { Catalogue } from './index'
import type zhCN from './complaint.zh-CN'

export default {
  kind: {
    not_as_described: 'Not as described',
    quality: 'Quality or safety',
    service: 'How I was treated',
    not_honoured: 'Refused at the store',
    charge: 'A charge or deduction',
    other: 'Something else',
  },
  side: { guest: 'Guest', merchant: 'Merchant', operator: 'Platform', system: 'Time ran out' },
  you: 'You',
  step: {
    open: 'complained',
    answered: 'answered',
    escalated: 'asked the platform to decide',
    settled: 'the merchant’s answer stands',
    upheld: 'decided for the guest',
    dismissed: 'decided against the complaint',
    withdrawn: 'took the complaint back',
  },
  late: 'no answer came; the platform decides',
  refunded: '{amount} given back',
  photos: 'Pictures',
  photo: 'Picture {n}',
} satisfies Catalogue<typeof zhCN>
