import { expect, it } from 'vitest'
import { formatHours, hoursText, parseHours } from './hours'

it('reads the weeks that a form can show, and writes them back the same', () => {
  for (const text of ['Mo-Su 11:00-22:00', 'Mo-Fr 09:00-18:00; Sa,Su 10:00-23:00', 'Tu 00:00-24:00', '']) {
    expect(formatHours(parseHours(text) ?? {})).toBe(text)
  }
  expect(formatHours(parseHours('24/7') ?? {})).toBe('Mo-Su 00:00-24:00')
})

it('leaves alone what says more than the form can show', () => {
  for (const text of ['Mo-Fr 09:00-12:00,14:00-18:00', 'PH off', 'Su-Mo 10:00-12:00', 'sunrise-sunset']) {
    expect(parseHours(text)).toBeUndefined()
  }
})

it('writes a week with different days', () => {
  const day: [string, string] = ['10:00', '20:00']
  expect(formatHours({ Mo: day, Tu: day, We: ['12:00', '20:00'], Th: day, Fr: day, Sa: day })).toBe(
    'Mo,Tu,Th-Sa 10:00-20:00; We 12:00-20:00',
  )
})

it('names the days in the reader’s language', () => {
  const names: Record<string, string> = { Mo: '周一', Fr: '周五', Su: '周日' }
  const dayName = (day: string) => names[day] ?? day
  expect(hoursText('Mo-Fr 09:00-18:00; Su 10:00-23:00', dayName)).toBe(
    '周一-周五 09:00-18:00; 周日 10:00-23:00',
  )
  expect(hoursText('sunrise-sunset', dayName)).toBe('sunrise-sunset')
})
