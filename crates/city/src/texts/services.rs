//! What everybody else in the city sells: beauty, rooms, tickets, cars, homes and lessons.

use super::{Idea, Mood, Trade, Words, card, daily, once, worth};

const fn outing(category: &'static str, noun: Words, hours: &'static str, ideas: &'static [Idea]) -> Trade {
    Trade {
        category,
        mood: Mood::Outing,
        noun,
        hours,
        ideas,
    }
}

const fn service(category: &'static str, noun: Words, hours: &'static str, ideas: &'static [Idea]) -> Trade {
    Trade {
        category,
        mood: Mood::Service,
        noun,
        hours,
        ideas,
    }
}

#[rustfmt::skip]
pub(crate) const TRADES: &[Trade] = &[
    service("beauty", ("美发沙龙", "Hair Salon"), "Mo-Su 10:00-21:00", &[
        once(128, ("洗剪吹一次", "Wash, cut and blow-dry"), ("资深发型师，含造型建议。", "By a senior stylist, with advice on shape.")),
        once(398, ("染发加护理", "Colour and care"), ("不限发长，植物染膏可选。", "Any length, plant-based colour on request.")),
        worth(400, 500, ("储值卡 500 元", "Card worth 500 yuan"), ("全店项目通用，按账单扣款，余额可退。", "For everything we do; each bill is taken from it, and the rest can be given back.")),
        once(158, ("单色美甲加手部护理", "Single-colour manicure"), ("百色可选，含修型去死皮。", "A hundred colours, shaping and cuticle care included.")),
    ]),
    outing("hotel", ("酒店", "Hotel"), "24/7", &[
        once(498, ("标准双床房一晚", "Twin room for one night"), ("含双早，14:00 入住，次日 12:00 退房。", "Breakfast for two, check-in 14:00, check-out 12:00.")),
        once(768, ("江景大床房一晚", "River-view king room for one night"), ("高楼层，含双早与欢迎水果。", "A high floor, breakfast for two and fruit on arrival.")),
        once(198, ("酒店双人下午茶", "Hotel afternoon tea for two"), ("三层点心塔，英式红茶一壶。", "A three-tier stand and a pot of black tea.")),
        once(158, ("日间房四小时", "Day room for four hours"), ("9:00–18:00 任意四小时，适合转机休息。", "Any four hours between 9:00 and 18:00, good between flights.")),
    ]),
    outing("cinema", ("影城", "Cinema"), "Mo-Su 09:30-24:00", &[
        once(49, ("2D 电影通兑票一张", "Open 2D film ticket"), ("任意场次，到店选座。", "Any session, choose the seat on arrival.")),
        once(138, ("双人观影套餐", "Film night for two"), ("2D 票两张，中桶爆米花，可乐两杯。", "Two 2D tickets, a medium popcorn, two colas.")),
        once(89, ("巨幕厅电影票", "Giant-screen ticket"), ("3D 场次通用，眼镜已含。", "3D sessions too, glasses included.")),
        card(220, 5, ("观影五次卡", "Five-film card"), ("每次一张，可与朋友同场使用。", "One ticket per use, together with friends if you like.")),
    ]),
    outing("ktv", ("量贩 KTV", "Karaoke"), "Mo-Su 12:00-06:00", &[
        once(158, ("下午场小包三小时", "Small room, three hours in the afternoon"), ("12:00–18:00，四人以内，饮料四听。", "12:00 to 18:00, up to four people, four soft drinks.")),
        once(398, ("黄金档中包三小时", "Medium room, three prime hours"), ("19:00 后，八人以内，果盘与小食拼盘。", "After 19:00, up to eight people, fruit and snacks.")),
        once(598, ("生日派对大包", "Birthday party room"), ("十五人以内四小时，布置与蛋糕架已含。", "Four hours for up to fifteen, decoration included.")),
        once(88, ("深夜场欢唱", "Late-night singing"), ("零点后四小时，工作日可用。", "Four hours after midnight on weekdays.")),
    ]),
    service("fitness", ("健身工作室", "Fitness Studio"), "Mo-Su 07:00-22:00", &[
        once(99, ("私教体验课一节", "Personal training trial"), ("体测加六十分钟训练。", "A body check and sixty minutes of training.")),
        card(399, 10, ("团课十次卡", "Ten group classes"), ("瑜伽、搏击、单车任选，提前两小时预约。", "Yoga, boxing or cycling; book two hours ahead.")),
        daily(299, 12, ("月卡十二次", "Twelve visits, one a day"), ("器械区与淋浴全天开放，每天限一次。", "Gym floor and showers all day, one visit a day.")),
        once(68, ("瑜伽小班一节", "Small yoga class"), ("六人以内，垫子毛巾已备。", "Six people at most, mat and towel provided.")),
    ]),
    service("car_service", ("汽车养护", "Car Care"), "Mo-Su 08:30-20:00", &[
        once(45, ("标准洗车一次", "Standard car wash"), ("五座轿车，含内饰吸尘。", "For five-seaters, vacuuming included.")),
        card(168, 5, ("精洗五次卡", "Five full washes"), ("外观精洗加内饰除尘，雨后三天内补洗一次。", "Outside and inside, with a free rewash after rain.")),
        once(398, ("全合成机油小保养", "Synthetic oil service"), ("4 升机油加机滤，免工时费。", "Four litres of oil and a filter, labour included.")),
        once(888, ("全车镀晶", "Ceramic coating"), ("五座轿车，质保一年，需预约。", "For five-seaters, one-year guarantee, by appointment.")),
    ]),
    service("home_service", ("家政", "Home Service"), "Mo-Su 08:00-20:00", &[
        once(138, ("日常保洁三小时", "Three hours of cleaning"), ("自带工具，厨房卫生间重点清洁。", "Tools included, with care for kitchen and bathroom.")),
        once(198, ("空调清洗两台", "Two air conditioners cleaned"), ("挂机拆洗，高温蒸汽消毒。", "Wall units taken apart and steam-cleaned.")),
        card(520, 4, ("每周保洁四次卡", "Four weekly cleanings"), ("固定阿姨，每次三小时。", "The same cleaner each time, three hours a visit.")),
        once(168, ("油烟机深度清洗", "Deep-cleaned cooker hood"), ("上门拆洗，前后拍照对比。", "Dismantled at your home, photos before and after.")),
    ]),
    outing("attraction", ("展览馆", "Exhibition Hall"), "Tu-Su 10:00-18:00", &[
        once(98, ("城市光影展成人票", "City of Light, adult ticket"), ("任意一天入场，含语音导览。", "Any day, audio guide included.")),
        once(168, ("亲子双人票", "Ticket for one adult and one child"), ("一大一小，赠手绘地图。", "With a hand-drawn map.")),
        once(128, ("观光厅门票", "Observation deck"), ("八十八层看浦江两岸，日落时段可用。", "Both banks of the river from the 88th floor, sunset included.")),
        once(258, ("夜游双人套票", "Night visit for two"), ("夜场门票两张，热饮两杯。", "Two evening tickets and two hot drinks.")),
    ]),
    service("ride_hailing", ("接送", "Transfers"), "24/7", &[
        once(168, ("市区至浦东机场专车", "Car to Pudong Airport"), ("五座轿车，免费等候三十分钟。", "A five-seater with thirty minutes of free waiting.")),
        once(128, ("市区至虹桥枢纽专车", "Car to Hongqiao station or airport"), ("五座轿车，高速费已含。", "A five-seater, tolls included.")),
        once(598, ("七座商务车包车四小时", "Seven-seater for four hours"), ("市区八十公里内，司机中英双语。", "Eighty kilometres in town with a bilingual driver.")),
        card(320, 4, ("通勤拼车四次卡", "Four shared commutes"), ("工作日早晚高峰，十公里内。", "Weekday rush hours, up to ten kilometres.")),
    ]),
    service("property", ("房产服务", "Property Service"), "Mo-Su 09:00-18:00", &[
        once(398, ("新房验收一次", "New-home inspection"), ("一百平以内，三百项检测，出具报告。", "Up to a hundred square metres, three hundred checks, written report.")),
        once(299, ("室内空气检测", "Indoor air test"), ("三个采样点，甲醛苯系物，三天出报告。", "Three sampling points, results within three days.")),
        once(499, ("装修量房加平面方案", "Measured survey and floor plan"), ("设计师上门，两版平面布局。", "A designer visits and draws two layouts.")),
        once(99, ("租房合同审阅", "Lease review"), ("一小时内回复，标出风险条款。", "Answer within the hour, risky clauses marked.")),
    ]),
    service("massage", ("足道", "Foot Spa"), "Mo-Su 11:00-01:00", &[
        once(168, ("中式足疗六十分钟", "Sixty minutes of foot massage"), ("中药泡脚加肩颈放松，茶点水果。", "Herbal foot bath, shoulders and neck, tea and fruit.")),
        once(268, ("全身推拿九十分钟", "Ninety-minute full-body massage"), ("独立房间，手法轻重可选。", "A private room, as firm as you like.")),
        once(468, ("双人 SPA", "Spa for two"), ("精油舒缓七十分钟，情侣间。", "Seventy minutes with oils in a room for two.")),
        card(680, 5, ("足疗五次卡", "Five foot massages"), ("每次六十分钟，可两人同用。", "Sixty minutes each, two people may use it together.")),
    ]),
    outing("theatre", ("小剧场", "Little Theatre"), "Tu-Su 13:00-22:00", &[
        once(180, ("沉浸式话剧单人票", "Immersive play, one seat"), ("周二至周日晚场，到店换票。", "Evenings from Tuesday to Sunday, exchange at the door.")),
        once(120, ("脱口秀周末场", "Weekend stand-up comedy"), ("不固定座位，先到先选。", "Free seating, first come first served.")),
        once(320, ("相声双人票", "Crosstalk for two"), ("前五排，盖碗茶两杯。", "The first five rows and two cups of tea.")),
        once(150, ("儿童剧亲子票", "Children's play, parent and child"), ("三岁以上，周末日场。", "From three years on, weekend matinees.")),
    ]),
    outing("leisure", ("密室与桌游", "Escape Rooms"), "Mo-Su 12:00-24:00", &[
        once(128, ("古风密室单人票", "Escape room, one player"), ("六十分钟，四人起开场。", "Sixty minutes, four players to start.")),
        once(458, ("四人密室包场", "Escape room for four"), ("机关主题任选，含合影。", "Any theme, group photo included.")),
        once(58, ("桌游畅玩半日", "Board games for half a day"), ("百款桌游，饮料一杯。", "A hundred games and a drink.")),
        once(168, ("剧本推理一局", "Mystery game session"), ("五小时，主持人带本。", "Five hours with a game master.")),
    ]),
    service("fuel", ("加油站", "Fuel Station"), "24/7", &[
        once(200, ("二百元加油代金券", "Fuel voucher worth 200 yuan"), ("92、95 号汽油通用。", "For 92 and 95 octane.")),
        once(25, ("自助洗车一次", "Self-service car wash"), ("十五分钟，泡沫与吸尘。", "Fifteen minutes with foam and vacuum.")),
        once(30, ("快充三十元充电券", "Fast-charging voucher worth 30 yuan"), ("直流快充，停车两小时免费。", "DC charging, two hours of parking.")),
        once(68, ("玻璃水加胎压检查", "Screen wash and tyre check"), ("两升玻璃水，四轮胎压与胎纹检测。", "Two litres, pressure and tread of four tyres.")),
    ]),
    service("photography", ("照相馆", "Photo Studio"), "Mo-Su 10:00-20:00", &[
        once(68, ("精致证件照一组", "Portrait set for documents"), ("含妆发，精修一张，电子底片。", "Make-up, one retouched picture, digital files.")),
        once(399, ("旗袍写真半日", "Half-day qipao portraits"), ("服装两套，精修八张。", "Two dresses, eight retouched pictures.")),
        once(599, ("全家福套餐", "Family portrait"), ("五人以内，精修六张，相框一个。", "Up to five people, six pictures, one frame.")),
        once(299, ("宠物写真", "Pet portraits"), ("一小时，精修五张，零食管够。", "One hour, five pictures, plenty of treats.")),
    ]),
    outing("bath", ("汤泉", "Bath House"), "24/7", &[
        once(138, ("单人汤泉全天票", "Day ticket to the baths"), ("六种汤池，汗蒸房，浴服已含。", "Six pools, steam rooms, robe included.")),
        once(256, ("双人汤泉加自助晚餐", "Baths and dinner for two"), ("17:00 后入场，自助畅吃。", "From 17:00, dinner buffet included.")),
        once(368, ("一家三口过夜票", "Overnight family ticket"), ("休息大厅过夜，含早餐。", "Night in the lounge, breakfast included.")),
        once(98, ("搓澡加牛奶浴", "Body scrub and milk bath"), ("三十分钟，需先购门票。", "Thirty minutes, entrance not included.")),
    ]),
    service("laundry", ("洗衣", "Laundry"), "Mo-Su 09:00-21:00", &[
        once(39, ("衬衫干洗三件", "Three shirts cleaned"), ("两天可取，免费取送。", "Ready in two days, pick-up free.")),
        once(68, ("羽绒服精洗一件", "Down jacket cleaned"), ("去渍除螨，蓬松如新。", "Stains and mites removed, fluffy again.")),
        once(49, ("运动鞋清洗两双", "Two pairs of trainers cleaned"), ("手工刷洗，紫外消毒。", "Brushed by hand, disinfected.")),
        card(150, 5, ("家庭洗衣五袋卡", "Five laundry bags"), ("每袋六千克，洗烘叠。", "Six kilos each: washed, dried, folded.")),
    ]),
    service("pet_service", ("宠物生活馆", "Pet Care"), "Mo-Su 10:00-20:00", &[
        once(88, ("小型犬洗护一次", "Small dog bath and groom"), ("十千克以内，含剪指甲清耳道。", "Up to ten kilos, nails and ears included.")),
        once(128, ("猫咪温柔洗护", "Gentle cat grooming"), ("单独房间，低噪吹干。", "A room of its own and a quiet dryer.")),
        once(158, ("宠物寄养一晚", "One night of boarding"), ("独立笼位，每日两次视频。", "A private space, two videos a day.")),
        card(320, 4, ("洗护四次卡", "Four grooming visits"), ("猫狗通用，半年有效。", "For cats and dogs.")),
    ]),
    service("education", ("学堂", "Workshop School"), "We-Su 10:00-20:00", &[
        once(168, ("陶艺拉坯体验", "Pottery wheel trial"), ("九十分钟，烧制上釉一件。", "Ninety minutes, one piece fired and glazed.")),
        once(99, ("钢琴试听课两节", "Two trial piano lessons"), ("一对一，成人与儿童。", "One to one, adults and children.")),
        once(128, ("国画入门课", "First lesson in ink painting"), ("两小时，画材提供，小班六人。", "Two hours, materials provided, six people.")),
        card(480, 5, ("口语外教课五节", "Five English conversation lessons"), ("四人小班，每节五十分钟。", "Groups of four, fifty minutes each.")),
    ]),
];
