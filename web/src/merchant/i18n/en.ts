import type { Catalogue } from '@/shared/i18n'
import type zhCN from './zh-CN'

export default {
  face: 'Merchant',
} satisfies Catalogue<typeof zhCN>
