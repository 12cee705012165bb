import type { Catalogue } from './index'
import type zhCN from './seats.zh-CN'

export default {
  seat: 'Row {row}, seat {seat}',
  some: 'Row {row}, seats {seats}',
  map: 'Seats',
  screen: 'Screen or stage',
  state: { free: 'free', picked: 'chosen', taken: 'taken', own: 'yours' },
  kind: { wheelchair: 'wheelchair place', out_of_order: 'out of order' },
  best: 'Best seats for',
  bestFor: '{n}',
  most: 'Up to {n} seats in one booking',
  gone: 'Just taken by somebody else: {seats}',
  noneTogether: 'There are no {n} seats side by side any more',
  choose: 'Choose up to {n} seats on the map',
  remove: 'Take {seat} away',
  chooseAsMany: 'Choose {n} seat | Choose {n} seats',
  otherPrice: 'These seats cost {after}, yours {before}: a booking is moved to seats that cost the same.',
  go: 'Go on · {amount}',
  goNone: 'Choose your seats',
  whole: 'Show the whole hall',
  large: 'Show large seats',
  over: 'This showing cannot be booked any more.',
  instead: 'Take {seats} instead',
  back: 'Back to the map',
} satisfies Catalogue<typeof zhCN>
