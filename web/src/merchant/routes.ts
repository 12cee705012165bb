import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { Access } from './navigation'

declare module 'vue-router' {
  interface RouteMeta {
    /** Who may come here; a page without it is for everybody. */
    access?: Access
    /** A key of the catalogue. */
    title?: string
  }
}

const page = (
  path: string,
  name: string,
  access: Access,
  component: RouteRecordRaw['component'],
  title = `nav.${name}`,
) => ({ path, name, component, props: true, meta: { access, title } }) as RouteRecordRaw

export const router = createRouter({
  history: createWebHistory('/merchant'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    page('/', 'home', 'staff', () => import('./pages/HomePage.vue')),
    page('/counter', 'counter', 'staff', () => import('./pages/CounterPage.vue')),
    page('/bookings', 'bookings', 'staff', () => import('./pages/BookingsPage.vue')),
    page('/queue', 'queue', 'staff', () => import('./pages/QueuePage.vue')),
    page('/dishes', 'dishes', 'staff', () => import('./pages/DishesPage.vue')),
    page('/redemptions', 'redemptions', 'staff', () => import('./pages/RedemptionsPage.vue')),
    page('/conflicts', 'conflicts', 'whole', () => import('./pages/ConflictsPage.vue')),
    page('/offers', 'offers', 'whole', () => import('./pages/OffersPage.vue')),
    page('/offers/new', 'offer-new', 'whole', () => import('./pages/NewOfferPage.vue'), 'nav.offers'),
    page('/offers/:id', 'offer', 'whole', () => import('./pages/OfferPage.vue'), 'nav.offers'),
    page('/menu', 'menu', 'whole', () => import('./pages/MenuPage.vue')),
    page('/agreements', 'agreements', 'whole', () => import('./pages/AgreementsPage.vue')),
    page(
      '/agreements/new',
      'agreement-new',
      'whole',
      () => import('./pages/NewAgreementPage.vue'),
      'nav.agreements',
    ),
    page(
      '/agreements/:id',
      'agreement',
      'whole',
      () => import('./pages/AgreementPage.vue'),
      'nav.agreements',
    ),
    page('/coupons', 'coupons', 'whole', () => import('./pages/CouponsPage.vue')),
    page('/coupons/new', 'coupon-new', 'whole', () => import('./pages/NewCouponPage.vue'), 'nav.coupons'),
    page('/entries', 'entries', 'whole', () => import('./pages/EntriesPage.vue')),
    page('/inbox/:conversation?', 'inbox', 'staff', () => import('./pages/InboxPage.vue')),
    page('/orders', 'orders', 'whole', () => import('./pages/OrdersPage.vue')),
    page('/reviews', 'reviews', 'manager', () => import('./pages/ReviewsPage.vue')),
    page('/complaints', 'complaints', 'manager', () => import('./pages/ComplaintsPage.vue')),
    page(
      '/complaints/:complaint',
      'complaint',
      'manager',
      () => import('./pages/ComplaintPage.vue'),
      'nav.complaints',
    ),
    page('/statement', 'statement', 'whole', () => import('./pages/StatementPage.vue')),
    page('/payouts/:id', 'payout', 'whole', () => import('./pages/PayoutPage.vue'), 'nav.statement'),
    page('/profile', 'profile', 'owner', () => import('./pages/ProfilePage.vue')),
    page('/stores', 'stores', 'manager', () => import('./pages/StoresPage.vue')),
    page('/stores/new', 'store-new', 'whole', () => import('./pages/StorePage.vue'), 'nav.stores'),
    page('/stores/:id', 'store', 'manager', () => import('./pages/StorePage.vue'), 'nav.stores'),
    page(
      '/stores/:id/resources',
      'resources',
      'manager',
      () => import('./pages/ResourcesPage.vue'),
      'nav.stores',
    ),
    page('/stores/:id/halls/:hall', 'hall', 'manager', () => import('./pages/HallPage.vue'), 'nav.stores'),
    page('/showings', 'showings', 'staff', () => import('./pages/ShowingsPage.vue'), 'showings.title'),
    page('/showings/:showing', 'showing', 'staff', () => import('./pages/ShowingPage.vue'), 'showings.title'),
    page('/staff', 'staff', 'whole', () => import('./pages/StaffPage.vue')),
    page('/certifications', 'certifications', 'whole', () => import('./pages/CertificationsPage.vue')),
    {
      path: '/register',
      name: 'register',
      component: () => import('./pages/RegisterPage.vue'),
      meta: { title: 'register.title' },
    },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('@/shared/components/NotFound.vue') },
  ],
})
