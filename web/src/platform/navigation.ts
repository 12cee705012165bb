/** The parts of the console, as its menu shows them. */
import type { Group, Part } from '@/shared/console/menu'
import type { Right } from './access'

export const PARTS: readonly Group<Part & { right?: Right }>[] = [
  {
    group: 'start',
    parts: [
      { name: 'dashboard', icon: 'chart' },
      { name: 'activity', icon: 'map' },
    ],
  },
  {
    group: 'merchantSide',
    parts: [
      { name: 'certifications', icon: 'shield', right: 'certify' },
      { name: 'merchants', icon: 'store' },
      { name: 'agreements', icon: 'compare', right: 'negotiate' },
    ],
  },
  {
    group: 'guestSide',
    parts: [
      { name: 'orders', icon: 'order' },
      { name: 'refunds', icon: 'refund' },
      { name: 'conflicts', icon: 'offline' },
      { name: 'complaints', icon: 'flag', right: 'moderate' },
      { name: 'reviews', icon: 'star', right: 'moderate' },
      { name: 'coupons', icon: 'coupon' },
      { name: 'entries', icon: 'link', right: 'seeEntries' },
    ],
  },
  {
    group: 'books',
    parts: [
      { name: 'payouts', icon: 'money', right: 'settle' },
      { name: 'payment-conflicts', icon: 'compare', right: 'settle' },
      { name: 'chargebacks', icon: 'refund' },
      { name: 'accounts', icon: 'list', right: 'settle' },
      { name: 'rules', icon: 'settings', right: 'negotiate' },
    ],
  },
  {
    group: 'team',
    parts: [
      { name: 'operators', icon: 'users' },
      { name: 'audit', icon: 'clock', right: 'audit' },
    ],
  },
]
