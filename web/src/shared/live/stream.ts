/**
 * One stream of news for everybody on the page who listens to the same path. The server ends each stream
 * now and then; it is opened again, and whoever listens is told to read anew what may have changed meanwhile.
 */
import type { Schemas } from '@/shared/api'

export type News = Schemas['News']
/** `undefined`: some news may have been missed. */
export type Listener = (news: News | undefined) => void

const RETRY_FIRST_MS = 2_000
const RETRY_MOST_MS = 60_000

class Stream {
  readonly listeners = new Set<Listener>()
  private source: EventSource | undefined
  private retry: ReturnType<typeof setTimeout> | undefined
  private waitMs = RETRY_FIRST_MS
  private wasOpen = false

  constructor(private readonly path: string) {
    this.open()
  }

  private open() {
    const source = new EventSource(this.path)
    this.source = source
    source.addEventListener('open', () => {
      this.waitMs = RETRY_FIRST_MS
      if (this.wasOpen) this.tell(undefined)
      this.wasOpen = true
    })
    source.addEventListener('news', ({ data }: MessageEvent<string>) => this.tell(JSON.parse(data) as News))
    source.addEventListener('missed', () => this.tell(undefined))
    source.addEventListener('error', () => {
      // The browser comes back by itself after a lost connection, but not after an answer that is no stream.
      if (source.readyState !== EventSource.CLOSED) return
      this.retry = setTimeout(() => this.open(), this.waitMs)
      this.waitMs = Math.min(this.waitMs * 2, RETRY_MOST_MS)
    })
  }

  private tell(news: News | undefined) {
    for (const listener of [...this.listeners]) listener(news)
  }

  close() {
    clearTimeout(this.retry)
    this.source?.close()
  }
}

const streams = new Map<string, Stream>()

/** Listens until the function that it returns is called. */
export function listen(path: string, listener: Listener): () => void {
  const stream = streams.get(path) ?? new Stream(path)
  streams.set(path, stream)
  stream.listeners.add(listener)
  return () => {
    stream.listeners.delete(listener)
    if (stream.listeners.size > 0 || streams.get(path) !== stream) return
    stream.close()
    streams.delete(path)
  }
}
