import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether a media query holds, and from then on whenever that changes. */
export function useMediaQuery(query: string): Ref<boolean> {
  const media = window.matchMedia(query)
  const holds = ref(media.matches)
  const listen = (change: MediaQueryListEvent) => (holds.value = change.matches)
  media.addEventListener('change', listen)
  onScopeDispose(() => media.removeEventListener('change', listen))
  return holds
}
