import type { Catalogue } from '@/shared/i18n'
import type zhCN from './inbox.zh-CN'

export default {
  inbox: {
    hint: 'What guests ask, those who wait for an answer first. Whoever is there may answer.',
    none: 'Nobody has asked yet',
    noneHint: 'What guests ask on your page, about an offer or about their booking comes here.',
    list: 'Conversations',
    choose: 'Choose a conversation to read and answer it',
    guest: 'Guest',
    waiting: 'Waiting',
    muted: 'Muted',
    back: 'All conversations',
    mute: 'Mute this guest',
    muteTitle: 'Mute this guest?',
    muteHint: 'No more of their messages are taken, and they are told so. You can take it back at any time.',
    unmute: 'Unmute',
    isMuted: 'This guest is muted: no more of their messages are taken.',
  },
} satisfies Catalogue<typeof zhCN>
