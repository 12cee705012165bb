import type { Catalogue } from './index'
import type zhCN from './chat.zh-CN'

export default {
  log: 'Messages',
  you: 'You:',
  shop: 'The shop:',
  guest: 'The guest:',
  by: '{name}:',
  about: { offer: 'About an offer', order: 'About an order', booking: 'About a booking' },
  message: 'Message',
  placeholder: 'Write a message…',
  send: 'Send',
  earlier: 'Earlier messages',
  addPhoto: 'Add pictures',
  removePhoto: 'Remove picture {n}',
  photo: 'Picture {n}',
  photos: 'Picture',
  onlyPhotos: '[A picture] | [{n} pictures]',
  unread: 'unread',
} satisfies Catalogue<typeof zhCN>
