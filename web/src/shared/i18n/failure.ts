/** What happened and what to do, in the reader's language, for any error that a request can end in. */
import { Refused, Unreachable } from '@/shared/api'
import { language, type Language } from './index'
import zhProblems from './problems.zh-CN'

const UNREACHABLE = {
  'zh-CN': '没有连上服务器，请检查网络后重试。',
  en: 'The server could not be reached. Check the network and try again.',
}
const UNEXPECTED = {
  'zh-CN': '页面出错了，请刷新后重试。',
  en: 'Something went wrong here. Reload the page and try again.',
}

/** What the server says to programs, in words for people. */
const EN_FOR_PEOPLE: Record<string, string> = { path_malformed: 'This link is not right.' }

export function failureText(error: unknown, wanted: Language = language.value): string {
  if (error instanceof Refused) {
    const { detail, remedy, title } = error.problem
    const words = wanted === 'en' ? [detail || title, remedy].filter(Boolean).join(' ') : title
    return refusalText(error.code, words, wanted)
  }
  return (error instanceof Unreachable ? UNREACHABLE : UNEXPECTED)[wanted]
}

/** A reason by its code; `words` are the server's own. */
export function refusalText(code: string, words: string, wanted: Language = language.value): string {
  return (wanted === 'en' ? EN_FOR_PEOPLE : zhProblems)[code] ?? words
}

/** The message for one field of a form, where the refusal names it (`/contact`, `/name/en`). */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof Refused)) return undefined
  const named = error.problem.field
  return named === field || named?.startsWith(`${field}/`) ? failureText(error) : undefined
}
