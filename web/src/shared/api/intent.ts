/**
 * One intent of a person is one idempotency key: it is kept while the outcome is not known and the request
 * is the same, so that pressing the button again never buys twice; and made anew for everything else.
 */
import { ref, shallowRef, type Ref } from 'vue'
import { isUnsettled } from './problem'

export class Intent {
  private key = ''
  private of = ''

  /** The key for this request. */
  keyFor(request: unknown): string {
    const of = JSON.stringify(request) ?? ''
    if (!this.key || of !== this.of) this.key = crypto.randomUUID()
    this.of = of
    return this.key
  }

  /** The outcome is known: what comes next is another intent. */
  settle() {
    this.key = ''
  }
}

export interface Action<Args extends unknown[], T> {
  busy: Ref<boolean>
  /** Why the last try failed. */
  error: Ref<unknown>
  /** Runs it; `undefined` if it failed or is running already. */
  run: (...args: Args) => Promise<T | undefined>
}

/** A write that a person starts, with what a page shows meanwhile and afterwards. */
export function useAction<Args extends unknown[], T>(
  write: (key: string, ...args: Args) => Promise<T>,
): Action<Args, T> {
  const intent = new Intent()
  const busy = ref(false)
  const error = shallowRef<unknown>()

  async function run(...args: Args): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    error.value = undefined
    try {
      const value = await write(intent.keyFor(args), ...args)
      intent.settle()
      return value
    } catch (failure) {
      if (!isUnsettled(failure)) intent.settle()
      error.value = failure
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { busy, error, run }
}
