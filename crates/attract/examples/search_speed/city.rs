//! A made-up city of offers, the same every time: thick in the middle and in sixty quarters, a chain
//! among twenty merchants, titles in Chinese and English.

use attract::{Change, OfferDoc};
use kernel::{
    Currency, GeoPoint, LocalText, MerchantId, Money, OfferId, StaticType, StoreId, Timestamp, TypeSafeId,
};
use uuid::Uuid;

/// When the city is searched.
pub const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const CENTER: (f64, f64) = (31.2304, 121.4737);

const DISHES: &[(&str, &str)] = &[
    ("火锅", "hot pot"),
    ("烤肉", "barbecue"),
    ("奶茶", "bubble tea"),
    ("咖啡", "coffee"),
    ("小笼包", "soup dumplings"),
    ("寿司", "sushi"),
    ("按摩", "massage"),
    ("美甲", "manicure"),
    ("电影票", "cinema ticket"),
    ("健身", "gym"),
    ("自助餐", "buffet"),
    ("生日蛋糕", "birthday cake"),
    ("串串香", "skewers"),
    ("牛肉面", "beef noodles"),
];
const PLACES: &[&str] = &[
    "重庆",
    "四川",
    "老上海",
    "蜀大侠",
    "海底",
    "南京西路",
    "陆家嘴",
    "徐家汇",
    "外滩",
    "静安寺",
];
const SUFFIXES: &[(&str, &str)] = &[
    ("双人套餐", "set for two"),
    ("代金券", "voucher"),
    ("单人餐", "meal for one"),
    ("体验券", "trial"),
    ("四人餐", "set for four"),
];

/// xorshift64*.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn id<K: StaticType>(&mut self) -> TypeSafeId<K> {
        let random = u128::from(self.next()) << 64 | u128::from(self.next());
        TypeSafeId::from_uuid(Uuid::from_u128(random & !(0xffff << 112) | 0x019a_u128 << 112))
    }

    /// Most of the city within 20 km, thick in 60 quarters and in the middle.
    pub fn place(&mut self) -> GeoPoint {
        let quarter = self.below(60) as f64;
        let (angle, out_km) = (quarter * 2.4, 16.0 * (quarter / 60.0));
        let (turn, spread_km) = (
            self.unit() * std::f64::consts::TAU,
            1.2 * (-2.0 * (1.0 - self.unit()).ln()).sqrt(),
        );
        let north_km = out_km * angle.sin() + spread_km * turn.sin();
        let east_km = out_km * angle.cos() + spread_km * turn.cos();
        at_km(north_km, east_km)
    }
}

/// So far from the middle of the city.
pub fn at_km(north_km: f64, east_km: f64) -> GeoPoint {
    let lon = CENTER.1 + east_km / (111.19 * CENTER.0.to_radians().cos());
    GeoPoint::from_degrees(CENTER.0 + north_km / 111.19, lon).expect("the city is on the globe")
}

/// One offer in one to forty stores.
pub fn offer(dice: &mut Dice, docs: &mut Vec<Change>) {
    let (merchant, offer): (MerchantId, OfferId) = (dice.id(), dice.id());
    let (dish, suffix, brand) = (dice.pick(DISHES), dice.pick(SUFFIXES), dice.pick(PLACES));
    let brand_number = dice.below(5_000);
    let mut title = LocalText::one("zh-CN", &format!("{brand}{}{}", dish.0, suffix.0));
    title.0.insert("en".into(), format!("{} {}", dish.1, suffix.1));
    let stores = if dice.below(20) == 0 {
        1 + dice.below(40)
    } else {
        1
    };
    let price = (900.0 * (dice.unit() * 4.5).exp()) as i64;
    for _ in 0..stores {
        let store: StoreId = dice.id();
        let reviews = (dice.unit().powi(4) * 5_000.0) as i64;
        docs.push(Change::Upsert(Box::new(OfferDoc {
            offer,
            merchant,
            store,
            title: title.clone(),
            merchant_name: LocalText::one("zh-CN", &format!("{brand}{}第{brand_number}", dish.0)),
            store_name: LocalText::one("zh-CN", &format!("{}店", dice.pick(PLACES))),
            dishes: Vec::new(),
            category: format!("cat-{}", dish.1.split(' ').next().unwrap_or_default()),
            place: dice.place(),
            price: Money::new(price, Currency::CNY),
            is_price_from: false,
            list_price: Some(Money::new(price * 2, Currency::CNY)),
            rating_milli: (reviews > 0).then(|| 3_000 + dice.below(2_000) as i64),
            review_count: reviews,
            live_from: Timestamp(0),
            live_until: if dice.below(20) == 0 { NOW } else { Timestamp::MAX },
        })));
    }
}
