/** What a store lets people book: tables, people, rooms, room types, sessions. */
import { api, done, type Schemas } from '@/shared/api'
import { merchant } from './workplace'

export type Resource = Schemas['WireResource']
export const KINDS = ['table', 'person', 'room', 'room_type', 'session'] as const

export async function loadResources(store: string): Promise<Resource[]> {
  if (!store) return []
  const path = { merchant: merchant.value ?? '', store }
  return done(api.GET('/v1/merchants/{merchant}/stores/{store}/resources', { params: { path } }))
}
