/** Writes `sw.js`: the service worker with the list of the files that the consumer's app consists of. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin, Rollup } from 'vite'

/** Too large to be kept for what is useless without a network. */
const NOT_KEPT = /maplibre|PlainMap/

export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    // After the pages' styles have got their names.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find(
        (file) => file.type === 'chunk' && file.isEntry && file.name === 'consumer',
      )
      if (entry?.type !== 'chunk') throw new Error('the build has no consumer')
      const files = [...filesOf(entry, bundle)].sort().map((file) => `/${file}`)
      const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12)
      const worker = readFileSync(fileURLToPath(new URL('./worker.js', import.meta.url)), 'utf8')
      const constants = `const VERSION = '${version}'\nconst FILES = ${JSON.stringify(files)}\n`
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: constants + worker })
    },
  }
}

function filesOf(entry: Rollup.OutputChunk, bundle: Rollup.OutputBundle): Set<string> {
  const files = new Set<string>()
  const waiting = [entry.fileName]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const chunk = bundle[name]
    if (files.has(name) || NOT_KEPT.test(name) || chunk?.type !== 'chunk') continue
    files.add(name)
    for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style)
    waiting.push(...chunk.imports, ...chunk.dynamicImports)
  }
  return files
}
