import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import consumer from '@/consumer/i18n/zh-CN'
import merchant from '@/merchant/i18n/zh-CN'
import platform from '@/platform/i18n/zh-CN'
import shared from './zh-CN'

/** The keys that the sources in a folder name in full. */
function keysIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const sources = files.filter((file) => /(?<!\.test)\.(vue|ts)$/.test(file))
  const found = sources.flatMap((file) => [
    ...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/(?<![\w.])\$?t\(\s*'([\w.]+)'/g),
  ])
  return [...new Set(found.map(([, key]) => key ?? ''))]
}

function has(catalogue: object, key: string): boolean {
  const found = key
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], catalogue)
  return typeof found === 'string'
}

it.each(Object.entries({ consumer, merchant, platform }))(
  'has a text for every key of the %s',
  (face, own) => {
    const keys = keysIn(`src/${face}`)
    expect(keys.length).toBeGreaterThan(50)
    expect(keys.filter((key) => !has({ ...shared, ...own }, key))).toEqual([])
  },
)

it('has a text for every key of what the faces share', () => {
  const faces = [consumer, merchant, platform].map((own) => ({ ...shared, ...own }))
  expect(keysIn('src/shared').filter((key) => !faces.some((face) => has(face, key)))).toEqual([])
})
