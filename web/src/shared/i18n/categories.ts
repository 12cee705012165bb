/** The categories that the catalogue has words for; others are shown by their code. */
import categories from './categories.en'
import categoriesZh from './categories.zh-CN'
import { language } from './index'

type Category = keyof typeof categories
export const CATEGORIES = Object.keys(categories) as Category[]

export function categoryName(code: string): string {
  const names: Record<string, string> = language.value === 'en' ? categories : categoriesZh
  return names[code] ?? code
}

export function categoryOptions() {
  return CATEGORIES.map((value) => ({ value: value as string, label: categoryName(value) }))
}
