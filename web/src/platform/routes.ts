import type { Component } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { Right } from './access'

declare module 'vue-router' {
  interface RouteMeta {
    /** A key of the catalogue. */
    title?: string
    /** What one must be allowed to do here. */
    right?: Right
  }
}

const part = (name: string, page: () => Promise<Component>, right?: Right): RouteRecordRaw => ({
  path: name === 'dashboard' ? '/' : `/${name}`,
  name,
  component: page,
  meta: { title: `nav.${name}`, right },
})

export const router = createRouter({
  history: createWebHistory('/platform'),
  routes: [
    part('dashboard', () => import('./pages/DashboardPage.vue')),
    part('activity', () => import('./pages/ActivityPage.vue')),
    part('certifications', () => import('./pages/CertificationsPage.vue'), 'certify'),
    part('merchants', () => import('./pages/MerchantsPage.vue')),
    {
      path: '/merchants/:merchant',
      name: 'merchant',
      component: () => import('./pages/MerchantPage.vue'),
      props: true,
      meta: { title: 'nav.merchants' },
    },
    part('agreements', () => import('./pages/AgreementsPage.vue'), 'negotiate'),
    part('orders', () => import('./pages/OrdersPage.vue')),
    part('refunds', () => import('./pages/RefundsPage.vue')),
    part('conflicts', () => import('./pages/ConflictsPage.vue')),
    part('operators', () => import('./pages/OperatorsPage.vue')),
    part('audit', () => import('./pages/AuditPage.vue'), 'audit'),
    part('reviews', () => import('./pages/ReviewsPage.vue'), 'moderate'),
    part('complaints', () => import('./pages/ComplaintsPage.vue'), 'moderate'),
    {
      path: '/complaints/:complaint',
      name: 'complaint',
      component: () => import('./pages/ComplaintPage.vue'),
      props: true,
      meta: { title: 'nav.complaints', right: 'moderate' },
    },
    {
      path: '/coupons',
      name: 'coupons',
      component: () => import('./pages/CouponsPage.vue'),
      props: ({ query }) => ({ merchant: query.merchant }),
      meta: { title: 'nav.coupons' },
    },
    {
      path: '/coupons/new',
      name: 'coupon-new',
      component: () => import('./pages/NewCouponPage.vue'),
      props: ({ query }) => ({ merchant: query.merchant }),
      meta: { title: 'nav.coupons', right: 'offerCoupons' },
    },
    part('entries', () => import('./pages/EntriesPage.vue'), 'seeEntries'),
    part('payouts', () => import('./pages/PayoutsPage.vue'), 'settle'),
    part('payment-conflicts', () => import('./pages/PaymentConflictsPage.vue'), 'settle'),
    part('chargebacks', () => import('./pages/ChargebacksPage.vue')),
    part('rules', () => import('./pages/RulesPage.vue'), 'negotiate'),
    part('accounts', () => import('./pages/AccountsPage.vue'), 'settle'),
    {
      path: '/accounts/:account/:currency',
      name: 'journal',
      component: () => import('./pages/JournalPage.vue'),
      props: ({ params, query }) => ({ ...params, owner: query.owner ?? '' }),
      meta: { title: 'journal.title', right: 'settle' },
    },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('@/shared/components/NotFound.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
