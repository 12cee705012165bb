//! How fast the index answers over a made-up city: `search_speed [documents …]`, 10,000, 100,000 and
//! 1,000,000 by default. Prints latency by kind of question with one thread, then under an open loop of
//! 500 questions a second on two threads, timed from when each question was due.

#![allow(clippy::disallowed_methods, reason = "measures time")]
#![allow(
    clippy::float_arithmetic,
    reason = "a made-up city and its statistics, not money"
)]

mod city;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use attract::{Near, PriceRange, SearchIndex, SearchQuery, Sort, warm_up};
use kernel::Currency;

use city::{Dice, NOW, at_km, offer};

const RATE_PER_S: u32 = 500;
const OPEN_LOOP_S: u32 = 20;

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
    ("hardly anything passes: 20 km", |d| SearchQuery {
        sort: Sort::Distance,
        price: Some(PriceRange {
            currency: Currency::CNY,
            min: Some(900),
            max: Some(901),
        }),
        ..near(d, 20_000)
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
    open_loop(&index, "");
    while_fed(&index)?;
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
fn open_loop(index: &SearchIndex, circumstances: &str) {
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
    times.print(&format!(
        "open loop {RATE_PER_S}/s, {cores:.2} cores{circumstances}"
    ));
}

/// The same while new offers come in, a batch of 200 documents every second.
fn while_fed(index: &SearchIndex) -> Result<(), attract::IndexError> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let feeding = scope.spawn(|| {
            let mut dice = Dice(13);
            while !done.load(Ordering::Relaxed) {
                let mut batch = Vec::new();
                while batch.len() < 200 {
                    offer(&mut dice, &mut batch);
                }
                index.apply(&batch, &BTreeMap::new())?;
                std::thread::sleep(Duration::from_secs(1));
            }
            Ok(())
        });
        open_loop(index, ", fed");
        done.store(true, Ordering::Relaxed);
        feeding.join().expect("the feed panicked")
    })
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
