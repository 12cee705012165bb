import { fileURLToPath } from 'node:url'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import type { Connect, Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { offline } from './src/consumer/offline/plugin.ts'

const server = process.env.QIAO_SERVER ?? 'http://127.0.0.1:8080'
const proxy = Object.fromEntries(
  ['/v1', '/demo', '/openapi.json', '/docs', '/problems', '/media'].map((path) => [path, server]),
)

/** Serves each face's page for every route below it, as the Qiao server does. */
function faces(): Plugin {
  const rewrite: Connect.NextHandleFunction = (request, _response, next) => {
    const path = request.url?.split('?')[0] ?? '/'
    const isPage = request.headers.accept?.includes('text/html') && !path.includes('.')
    if (isPage && !Object.keys(proxy).some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) {
      const face = /^\/(merchant|platform)(\/|$)/.exec(path)?.[1]
      request.url = face ? `/${face}.html` : '/index.html'
    }
    next()
  }
  return {
    name: 'faces',
    configureServer: ({ middlewares }) => void middlewares.use(rewrite),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(rewrite),
  }
}

/** Puts a compressed file beside each script and style, for the server to choose from. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // Only what is written is final: before, other plugins still replace parts of it.
    writeBundle({ dir = 'dist' }, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name))
      for (const file of files.map((name) => join(dir, name))) {
        writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)))
      }
    },
  }
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [
    vue(),
    faces(),
    offline({ entry: 'consumer', worker: here('./src/consumer/offline/worker.js'), fileName: 'sw.js' }),
    offline({
      entry: 'merchant',
      worker: here('./src/merchant/offline/worker.js'),
      fileName: 'merchant-sw.js',
    }),
    compressed(),
  ],
  resolve: { alias: { '@': here('./src') } },
  define: { __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  server: { proxy },
  preview: { proxy },
  build: {
    // Every picture is a file, so that the policy for pictures can stay strict; scripts and styles always are.
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        // The map's worker comes as .mjs, which servers often do not know as a script.
        assetFileNames: ({ names: [name = ''] }) =>
          `assets/[name]-[hash]${name.endsWith('.mjs') ? '.js' : '[extname]'}`,
      },
      input: {
        consumer: here('./index.html'),
        merchant: here('./merchant.html'),
        platform: here('./platform.html'),
      },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
})
