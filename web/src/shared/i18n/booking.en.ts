import type { Catalogue } from './index'
import type zhCN from './booking.zh-CN'

export default {
  status: {
    held: 'Waiting for payment',
    confirmed: 'Confirmed',
    arrived: 'Arrived',
    no_show: 'Nobody came',
    cancelled: 'Cancelled',
    released: 'Not paid in time',
    lapsed: 'Over',
  },
  people: '{n} person | {n} people',
  nightsOf: '{n} night | {n} nights',
  hoursOf: '{n} hour | {n} hours',
  roomsOf: '{n} room | {n} rooms',
  per: { booking: 'per booking', person: 'per person', night: 'per room and night', hour: 'per hour' },
  policy: {
    free: 'Cancel at no charge until it starts',
    freeBefore: 'Cancel or move it free until {length} before it starts, then the store keeps {share}',
    freeUntil: 'Free until {time}, then the store keeps {share}',
    late: 'If you cancel, the store keeps {share}',
    noShow: 'If you do not come, it keeps {share}',
    card: {
      freeBefore:
        'Cancel or move it free until {length} before it starts, then the visit is taken from the card',
      freeUntil: 'Free until {time}, then the visit is taken from the card',
      late: 'If you cancel, the visit is taken from the card',
      noShow: 'If you do not come, the visit is taken from the card',
    },
    kept: 'If you are late, your place is kept for {length}',
  },
  earlier: 'Earlier',
  later: 'Later',
  day: 'Day',
  time: 'Time',
  full: 'full',
  taken: 'taken',
  noneAtAll: 'Nothing is free in these weeks. Look later.',
} satisfies Catalogue<typeof zhCN>
