//! Placing orders: prices, limits, share links, and input that nobody honest would send.

use convert::queries::{self, Route, orders_of_person};
use convert::{Amounts, CouponKind, OrderStatus, PlaceOrder, SelfDealing};
use kernel::{Actor, BasisPoints, Currency, DAY_US, EntryId, MINUTE_US, Money, OfferId, TypeSafeId};
use offer::{PauseOffer, PriceRule};
use party::hours::Span;
use store::{Fail, Lock, Store};
use uuid::Uuid;

use crate::shop::{Plan, Shop, bp};
use crate::{CNY, NOW, code_of, ok, on_both, person, run_at};

fn share(db: &Store, shop: &Shop, sharer: kernel::PersonId) -> channel::ShareLink {
    let offer = shop.offer;
    ok(run_at(db, Actor::Consumer(sharer), NOW, move |tx, ctx| {
        channel::create_share_link(tx, ctx, &channel::CreateShareLink { offer })
    }))
}

#[test]
fn an_order_freezes_the_terms_and_holds_its_units() {
    on_both(|db| {
        let mut plan = Plan::default();
        plan.terms.discount_bp = bp(2_000);
        plan.terms.discount_platform_bp = bp(5_000);
        let shop = Shop::open(db, &plan);
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(2));
        let amounts = Amounts {
            list_total: 20_000,
            discount_platform: 2_000,
            discount_merchant: 2_000,
            rebate_used: 0,
            cash_due: 16_000,
            due_at_store: 0,
            security_deposit: 0,
        };
        assert_eq!((placed.status, placed.amounts), (OrderStatus::Placed, amounts));
        assert_eq!(shop.units(), (2, 0));
        let view = shop.view(placed.order);
        assert_eq!(
            (view.person, view.merchant, view.amounts),
            (buyer, shop.merchant, amounts)
        );
        assert_eq!(
            (view.line.commission, view.line.rebate),
            (bp(1_000), BasisPoints::ZERO)
        );
        assert_eq!((view.line.quantity, view.payment), (2, placed.payment));
        assert_eq!(view.hold_until, placed.hold_until);
        let listed = db.read_blocking(move |read| orders_of_person(read, buyer, None, 10));
        assert_eq!(listed.expect("an answer"), [view]);
    });
}

#[test]
fn an_order_keeps_the_price_of_its_quantity_and_hour_when_it_is_paid_later() {
    on_both(|db| {
        // It is Friday, 16:00 in Shanghai.
        let until_ten_past_four = Span {
            weekday: 5,
            from_minute: 0,
            until_minute: 16 * 60 + 10,
        };
        let rule = |price, from_quantity, hours: &[Span]| PriceRule {
            price,
            from_quantity,
            hours: hours.to_vec(),
            from_day: None,
            until_day: None,
            for_members: false,
        };
        let mut plan = Plan {
            price_rules: vec![rule(9_000, 1, &[until_ten_past_four]), rule(7_000, 3, &[])],
            ..Plan::default()
        };
        plan.terms.discount_bp = bp(1_000);
        let shop = Shop::open(db, &plan);
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(2));
        assert_eq!(
            (placed.amounts.list_total, placed.amounts.cash_due),
            (18_000, 16_200)
        );
        let of_three = shop.place(buyer, shop.order_of(3));
        assert_eq!(
            (of_three.amounts.list_total, of_three.amounts.cash_due),
            (21_000, 18_900)
        );

        let later = NOW.plus_us(11 * MINUTE_US);
        let dearer = PlaceOrder {
            expected_cash: Some(Money::new(16_200, CNY)),
            ..shop.order_of(2)
        };
        let refused = run_at(db, Actor::Consumer(buyer), later, move |tx, ctx| {
            convert::place_order(tx, ctx, &dearer)
        });
        assert_eq!(code_of(refused), "order_price_changed");
        shop.pay(buyer, &placed);
        let view = shop.view(placed.order);
        assert_eq!((view.status, view.amounts), (OrderStatus::Paid, placed.amounts));
    });
}

#[test]
fn who_is_a_member_when_they_order_pays_the_price_of_members() {
    on_both(|db| {
        let rule = PriceRule {
            price: 9_000,
            from_quantity: 1,
            hours: Vec::new(),
            from_day: None,
            until_day: None,
            for_members: true,
        };
        let plan = Plan {
            price_rules: vec![rule],
            ..Plan::default()
        };
        let (shop, buyer) = (Shop::open(db, &plan), person(db));
        let merchant = shop.merchant;
        let due = || shop.place(buyer, shop.order_of(2)).amounts.cash_due;
        assert_eq!(due(), 20_000);
        ok(run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
            party::join_membership(tx, ctx, &party::JoinMembership { merchant })
        }));
        assert_eq!(due(), 18_000);
        let order = shop.order_of(1);
        let quoted = ok(run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
            convert::queries::quote(tx, ctx, &order, None, false)
        }));
        assert_eq!(quoted.1.amounts.cash_due, 9_000);
        assert_eq!(shop.place(person(db), shop.order_of(1)).amounts.cash_due, 10_000);
        ok(run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
            party::leave_membership(tx, ctx, &party::LeaveMembership { merchant })
        }));
        assert_eq!(due(), 20_000);
    });
}

#[test]
fn a_friend_pays_less_and_the_sharer_is_frozen_into_the_order() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (sharer, friend) = (person(db), person(db));
        let link = share(db, &shop, sharer);
        let order = PlaceOrder {
            share_token: Some(link.token.clone()),
            ..shop.order_of(1)
        };
        let placed = shop.place(friend, order.clone());
        assert_eq!(placed.amounts.cash_due, 9_500);
        assert_eq!(
            placed.amounts.discount_merchant, 500,
            "the merchant pays for friends"
        );
        let view = shop.view(placed.order);
        assert_eq!((view.sharer, view.share_link), (Some(sharer), Some(link.id)));
        assert_eq!((view.entry, view.line.rebate), (Some(link.entry), bp(200)));
        assert_eq!(
            code_of(shop.try_place(sharer, order.clone())),
            "order_share_link_invalid"
        );

        let other = Shop::open(db, &Plan::default());
        let elsewhere = PlaceOrder {
            offer: other.offer,
            ..order.clone()
        };
        assert_eq!(
            code_of(other.try_place(friend, elsewhere)),
            "order_share_link_invalid"
        );
        for token in ["", "x", "' OR 1=1 --", &"f".repeat(10_000)] {
            let guessed = PlaceOrder {
                share_token: Some(token.to_owned()),
                ..order.clone()
            };
            assert_eq!(
                code_of(shop.try_place(friend, guessed)),
                "order_share_link_invalid"
            );
        }
    });
}

#[test]
fn self_dealing_is_seen_by_instrument_by_circle_and_by_device() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (sharer, friend) = (person(db), person(db));
        let by = |who, token: Option<String>, instrument: &str| {
            let order = PlaceOrder {
                share_token: token,
                ..shop.order_of(1)
            };
            let placed = shop.place(who, order);
            let attempt = shop.start(who, placed.order);
            let mut report = shop.report(attempt, placed.amounts.cash_due);
            report.instrument = Some(instrument.to_owned());
            ok(shop.confirm(report));
            placed.order
        };
        let seen = |order| {
            let found = db.read_blocking(move |read| convert::queries::self_dealing(read, order));
            found.expect("an answer")
        };
        let signs_in_on = |who, device: [u8; 32]| {
            ok(run_at(db, Actor::Anonymous, NOW, move |tx, ctx| {
                Ok(party::note_device(tx, ctx, who, device)?)
            }));
        };
        by(sharer, None, "card-1");
        let token = Some(share(db, &shop, sharer).token);
        signs_in_on(sharer, [1; 32]);
        signs_in_on(friend, [2; 32]);
        assert_eq!(seen(by(friend, token.clone(), "card-2")), None);
        let by_own_card = by(friend, token.clone(), "card-1");
        assert_eq!(seen(by_own_card), Some(SelfDealing::Instrument));
        // The second time on this one.
        signs_in_on(friend, [2; 32]);
        signs_in_on(friend, [1; 32]);
        assert_eq!(
            seen(by(friend, token.clone(), "card-2")),
            Some(SelfDealing::Device)
        );
        by(sharer, Some(share(db, &shop, friend).token), "card-1");
        assert_eq!(seen(by(friend, token, "card-2")), Some(SelfDealing::Circle));
    });
}

#[test]
fn an_expected_price_that_is_wrong_orders_nothing() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        for wrong in [
            Money::new(9_999, CNY),
            Money::new(0, CNY),
            Money::new(-10_000, CNY),
            Money::new(i64::MAX, CNY),
            Money::new(10_000, Currency::EUR),
        ] {
            let order = PlaceOrder {
                expected_cash: Some(wrong),
                ..shop.order_of(1)
            };
            assert_eq!(code_of(shop.try_place(buyer, order)), "order_price_changed");
        }
        assert_eq!(shop.units(), (0, 0));
        let order = PlaceOrder {
            expected_cash: Some(Money::new(10_000, CNY)),
            ..shop.order_of(1)
        };
        shop.place(buyer, order);
    });
}

#[test]
fn quantities_outside_the_offers_limit_are_refused_without_a_trace() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        for quantity in [i64::MIN, -1, 0, 11, 1 << 32, i64::MAX] {
            let outcome = shop.try_place(buyer, shop.order_of(quantity));
            assert_eq!(code_of(outcome), "order_quantity_invalid");
        }
        assert_eq!(shop.units(), (0, 0));
        let listed = db.read_blocking(move |read| orders_of_person(read, buyer, None, 10));
        assert_eq!(listed.expect("an answer"), []);
    });
}

#[test]
fn a_total_beyond_the_largest_order_is_refused() {
    on_both(|db| {
        let plan = Plan {
            list_price: 1_000_000_000_000,
            ..Plan::default()
        };
        let shop = Shop::open(db, &plan);
        let buyer = person(db);
        assert_eq!(
            code_of(shop.try_place(buyer, shop.order_of(2))),
            "order_too_large"
        );
        let placed = shop.place(buyer, shop.order_of(1));
        let vouchers = shop.pay(buyer, &placed);
        let refunded = ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(refunded.part.cash, 1_000_000_000_000);
    });
}

#[test]
fn what_is_not_left_cannot_be_ordered() {
    on_both(|db| {
        let shop = Shop::open(
            db,
            &Plan {
                stock: 3,
                ..Plan::default()
            },
        );
        let buyer = person(db);
        let first = shop.place(buyer, shop.order_of(2));
        assert_eq!(code_of(shop.try_place(buyer, shop.order_of(2))), "order_sold_out");
        assert_eq!(shop.units(), (2, 0), "a refused order holds nothing");
        shop.place(buyer, shop.order_of(1));
        assert_eq!(code_of(shop.try_place(buyer, shop.order_of(1))), "order_sold_out");
        assert!(ok(shop.release(first.order, first.hold_until)));
        shop.place(buyer, shop.order_of(2));

        let mut plan = Plan::default();
        plan.terms.head_count = 1;
        let crowded = Shop::open(db, &plan);
        assert_eq!(
            code_of(crowded.try_place(buyer, crowded.order_of(2))),
            "order_head_count_full"
        );
    });
}

#[test]
fn what_is_not_on_sale_cannot_be_ordered() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let unknown: OfferId = TypeSafeId::from_uuid(Uuid::from_u128(5));
        let order = PlaceOrder {
            offer: unknown,
            ..shop.order_of(1)
        };
        assert_eq!(code_of(shop.try_place(buyer, order)), "not_found");
        let order = shop.order_of(1);
        let late = run_at(
            db,
            Actor::Consumer(buyer),
            NOW.plus_us(366 * DAY_US),
            move |tx, ctx| convert::place_order(tx, ctx, &order),
        );
        assert_eq!(code_of(late), "offer_not_on_sale");
        let offer = shop.offer;
        ok(run_at(db, shop.owner, NOW, move |tx, ctx| {
            offer::pause_offer(tx, ctx, &PauseOffer { offer })
        }));
        assert_eq!(
            code_of(shop.try_place(buyer, shop.order_of(1))),
            "offer_not_on_sale"
        );
    });
}

#[test]
fn only_consumers_order_and_only_from_known_entries() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        for (actor, code) in [
            (Actor::Anonymous, "sign_in_required"),
            (shop.owner, "forbidden"),
            (shop.operator, "forbidden"),
            (Actor::System, "forbidden"),
        ] {
            let order = shop.order_of(1);
            let outcome = run_at(db, actor, NOW, move |tx, ctx| {
                convert::place_order(tx, ctx, &order)
            });
            assert_eq!(code_of(outcome), code);
        }
        let unknown: EntryId = TypeSafeId::from_uuid(Uuid::from_u128(5));
        let order = PlaceOrder {
            entry: Some(unknown),
            ..shop.order_of(1)
        };
        assert_eq!(code_of(shop.try_place(buyer, order)), "order_entry_invalid");
    });
}

#[test]
fn routes_name_the_lane_and_every_row_that_is_claimed() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 1_000 }));
        let found = db.read_blocking(move |read| queries::coupon(read, coupon));
        let budget = found.expect("an answer").expect("a coupon").budget_bucket;
        let wallet_coupon = ok(shop.claim(buyer, coupon));
        let order = PlaceOrder {
            wallet_coupons: vec![wallet_coupon],
            ..shop.order_of(1)
        };
        let mut buckets = [shop.stock, shop.head_count, budget]
            .map(|id| Lock::row("bucket", id))
            .to_vec();
        buckets.sort();
        let expect = |route: Result<Option<Route>, Fail>, own: &[Lock]| {
            let mut route = route.expect("an answer").expect("a route");
            route.locks.sort();
            let mut rows = [buckets.as_slice(), own].concat();
            rows.sort();
            assert_eq!((route.lane, route.locks), (shop.offer, rows));
        };
        let cmd = order.clone();
        let placing = db.read_blocking(move |read| Ok(read.answer(queries::place_route(&cmd))?));
        expect(placing, &[Lock::row("wallet_coupon", wallet_coupon)]);
        let placed = shop.place(buyer, order);
        let row = Lock::row("orders", placed.order);
        expect(
            db.read_blocking(move |read| Ok(read.answer(queries::order_route(placed.order))?)),
            &[row],
        );
        let attempt = shop.start(buyer, placed.order);
        let own = Lock::row("payment_attempt", attempt);
        expect(
            db.read_blocking(move |read| Ok(read.answer(queries::attempt_route(attempt))?)),
            &[row, own],
        );
        let voucher = shop.pay(buyer, &placed)[0];
        let own = Lock::row("voucher", voucher);
        expect(
            db.read_blocking(move |read| Ok(read.answer(queries::voucher_route(voucher))?)),
            &[row, own],
        );
        let refund = ok(shop.refund(buyer, voucher)).refund;
        let route = db.read_blocking(move |read| Ok(read.answer(queries::refund_route(refund))?));
        let route = route.expect("an answer").expect("a route");
        assert_eq!(
            (route.lane, route.locks),
            (shop.offer, vec![Lock::row("refund", refund)])
        );
    });
}
