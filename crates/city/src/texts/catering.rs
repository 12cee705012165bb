//! What restaurants, cafés and bars of the city sell.

use super::{Idea, Mood, Trade, Words, card, once};

const fn meal(category: &'static str, noun: Words, hours: &'static str, ideas: &'static [Idea]) -> Trade {
    Trade {
        category,
        mood: Mood::Meal,
        noun,
        hours,
        ideas,
    }
}

const fn treat(category: &'static str, noun: Words, hours: &'static str, ideas: &'static [Idea]) -> Trade {
    Trade {
        category,
        mood: Mood::Treat,
        noun,
        hours,
        ideas,
    }
}

#[rustfmt::skip]
pub(crate) const TRADES: &[Trade] = &[
    meal("hot_pot", ("火锅", "Hot Pot"), "Mo-Su 10:30-23:00", &[
        once(198, ("双人牛油火锅套餐", "Beef-tallow hot pot for two"),
            ("牛油锅底，毛肚、嫩牛肉、虾滑各一份，素菜四样，酸梅汤两杯。", "Spicy broth, tripe, tender beef and shrimp paste, four vegetables, two plum drinks.")),
        once(368, ("四人鸳鸯锅聚会套餐", "Two-broth hot pot party for four"),
            ("鸳鸯锅底，六荤六素，现炸小酥肉，饮料畅饮。", "Mild and spicy broth, six meats, six vegetables, fried pork strips, free refills.")),
        once(100, ("火锅百元代金券", "Hot pot voucher worth 100 yuan"),
            ("全场通用，可叠加使用三张，酒水除外。", "Good for everything but alcohol, up to three per table.")),
        once(88, ("工作日一人食小火锅", "Weekday hot pot for one"),
            ("番茄或菌汤小锅，肥牛一份，时蔬拼盘，手擀面。", "A small tomato or mushroom pot, sliced beef, seasonal vegetables, fresh noodles.")),
        card(260, 4, ("午市小火锅四次卡", "Four-lunch hot pot card"),
            ("工作日 11:00–14:00 使用，每次一人一锅，可与同事分享。", "Weekdays 11:00 to 14:00, one pot per visit, share it with colleagues.")),
    ]),
    meal("restaurant", ("本帮菜馆", "Shanghai Kitchen"), "Mo-Su 11:00-14:00,17:00-21:30", &[
        once(258, ("本帮红烧肉三人餐", "Red-braised pork dinner for three"),
            ("红烧肉、油爆虾、草头圈子、腌笃鲜、白米饭三份。", "Red-braised pork, oil-fried shrimp, clover greens, bamboo shoot soup, rice.")),
        once(138, ("上海老味道双人餐", "Old Shanghai flavours for two"),
            ("四喜烤麸、葱油拌面、糖醋小排、时令蔬菜。", "Braised gluten, scallion oil noodles, sweet and sour ribs, seasonal greens.")),
        once(100, ("百元代金券", "Voucher worth 100 yuan"), ("午市晚市通用，每桌限用两张。", "For lunch and dinner, two per table.")),
        once(688, ("八人圆桌家宴", "Round-table feast for eight"),
            ("八冷盆、十热菜、一汤一点心，需提前一天预约。", "Eight cold dishes, ten hot ones, soup and dessert; book a day ahead.")),
    ]),
    treat("cafe", ("咖啡", "Coffee"), "Mo-Su 08:00-22:00", &[
        once(38, ("手冲单品咖啡一杯", "Single-origin pour-over"),
            ("三款产地豆任选，附冲煮卡片。", "Choose from three origins; the brew card is yours to keep.")),
        once(68, ("拿铁加可颂早餐", "Latte and croissant breakfast"),
            ("热或冰拿铁一杯，现烤黄油可颂一只，10:30 前使用。", "A hot or iced latte and a fresh butter croissant, until 10:30.")),
        card(168, 6, ("拿铁六杯卡", "Six-latte card"), ("燕麦奶免费更换，六十天内喝完即可。", "Oat milk at no charge; drink them within the card's life.")),
        once(98, ("双人下午茶", "Afternoon coffee for two"),
            ("任意咖啡两杯，巴斯克蛋糕与坚果司康各一份。", "Any two coffees, a Basque cheesecake and a nut scone.")),
    ]),
    meal("snacks", ("面馆", "Noodle House"), "Mo-Su 06:30-21:00", &[
        once(32, ("招牌大排面加荷包蛋", "Signature pork-chop noodles with egg"),
            ("浓汤细面，现炸大排，半熟荷包蛋。", "Thin noodles in rich broth, a fried pork chop, a soft fried egg.")),
        once(36, ("鲜肉小笼一客配豆浆", "Steamed pork soup dumplings with soy milk"),
            ("现包现蒸八只，配现磨豆浆一碗。", "Eight dumplings steamed to order and a bowl of fresh soy milk.")),
        once(58, ("双人葱油拌面套餐", "Scallion noodles for two"),
            ("葱油拌面两份，辣肉浇头，咸菜肉丝汤。", "Two bowls of scallion noodles, spicy pork topping, pickle soup.")),
        card(128, 5, ("早餐五次卡", "Five-breakfast card"), ("粢饭团、豆浆或咸豆花任选一套，每日 10:00 前。", "Rice roll with soy milk or savoury tofu pudding, daily until 10:00.")),
    ]),
    meal("barbecue", ("烧烤", "Grill"), "Mo-Su 17:00-02:00", &[
        once(168, ("双人炭火烧烤套餐", "Charcoal grill for two"),
            ("羊肉串十串、鸡翅四只、烤茄子、烤生蚝六只、冰啤两瓶。", "Ten lamb skewers, four wings, aubergine, six oysters, two cold beers.")),
        once(328, ("四人撸串畅吃", "Skewer night for four"),
            ("四十串任意搭配，凉菜两份，主食一份。", "Forty skewers of your choice, two cold dishes, one staple.")),
        once(50, ("烧烤五十元代金券", "Grill voucher worth 50 yuan"), ("满百可用，不与店内活动同享。", "For bills over 100 yuan.")),
        once(218, ("现烤羊排一份", "Whole roast rack of lamb"), ("约一千克，慢烤四十分钟，配馕与酸奶。", "About a kilo, roasted for forty minutes, with flatbread and yogurt.")),
    ]),
    treat("tea_drinks", ("茶饮", "Tea Bar"), "Mo-Su 10:00-22:30", &[
        once(19, ("茉莉轻乳茶大杯", "Large jasmine milk tea"), ("少糖默认，可免费换燕麦奶。", "Low sugar by default, oat milk at no charge.")),
        once(39, ("水果茶双杯", "Two fresh fruit teas"), ("当季水果现切，冷热可选。", "Seasonal fruit cut to order, hot or iced.")),
        card(96, 6, ("奶茶六杯卡", "Six-cup milk tea card"), ("菜单内任意中杯，随时来取。", "Any medium cup on the menu, whenever you like.")),
        once(58, ("三人分享桶", "Sharing bucket for three"), ("一升装鸭屎香柠檬茶，附三只杯子。", "A litre of oolong lemon tea with three cups.")),
    ]),
    meal("restaurant", ("川菜馆", "Sichuan Kitchen"), "Mo-Su 10:30-14:00,17:00-22:00", &[
        once(158, ("双人水煮鱼套餐", "Boiled fish in chilli oil for two"),
            ("水煮鱼、麻婆豆腐、蒜泥白肉、米饭两份。", "Boiled fish, mapo tofu, garlic pork slices, two bowls of rice.")),
        once(288, ("四人川味宴", "Sichuan dinner for four"),
            ("毛血旺、辣子鸡、回锅肉、夫妻肺片、时蔬、冰粉。", "Blood curd stew, chilli chicken, twice-cooked pork, beef in chilli, greens, ice jelly.")),
        once(48, ("工作日午市一人餐", "Weekday lunch set for one"), ("鱼香肉丝或宫保鸡丁，配汤、凉菜与米饭。", "Fish-fragrant pork or kung pao chicken with soup, pickles and rice.")),
        once(100, ("百元代金券", "Voucher worth 100 yuan"), ("包厢可用，节假日通用。", "Valid in private rooms and on holidays.")),
    ]),
    meal("japanese_food", ("日本料理", "Japanese Dining"), "Mo-Su 11:30-14:00,17:30-22:00", &[
        once(298, ("双人寿司刺身拼盘", "Sushi and sashimi platter for two"),
            ("三文鱼、金枪鱼、甜虾等十八贯，味噌汤两碗。", "Eighteen pieces with salmon, tuna and sweet shrimp, two miso soups.")),
        once(68, ("豚骨叉烧拉面", "Tonkotsu ramen with roast pork"), ("十二小时骨汤，溏心蛋，可加面一次。", "Broth of twelve hours, a soft egg, one free extra noodle.")),
        once(458, ("主厨发办午餐", "Chef's choice lunch"), ("前菜、刺身、烤物、寿司八贯、甜点。", "Starter, sashimi, grilled dish, eight pieces of sushi, dessert.")),
        once(128, ("鳗鱼饭套餐", "Grilled eel rice set"), ("蒲烧鳗鱼一整条，茶碗蒸，渍物。", "A whole grilled eel, steamed egg custard, pickles.")),
    ]),
    treat("bakery", ("面包房", "Bakery"), "Mo-Su 07:30-21:00", &[
        once(29, ("黄油可颂两只", "Two butter croissants"), ("每日三炉，法国发酵黄油。", "Baked three times a day with cultured butter.")),
        once(168, ("六寸鲜奶油水果蛋糕", "Six-inch fresh cream fruit cake"), ("提前三小时预订，可写祝福语。", "Order three hours ahead; a greeting is written on request.")),
        once(50, ("面包五十元代金券", "Bakery voucher worth 50 yuan"), ("全店面包通用。", "For every loaf and roll in the shop.")),
        card(120, 5, ("吐司五条卡", "Five-loaf toast card"), ("北海道吐司或全麦吐司，每次一条。", "Milk toast or wholemeal, one loaf per visit.")),
    ]),
    meal("seafood", ("海鲜酒家", "Seafood House"), "Mo-Su 11:00-14:00,17:00-22:00", &[
        once(398, ("双人海鲜蒸锅", "Steamed seafood for two"), ("波士顿龙虾半只、扇贝、花甲、基围虾，粥底收鲜。", "Half a lobster, scallops, clams and prawns steamed over rice porridge.")),
        once(888, ("六人海鲜大餐", "Seafood banquet for six"), ("清蒸东星斑、椒盐皮皮虾、葱姜炒蟹等十道菜。", "Ten dishes with steamed grouper, mantis shrimp and ginger crab.")),
        once(200, ("海鲜二百元代金券", "Seafood voucher worth 200 yuan"), ("活海鲜按当日时价，可用。", "Also for live seafood at the price of the day.")),
        once(118, ("蒜蓉粉丝扇贝十只", "Ten scallops with garlic vermicelli"), ("现开现蒸，配冰柠檬水。", "Opened and steamed to order, with iced lemon water.")),
    ]),
    meal("western_food", ("西餐厅", "Bistro"), "Mo-Su 11:00-22:00", &[
        once(328, ("双人牛排晚餐", "Steak dinner for two"), ("肉眼牛排两份，沙拉，蘑菇浓汤，甜点分享。", "Two rib-eye steaks, salad, mushroom soup, a dessert to share.")),
        once(108, ("窑烤披萨加饮料", "Oven-baked pizza and a drink"), ("玛格丽特或萨拉米，十二寸。", "Margherita or salami, twelve inches.")),
        once(88, ("周末早午餐", "Weekend brunch"), ("班尼迪克蛋或牛油果吐司，配咖啡或果汁。", "Eggs Benedict or avocado toast with coffee or juice.")),
        once(198, ("情侣意面双人餐", "Pasta for two"), ("手工意面两份，凯撒沙拉，提拉米苏，气泡水。", "Two fresh pastas, Caesar salad, tiramisu, sparkling water.")),
    ]),
    treat("dessert", ("甜品铺", "Dessert Shop"), "Mo-Su 12:00-23:00", &[
        once(36, ("杨枝甘露大碗", "Large mango pomelo sago"), ("当日芒果现切，冷饮。", "Mango cut the same day, served cold.")),
        once(58, ("糖水双人套餐", "Two sweet soups"), ("红豆双皮奶、芝麻糊、姜撞奶任选两款。", "Two of: red bean milk pudding, black sesame, ginger milk curd.")),
        once(78, ("雪花冰分享装", "Snow ice to share"), ("芒果或抹茶红豆，够三个人吃。", "Mango or matcha red bean, enough for three.")),
        once(128, ("手作慕斯课堂", "Mousse-making class"), ("九十分钟，材料与围裙已含，成品带走。", "Ninety minutes, materials included, take it home.")),
    ]),
    meal("korean_food", ("韩国料理", "Korean Table"), "Mo-Su 11:00-22:30", &[
        once(188, ("双人五花肉烤肉", "Pork belly barbecue for two"), ("厚切五花肉、猪颈肉、泡菜锅、小菜无限续。", "Thick pork belly, pork neck, kimchi stew, free side dishes.")),
        once(58, ("石锅拌饭套餐", "Stone-pot bibimbap set"), ("牛肉石锅拌饭，大酱汤，泡菜。", "Beef bibimbap, soybean soup, kimchi.")),
        once(128, ("炸鸡啤酒双人份", "Fried chicken and beer for two"), ("原味与甜辣各半，生啤两杯。", "Half plain, half sweet and spicy, two draught beers.")),
        once(218, ("部队锅三人餐", "Army stew for three"), ("年糕、午餐肉、芝士、拉面，加汤免费。", "Rice cakes, luncheon meat, cheese, ramen, free broth.")),
    ]),
    meal("restaurant", ("粤式茶餐厅", "Cantonese Dim Sum"), "Mo-Su 09:00-21:30", &[
        once(128, ("早茶双人点心套餐", "Dim sum for two"), ("虾饺、烧卖、凤爪、肠粉、叉烧包、普洱一壶。", "Shrimp dumplings, siu mai, chicken feet, rice rolls, pork buns, a pot of tea.")),
        once(52, ("烧鹅饭加冻奶茶", "Roast goose rice with iced milk tea"), ("现斩烧鹅，配时蔬与例汤。", "Freshly chopped goose, greens and the soup of the day.")),
        once(238, ("四人粤菜家常宴", "Cantonese family dinner for four"), ("白切鸡、清蒸鲈鱼、蜜汁叉烧、煲仔饭、老火汤。", "White-cut chicken, steamed bass, honey pork, claypot rice, slow soup.")),
        once(100, ("百元代金券", "Voucher worth 100 yuan"), ("全天可用，茶位费另计。", "All day; tea charge not included.")),
    ]),
    treat("bar", ("小酒馆", "Taproom"), "Mo-Su 18:00-02:00", &[
        once(98, ("经典鸡尾酒两杯", "Two classic cocktails"), ("酒单内十二款任选，附坚果。", "Any two of twelve, with nuts.")),
        once(128, ("精酿品鉴四杯", "Craft beer flight of four"), ("四款各 200 毫升，从淡色到世涛。", "Four glasses of 200 ml from pale ale to stout.")),
        once(288, ("三人微醺套餐", "Evening set for three"), ("起泡酒一瓶，芝士火腿拼盘。", "A bottle of sparkling wine with a cheese and ham board.")),
        once(100, ("酒水百元代金券", "Drinks voucher worth 100 yuan"), ("周五周六也可用，需年满十八岁。", "Also on Friday and Saturday; over eighteen only.")),
    ]),
    meal("southeast_asian_food", ("泰国菜", "Thai Kitchen"), "Mo-Su 11:00-22:00", &[
        once(208, ("双人冬阴功套餐", "Tom yum dinner for two"), ("冬阴功汤、绿咖喱鸡、菠萝炒饭、芒果糯米饭。", "Tom yum soup, green curry chicken, pineapple rice, mango sticky rice.")),
        once(56, ("泰式炒河粉", "Pad thai with prawns"), ("大虾四只，花生碎与青柠。", "Four prawns, peanuts and lime.")),
        once(338, ("四人东南亚聚餐", "Southeast Asian feast for four"), ("咖喱蟹、沙嗲串、青木瓜沙拉、海南鸡饭、椰子冰。", "Curry crab, satay, papaya salad, chicken rice, coconut ice.")),
        once(68, ("工作日午市咖喱餐", "Weekday curry lunch"), ("黄咖喱牛腩或绿咖喱鸡，配米饭与饮料。", "Yellow beef or green chicken curry with rice and a drink.")),
    ]),
    meal("buffet", ("自助餐厅", "Buffet"), "Mo-Su 11:30-14:30,17:30-21:30", &[
        once(168, ("单人午市自助", "Lunch buffet for one"), ("冷餐、热菜、现煎牛排、冰淇淋不限量。", "Cold and hot dishes, steak cooked to order, ice cream without limit.")),
        once(456, ("双人晚市海鲜自助", "Seafood dinner buffet for two"), ("生蚝、刺身、帝王蟹腿，软饮畅饮。", "Oysters, sashimi, king crab legs, free soft drinks.")),
        once(98, ("儿童自助一位", "Buffet for one child"), ("身高 1.0–1.4 米，附儿童乐园。", "For children of 1.0 to 1.4 m, playground included.")),
        once(598, ("一家三口自助套餐", "Family buffet, two adults and a child"), ("周末与节假日通用，赠合影一张。", "Weekends and holidays too, with a family photo.")),
    ]),
];
