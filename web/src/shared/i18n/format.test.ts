import { describe, expect, it } from 'vitest'
import { minorDigits, money, parseMoney, textOf } from './format'

describe('money', () => {
  it('shows cents only where there are any', () => {
    expect(money({ amount: 9900, currency: 'CNY' }, { in: 'zh-CN' })).toBe('¥99')
    expect(money({ amount: 7040, currency: 'CNY' }, { in: 'zh-CN' })).toBe('¥70.40')
    expect(money({ amount: 123456, currency: 'CNY' }, { in: 'en' })).toBe('¥1,234.56')
    expect(money({ amount: 9900, currency: 'CNY' }, { in: 'en', cents: true })).toBe('¥99.00')
  })

  it('knows currencies without a minor unit', () => {
    expect(minorDigits('JPY')).toBe(0)
    expect(money({ amount: 1500, currency: 'JPY' }, { in: 'en' })).toBe('¥1,500')
  })

  it('reads what people type, exactly', () => {
    expect(parseMoney('99', 'CNY')).toBe(9900)
    expect(parseMoney(' 70.4 ', 'CNY')).toBe(7040)
    expect(parseMoney('0.29', 'CNY')).toBe(29)
    expect(parseMoney('1.234', 'CNY')).toBeUndefined()
    expect(parseMoney('12.5', 'JPY')).toBeUndefined()
    expect(parseMoney('-1', 'CNY')).toBeUndefined()
    expect(parseMoney('', 'CNY')).toBeUndefined()
  })
})

describe('textOf', () => {
  it('falls back to a related language, then to any', () => {
    expect(textOf({ 'zh-CN': '火锅', en: 'Hot pot' }, 'en')).toBe('Hot pot')
    expect(textOf({ 'zh-TW': '火鍋', fr: 'Fondue' }, 'zh-CN')).toBe('火鍋')
    expect(textOf({ fr: 'Fondue' }, 'en')).toBe('Fondue')
    expect(textOf(undefined, 'en')).toBe('')
  })
})
