/** Writes the service worker of a face: its code with the list of the files that the face consists of. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin, Rollup } from 'vite'

/** Too large to be kept for what is useless without a network. */
const NOT_KEPT = /maplibre|PlaceMap|BaseChart/

interface Face {
  /** Its entry. */
  entry: string
  /** The path of the worker's code. */
  worker: string
  /** As which file it is served. */
  fileName: string
}

export function offline({ entry: name, worker, fileName }: Face): Plugin {
  return {
    name: `offline-${name}`,
    apply: 'build',
    // After the pages' styles have got their names.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find(
        (file) => file.type === 'chunk' && file.isEntry && file.name === name,
      )
      if (entry?.type !== 'chunk') throw new Error(`the build has no ${name}`)
      const files = [...filesOf(entry, bundle)].sort().map((file) => `/${file}`)
      const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12)
      const constants = `const VERSION = '${version}'\nconst FILES = ${JSON.stringify(files)}\n`
      this.emitFile({ type: 'asset', fileName, source: constants + readFileSync(worker, 'utf8') })
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
