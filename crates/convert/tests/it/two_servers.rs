//! Two servers on one PostgreSQL sell one hot offer: commands run in the offer's lane with the locks
//! that their routes name, as the API runs them.

use std::sync::{Arc, Mutex};

use convert::queries::{Route, attempt_route, cart_route, place_route};
use convert::{ConfirmedPayment, PaymentOutcome, PlaceCart, PlacedOrder};
use kernel::{Actor, Ctx, PersonId};
use store::testing::TestDatabase;
use store::{Answer, Fail, Job, Rejected, Store, Tx};

use crate::shop::{Plan, Shop};
use crate::{NOW, at_once, books, ctx, person};

const BUYERS: usize = 80;
const UNITS: usize = 50;

/// Runs a command by its route.
fn run_routed<T: Send + 'static>(
    db: &Store,
    actor: Actor,
    route: Route,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Result<T, Rejected> {
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    let job = Job::new("routed", route.lane, ctx(actor, NOW), move |tx, ctx| {
        let value = command(tx, ctx)?;
        *slot.lock().expect("no panic") = Some(value);
        Ok(String::new())
    });
    match db.submit_blocking(job.locking(route.locks)).expect("an answer") {
        Answer::Rejected(rejected) => Err(rejected),
        Answer::Done(_) => Ok(result.lock().expect("no panic").take().expect("a result")),
    }
}

fn place(db: &Store, shop: &Shop, buyer: PersonId) -> Result<PlacedOrder, Rejected> {
    let order = shop.order_of(1);
    let cmd = order.clone();
    let route = db.read_blocking(move |read| Ok(read.answer(place_route(&cmd))?));
    let route = route.expect("an answer").expect("a route");
    run_routed(db, Actor::Consumer(buyer), route, move |tx, ctx| {
        convert::place_order(tx, ctx, &order)
    })
}

fn pay(db: &Store, shop: &Shop, buyer: PersonId, placed: &PlacedOrder) -> ConfirmedPayment {
    let attempt = shop.start(buyer, placed.order);
    let route = db.read_blocking(move |read| Ok(read.answer(attempt_route(attempt))?));
    let route = route.expect("an answer").expect("a route");
    let report = shop.report(attempt, placed.amounts.cash_due);
    let confirmed = run_routed(db, Actor::Provider(1), route, move |tx, ctx| {
        convert::confirm_payment(tx, ctx, &report)
    });
    confirmed.expect("no rejection")
}

#[test]
fn one_hot_offer_is_sold_to_the_last_unit_and_not_beyond() {
    let database = TestDatabase::postgres();
    let servers = [database.open(), database.open()];
    let plan = Plan {
        stock: UNITS as i64,
        ..Plan::default()
    };
    let shop = Shop::open(&servers[0], &plan);
    let buyers: Vec<PersonId> = (0..BUYERS).map(|_| person(&servers[0])).collect();
    let paid = at_once(BUYERS, |n| {
        // Placed through one server, paid through the other.
        match place(&servers[n % 2], &shop, buyers[n]) {
            Ok(placed) => {
                let confirmed = pay(&servers[(n + 1) % 2], &shop, buyers[n], &placed);
                assert_eq!(confirmed.outcome, PaymentOutcome::Paid);
                1
            }
            Err(rejected) => {
                assert_eq!(rejected.code, "order_sold_out");
                0
            }
        }
    });
    assert_eq!(paid.into_iter().sum::<usize>(), UNITS);
    assert_eq!(shop.units(), (0, UNITS as i64));
    let escrow = -10_000 * UNITS as i64;
    assert_eq!(
        books(&servers[1]),
        [("provider_clearing", -escrow, 0), ("escrow", escrow, 0)]
    );
    servers.into_iter().for_each(Store::close);
}

#[test]
fn of_carts_that_name_the_same_last_units_in_any_order_one_has_them_all() {
    let database = TestDatabase::postgres();
    let servers = [database.open(), database.open()];
    let last = Plan {
        stock: 1,
        ..Plan::default()
    };
    let shops: Vec<Shop> = (0..4).map(|_| Shop::open(&servers[0], &last)).collect();
    let buyers: Vec<PersonId> = (0..BUYERS).map(|_| person(&servers[0])).collect();
    let placed = at_once(BUYERS, |n| {
        let mut orders: Vec<_> = shops.iter().map(|shop| shop.order_of(1)).collect();
        orders.rotate_left(n % 4);
        if n % 3 == 0 {
            orders.reverse();
        }
        let (cart, db) = (PlaceCart { orders }, &servers[n % 2]);
        let asked = cart.clone();
        let route = db.read_blocking(move |read| cart_route(read, &asked));
        let route = route.expect("an answer").expect("a route");
        let actor = Actor::Consumer(buyers[n]);
        match run_routed(db, actor, route, move |tx, ctx| {
            convert::place_cart(tx, ctx, &cart)
        }) {
            Ok(placed) => placed.len(),
            Err(rejected) => {
                assert_eq!(rejected.code, "order_sold_out");
                0
            }
        }
    });
    assert_eq!(placed.into_iter().sum::<usize>(), shops.len());
    for shop in &shops {
        assert_eq!(shop.units(), (1, 0));
    }
    servers.into_iter().for_each(Store::close);
}
