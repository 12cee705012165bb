/** A text in the two languages as a form holds it: an empty one is left out of what is sent. */
export interface FormTexts {
  'zh-CN': string
  en: string
}

export function filledTexts(texts: FormTexts): Record<string, string> {
  const filled = Object.entries(texts).map(([tag, text]) => [tag, text.trim()] as const)
  return Object.fromEntries(filled.filter(([, text]) => text))
}

/** Texts of the server's, for a form; languages that the form does not show are kept by `mergedTexts`. */
export function formTexts(texts: Record<string, string> | undefined): FormTexts {
  const primary = (tag: string) => Object.entries(texts ?? {}).find(([key]) => key.split('-')[0] === tag)?.[1]
  return { 'zh-CN': texts?.['zh-CN'] ?? primary('zh') ?? '', en: texts?.en ?? primary('en') ?? '' }
}

/** What the form says, and the languages that it does not show as they were. */
export function mergedTexts(before: Record<string, string>, texts: FormTexts): Record<string, string> {
  const others = Object.entries(before).filter(([tag]) => !/^(zh|en)(-|$)/.test(tag))
  return { ...Object.fromEntries(others), ...filledTexts(texts) }
}
