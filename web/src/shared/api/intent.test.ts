import { expect, it, vi } from 'vitest'
import { useAction } from './intent'
import { Refused, Unreachable } from './problem'

const refused = (status: number) =>
  new Refused({ type: '/problems/x', title: '', detail: '', remedy: '', status }, status)

/** The keys that were sent, for a server that answers with these outcomes one after the other. */
async function keysOf(outcomes: (Error | 'done')[], bodies: string[]) {
  const keys: string[] = []
  const action = useAction(async (key: string, _body: string) => {
    keys.push(key)
    const outcome = outcomes[keys.length - 1]
    if (outcome instanceof Error) throw outcome
  })
  for (const body of bodies) await action.run(body)
  return keys
}

it('keeps the key while the outcome is unknown', async () => {
  const [first, second, third] = await keysOf(
    [new Unreachable(), refused(503), 'done'],
    ['same', 'same', 'same'],
  )
  expect(second).toBe(first)
  expect(third).toBe(first)
})

it('makes a new key after success, after a refusal, and for another request', async () => {
  const after = async (outcome: Error | 'done', next: string) =>
    new Set(await keysOf([outcome, 'done'], ['a', next]))
  expect(await after('done', 'a')).toHaveProperty('size', 2)
  expect(await after(refused(409), 'a')).toHaveProperty('size', 2)
  expect(await after(new Unreachable(), 'b')).toHaveProperty('size', 2)
})

it('sends once, however often a busy button is pressed', async () => {
  const write = vi.fn(async () => new Promise((resolve) => setTimeout(resolve)))
  const action = useAction(write)
  await Promise.all([action.run(), action.run()])
  expect(write).toHaveBeenCalledTimes(1)
})
