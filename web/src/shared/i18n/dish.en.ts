import type { Catalogue } from './index'
import type zhCN from './dish.zh-CN'

export default {
  signature: 'Signature',
  vegetarian: 'Vegetarian',
  spicy: { 1: 'Mildly hot', 2: 'Hot', 3: 'Very hot' },
  contains: 'Contains {what}',
  soldOut: 'Sold out today',
  allergen: {
    gluten: 'gluten',
    crustaceans: 'crustaceans',
    egg: 'egg',
    fish: 'fish',
    peanut: 'peanuts',
    soy: 'soy',
    milk: 'milk',
    nuts: 'nuts',
    celery: 'celery',
    mustard: 'mustard',
    sesame: 'sesame',
    sulphites: 'sulphites',
    lupin: 'lupin',
    molluscs: 'molluscs',
  },
} satisfies Catalogue<typeof zhCN>
