import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Refused } from '@/shared/api/problem'
import { failureText, fieldError } from './failure'
import zhProblems from './problems.zh-CN'

const table = readFileSync('../docs/generated/problems.md', 'utf8')
const codes = [...table.matchAll(/^\| `\/problems\/(\w+)`/gm)].map((match) => match[1] ?? '')

it('says every refusal of the server in Chinese, and none that it does not have', () => {
  expect(codes.length).toBeGreaterThan(100)
  expect(Object.keys(zhProblems).sort()).toEqual(codes.sort())
})

const refused = new Refused(
  {
    type: '/problems/contact_invalid',
    title: 'This is no address.',
    detail: 'A phone number is needed.',
    remedy: 'Give one.',
    status: 422,
    field: '/contact',
  },
  422,
)

it('tells what was wrong and what to do', () => {
  expect(failureText(refused, 'en')).toBe('A phone number is needed. Give one.')
  expect(failureText(refused, 'zh-CN')).toContain('手机号')
})

it('names the wrong field of a form, and no other', () => {
  expect(fieldError(refused, '/contact')).toBeTruthy()
  expect(fieldError(refused, '/name')).toBeUndefined()
})
