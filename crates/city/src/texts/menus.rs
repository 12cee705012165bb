//! What some restaurants of the city have on their menus.

use offer::Allergen::{self, Celery, Crustaceans, Egg, Fish, Gluten, Milk, Molluscs, Peanut, Sesame, Soy};

use super::Words;

/// The menu of the first merchant of a trade.
#[derive(Debug)]
pub(crate) struct Menu {
    /// The trade's noun in English.
    pub trade: &'static str,
    pub sections: &'static [Section],
}

#[derive(Debug)]
pub(crate) struct Section {
    pub name: Words,
    pub dishes: &'static [Dish],
}

#[derive(Debug)]
pub(crate) struct Dish {
    /// In fen.
    pub price: i64,
    pub name: Words,
    /// Empty where the name says it all.
    pub details: Words,
    pub allergens: &'static [Allergen],
    pub signature: bool,
    pub spicy: i64,
    pub vegetarian: bool,
    /// The category whose motif its picture shows.
    pub picture: Option<&'static str>,
    /// Whether the merchant's first store is out of it today.
    pub sold_out: bool,
}

const fn dish(yuan: i64, name: Words, details: Words, allergens: &'static [Allergen]) -> Dish {
    Dish {
        price: yuan * 100,
        name,
        details,
        allergens,
        signature: false,
        spicy: 0,
        vegetarian: false,
        picture: None,
        sold_out: false,
    }
}

impl Dish {
    const fn signature(self) -> Self {
        Self {
            signature: true,
            ..self
        }
    }

    const fn spicy(self, spicy: i64) -> Self {
        Self { spicy, ..self }
    }

    const fn vegetarian(self) -> Self {
        Self {
            vegetarian: true,
            ..self
        }
    }

    const fn shown(self, as_of: &'static str) -> Self {
        Self {
            picture: Some(as_of),
            ..self
        }
    }

    const fn sold_out(self) -> Self {
        Self {
            sold_out: true,
            ..self
        }
    }
}

#[rustfmt::skip]
pub(crate) const MENUS: &[Menu] = &[
    Menu { trade: "Hot Pot", sections: &[
        Section { name: ("锅底", "Broths"), dishes: &[
            dish(68, ("手炒牛油红锅", "Beef-tallow red broth"), ("二十一味香料小火慢炒，可选微辣、中辣、特辣。", "Twenty-one spices fried by hand; mild, medium or fierce."), &[Soy, Gluten, Sesame])
                .signature().spicy(3).shown("hot_pot"),
            dish(78, ("鸳鸯锅", "Two-broth pot"), ("一半牛油红锅，一半菌菇清汤。", "Half red broth, half clear mushroom broth."), &[Soy, Gluten, Sesame]).spicy(2).shown("hot_pot"),
            dish(58, ("番茄锅", "Tomato broth"), ("六个番茄熬一锅，先喝汤再下菜。", "Six tomatoes to a pot; drink a bowl before you start."), &[Celery]).vegetarian(),
            dish(58, ("山野菌汤锅", "Wild mushroom broth"), ("", ""), &[]).vegetarian(),
        ] },
        Section { name: ("荤菜", "Meat and seafood"), dishes: &[
            dish(48, ("鲜毛肚", "Fresh tripe"), ("七上八下，十五秒刚好。", "Fifteen seconds in the broth, no more."), &[]).signature().shown("restaurant"),
            dish(56, ("雪花肥牛", "Marbled beef"), ("谷饲一百五十天，现切。", "Grain-fed for 150 days, sliced to order."), &[]).shown("barbecue"),
            dish(42, ("手打虾滑", "Hand-beaten shrimp paste"), ("九成虾肉，看得见颗粒。", "Nine tenths shrimp, and you can see it."), &[Crustaceans, Egg]).signature().shown("seafood"),
            dish(38, ("现炸小酥肉", "Crisp fried pork"), ("花椒味，直接吃或涮着吃都行。", "With Sichuan pepper; as it is or dipped in the pot."), &[Gluten, Egg]),
            dish(36, ("巴沙鱼片", "Basa fillet"), ("", ""), &[Fish]).sold_out(),
            dish(32, ("鲜鸭血", "Duck blood curd"), ("", ""), &[]),
        ] },
        Section { name: ("素菜", "Vegetables"), dishes: &[
            dish(16, ("云南贡菜", "Crunchy celtuce"), ("", ""), &[]).vegetarian(),
            dish(18, ("冻豆腐", "Frozen tofu"), ("", ""), &[Soy]).vegetarian(),
            dish(16, ("宽粉", "Wide sweet-potato noodles"), ("", ""), &[]).vegetarian(),
            dish(22, ("时令蔬菜拼盘", "Seasonal greens"), ("", ""), &[]).vegetarian(),
        ] },
        Section { name: ("小吃与饮品", "Snacks and drinks"), dishes: &[
            dish(18, ("红糖糍粑", "Rice cakes with brown sugar"), ("", ""), &[Soy]).vegetarian().shown("dessert"),
            dish(12, ("手工冰粉", "Ice jelly"), ("花生、葡萄干、山楂。", "With peanuts, raisins and hawthorn."), &[Peanut]).vegetarian(),
            dish(15, ("古法酸梅汤", "Smoked plum drink"), ("一扎，够四个人喝。", "A jug, enough for four."), &[]).vegetarian().shown("cafe"),
        ] },
    ] },
    Menu { trade: "Shanghai Kitchen", sections: &[
        Section { name: ("冷菜", "Cold dishes"), dishes: &[
            dish(28, ("四喜烤麸", "Braised wheat gluten"), ("香菇、木耳、金针菜、花生。", "With shiitake, wood ear, lily buds and peanuts."), &[Gluten, Soy, Peanut]).vegetarian(),
            dish(48, ("上海熏鱼", "Shanghai smoked fish"), ("青鱼现炸，趁热浸入甜卤。", "Black carp fried and steeped hot in sweet soy."), &[Fish, Soy]).signature().shown("seafood"),
            dish(58, ("醉蟹", "Drunken crab"), ("花雕浸足三天。", "Three days in yellow wine."), &[Crustaceans, Soy]).sold_out(),
        ] },
        Section { name: ("热菜", "Hot dishes"), dishes: &[
            dish(78, ("本帮红烧肉", "Red-braised pork belly"), ("冰糖老抽，小火两个小时。", "Rock sugar and dark soy, two hours on a low fire."), &[Soy, Gluten]).signature().shown("restaurant"),
            dish(88, ("油爆河虾", "River shrimps in hot oil"), ("", ""), &[Crustaceans, Soy]).shown("seafood"),
            dish(56, ("糖醋小排", "Sweet and sour ribs"), ("", ""), &[Soy, Gluten]),
            dish(62, ("响油鳝糊", "Sizzling eel"), ("上桌时浇一勺热油。", "Hot oil is poured over it at the table."), &[Fish, Soy]),
            dish(36, ("草头", "Clover greens"), ("", ""), &[]).vegetarian(),
            dish(32, ("麻婆豆腐", "Mapo tofu"), ("", ""), &[Soy, Gluten]).spicy(2),
        ] },
        Section { name: ("汤与点心", "Soup and dim sum"), dishes: &[
            dish(68, ("腌笃鲜", "Bamboo shoot and salt pork soup"), ("鲜肉、咸肉、春笋，一锅三鲜。", "Fresh pork, salt pork and spring bamboo in one pot."), &[Soy]).signature().shown("hot_pot"),
            dish(38, ("蟹粉小笼包", "Crab soup dumplings"), ("一笼六只，现点现蒸。", "Six to a basket, steamed to order."), &[Crustaceans, Gluten, Sesame]).signature().shown("japanese_food"),
            dish(22, ("葱油拌面", "Scallion oil noodles"), ("", ""), &[Gluten, Soy]).vegetarian(),
            dish(26, ("酒酿圆子", "Rice balls in sweet wine"), ("", ""), &[]).vegetarian().shown("dessert"),
        ] },
    ] },
    Menu { trade: "Noodle House", sections: &[
        Section { name: ("面", "Noodles"), dishes: &[
            dish(32, ("招牌大排面", "Pork-chop noodles"), ("浓汤细面，大排现炸。", "Thin noodles in rich broth, the chop fried to order."), &[Gluten, Soy, Egg]).signature().shown("restaurant"),
            dish(28, ("辣肉面", "Noodles with spicy pork"), ("", ""), &[Gluten, Soy]).spicy(1),
            dish(36, ("黄鱼面", "Yellow croaker noodles"), ("小黄鱼拆肉，鱼骨熬汤。", "Boned croaker in a broth of its own bones."), &[Gluten, Fish]).signature().shown("seafood").sold_out(),
            dish(18, ("葱油拌面", "Scallion oil noodles"), ("", ""), &[Gluten, Soy]).vegetarian(),
        ] },
        Section { name: ("点心", "Dim sum"), dishes: &[
            dish(26, ("鲜肉小笼包", "Pork soup dumplings"), ("一客八只，皮薄汤多。", "Eight of them, thin skins and plenty of soup."), &[Gluten, Soy, Sesame]).signature().shown("japanese_food"),
            dish(18, ("生煎馒头", "Pan-fried buns"), ("四只，底脆。", "Four, with a crisp base."), &[Gluten, Sesame]).shown("bakery"),
            dish(16, ("荠菜大馄饨", "Shepherd's purse wontons"), ("", ""), &[Gluten, Egg]),
            dish(8, ("茶叶蛋", "Tea egg"), ("", ""), &[Egg, Soy]).vegetarian(),
        ] },
        Section { name: ("饮品", "Drinks"), dishes: &[
            dish(6, ("现磨豆浆", "Fresh soy milk"), ("甜、咸、淡任选。", "Sweet, savoury or plain."), &[Soy]).vegetarian().shown("cafe"),
            dish(9, ("双皮奶", "Milk pudding"), ("", ""), &[Milk, Egg]).vegetarian(),
            dish(12, ("紫菜蛤蜊汤", "Clam and laver soup"), ("", ""), &[Molluscs]),
        ] },
    ] },
];
