import type { Catalogue } from '@/shared/i18n'
import common from '@/shared/console/i18n/en'
import bookings from './bookings.en'
import counter from './counter.en'
import door from './door.en'
import inbox from './inbox.en'
import menu from './menu.en'
import money from './money.en'
import selling from './selling.en'
import shell from './shell.en'
import type zhCN from './zh-CN'

export default {
  ...common,
  ...shell,
  ...counter,
  ...bookings,
  ...door,
  ...inbox,
  ...menu,
  ...selling,
  ...money,
} satisfies Catalogue<typeof zhCN>
