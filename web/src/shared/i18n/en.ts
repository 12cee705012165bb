import type zhCN from './zh-CN'
import type { Catalogue } from './index'
import booking from './booking.en'
import categories from './categories.en'
import chat from './chat.en'
import complaint from './complaint.en'
import deposit from './deposit.en'
import dish from './dish.en'
import seats from './seats.en'

export default {
  unitsOff: {
    off: '{off} off',
    upTo: '{off} off, at most {most}',
    fixedPrice: 'One at {price}',
    freeItem: 'One free',
    buyGet: 'Buy {buy}, get {get}',
  },
  common: {
    retry: 'Try again',
    back: 'Back',
    close: 'Close',
    cancel: 'Cancel',
    confirm: 'OK',
    save: 'Save',
    more: 'Show more',
    loading: 'Loading…',
    offline: 'You are offline. What you see may be out of date.',
    failed: 'That did not work',
    language: 'Language',
    theme: 'Appearance',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    skip: 'Skip to the content',
    notFound: 'There is no such page',
    notFoundHint: 'The link may be out of date. Start again from the home page.',
    home: 'Go to the home page',
    signOut: 'Sign out',
    signIn: 'Sign in',
    copied: 'Copied',
    look: 'View',
    actions: 'Actions',
  },
  demo: {
    title: 'This is a demo: come in as',
    roles: {
      consumer: 'Guest',
      cashier: 'Cashier',
      manager: 'Manager',
      owner: 'Owner',
      admin: 'Administrator',
      finance: 'Finance',
    },
  },
  booking,
  complaint,
  deposit,
  chat,
  dish,
  seats,
  category: categories,
} satisfies Catalogue<typeof zhCN>
