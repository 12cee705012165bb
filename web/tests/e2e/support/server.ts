/** A server of its own for a file of journeys: the real binary with a fresh demo city on a free port. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test as base } from '@playwright/test'
import { preview } from 'vite'

const STARTS_WITHIN_MS = 120_000

export interface DemoServer {
  /** Where the pages are. */
  url: string
  /** The newest one-time code that was sent to this address. */
  codeFor: (contact: string) => Promise<string>
}

function binary(): string {
  const found = [process.env.QIAO_BIN, '../target/release/qiao', '../target/debug/qiao'].find(
    (path) => path && existsSync(path),
  )
  if (!found) throw new Error('there is no qiao binary: build it, or name it in QIAO_BIN')
  return found
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}

async function untilReady(url: string, server: ChildProcess) {
  const until = Date.now() + STARTS_WITHIN_MS
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`qiao ended with ${server.exitCode}`)
    const isReady = await fetch(`${url}/v1/search`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (isReady) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('qiao did not start in time')
}

/** An empty database on the server that the tests were given. */
function newDatabase(worker: number): string {
  const server = process.env.QIAO_TEST_POSTGRES_URL ?? ''
  const name = `web_${process.pid}_${worker}`
  execFileSync('psql', ['-q', server, '-c', `CREATE DATABASE ${name}`])
  return server.replace(/[^/]*$/, name)
}

/** Serves the built pages in front of a server that does not embed them. */
async function withPages(server: string) {
  process.env.QIAO_SERVER = server
  const pages = await preview({
    build: { outDir: process.env.QIAO_WEB_DIST ?? 'dist' },
    preview: { port: await freePort(), strictPort: true, host: 'localhost' },
  })
  const url = pages.resolvedUrls?.local[0]?.replace(/\/$/, '')
  if (!url) throw new Error('the pages are not served')
  return { url, close: () => pages.close() }
}

async function codeFor(server: string, contact: string): Promise<string> {
  const messages = (await (await fetch(`${server}/demo/outbox`)).json()) as {
    to: string
    text: string
    at: string
  }[]
  const mine = messages.filter((message) => message.to === contact).sort((a, b) => b.at.localeCompare(a.at))
  const code = /\b\d{6}\b/.exec(mine[0]?.text ?? '')?.[0]
  if (!code) throw new Error(`no code was sent to ${contact}`)
  return code
}

/** `test` whose pages come from a server of its own, one for each worker. */
export const test = base.extend<{ baseURL: string }, { server: DemoServer }>({
  server: [
    async ({}, use, worker) => {
      const data = mkdtempSync(join(tmpdir(), 'qiao-web-'))
      const address = `127.0.0.1:${await freePort()}`
      const database = worker.project.name === 'postgres' ? newDatabase(worker.workerIndex) : undefined
      const args = ['demo', '--data', data, '--listen', address]
      if (database) args.push('--database-url', database)
      // What the server warns of explains a journey that fails, and an error of its own is a failure of all.
      const env = { RUST_LOG: 'warn', ...process.env }
      const child = spawn(binary(), args, { stdio: ['ignore', 'ignore', 'pipe'], env })
      const errors: string[] = []
      createInterface(child.stderr).on('line', (line) => {
        console.error(line)
        if (line.includes(' ERROR ')) errors.push(line)
      })
      try {
        const server = `http://localhost:${address.split(':')[1]}`
        await untilReady(server, child)
        const pages = process.env.QIAO_WEB_DIST ? await withPages(server) : undefined
        await use({ url: pages?.url ?? server, codeFor: (contact) => codeFor(server, contact) })
        await pages?.close()
        base.expect(errors, 'what went wrong in the server').toEqual([])
      } finally {
        child.kill('SIGTERM')
        if (child.exitCode === null) await once(child, 'exit')
        rmSync(data, { recursive: true, force: true })
      }
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
})

export { expect } from '@playwright/test'
