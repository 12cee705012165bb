/** What a store lets people book: tables, people, rooms, room types, sessions, halls. */
import { api, done, type Schemas } from '@/shared/api'
import { language } from '@/shared/i18n'
import { merchant } from './workplace'

export type Resource = Schemas['WireResource']
export const KINDS = ['table', 'person', 'room', 'room_type', 'session', 'hall'] as const

/** By name, as people count: table 2 before table 10. */
export async function loadResources(store: string): Promise<Resource[]> {
  if (!store) return []
  const path = { merchant: merchant.value ?? '', store }
  const found = await done(api.GET('/v1/merchants/{merchant}/stores/{store}/resources', { params: { path } }))
  const { compare } = new Intl.Collator(language.value, { numeric: true })
  return found.sort((a, b) => compare(a.name, b.name))
}
