/** What a page reads: loading, there, or failed; and lists that come in pages. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref, type WatchSource } from 'vue'

export interface Loaded<T> {
  data: Ref<T | undefined>
  error: Ref<unknown>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/** Reads now, and again whenever one of the sources changes. Only the newest answer counts. */
export function useLoad<T>(read: () => Promise<T>, sources: WatchSource[] = []): Loaded<T> {
  const data = shallowRef<T>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let newest = 0

  async function reload() {
    const mine = ++newest
    loading.value = true
    try {
      const value = await read()
      if (mine !== newest) return
      data.value = value
      error.value = undefined
    } catch (failure) {
      if (mine === newest) error.value = failure
    } finally {
      if (mine === newest) loading.value = false
    }
  }

  if (sources.length > 0) watch(sources, reload)
  onScopeDispose(() => newest++)
  void reload()
  return { data, error, loading, reload }
}

export interface Page<T> {
  items: T[]
  next?: string | null
}

/** A list that is read page by page: `more` appends the next page. */
export function usePages<T, P extends Page<T> = Page<T>>(
  read: (after: string | undefined) => Promise<P & Page<T>>,
  sources: WatchSource[] = [],
) {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>()
  const { data, error, loading, reload } = useLoad(() => read(undefined), sources)
  const loadingMore = ref(false)
  watch(data, (page) => {
    items.value = page?.items ?? []
    next.value = page?.next
  })

  async function more() {
    const after = next.value
    if (!after || loadingMore.value) return
    loadingMore.value = true
    try {
      const first = data.value
      const page = await read(after)
      // The list was read anew meanwhile: this page belongs to the old one.
      if (first !== data.value) return
      items.value = [...items.value, ...page.items]
      next.value = page.next
    } catch (failure) {
      error.value = failure
    } finally {
      loadingMore.value = false
    }
  }

  const first = computed(() => loading.value && items.value.length === 0)
  /** All that a `RecordTable` of this list is bound to. */
  const table = computed(() => ({
    rows: items.value,
    loading: loading.value,
    error: error.value,
    hasMore: !!next.value,
    loadingMore: loadingMore.value,
    onRetry: reload,
    onMore: more,
  }))
  return {
    items,
    table,
    error,
    loading,
    loadingFirst: first,
    loadingMore,
    hasMore: computed(() => !!next.value),
    more,
    reload,
    page: data,
  }
}
