//! How fast the index answers over a made-up city: `search_speed [documents …]`, 10,000, 100,000 and
//! 1,000,000 by default. Prints latency by kind of question with one thread, then under an open loop of
//! 500 questions a second on two threads, timed from when each question was due.

#![allow(clippy::disallowed_methods, reason = "measures time")]
#![allow(
    clippy::float_arithmetic,
    reason = "a made-up city and its statistics, not money"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use attract::{Change, Near, OfferDoc, PriceRange, SearchIndex, SearchQuery, Sort, warm_up};
use kernel::{
    Currency, GeoPoint, LocalText, MerchantId, Money, OfferId, StaticType, StoreId, Timestamp, TypeSafeId,
};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const CENTER: (f64, f64) = (31.2304, 121.4737);
const RATE_PER_S: u32 = 500;
const OPEN_LOOP_S: u32 = 20;

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

/// xorshift64*: the same city every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn id<K: StaticType>(&mut self) -> TypeSafeId<K> {
        let random = u128::from(self.next()) << 64 | u128::from(self.next());
        TypeSafeId::from_uuid(Uuid::from_u128(random & !(0xffff << 112) | 0x019a_u128 << 112))
    }

    /// Most of the city within 20 km, thick in 60 quarters and in the middle.
    fn place(&mut self) -> GeoPoint {
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

fn at_km(north_km: f64, east_km: f64) -> GeoPoint {
    let lon = CENTER.1 + east_km / (111.19 * CENTER.0.to_radians().cos());
    GeoPoint::from_degrees(CENTER.0 + north_km / 111.19, lon).expect("the city is on the globe")
}

/// One offer in one to forty stores.
fn offer(dice: &mut Dice, docs: &mut Vec<Change>) {
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
            category: format!("cat-{}", dish.1.split(' ').next().unwrap_or_default()),
            place: dice.place(),
            price: Money::new(price, Currency::CNY),
            list_price: Some(Money::new(price * 2, Currency::CNY)),
            rating_milli: (reviews > 0).then(|| 3_000 + dice.below(2_000) as i64),
            review_count: reviews,
            live_from: Timestamp(0),
            live_until: if dice.below(20) == 0 { NOW } else { Timestamp::MAX },
        })));
    }
}

type Kind = (&'static str, fn(&mut Dice) -> SearchQuery);

fn near(dice: &mut Dice, radius_m: i64) -> SearchQuery {
    SearchQuery {
        near: Some(Near {
            place: dice.place(),
            radius_m,
        }),
        ..SearchQuery::default()
    }
}

const CNY: Option<PriceRange> = Some(PriceRange {
    currency: Currency::CNY,
    min: None,
    max: None,
});

const KINDS: &[Kind] = &[
    ("browse 3 km, relevance", |d| near(d, 3_000)),
    ("browse 20 km, relevance", |d| near(d, 20_000)),
    ("browse 20 km, distance", |d| SearchQuery {
        sort: Sort::Distance,
        ..near(d, 20_000)
    }),
    ("browse 5 km, rating", |d| SearchQuery {
        sort: Sort::Rating,
        ..near(d, 5_000)
    }),
    ("browse 20 km, rating", |d| SearchQuery {
        sort: Sort::Rating,
        ..near(d, 20_000)
    }),
    ("browse 20 km, price from 50 up", |d| SearchQuery {
        sort: Sort::Price,
        price: Some(PriceRange {
            currency: Currency::CNY,
            min: Some(5_000),
            max: None,
        }),
        ..near(d, 20_000)
    }),
    ("category 10 km, reviews", |d| SearchQuery {
        sort: Sort::ReviewCount,
        category: Some("cat-hot".into()),
        ..near(d, 10_000)
    }),
    ("category 10 km, price, 4.5 stars", |d| SearchQuery {
        sort: Sort::Price,
        price: CNY,
        min_rating_milli: Some(4_500),
        category: Some("cat-sushi".into()),
        ..near(d, 10_000)
    }),
    ("火锅 5 km, relevance", |d| SearchQuery {
        text: "火锅".into(),
        ..near(d, 5_000)
    }),
    ("重庆火锅双人套餐 10 km, relevance", |d| SearchQuery {
        text: "重庆火锅双人套餐".into(),
        ..near(d, 10_000)
    }),
    ("双人 烤肉 20 km, distance", |d| SearchQuery {
        text: "双人 烤肉".into(),
        sort: Sort::Distance,
        ..near(d, 20_000)
    }),
    ("massage voucher 10 km, rating", |d| SearchQuery {
        text: "massage voucher".into(),
        sort: Sort::Rating,
        ..near(d, 10_000)
    }),
    ("a brand's number 20 km, relevance", |d| SearchQuery {
        text: format!("第{}", d.below(5_000)),
        ..near(d, 20_000)
    }),
    ("nobody has all words 5 km", |d| SearchQuery {
        text: "火锅 zzzz 潜水艇".into(),
        ..near(d, 5_000)
    }),
    ("牛肉面, anywhere, relevance", |_| SearchQuery {
        text: "牛肉面".into(),
        ..SearchQuery::default()
    }),
    ("everything, anywhere, rating", |_| SearchQuery {
        sort: Sort::Rating,
        ..SearchQuery::default()
    }),
    ("nothing near: 40 km from the sea", |_| SearchQuery {
        near: Some(Near {
            place: at_km(0.0, 90.0),
            radius_m: 40_000,
        }),
        sort: Sort::Distance,
        ..SearchQuery::default()
    }),
];

fn main() -> Result<(), Box<dyn Error>> {
    let sizes: Vec<usize> = std::env::args()
        .skip(1)
        .map(|size| size.parse())
        .collect::<Result<_, _>>()?;
    println!("start: {}", memory());
    let start = Instant::now();
    warm_up();
    println!("dictionary: {:?}, {}", start.elapsed(), memory());
    for size in if sizes.is_empty() {
        vec![10_000, 100_000, 1_000_000]
    } else {
        sizes
    } {
        measure(size)?;
    }
    Ok(())
}

fn measure(size: usize) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let index = SearchIndex::open(folder.path())?;
    let start = Instant::now();
    let mut dice = Dice(42);
    let mut done = 0;
    while done < size {
        let mut batch = Vec::new();
        while batch.len() < 5_000.min(size - done) {
            offer(&mut dice, &mut batch);
        }
        done += batch.len();
        index.apply(&batch, &BTreeMap::from([(0, done as i64)]))?;
    }
    println!(
        "\n{} documents, fed in {:.1} s, {} MB, {}",
        index.doc_count(),
        start.elapsed().as_secs_f64(),
        folder_mb(folder.path()),
        memory()
    );
    drop(index);
    let start = Instant::now();
    let index = SearchIndex::open(folder.path())?;
    println!("reopened in {:?}, {}", start.elapsed(), memory());
    one_by_one(&index)?;
    open_loop(&index);
    println!("afterwards {}", memory());
    Ok(())
}

fn one_by_one(index: &SearchIndex) -> Result<(), Box<dyn Error>> {
    println!(
        "{:<38} {:>8} {:>8} {:>8} {:>6}",
        "one thread", "p50 µs", "p99 µs", "max µs", "hits"
    );
    for (name, query) in KINDS {
        let mut dice = Dice(7);
        let mut times = Times::default();
        for _ in 0..300 {
            times.search(index, &query(&mut dice))?;
        }
        times.print(name);
    }
    deep_pages(index)
}

/// The fifth page of the nearest, as somebody scrolls.
fn deep_pages(index: &SearchIndex) -> Result<(), Box<dyn Error>> {
    let mut dice = Dice(9);
    let mut times = Times::default();
    for _ in 0..200 {
        let mut query = SearchQuery {
            sort: Sort::Distance,
            ..near(&mut dice, 20_000)
        };
        for _ in 1..5 {
            query.cursor = Times::default().search(index, &query)?;
        }
        times.search(index, &query)?;
    }
    times.print("browse 20 km, distance, page 5");
    Ok(())
}

/// Questions arrive at a fixed rate whether or not the ones before are answered.
fn open_loop(index: &SearchIndex) {
    let total = (RATE_PER_S * OPEN_LOOP_S) as usize;
    let mut dice = Dice(11);
    let questions: Vec<SearchQuery> = (0..total)
        .map(|_| {
            let (_, query) = dice.pick(KINDS);
            query(&mut dice)
        })
        .collect();
    let next = AtomicUsize::new(0);
    let (start, cpu_start) = (Instant::now(), cpu_s());
    let work = || {
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(question) = questions.get(number) else {
                return times;
            };
            let due = start + Duration::from_secs(1) * number as u32 / RATE_PER_S;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let _page = index.search(question, NOW);
            times.push(due.elapsed());
        }
    };
    let wall: Vec<Duration> = std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a search panicked"))
            .collect()
    });
    let cores = (cpu_s() - cpu_start) / start.elapsed().as_secs_f64();
    let times = Times {
        wall,
        ..Times::default()
    };
    times.print(&format!("open loop {RATE_PER_S}/s, {cores:.2} cores"));
}

/// What searches took.
#[derive(Default)]
struct Times {
    wall: Vec<Duration>,
    hits: usize,
}

impl Times {
    fn search(&mut self, index: &SearchIndex, query: &SearchQuery) -> Result<Option<String>, Box<dyn Error>> {
        let start = Instant::now();
        let page = index.search(query, NOW).map_err(|fail| format!("{fail:?}"))?;
        self.wall.push(start.elapsed());
        self.hits += page.hits.len();
        Ok(page.next)
    }

    fn print(mut self, name: &str) {
        self.wall.sort_unstable();
        let at = |share: f64| {
            let at = (self.wall.len().saturating_sub(1) as f64 * share) as usize;
            self.wall.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
        };
        let hits = self.hits as f64 / self.wall.len() as f64;
        println!(
            "{name:<38} {:>8.0} {:>8.0} {:>8.0} {hits:>6.1}",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
}

fn folder_mb(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => folder_mb(&entry.path()) << 20,
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.map(size).sum::<u64>() >> 20
}

/// Resident memory: of its own, and of files that the system can take back.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mb = |name: &str| {
        let line = status
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_default();
        line.split_whitespace()
            .nth(1)
            .and_then(|kb| kb.parse::<u64>().ok())
            .unwrap_or(0)
            >> 10
    };
    format!("{} MB own memory, {} MB of files", mb("RssAnon"), mb("RssFile"))
}

/// Processor time of this process, in seconds (user and system, in hundredths).
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}
