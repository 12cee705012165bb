/** What the server says of this installation: asked for once. */
import { shallowRef } from 'vue'
import { api, done, type Schemas } from '@/shared/api'

export type City = Schemas['City']

/** `undefined` until it has come. */
export const settings = shallowRef<Schemas['PublicSettings']>()
let asking: Promise<void> | undefined

/** Asks the server; what it says is kept while the page lives, a failure is not. */
export function fetchSettings(): Promise<void> {
  asking ??= done(api.GET('/v1/settings'))
    .then((now) => void (settings.value = now))
    .catch(() => void (asking = undefined))
  return asking
}
