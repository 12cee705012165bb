//! Searches near a place over HTTP among made-up offers in one city: half browse what is nearest,
//! half look for words. The index alone is filled; no merchant stands behind these offers.
#![allow(clippy::float_arithmetic, reason = "places on a map")]

use attract::{Change, OfferDoc};
use http::shell;
use kernel::{Currency, DAY_US, GeoPoint, LocalText, Money, Timestamp, TypeSafeId};
use uuid::Uuid;

use super::growth::bytes_in;
use super::load::{Worker, open};
use super::report::Report;
use super::stage::Stage;
use super::wire::Connection;
use super::{Options, start};
use crate::serve::Failure;

const AT_ONCE: usize = 10_000;
const PER_SECOND: u32 = 500;
/// Up to 100,000 offers; beyond that twice as much.
const P99_BUDGET_MS: f64 = 10.0;
/// The middle of the city, in degrees.
const CENTER: (f64, f64) = (31.2304, 121.4737);
const QUARTERS: u64 = 60;
const BRANDS: &[&str] = &[
    "重庆",
    "四川",
    "老上海",
    "蜀大侠",
    "海底",
    "外滩",
    "静安",
    "徐家汇",
];
const DISHES: &[(&str, &str, &str)] = &[
    ("火锅", "hot pot", "hot_pot"),
    ("烤肉", "barbecue", "barbecue"),
    ("奶茶", "bubble tea", "drinks"),
    ("咖啡", "coffee", "drinks"),
    ("小笼包", "soup dumplings", "snacks"),
    ("寿司", "sushi", "japanese"),
    ("按摩", "massage", "massage"),
    ("牛肉面", "beef noodles", "noodles"),
];
/// What people type, as it stands in a URL.
const WORDS: &[&str] = &[
    "%E7%81%AB%E9%94%85",
    "coffee",
    "%E5%A5%B6%E8%8C%B6",
    "beef%20noodles",
    "%E9%87%8D%E5%BA%86",
];

/// xorshift64*, so that every run searches the same city.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// 0 to 1.
    fn unit(&mut self) -> f64 {
        self.below(1 << 40) as f64 / (1_u64 << 40) as f64
    }

    /// Thick in sixty quarters on a spiral of 16 km around the middle: latitude and longitude.
    fn place(&mut self) -> (f64, f64) {
        let quarter = self.below(QUARTERS) as f64;
        let (angle, out_km) = (quarter * 2.4, 16.0 * quarter / QUARTERS as f64);
        let (turn, off_km) = (
            self.unit() * std::f64::consts::TAU,
            2.5 * self.unit() * self.unit(),
        );
        let north_km = out_km * angle.sin() + off_km * turn.sin();
        let east_km = out_km * angle.cos() + off_km * turn.cos();
        (
            CENTER.0 + north_km / 111.2,
            CENTER.1 + east_km / (111.2 * CENTER.0.to_radians().cos()),
        )
    }
}

fn document(n: u32, dice: &mut Dice, now: Timestamp) -> Option<OfferDoc> {
    let (dish, dish_en, category) = dice.pick(DISHES);
    let brand = dice.pick(BRANDS);
    let (lat, lon) = dice.place();
    let id = |kind: u128| Uuid::from_u128(0x019a_0000_0000_7000_8000 << 48 | kind << 40 | u128::from(n));
    let mut title = LocalText::one("zh-CN", &format!("{brand}{dish}双人套餐"));
    title.0.insert("en".to_owned(), format!("{dish_en} set for two"));
    let price = 900 + dice.below(60_000) as i64;
    let reviews = dice.below(400) as i64;
    Some(OfferDoc {
        offer: TypeSafeId::from_uuid(id(1)),
        merchant: TypeSafeId::from_uuid(id(2)),
        store: TypeSafeId::from_uuid(id(3)),
        title,
        merchant_name: LocalText::one("zh-CN", &format!("{brand}{dish}第{}家", n % 5_000)),
        store_name: LocalText::one("zh-CN", &format!("{brand}店")),
        dishes: Vec::new(),
        category: category.to_owned(),
        place: GeoPoint::from_degrees(lat, lon)?,
        price: Money::new(price, Currency::CNY),
        is_price_from: false,
        list_price: Some(Money::new(price * 5 / 4, Currency::CNY)),
        rating_milli: (reviews > 0).then(|| 2_500 + dice.below(2_500) as i64),
        review_count: reviews,
        live_from: now.plus_us(-DAY_US),
        live_until: now.plus_us(30 * DAY_US),
    })
}

fn fill(stage: &Stage, offers: u32) -> Result<(), Failure> {
    let (mut dice, now) = (Dice(20_261_123), shell::now());
    for first in (0..offers).step_by(AT_ONCE) {
        let docs: Vec<Change> = (first..offers.min(first + AT_ONCE as u32))
            .filter_map(|n| document(n, &mut dice, now))
            .map(|doc| Change::Upsert(Box::new(doc)))
            .collect();
        stage
            .app
            .search
            .apply(&docs, &Default::default())
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

struct Searcher {
    connection: Connection,
    dice: Dice,
    turn: usize,
    is_dense: bool,
}

impl Worker for Searcher {
    async fn work(&mut self) -> Result<(), Failure> {
        let (lat, lon) = self.dice.place();
        let radius = self.dice.pick(&[1_000, 3_000, 5_000]);
        self.turn += 1;
        let near = format!("/v1/search?lat={lat:.6}&lon={lon:.6}&radius_m={radius}");
        let words = if self.turn.is_multiple_of(2) {
            format!("&text={}", self.dice.pick(WORDS))
        } else {
            String::new()
        };
        self.connection
            .prepare(format_args!("GET {near}{words}"), format_args!(""), "");
        let found = self.connection.send().await?;
        found.expect(200)?;
        // Among so many nothing is far from everything; an empty page would be a fast lie.
        if self.is_dense && found.text_of("title").is_err() && !found.body.contains("\"offer\"") {
            return Err(format!("nothing was found: {near}{words}").into());
        }
        Ok(())
    }
}

/// Open loop; the index is the same for either engine.
pub fn run(options: &Options, offers: u32) -> Result<Report, Failure> {
    let stage = Stage::open(&options.embedded())?;
    let filling = shell::instant();
    fill(&stage, offers)?;
    let fill_seconds = filling.elapsed().as_secs_f64();
    let mut searchers = Vec::with_capacity(options.clients);
    for n in 0..options.clients {
        let connection = stage.load.block_on(Connection::open(stage.address))?;
        searchers.push(Searcher {
            connection,
            dice: Dice(7 + 1_000_003 * n as u64),
            turn: n,
            is_dense: offers >= 100_000,
        });
    }
    let warm_up = options.duration() / 4;
    let (searchers, _) = stage.load.block_on(open(searchers, warm_up, PER_SECOND))?;
    let (_, finding) = stage
        .load
        .block_on(open(searchers, options.duration(), PER_SECOND))?;

    let mut report = Report::new("search near a place");
    report.note("offers", stage.app.search.doc_count());
    report.figure("seconds to fill the index", fill_seconds);
    report.figure("searches/s, open loop", finding.rate());
    report.figure("p50 ms", finding.latency_ms(0.5));
    report.figure("p90 ms", finding.latency_ms(0.9));
    report.figure("p99.9 ms", finding.latency_ms(0.999));
    report.note("busy cores", finding.cpu.to_string());
    let index_bytes = bytes_in(&stage.folder.path().join("search"))?;
    report.figure(
        "bytes of the index on the disk an offer",
        index_bytes as f64 / f64::from(offers),
    );
    report.figure(
        "memory of the whole process, MiB",
        start::memory_mib(std::process::id(), "VmRSS")?,
    );
    let budget_ms = if offers > 100_000 {
        2.0 * P99_BUDGET_MS
    } else {
        P99_BUDGET_MS
    };
    report.at_most("p99 ms", finding.latency_ms(0.99), budget_ms);
    stage.close()?;
    Ok(report)
}
