import { ref } from 'vue'

/** Whether the browser has a network at all. */
export const isOnline = ref(navigator.onLine)
for (const change of ['online', 'offline']) {
  window.addEventListener(change, () => (isOnline.value = navigator.onLine))
}
