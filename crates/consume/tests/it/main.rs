//! Redemption from outside, on both engines, with the ledger checked after every step.

mod bookings;
mod by_hour;
mod card_bookings;
mod cards;
mod chargebacks;
mod codes;
mod deposits;
mod multi_use;
mod offline;
mod offline_limits;
mod queries;
mod queue;
mod races;
mod rebates;
mod redeem;
mod refunds;
mod security_deposits;
mod services;
mod showings;
mod undo;
mod waitlist;
mod world;

use offer::CreateOffer;
use store::testing::TestDatabase;
use store::{Rejected, STATEMENTS, Settings, Store};
use world::World;

/// Runs the test once on each engine, with an offer of one use for 100.00 CNY.
fn on_both(test: impl Fn(&World)) {
    on_both_with(1, 10_000, test);
}

/// The same with another number of uses and another price, in cents.
fn on_both_with(uses: i64, cents: i64, test: impl Fn(&World)) {
    let change = |offer: &mut CreateOffer| {
        offer.uses = uses;
        offer.list_price.amount = cents;
    };
    on_both_of(change, test);
}

/// The same with any other offer.
fn on_both_of(change: impl Fn(&mut CreateOffer), test: impl Fn(&World)) {
    for database in TestDatabase::both() {
        let settings = Settings {
            lanes: 8,
            readers: 2,
            ..Settings::new(&database.url)
        };
        let store = Store::open(&settings).expect("the database opens");
        test(&World::new(&store, offer::testing::terms(), &change));
        store.close();
    }
}

/// The code of a rejection.
fn code<T: std::fmt::Debug>(result: Result<T, Rejected>) -> String {
    result.expect_err("a rejection").code
}

/// Runs as many things at once as asked, and gives what they gave, in order.
fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let go = std::sync::Barrier::new(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let (go, work) = (&go, &work);
                scope.spawn(move || {
                    go.wait();
                    work(n)
                })
            })
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.map(|result| result.expect("the thread ends")).collect()
    })
}

#[test]
fn every_statement_prepares_on_both_engines() {
    let misnumbered = STATEMENTS.iter().filter(|s| !s.numbers_its_parameters_in_order());
    assert_eq!(
        misnumbered.map(|s| s.place).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    for database in TestDatabase::both() {
        let store = database.open();
        let problems = store.read_blocking(|read| {
            let broken = STATEMENTS
                .iter()
                .filter_map(|s| read.columns_of(s.text).err().map(|e| (s.place, e)));
            Ok(broken
                .map(|(place, error)| format!("{place}: {error}"))
                .collect::<Vec<_>>())
        });
        assert_eq!(problems.expect("the reader answers"), Vec::<String>::new());
        store.close();
    }
}
