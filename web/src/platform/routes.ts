import { createRouter, createWebHistory } from 'vue-router'

export const router = createRouter({
  history: createWebHistory('/platform'),
  routes: [
    { path: '/', name: 'home', component: () => import('./pages/HomePage.vue') },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('@/shared/components/NotFound.vue') },
  ],
})
