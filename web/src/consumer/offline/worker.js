/*
 * The service worker of the consumer's app: keeps its pages, so that an opened voucher can be shown without a
 * network. Answers of the server are never kept here. FILES and VERSION are written in by the build.
 */
const CACHE = `qiao-${VERSION}`
const OTHERS = /^\/(v1|demo|docs|openapi\.json|merchant|platform|problems)(\/|$)/

self.addEventListener('install', (event) => {
  self.skipWaiting()
  // The server gives a page to whoever asks for one.
  const page = new Request('/', { headers: { Accept: 'text/html' } })
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([page, ...FILES])))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith('qiao-') && name !== CACHE)
      await Promise.all(old.map((name) => caches.delete(name)))
      await self.clients.claim()
    })(),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin || OTHERS.test(url.pathname)) return
  if (request.mode === 'navigate')
    event.respondWith(fetch(request).catch(() => caches.match('/', { ignoreVary: true })))
  else if (FILES.includes(url.pathname)) event.respondWith(kept(request))
})

async function kept(request) {
  // A file has one content whoever asks; what it varies by is how it is compressed.
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}
