/** Light and dark: the system's choice until somebody chooses here; remembered by the browser. */
import { computed, ref, watchEffect } from 'vue'
import { remembered } from '@/shared/remembered'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const theme = remembered<Theme>('qiao.theme', THEMES, 'system')

const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(system.matches)
system.addEventListener('change', (change) => (systemIsDark.value = change.matches))

export const isDark = computed(() => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'))

watchEffect(() => (document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'))
