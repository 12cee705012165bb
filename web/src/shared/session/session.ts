/** Who is signed in. The session itself is a cookie out of reach of scripts; here is only what `/v1/me` tells. */
import { computed, shallowRef } from 'vue'
import { api, done, isRefused, keyed, type Schemas } from '@/shared/api'
import { onSignedOut } from '@/shared/api/client'

export type Me = Schemas['Myself']

const known = shallowRef<Me | null>()
let asking: Promise<Me | null> | undefined

/** The person, `null` for nobody, `undefined` as long as it was not asked. */
export const me = computed(() => known.value)
export const isSignedIn = computed(() => !!known.value)

onSignedOut(() => (known.value = null))

/** Asks the server once; every caller waits for the same answer. */
export function whoAmI(): Promise<Me | null> {
  if (known.value !== undefined) return Promise.resolve(known.value)
  asking ??= refreshMe().finally(() => (asking = undefined))
  return asking
}

/** Asks again, after signing in or a change. */
export async function refreshMe(): Promise<Me | null> {
  try {
    known.value = await done(api.GET('/v1/me'))
  } catch (error) {
    if (!isRefused(error, 'sign_in_required')) throw error
    known.value = null
  }
  return known.value
}

/** Ends this session. */
export async function signOut(key: string) {
  await done(api.POST('/v1/sign-out', { headers: keyed(key) }))
  known.value = null
}

/** What people see in their list of sessions. */
export function deviceName(): string {
  const system = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(navigator.userAgent)?.[0] ?? 'Browser'
  const browser = /Edg|Firefox|Chrome|Safari/.exec(navigator.userAgent)?.[0]
  return browser ? `${system} · ${browser.replace('Edg', 'Edge')}` : system
}
