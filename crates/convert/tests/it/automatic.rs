//! Coupons that nobody claims.

use convert::decide::{Buyers, Conditions};
use convert::queries::{BestCoupons, best_coupons, coupon, quote, wallet};
use convert::{CancelOrder, CouponKind, CreateCoupon, Distribution, PlaceOrder, PlacedOrder, StopCoupon};
use kernel::{Actor, CouponId, Ctx, HOUR_US, Money, PersonId};
use store::Store;

use crate::shop::{Plan, Shop};
use crate::{CNY, NOW, at_once, code_of, ok, on_both, on_both_racing, person, run_at};

const TEN: CouponKind = CouponKind::Cash { amount: 1_000 };

fn automatic(shop: &Shop) -> CreateCoupon {
    CreateCoupon {
        distribution: Distribution::Automatic,
        ..shop.coupon(TEN)
    }
}

/// Held and taken, of the count and of the budget.
fn drawn(shop: &Shop, of: CouponId) -> [(i64, i64); 2] {
    let found = shop.db.read_blocking(move |read| coupon(read, of));
    let found = found.expect("an answer").expect("a coupon");
    [found.count_bucket, found.budget_bucket].map(|bucket| {
        let level = shop.level(bucket);
        (level.held, level.taken)
    })
}

fn best(db: &Store, buyer: PersonId, wish: PlaceOrder) -> BestCoupons {
    let best = db.read_blocking(move |read| {
        let ctx = Ctx::new(NOW, Actor::Consumer(buyer), [0; 32]);
        best_coupons(read, &ctx, &wish, None)
    });
    best.expect("an answer")
}

fn cancel(db: &Store, buyer: PersonId, placed: &PlacedOrder) {
    let order = placed.order;
    ok(run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
        convert::cancel_order(tx, ctx, &CancelOrder { order })
    }));
}

#[test]
fn whoever_orders_what_it_fits_gets_it_and_gives_it_back_as_one_of_a_wallet() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (buyer, coupon) = (person(db), shop.create_coupon(automatic(&shop)));
        assert_eq!(code_of(shop.claim(buyer, coupon)), "coupon_automatic");
        let placed = shop.place(buyer, shop.order_of(1));
        assert_eq!(
            (placed.amounts.cash_due, placed.discounts[0].coupon),
            (9_000, Some(coupon))
        );
        assert_eq!(drawn(&shop, coupon), [(1, 0), (1_000, 0)]);
        let second = shop.place(buyer, shop.order_of(1));
        assert_eq!(second.amounts.cash_due, 10_000, "one for each person");
        let why = best(db, buyer, shop.order_of(1)).automatic.remove(0).refused;
        assert_eq!(why.expect("a reason").kind.code, "coupon_limit_reached");

        cancel(db, buyer, &placed);
        assert_eq!(drawn(&shop, coupon), [(0, 0), (0, 0)]);
        let again = shop.place(buyer, shop.order_of(2));
        assert_eq!(again.amounts.cash_due, 19_000);
        let vouchers = shop.pay(buyer, &again);
        assert_eq!(drawn(&shop, coupon), [(0, 1), (0, 1_000)]);
        ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(
            drawn(&shop, coupon),
            [(0, 1), (0, 1_000)],
            "it was used for the rest"
        );
        ok(shop.refund(buyer, vouchers[1]));
        assert_eq!(drawn(&shop, coupon), [(0, 0), (0, 0)]);
        let (order, until) = (shop.place(buyer, shop.order_of(1)), NOW.plus_us(convert::HOLD_US));
        assert_eq!(order.amounts.cash_due, 9_000);
        ok(shop.release(order.order, until));
        assert_eq!(drawn(&shop, coupon), [(0, 0), (0, 0)]);
        let nothing = db.read_blocking(move |read| wallet(read, buyer, None, 10));
        assert!(nothing.expect("an answer").is_empty(), "it was never in a wallet");
    });
}

#[test]
fn a_day_has_a_limit_of_its_own_and_the_quote_knows_it() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        shop.create_coupon(CreateCoupon {
            per_person: 2,
            per_day: 1,
            ..automatic(&shop)
        });
        let cost_at = |hours: i64| {
            let (at, wish) = (NOW.plus_us(hours * HOUR_US), shop.order_of(1));
            let quoted = db.read_blocking({
                let wish = wish.clone();
                move |read| {
                    let ctx = Ctx::new(at, Actor::Consumer(buyer), [0; 32]);
                    quote(read, &ctx, &wish, None, false)
                }
            });
            let placed = ok(run_at(db, Actor::Consumer(buyer), at, move |tx, ctx| {
                convert::place_order(tx, ctx, &wish)
            }));
            let (_, quoted) = quoted.expect("an answer");
            assert_eq!(quoted.amounts, placed.amounts, "after {hours} hours");
            placed.amounts.cash_due
        };
        let costs = [0, 23, 24, 25, 48].map(cost_at);
        assert_eq!(
            costs,
            [9_000, 10_000, 9_000, 10_000, 10_000],
            "one a day, two in all"
        );
    });
}

#[test]
fn it_competes_with_those_of_the_wallet() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(automatic(&shop));
        let larger = CouponKind::Cash { amount: 2_500 };
        let alone = ok(shop.claim(buyer, shop.create_coupon(shop.coupon(larger))));
        let wish = shop.order_of(1);
        let found = best(db, buyer, wish.clone());
        assert_eq!((found.used, found.price.amounts.cash_due), (vec![alone], 7_500));
        let by_itself = &found.automatic[0];
        assert_eq!(by_itself.coupon, coupon);
        assert_eq!(
            by_itself.refused.as_ref().expect("a reason").kind.code,
            "coupon_not_combined"
        );
        let unasked = shop.place(buyer, wish.clone());
        assert_eq!(
            unasked.amounts.cash_due, 9_000,
            "it comes where nothing else was asked for"
        );
        cancel(db, buyer, &unasked);

        let in_group = |group: &str| Conditions {
            stacking_group: Some(group.to_owned()),
            ..Conditions::default()
        };
        let grouped = CreateCoupon {
            conditions: in_group("cash"),
            ..automatic(&shop)
        };
        shop.create_coupon(grouped);
        let gift = CreateCoupon {
            conditions: in_group("gift"),
            ..shop.coupon(larger)
        };
        let gift = ok(shop.claim(buyer, shop.create_coupon(gift)));
        let found = best(db, buyer, wish.clone());
        assert_eq!((&found.used, found.price.amounts.cash_due), (&vec![gift], 6_500));
        let placed = shop.place(
            buyer,
            PlaceOrder {
                wallet_coupons: found.used,
                ..wish
            },
        );
        assert_eq!(
            placed.amounts, found.price.amounts,
            "both, although one was named"
        );
    });
}

#[test]
fn it_has_the_conditions_and_the_end_of_any_coupon() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let other = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let first = CreateCoupon {
            conditions: Conditions {
                buyers: Buyers::FirstOrder,
                ..Conditions::default()
            },
            per_person: 9,
            ..automatic(&shop)
        };
        let coupon = shop.create_coupon(first);
        let cash = |shop: &Shop| shop.place(buyer, shop.order_of(1)).amounts.cash_due;
        assert_eq!(
            [cash(&other), cash(&shop)],
            [10_000, 10_000],
            "another's, and no first order"
        );
        let newcomer = person(db);
        assert_eq!(best(db, newcomer, shop.order_of(1)).price.amounts.cash_due, 9_000);
        ok(run_at(db, shop.operator, NOW, move |tx, ctx| {
            convert::stop_coupon(tx, ctx, &StopCoupon { coupon })
        }));
        let shown = PlaceOrder {
            expected_cash: Some(Money::new(9_000, CNY)),
            ..shop.order_of(1)
        };
        assert_eq!(code_of(shop.try_place(newcomer, shown)), "order_price_changed");
        let dearer = shop.place(newcomer, shop.order_of(1));
        assert_eq!(dearer.amounts.cash_due, 10_000);
    });
}

#[test]
fn of_64_orders_as_many_get_it_as_there_are_and_as_the_budget_bears() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let crowd: Vec<PersonId> = (0..64).map(|_| person(db)).collect();
        let few = CreateCoupon {
            total: 9,
            budget: 7_500,
            ..automatic(&shop)
        };
        let coupon = shop.create_coupon(few);
        let paid = at_once(crowd.len(), |n| {
            loop {
                match shop.try_place(crowd[n], shop.order_of(1)).expect("an answer") {
                    Ok(placed) => return placed.amounts.cash_due,
                    Err(rejected) => assert_eq!(rejected.code, "order_price_changed"),
                }
            }
        });
        assert_eq!(paid.iter().filter(|cash| **cash == 9_000).count(), 7);
        assert_eq!(paid.iter().filter(|cash| **cash == 10_000).count(), 57);
        assert_eq!(drawn(&shop, coupon), [(7, 0), (7_000, 0)]);
    });
}

#[test]
fn of_16_orders_of_one_person_as_many_get_it_as_the_person_may() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(automatic(&shop));
        let paid = at_once(16, |_| {
            loop {
                match shop.try_place(buyer, shop.order_of(1)).expect("an answer") {
                    Ok(placed) => return placed.amounts.cash_due,
                    Err(rejected) => assert_eq!(rejected.code, "order_price_changed"),
                }
            }
        });
        assert_eq!(paid.into_iter().filter(|cash| *cash == 9_000).count(), 1);
        assert_eq!(drawn(&shop, coupon), [(1, 0), (1_000, 0)]);
    });
}
