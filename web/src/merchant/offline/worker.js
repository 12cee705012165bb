/*
 * The service worker of the merchant's app: keeps its pages, so that the counter opens without a network. Answers
 * of the server are never kept here. FILES and VERSION are written in by the build.
 */
const CACHE = `merchant-${VERSION}`
const PAGE = '/merchant'

self.addEventListener('install', (event) => {
  self.skipWaiting()
  // The server gives a page to whoever asks for one.
  const page = new Request(PAGE, { headers: { Accept: 'text/html' } })
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([page, ...FILES])))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith('merchant-') && name !== CACHE)
      await Promise.all(old.map((name) => caches.delete(name)))
      await self.clients.claim()
    })(),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && /^\/merchant(\/|$)/.test(url.pathname))
    event.respondWith(fetch(request).catch(() => caches.match(PAGE, { ignoreVary: true })))
  else if (FILES.includes(url.pathname)) event.respondWith(kept(request))
})

async function kept(request) {
  // A file has one content whoever asks; what it varies by is how it is compressed.
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}
