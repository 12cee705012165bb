/** The parts of the merchant's app, as its menu shows them. */
import type { Group, Part } from '@/shared/console/menu'
import { may, mayEverywhere } from './workplace'

/** Who may come here: everybody, a manager of any store or of the whole merchant, or its owner. */
export type Access = 'staff' | 'manager' | 'whole' | 'owner'

export const PARTS: readonly Group<Part & { access: Access }>[] = [
  {
    group: 'day',
    parts: [
      { name: 'home', icon: 'chart', access: 'whole' },
      { name: 'counter', icon: 'scan', access: 'staff' },
      { name: 'bookings', icon: 'clock', access: 'staff' },
      { name: 'queue', icon: 'users', access: 'staff' },
      { name: 'dishes', icon: 'list', access: 'staff' },
      { name: 'redemptions', icon: 'ticket', access: 'staff' },
    ],
  },
  {
    group: 'selling',
    parts: [
      { name: 'offers', icon: 'gift', access: 'whole' },
      { name: 'menu', icon: 'order', access: 'whole' },
      { name: 'agreements', icon: 'compare', access: 'whole' },
      { name: 'coupons', icon: 'coupon', access: 'whole' },
      { name: 'entries', icon: 'link', access: 'whole' },
    ],
  },
  {
    group: 'guests',
    parts: [
      { name: 'inbox', icon: 'chat', access: 'staff' },
      { name: 'orders', icon: 'order', access: 'whole' },
      { name: 'reviews', icon: 'star', access: 'manager' },
      { name: 'complaints', icon: 'flag', access: 'manager' },
    ],
  },
  {
    group: 'money',
    parts: [{ name: 'statement', icon: 'money', access: 'whole' }],
  },
  {
    group: 'business',
    parts: [
      { name: 'profile', icon: 'edit', access: 'owner' },
      { name: 'stores', icon: 'store', access: 'manager' },
      { name: 'staff', icon: 'users', access: 'whole' },
      { name: 'certifications', icon: 'shield', access: 'whole' },
    ],
  },
]

export function isOpen(access: Access): boolean {
  if (access === 'staff') return may('cashier')
  if (access === 'manager') return may('manager')
  return mayEverywhere(access === 'owner' ? 'owner' : 'manager')
}
