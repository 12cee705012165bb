import { createRouter, createWebHistory } from 'vue-router'
import HomePage from './pages/HomePage.vue'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', name: 'home', component: HomePage },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('@/shared/components/NotFound.vue') },
  ],
})
