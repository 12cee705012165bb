import { afterEach, expect, test, vi } from 'vitest'
import { configuredGround } from './ground'

afterEach(() => vi.unstubAllGlobals())

const answering = (body: string, status = 200) =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })))

test('distances are drawn over the configured style', async () => {
  const streets = { id: 'streets', type: 'background' }
  answering(JSON.stringify({ version: 8, sources: { tiles: { type: 'vector' } }, layers: [streets] }))
  const style = await configuredGround('https://tiles.example/style.json')
  expect(style?.layers.map(({ id }) => id)).toEqual(['streets', 'rings'])
  expect(Object.keys(style?.sources ?? {})).toEqual(['tiles', 'rings'])
})

test('without an answer, or with one that is no style, the ground stays plain', async () => {
  answering('gone', 404)
  expect(await configuredGround('https://tiles.example/style.json')).toBeUndefined()
  answering('<html>')
  expect(await configuredGround('https://tiles.example/style.json')).toBeUndefined()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  expect(await configuredGround('https://tiles.example/style.json')).toBeUndefined()
})
