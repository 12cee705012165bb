import { expect, it } from 'vitest'
import { Refused } from '@/shared/api'
import { formOf, menuOf, move, nameOf, newDish, refusedAt, type Menu } from './menu'

const menu = {
  version: 3,
  sections: [
    {
      name: { 'zh-CN': '点心', fr: 'Dim sum' },
      dishes: [
        {
          dish: 'dsh_1',
          name: { 'zh-CN': '鲜肉小笼', en: 'Soup dumplings', fr: 'Raviolis' },
          description: {},
          price: { amount: 2_850, currency: 'CNY' },
          media: null,
          signature: true,
          spicy: 0,
          vegetarian: false,
          allergens: ['gluten'],
          stores: [],
          sold_out: [],
        },
      ],
    },
  ],
} satisfies Menu

it('sends what it read, with the languages that the form does not show', () => {
  const sent = menuOf(menu.version, formOf(menu))
  const { sold_out, media, ...dish } = menu.sections[0]!.dishes[0]!
  expect(sold_out).toEqual([])
  expect(sent).toEqual({
    version: 3,
    sections: [{ name: menu.sections[0]!.name, dishes: [{ ...dish, media: media ?? undefined }] }],
  })
})

it('reads prices in the minor units of their currency', () => {
  const dish = { ...newDish('CNY'), name: { 'zh-CN': '豆浆', en: '' }, price: '5.5' }
  const [section] = formOf(menu)
  const sent = menuOf(0, [{ ...section!, dishes: [dish] }]).sections[0]?.dishes[0]
  expect(sent?.price).toEqual({ amount: 550, currency: 'CNY' })
  expect(sent?.dish).toBeUndefined()
  expect(nameOf(dish)).toBe('豆浆')
})

it('moves rows and knows which one a refusal is about', () => {
  const rows = ['a', 'b', 'c']
  move(rows, 2, -1)
  expect(rows).toEqual(['a', 'c', 'b'])
  move(rows, 0, 1)
  expect(rows).toEqual(['c', 'a', 'b'])

  const sections = formOf(menu)
  const at = (field: string) =>
    refusedAt(new Refused({ type: '', title: '', detail: '', remedy: '', status: 422, field }, 422), sections)
  expect(at('/sections/0/dishes/0/price/amount')).toBe(sections[0]?.dishes[0])
  expect(at('/sections/0/name')).toBe(sections[0])
  expect(at('/version')).toBeUndefined()
})
