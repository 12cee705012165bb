import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useAsk } from './ask'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function asked() {
  const typed = ref<string | undefined>('a')
  const calls: { question: string; signal: AbortSignal; answer: (text: string) => void; fail: () => void }[] =
    []
  const scope = effectScope()
  const state = scope.run(() =>
    useAsk(
      () => typed.value,
      (question, signal) =>
        new Promise<string>((answer, fail) =>
          calls.push({ question, signal, answer, fail: () => fail('no') }),
        ),
    ),
  )!
  const type = async (text: string | undefined) => {
    typed.value = text
    await nextTick()
  }
  return { calls, scope, state, type, pause: () => vi.advanceTimersByTimeAsync(300) }
}

it('asks once for what is typed in one go', async () => {
  const { calls, type, pause } = asked()
  await type('ab')
  await type('abc')
  await pause()
  expect(calls.map(({ question }) => question)).toEqual(['abc'])
})

it('cancels a question that is typed over, and keeps the last answer meanwhile', async () => {
  const { calls, state, type, pause } = asked()
  await pause()
  calls[0]!.answer('first')
  await nextTick()
  expect([state.answer.value, state.asking.value]).toEqual(['first', false])
  await type('ab')
  await pause()
  await type('abc')
  expect(calls[1]!.signal.aborted).toBe(true)
  calls[1]!.answer('second')
  await pause()
  expect([state.answer.value, state.asking.value]).toEqual(['first', true])
  calls[2]!.answer('third')
  await nextTick()
  expect(state.answer.value).toBe('third')
})

it('says why there is no answer, and nothing once there is nothing to ask', async () => {
  const { calls, state, type, pause } = asked()
  await pause()
  calls[0]!.fail()
  await vi.advanceTimersByTimeAsync(0)
  expect(state.error.value).toBe('no')
  await type(undefined)
  expect([state.answer.value, state.error.value, state.asking.value]).toEqual([undefined, undefined, false])
})

it('gives up with its page', async () => {
  const { calls, scope, pause } = asked()
  await pause()
  scope.stop()
  expect(calls[0]!.signal.aborted).toBe(true)
})
