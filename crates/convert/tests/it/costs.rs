//! How many statements the two commands of the hot path take, and how often they wait.

use kernel::Actor;
use store::Cost;

use crate::shop::{Plan, Shop, bp, earn_rebate};
use crate::{NOW, ctx, ok, on_both, person};
use convert::CouponKind;

#[test]
fn placing_and_paying_an_order_stay_near_fifteen_statements_and_few_waits() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        // The first run prepares the statements of the lane's connection, which costs waits of its own.
        for names in [["-", "-"], ["place_order", "confirm_payment"]] {
            let buyer = person(db);
            let order = shop.order_of(1);
            let context = ctx(Actor::Consumer(buyer), NOW);
            let placed = ok(db.run_blocking(names[0], shop.offer, context, move |tx, ctx| {
                convert::place_order(tx, ctx, &order)
            }));
            let report = shop.report(shop.start(buyer, placed.order), 10_000);
            let context = ctx(Actor::Provider(1), NOW);
            ok(db.run_blocking(names[1], shop.offer, context, move |tx, ctx| {
                convert::confirm_payment(tx, ctx, &report)
            }));
        }
        let costs = db.costs();
        let round_trips = |n| if db.is_embedded() { 0 } else { n };
        let place = Cost {
            asked: 3,
            told: 6,
            round_trips: round_trips(2),
        };
        let confirm = Cost {
            asked: 4,
            told: 9,
            round_trips: round_trips(4),
        };
        assert_eq!((costs["place_order"], costs["confirm_payment"]), (place, confirm));
    });
}

#[test]
fn an_order_with_everything_on_it_says_what_it_costs() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let sharer = person(db);
        let offer = shop.offer;
        let link = ok(crate::run_at(db, Actor::Consumer(sharer), NOW, move |tx, ctx| {
            channel::create_share_link(tx, ctx, &channel::CreateShareLink { offer })
        }));
        let kind = CouponKind::Percentage {
            share: bp(1_000),
            max_discount: None,
        };
        let mut coupon = shop.coupon(kind);
        coupon.per_person = 2;
        let coupon = shop.create_coupon(coupon);
        for name in ["-", "place_order"] {
            let buyer = person(db);
            earn_rebate(db, buyer, 100);
            let mut order = shop.order_of(1);
            order.wallet_coupon = Some(ok(shop.claim(buyer, coupon)));
            order.share_token = Some(link.token.clone());
            order.use_rebate = true;
            let context = ctx(Actor::Consumer(buyer), NOW);
            ok(db.run_blocking(name, shop.offer, context, move |tx, ctx| {
                convert::place_order(tx, ctx, &order)
            }));
        }
        let cost = db.costs()["place_order"];
        // Above fifteen because of the coupon (its facts, its claim, its budget twice) and the rebates.
        assert_eq!(cost.asked + cost.told, 16, "{cost:?}");
        assert!(cost.round_trips <= 7, "{cost:?}");
    });
}
