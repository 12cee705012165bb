//! Everybody wants the same offer, on PostgreSQL: a server that groups commits and pipelines statements, then
//! two of them, beside the same commands in one transaction each, from sixteen connections and without HTTP.

use std::time::Duration;

use http::shell;
use kernel::Actor;
use store::Store;

use super::Options;
use super::market::{self, Shop, Visitor};
use super::one_by_one::{Lane, accepted, from_two_servers, one_by_one};
use super::orders::{self, Buyer, Goods};
use super::report::Report;
use super::stage::Stage;
use crate::serve::Failure;

/// Measures both in turn.
pub fn run(options: &Options) -> Result<Report, Failure> {
    let url = options
        .database_url
        .as_deref()
        .ok_or("--database-url names a PostgreSQL database")?;
    let stage = Stage::open(options)?;
    let shops = market::open_shops(&stage.app, 1)?;
    let visitors = market::invite(&stage.app, options.clients)?;
    let mut buyers = stage
        .load
        .block_on(Buyer::all(&stage, &Goods::Offers(shops.clone()), &visitors))?;
    orders::drive(&stage, &mut buyers, Duration::from_secs(1))?;
    let shop = shops[0];
    let buy = |store: &Store, lane: Lane, buyer: &Visitor| order(store, lane, shop, buyer);
    let before = one_by_one(url, &visitors, options.duration(), buy)?;
    let measured = orders::drive(&stage, &mut buyers, options.duration())?;
    let after = one_by_one(url, &visitors, options.duration(), buy)?;
    let other = stage.open_beside(options)?;
    let mut theirs = buyers.split_off(buyers.len() / 2);
    for buyer in &mut theirs {
        other.load.block_on(buyer.move_to(&other))?;
    }
    let by_two = from_two_servers((&stage, &mut buyers), (&other, &mut theirs), options.duration())?;
    drop(theirs);
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

fn order(store: &Store, lane: Lane, shop: Shop, buyer: &Visitor) -> Result<(), Failure> {
    let consumer = || shell::ctx(Actor::Consumer(buyer.person));
    let place = market::place(shop, 1);
    let placed = store.run_blocking("placeOrder", lane, consumer(), move |tx, ctx| {
        convert::place_order(tx, ctx, &place)
    });
    let order = accepted(placed?)?.order;
    let start = convert::StartPayment {
        order,
        provider: http::PROVIDER_NAME.to_owned(),
    };
    let started = store.run_blocking("startPayment", lane, consumer(), move |tx, ctx| {
        convert::start_payment(tx, ctx, &start)
    });
    let attempt = accepted(started?)?.attempt;
    let confirm = market::confirm(shop, attempt, 1);
    let confirmed = store.run_blocking(
        "confirmPayment",
        lane,
        shell::ctx(Actor::System),
        move |tx, ctx| convert::confirm_payment(tx, ctx, &confirm),
    );
    accepted(confirmed?).map(drop)
}
