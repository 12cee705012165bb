//! Everybody wants the same offer, on PostgreSQL: a server that groups commits and pipelines statements, then
//! two of them, beside the same commands in one transaction each, from sixteen connections and without HTTP.

use std::time::Duration;

use http::shell;
use kernel::{Actor, Request, TypeSafeId};
use store::{Settings, Store, partition_of};
use uuid::Uuid;

use super::Options;
use super::market::{self, Shop, Visitor};
use super::orders::{self, Buyer};
use super::report::Report;
use super::stage::Stage;
use crate::serve::Failure;

const CONNECTIONS: usize = 16;

/// Measures both in turn.
pub fn run(options: &Options) -> Result<Report, Failure> {
    let url = options
        .database_url
        .as_deref()
        .ok_or("--database-url names a PostgreSQL database")?;
    let stage = Stage::open(options)?;
    let shops = market::open_shops(&stage.app, 1)?;
    let visitors = market::invite(&stage.app, options.clients)?;
    let mut buyers = stage.load.block_on(Buyer::all(&stage, &shops, &visitors))?;
    orders::drive(&stage, &mut buyers, Duration::from_secs(1))?;
    let before = one_by_one(url, shops[0], &visitors, options.duration())?;
    let measured = orders::drive(&stage, &mut buyers, options.duration())?;
    let after = one_by_one(url, shops[0], &visitors, options.duration())?;
    let other = stage.open_beside(options)?;
    let by_two = from_two_servers(&stage, &other, &mut buyers, options.duration())?;
    other.close()?;

    let mut report = Report::new("one hot offer, PostgreSQL");
    orders::note(&mut report, &measured, options.clients);
    report.figure("orders/s, a transaction each, before", before);
    report.figure("orders/s, a transaction each, after", after);
    let ratio = measured.finding.rate() / ((before + after) / 2.0);
    report.at_least("HTTP / a transaction each", ratio, 2.5, None);
    report.figure("orders/s over HTTP, two servers", by_two);
    report.figure("two servers / one", by_two / measured.finding.rate());
    drop(buyers);
    stage.close()?;
    Ok(report)
}

/// Orders a second when every other buyer buys at a second server on the same database.
fn from_two_servers(
    one: &Stage,
    other: &Stage,
    buyers: &mut Vec<Buyer>,
    duration: Duration,
) -> Result<f64, Failure> {
    let mut theirs = buyers.split_off(buyers.len() / 2);
    for buyer in &mut theirs {
        other.load.block_on(buyer.move_to(other))?;
    }
    let rate = |stage: &Stage, buyers: &mut Vec<Buyer>| {
        let measured = orders::drive(stage, buyers, duration);
        measured
            .map(|measured| measured.finding.rate())
            .map_err(|error| error.to_string())
    };
    std::thread::scope(|scope| {
        let theirs = scope.spawn(|| rate(other, &mut theirs));
        let ours = rate(one, buyers)?;
        let theirs = theirs
            .join()
            .unwrap_or_else(|_| Err("a thread panicked".into()))?;
        Ok(ours + theirs)
    })
}

/// Orders a second when each of the four commands of an order is a transaction of its own. Every
/// connection has one lane and one thread that uses it, so a batch is never more than one command.
fn one_by_one(url: &str, shop: Shop, visitors: &[Visitor], duration: Duration) -> Result<f64, Failure> {
    let store = Store::open(&Settings {
        lanes: CONNECTIONS,
        readers: 1,
        ..Settings::new(url)
    })?;
    let started = shell::instant();
    let count = |lane: TypeSafeId<Request>, buyer: &Visitor| -> Result<u64, String> {
        let mut done = 0;
        while started.elapsed() < duration {
            order(&store, lane, shop, buyer).map_err(|error| error.to_string())?;
            done += 1;
        }
        Ok(done)
    };
    let done: Result<Vec<u64>, String> = std::thread::scope(|scope| {
        let count = &count;
        let running: Vec<_> = (0..CONNECTIONS)
            .map(|n| {
                let (lane, buyer) = (key_of_lane(n), &visitors[n % visitors.len()]);
                scope.spawn(move || count(lane, buyer))
            })
            .collect();
        running
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err("a thread panicked".into())))
            .collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    store.close();
    Ok(done?.iter().sum::<u64>() as f64 / seconds)
}

/// Some key whose commands run in lane `n`.
fn key_of_lane(n: usize) -> TypeSafeId<Request> {
    let fits = |key: &u128| usize::from(partition_of(key.to_be_bytes())) % CONNECTIONS == n;
    let key = (1..).find(fits).unwrap_or_default();
    TypeSafeId::from_uuid(Uuid::from_u128(key))
}

fn order(store: &Store, lane: TypeSafeId<Request>, shop: Shop, buyer: &Visitor) -> Result<(), Failure> {
    let consumer = || shell::ctx(Actor::Consumer(buyer.person));
    let place = market::place(shop, 1);
    let placed = store.run_blocking("placeOrder", lane, consumer(), move |tx, ctx| {
        convert::place_order(tx, ctx, &place)
    });
    let order = done(placed?)?.order;
    let start = convert::StartPayment {
        order,
        provider: http::PROVIDER_NAME.to_owned(),
    };
    let started = store.run_blocking("startPayment", lane, consumer(), move |tx, ctx| {
        convert::start_payment(tx, ctx, &start)
    });
    let attempt = done(started?)?.attempt;
    let confirm = market::confirm(shop, attempt, 1);
    let confirmed = store.run_blocking(
        "confirmPayment",
        lane,
        shell::ctx(Actor::System),
        move |tx, ctx| convert::confirm_payment(tx, ctx, &confirm),
    );
    done(confirmed?).map(drop)
}

fn done<T>(answer: Result<T, store::Rejected>) -> Result<T, Failure> {
    answer.map_err(|rejected| format!("{}: {}", rejected.code, rejected.detail).into())
}
