/** A question that follows what somebody types: asked when they pause, and given up when they type on. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

const PAUSE_MS = 300

export interface Asked<A> {
  /** The last answer, also while the next one is awaited; none once there is nothing to ask. */
  answer: Ref<A | undefined>
  error: Ref<unknown>
  asking: Ref<boolean>
}

/** Asks whenever the question changes. Without one there is nothing to ask. */
export function useAsk<Q, A>(
  question: () => Q | undefined,
  ask: (question: Q, signal: AbortSignal) => Promise<A>,
): Asked<A> {
  const answer = shallowRef<A>()
  const error = shallowRef<unknown>()
  const asking = ref(false)
  let last: AbortController | undefined
  let pause: ReturnType<typeof setTimeout> | undefined

  function giveUp() {
    clearTimeout(pause)
    last?.abort()
    asking.value = false
  }

  async function askNow(now: Q) {
    const { signal } = (last = new AbortController())
    try {
      const found = await ask(now, signal)
      if (signal.aborted) return
      answer.value = found
      error.value = undefined
    } catch (failure) {
      if (signal.aborted) return
      answer.value = undefined
      error.value = failure
    }
    asking.value = false
  }

  watch(
    question,
    (now) => {
      giveUp()
      if (now === undefined) {
        answer.value = error.value = undefined
        return
      }
      asking.value = true
      pause = setTimeout(askNow, PAUSE_MS, now)
    },
    { immediate: true },
  )
  onScopeDispose(giveUp)
  return { answer, error, asking }
}
