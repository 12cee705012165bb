//! How many statements an order takes at most, and how often it waits. An ordinary one, and every other command,
//! is in `docs/generated/statements.md`.

use kernel::Actor;

use crate::shop::{Plan, Shop, bp, earn_rebate};
use crate::{NOW, ctx, ok, on_both, person};
use convert::CouponKind;

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
            order.wallet_coupons = vec![ok(shop.claim(buyer, coupon))];
            order.share_token = Some(link.token.clone());
            order.use_rebate = true;
            let context = ctx(Actor::Consumer(buyer), NOW);
            ok(db.run_blocking(name, shop.offer, context, move |tx, ctx| {
                convert::place_order(tx, ctx, &order)
            }));
        }
        let cost = db.costs()["place_order"];
        assert_eq!(cost.asked + cost.told, 15, "{cost:?}");
        assert!(cost.round_trips <= 7, "{cost:?}");
    });
}
