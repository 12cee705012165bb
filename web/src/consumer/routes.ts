import { createRouter, createWebHistory } from 'vue-router'
import { whoAmI } from '@/shared/session/session'
import HomePage from './pages/HomePage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown only to somebody who is signed in; others sign in first and come back. */
    isPersonal?: boolean
    /** What is written stands at the end of the page, with nothing below it. */
    isChat?: boolean
  }
}

const personal = { isPersonal: true }

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  routes: [
    { path: '/', name: 'home', component: HomePage },
    {
      path: '/m/:merchant',
      name: 'merchant',
      props: true,
      component: () => import('./pages/MerchantPage.vue'),
    },
    {
      path: '/m/:merchant/chat',
      name: 'chat',
      props: true,
      meta: { ...personal, isChat: true },
      component: () => import('./pages/ChatPage.vue'),
    },
    { path: '/o/:offer', name: 'offer', props: true, component: () => import('./pages/OfferPage.vue') },
    {
      path: '/showings/:showing',
      name: 'showing',
      props: ({ params, query }) => ({ ...params, moves: query.moves, ticket: query.ticket }),
      component: () => import('./pages/ShowingPage.vue'),
    },
    {
      path: '/stores/:store/queue',
      name: 'queue',
      props: true,
      component: () => import('./pages/QueuePage.vue'),
    },
    { path: '/g/:group', name: 'group', props: true, component: () => import('./pages/GroupPage.vue') },
    { path: '/compare', name: 'compare', component: () => import('./pages/ComparePage.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignInPage.vue') },
    { path: '/coupons', name: 'coupons', component: () => import('./pages/CouponsPage.vue') },
    {
      path: '/checkout/:offer',
      name: 'checkout',
      props: true,
      meta: personal,
      component: () => import('./pages/CheckoutPage.vue'),
    },
    { path: '/cart', name: 'cart', meta: personal, component: () => import('./pages/CartPage.vue') },
    { path: '/orders', name: 'orders', meta: personal, component: () => import('./pages/OrdersPage.vue') },
    {
      path: '/orders/:order',
      name: 'order',
      props: true,
      meta: personal,
      component: () => import('./pages/OrderPage.vue'),
    },
    {
      path: '/bookings',
      name: 'bookings',
      meta: personal,
      component: () => import('./pages/BookingsPage.vue'),
    },
    {
      path: '/bookings/:booking',
      name: 'booking',
      props: true,
      meta: personal,
      component: () => import('./pages/BookingPage.vue'),
    },
    {
      path: '/vouchers',
      name: 'vouchers',
      meta: personal,
      component: () => import('./pages/VouchersPage.vue'),
    },
    {
      path: '/vouchers/:voucher',
      name: 'voucher',
      props: true,
      meta: personal,
      component: () => import('./pages/VoucherPage.vue'),
    },
    {
      path: '/redemptions/:redemption/review',
      name: 'review',
      props: true,
      meta: personal,
      component: () => import('./pages/ReviewPage.vue'),
    },
    {
      path: '/memberships',
      name: 'memberships',
      meta: personal,
      component: () => import('./pages/MembershipsPage.vue'),
    },
    { path: '/rebates', name: 'rebates', meta: personal, component: () => import('./pages/RebatesPage.vue') },
    {
      path: '/messages',
      name: 'messages',
      meta: personal,
      component: () => import('./pages/MessagesPage.vue'),
    },
    {
      path: '/orders/:order/complain',
      name: 'complain',
      props: true,
      meta: personal,
      component: () => import('./pages/ComplainPage.vue'),
    },
    {
      path: '/complaints',
      name: 'complaints',
      meta: personal,
      component: () => import('./pages/ComplaintsPage.vue'),
    },
    {
      path: '/complaints/:complaint',
      name: 'complaint',
      props: true,
      meta: personal,
      component: () => import('./pages/ComplaintPage.vue'),
    },
    { path: '/chats', name: 'chats', meta: personal, component: () => import('./pages/ChatsPage.vue') },
    { path: '/account', name: 'account', meta: personal, component: () => import('./pages/AccountPage.vue') },
    { path: '/me', name: 'me', meta: personal, component: () => import('./pages/MePage.vue') },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('@/shared/components/NotFound.vue') },
  ],
})

router.beforeEach(async (to) => {
  if (!to.meta.isPersonal) return true
  try {
    if (await whoAmI()) return true
  } catch {
    // Without an answer the page itself says so, or shows what this device keeps.
    return true
  }
  return { name: 'sign-in', query: { next: to.fullPath }, replace: true }
})
