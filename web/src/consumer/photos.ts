/** Pictures of the guest's own. */
import { api, done, keyed } from '@/shared/api'

/** Uploads one under this key and gives its id. */
export async function uploadPhoto(key: string, file: File): Promise<string> {
  const kept = await done(
    api.POST('/v1/me/media', {
      headers: { ...keyed(key), 'Content-Type': 'application/octet-stream' },
      body: file as unknown as number[],
      bodySerializer: (body) => body as unknown as Blob,
    }),
  )
  return kept.id
}
