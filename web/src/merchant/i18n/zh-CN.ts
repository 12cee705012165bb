import common from '@/shared/console/i18n/zh-CN'
import bookings from './bookings.zh-CN'
import counter from './counter.zh-CN'
import door from './door.zh-CN'
import inbox from './inbox.zh-CN'
import menu from './menu.zh-CN'
import money from './money.zh-CN'
import selling from './selling.zh-CN'
import shell from './shell.zh-CN'

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
}
