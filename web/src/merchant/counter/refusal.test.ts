import { expect, it } from 'vitest'
import { Refused } from '@/shared/api'
import { toldBy } from './refusal'

const refused = (members: object) =>
  new Refused({ type: '/problems/x', title: '', detail: '', status: 409, remedy: '', ...members }, 409)

it('tells when and where a voucher was used up, until when codes are locked, and how many tries are left', () => {
  const used = { last_scanned_at: '2026-03-01T10:00:00Z', last_store: 'sto_1', last_use_no: 2 }
  expect(toldBy(refused(used))).toEqual({ key: 'usedUp', at: used.last_scanned_at, store: 'sto_1', n: 2 })
  expect(toldBy(refused({ locked_until: '2026-03-01T10:15:00Z' }))).toMatchObject({ key: 'locked' })
  expect(toldBy(refused({ tries_left: 0 }))).toEqual({ key: 'tries', n: 0 })
  expect(toldBy(refused({}))).toBeUndefined()
  expect(toldBy(new Error('cut off'))).toBeUndefined()
})
