/** News for pages: hear them as long as the page is there, or have what is shown read anew. */
import { onScopeDispose } from 'vue'
import { listen, type Listener, type News } from './stream'

export type { News } from './stream'

/** Many things that happen together are one reason to read again. */
const GATHER_MS = 400

/** Calls the listener with all news of this path; with `undefined` where some may have been missed. */
export function useNews(path: string, listener: Listener) {
  onScopeDispose(listen(path, listener))
}

/** Reads anew when something that concerns the page happened, a moment later and once for many. */
export function useLiveReload(path: string, reload: () => unknown, concerns: (news: News) => boolean) {
  let waiting: ReturnType<typeof setTimeout> | undefined
  useNews(path, (news) => {
    if (news && !concerns(news)) return
    clearTimeout(waiting)
    waiting = setTimeout(() => void reload(), GATHER_MS)
  })
  onScopeDispose(() => clearTimeout(waiting))
}
