import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import zhCN from './activity.zh-CN'

/** The names of all events in the program's own source. */
function eventNames(): string[] {
  const files = readdirSync('../crates').map((crate) => `../crates/${crate}/src/events.rs`)
  return files.flatMap((file) => {
    const source = read(file)
    const said = [...source.matchAll(/const TYPE: &'static str = "(\w+)"/g)].map((match) => match[1] ?? '')
    const listed = /^event_types! \{([^}]*)\}/m.exec(source)?.[1] ?? ''
    return [...said, ...listed.split(/\s+/)].filter(Boolean)
  })
}
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

it('has a word for everything that can happen', () => {
  const names = eventNames()
  expect(names.length).toBeGreaterThan(50)
  expect(names.filter((name) => !(name in zhCN.event))).toEqual([])
})
