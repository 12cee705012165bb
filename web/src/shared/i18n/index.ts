/**
 * The two languages. Each face adds its own catalogue to the shared one; the English catalogue has the type
 * of the Chinese one, so that a text cannot be missing in either.
 */
import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { remembered } from '@/shared/remembered'
import en from './en'
import zhCN from './zh-CN'

export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const preferred = navigator.languages.find((tag) => /^(zh|en)/i.test(tag)) ?? 'en'

/** The language that everything is shown in. */
export const language = remembered<Language>(
  'qiao.language',
  LANGUAGES,
  preferred.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en',
)

/** The catalogue of a language has the same shape in each. */
export type Catalogue<T> = { [K in keyof T]: T[K] extends string ? string : Catalogue<T[K]> }

/** The catalogues of the shared parts and of one face, switched with `language`. */
export function createTexts<Face extends object>(face: Record<Language, Catalogue<Face>>) {
  const i18n = createI18n({
    legacy: false,
    locale: language.value as string,
    fallbackLocale: 'en',
    messages: { 'zh-CN': { ...zhCN, ...face['zh-CN'] }, en: { ...en, ...face.en } },
  })
  watch(
    language,
    (now) => {
      i18n.global.locale.value = now
      document.documentElement.lang = now
    },
    { immediate: true, flush: 'sync' },
  )
  return i18n
}
