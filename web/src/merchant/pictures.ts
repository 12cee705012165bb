/** Pictures of the merchant's. */
import { api, done, keyed } from '@/shared/api'
import { merchant } from './workplace'

/** Uploads one under this key and gives its id. */
export async function uploadPicture(key: string, file: File): Promise<string> {
  const kept = await done(
    api.POST('/v1/merchants/{merchant}/media', {
      params: { path: { merchant: merchant.value ?? '' } },
      headers: { ...keyed(key), 'Content-Type': 'application/octet-stream' },
      body: file as unknown as number[],
      bodySerializer: (body) => body as unknown as Blob,
    }),
  )
  return kept.id
}
