import { expect, it } from 'vitest'
import type { Booking } from '@/shared/booking'
import { servingsAsked } from './askedFor'

const t = (key: string, values: Record<string, unknown> = {}) => [key, ...Object.values(values)].join(' ')
const has = (kind: string, name: string, starts_at: string) => ({ kind, name, starts_at, service: {} })
const asked = (resources: unknown[], guest?: { asked_for: unknown[]; area?: string }) =>
  servingsAsked(t, { resources, guest } as unknown as Booking).map(({ asked }) => asked)

it('says service by service whom a guest asked for, whoever serves them now', () => {
  const visit = [has('person', 'Wei', '10:00'), has('room', 'Basin', '11:00'), has('person', 'Min', '11:00')]
  const guest = { asked_for: [{ id: 'anna', name: 'Anna' }] }
  expect(asked(visit, guest)).toEqual(['bookings.askedFor Anna', 'bookings.anyone'])
})

it('says where a guest asked to be', () => {
  const table = [has('table', 'T1', '10:00')]
  expect(asked(table, { asked_for: [], area: 'terrace' })).toEqual(['bookings.askedFor terrace'])
})

it('says nothing of tables that nobody chose, and of time that the store keeps', () => {
  expect(asked([has('table', 'T1', '10:00')], { asked_for: [] })).toEqual([''])
  expect(asked([has('person', 'Wei', '10:00')])).toEqual([''])
})
