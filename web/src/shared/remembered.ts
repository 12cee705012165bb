import { ref, watch, type Ref } from 'vue'

/** A choice among a few, kept in the browser. A browser that keeps nothing still lets one choose. */
export function remembered<T extends string>(key: string, choices: readonly T[], otherwise: T): Ref<T> {
  const choice = ref(otherwise) as Ref<T>
  try {
    const kept = localStorage.getItem(key) as T
    if (choices.includes(kept)) choice.value = kept
  } catch {
    return choice
  }
  watch(choice, (value) => localStorage.setItem(key, value), { flush: 'sync' })
  return choice
}
