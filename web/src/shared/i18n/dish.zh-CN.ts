/** What a menu says of its dishes, to guests and to who writes it. */
export default {
  signature: '招牌',
  vegetarian: '素',
  spicy: { 1: '微辣', 2: '中辣', 3: '特辣' },
  contains: '过敏原：{what}',
  soldOut: '今日售罄',
  allergen: {
    gluten: '麸质',
    crustaceans: '甲壳类',
    egg: '蛋类',
    fish: '鱼类',
    peanut: '花生',
    soy: '大豆',
    milk: '奶类',
    nuts: '坚果',
    celery: '芹菜',
    mustard: '芥末',
    sesame: '芝麻',
    sulphites: '亚硫酸盐',
    lupin: '羽扇豆',
    molluscs: '软体动物（贝类、鱿鱼等）',
  },
}
