import { watchEffect } from 'vue'

/** The browser's title while this page is shown. */
export function useTitle(title: () => string) {
  watchEffect(() => (document.title = [title(), 'Qiao'].filter(Boolean).join(' · ')))
}
