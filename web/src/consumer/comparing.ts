/** The offers that are about to be compared: up to four, for as long as the tab lives. */
import { computed, ref, watch } from 'vue'

const KEY = 'qiao.compare'
export const MOST = 4

export const chosen = ref<string[]>(
  (sessionStorage.getItem(KEY) ?? '').split(',').filter(Boolean).slice(0, MOST),
)
export const isFull = computed(() => chosen.value.length >= MOST)
watch(chosen, (now) => sessionStorage.setItem(KEY, now.join(',')))

export function toggle(offer: string) {
  if (chosen.value.includes(offer)) chosen.value = chosen.value.filter((other) => other !== offer)
  else if (!isFull.value) chosen.value = [...chosen.value, offer]
}
