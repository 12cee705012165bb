/** Lets the browser keep the app. In development it would only keep what is about to change. */
export function keepApp() {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  window.addEventListener(
    'load',
    () =>
      void navigator.serviceWorker.register('/merchant-sw.js', { scope: '/merchant' }).catch(() => undefined),
  )
}
