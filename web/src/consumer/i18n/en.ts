import type { Catalogue } from '@/shared/i18n'
import type zhCN from './zh-CN'

export default {
  nav: { label: 'Main', discover: 'Discover', coupons: 'Coupons', vouchers: 'Vouchers', me: 'Me' },
} satisfies Catalogue<typeof zhCN>
