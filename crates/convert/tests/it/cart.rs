//! Carts: orders of several merchants, placed and paid at once.

use std::collections::HashSet;

use convert::decide::{Buyers, Conditions};
use convert::queries::{CartOrder, quote_cart};
use convert::{
    CouponKind, CreateCoupon, Distribution, OrderStatus, PlaceCart, PlaceOrder, PlacedOrder, StartPayments,
    StartedPayment,
};
use kernel::{Actor, BasisPoints, Ctx, Money, OrderId, PersonId, Reject};
use store::Store;

use crate::shop::{PROVIDER, Plan, Shop, earn_rebate, spendable};
use crate::{CNY, NOW, Outcome, books, code_of, ok, on_both, person, run_at};

fn place(db: &Store, buyer: PersonId, orders: Vec<PlaceOrder>) -> Outcome<Vec<PlacedOrder>> {
    let cart = PlaceCart { orders };
    run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
        convert::place_cart(tx, ctx, &cart)
    })
}

fn start(db: &Store, buyer: PersonId, orders: Vec<OrderId>) -> Outcome<Vec<StartedPayment>> {
    let provider = PROVIDER.to_owned();
    let cmd = StartPayments { orders, provider };
    run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
        convert::start_payments(tx, ctx, &cmd)
    })
}

fn quote(db: &Store, buyer: PersonId, orders: &[PlaceOrder]) -> Vec<Result<CartOrder, Reject>> {
    let orders = orders.to_vec();
    let quoted = db.read_blocking(move |read| {
        let ctx = Ctx::new(NOW, Actor::Consumer(buyer), [0; 32]);
        quote_cart(read, &ctx, &orders, true)
    });
    quoted.expect("an answer")
}

#[test]
fn a_cart_of_two_merchants_is_placed_whole_or_not_at_all_and_paid_at_once() {
    on_both(|db| {
        let scarce = Plan {
            stock: 1,
            ..Plan::default()
        };
        let (noodles, tea) = (Shop::open(db, &Plan::default()), Shop::open(db, &scarce));
        let buyer = person(db);
        let refused = place(db, buyer, vec![noodles.order_of(2), tea.order_of(2)]);
        let refused = refused.expect("an answer").expect_err("one of tea is left");
        assert_eq!(
            (refused.code.as_str(), refused.field.as_deref()),
            ("order_sold_out", Some("/orders/1/quantity"))
        );
        assert_eq!(
            (noodles.units(), tea.units()),
            ((0, 0), (0, 0)),
            "nothing is held"
        );

        let placed = ok(place(db, buyer, vec![noodles.order_of(2), tea.order_of(1)]));
        assert_eq!((noodles.units(), tea.units()), ((2, 0), (1, 0)));
        let of: Vec<_> = placed
            .iter()
            .map(|order| (order.merchant, order.amounts.cash_due))
            .collect();
        assert_eq!(of, [(noodles.merchant, 20_000), (tea.merchant, 10_000)]);

        let orders: Vec<OrderId> = placed.iter().map(|order| order.order).collect();
        let started = ok(start(db, buyer, orders.clone()));
        assert_eq!(
            ok(start(db, buyer, orders.clone())),
            started,
            "the same tries again"
        );
        for (tried, due) in started.iter().zip([20_000, 10_000]) {
            assert_eq!(tried.due, Money::new(due, CNY));
            ok(noodles.confirm(noodles.report(tried.attempt, due)));
        }
        assert_eq!((noodles.units(), tea.units()), ((0, 2), (0, 1)));
        assert_eq!(noodles.vouchers(orders[0]).len(), 2);
        assert_eq!(tea.view(orders[1]).status, OrderStatus::Paid);
        assert_eq!(
            books(db),
            [("provider_clearing", 30_000, 0), ("escrow", -30_000, 0)]
        );
        // Each goes its own way from here.
        let voucher = tea.vouchers(orders[1])[0];
        ok(tea.refund(buyer, voucher));
        assert_eq!((noodles.units(), tea.units()), ((0, 2), (0, 0)));
    });
}

#[test]
fn what_is_not_a_cart_is_refused_without_a_trace() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (buyer, other) = (person(db), person(db));
        for count in [0, 21] {
            let none_or_many = place(db, buyer, vec![shop.order_of(1); count]);
            assert_eq!(code_of(none_or_many), "cart_invalid", "{count}");
        }
        assert_eq!(shop.units(), (0, 0));
        let placed = ok(place(db, buyer, vec![shop.order_of(1); 20]));
        let orders: Vec<OrderId> = placed.iter().map(|order| order.order).collect();
        assert_eq!(code_of(start(db, buyer, vec![])), "cart_invalid");
        for (person, named, code, field) in [
            (buyer, vec![orders[0], orders[0]], "cart_invalid", "/orders/1"),
            (other, vec![orders[0]], "order_not_found", "/orders/0"),
        ] {
            let refused = start(db, person, named).expect("an answer").expect_err("refused");
            assert_eq!(
                (refused.code.as_str(), refused.field.as_deref()),
                (code, Some(field))
            );
        }
        ok(shop.release(orders[1], NOW.plus_us(convert::HOLD_US)));
        let refused = start(db, buyer, orders)
            .expect("an answer")
            .expect_err("one is released");
        assert_eq!(
            (refused.code.as_str(), refused.field.as_deref()),
            ("order_not_open", Some("/orders/1"))
        );
    });
}

#[test]
fn a_cart_costs_what_its_quote_says_and_no_coupon_or_rebate_is_used_twice() {
    on_both(|db| {
        let cheap = Plan {
            list_price: 3_000,
            ..Plan::default()
        };
        let (noodles, tea) = (Shop::open(db, &Plan::default()), Shop::open(db, &cheap));
        let buyer = person(db);
        let of_all = |shop: &Shop, kind| CreateCoupon {
            merchant: None,
            ..shop.coupon(kind)
        };
        let tenth = CouponKind::Percentage {
            share: BasisPoints::new(1_000).expect("in range"),
            max_discount: None,
        };
        let tenth = ok(noodles.claim(buyer, noodles.create_coupon(of_all(&noodles, tenth))));
        let five = CouponKind::Cash { amount: 500 };
        let off_much_tea = tea.create_coupon(CreateCoupon {
            min_spend: 5_000,
            ..tea.coupon(five)
        });
        let off_much_tea = ok(tea.claim(buyer, off_much_tea));
        let for_first = CreateCoupon {
            distribution: Distribution::Automatic,
            conditions: Conditions {
                buyers: Buyers::NewCustomer,
                stacking_group: Some("welcome".to_owned()),
                ..Conditions::default()
            },
            ..of_all(&tea, CouponKind::Cash { amount: 300 })
        };
        // Nobody can have a second one, and its budget is gone with the first.
        let for_first = tea.create_coupon(CreateCoupon {
            per_person: 2,
            budget: 300,
            ..for_first
        });
        earn_rebate(db, buyer, 11_000);
        let with_rebate = |shop: &Shop, quantity| PlaceOrder {
            use_rebate: true,
            ..shop.order_of(quantity)
        };
        let gone = PlaceOrder {
            quantity: 99,
            ..tea.order_of(1)
        };
        let mut cart = vec![
            with_rebate(&tea, 1),
            gone,
            with_rebate(&noodles, 1),
            with_rebate(&tea, 2),
        ];
        let quoted = quote(db, buyer, &cart);
        let codes: Vec<_> = quoted
            .iter()
            .map(|order| order.as_ref().map_or_else(|no| no.kind.code, |_| ""))
            .collect();
        assert_eq!(
            codes,
            ["", "order_quantity_invalid", "", ""],
            "the others have their price"
        );
        let priced: Vec<&CartOrder> = quoted.iter().filter_map(|order| order.as_ref().ok()).collect();
        let used: Vec<_> = priced.iter().map(|order| order.used.clone()).collect();
        assert_eq!(
            used,
            [vec![], vec![tenth], vec![off_much_tea]],
            "each where it takes off most"
        );
        let automatic: HashSet<_> = priced
            .iter()
            .enumerate()
            .filter(|(_, order)| order.price.coupons().any(|(coupon, _)| coupon == for_first))
            .map(|(n, _)| n)
            .collect();
        assert_eq!(automatic, HashSet::from([0]), "the budget is of one");
        let amounts: Vec<_> = priced.iter().map(|order| order.price.amounts).collect();
        assert_eq!(
            amounts
                .iter()
                .map(|of| (of.rebate_used, of.cash_due))
                .collect::<Vec<_>>(),
            [(2_700, 0), (8_300, 700), (0, 5_500)]
        );

        cart.remove(1);
        for (order, quoted) in cart.iter_mut().zip(&priced) {
            order.wallet_coupons = quoted.used.clone();
            order.expected_cash = Some(Money::new(quoted.price.amounts.cash_due, CNY));
        }
        let placed = ok(place(db, buyer, cart.clone()));
        let cost: Vec<_> = placed.iter().map(|order| order.amounts).collect();
        assert_eq!(cost, amounts);
        assert_eq!(spendable(db, buyer), 0);
        assert_eq!(placed[0].status, OrderStatus::Paid, "rebates paid all of it");

        let guest = person(db);
        let mine = ok(tea.claim(guest, tea.create_coupon(tea.coupon(five))));
        let twice = PlaceOrder {
            wallet_coupons: vec![mine],
            ..tea.order_of(1)
        };
        let refused = place(db, guest, vec![twice.clone(), twice]);
        let refused = refused.expect("an answer").expect_err("one coupon, two orders");
        assert_eq!(
            (refused.code.as_str(), refused.field.as_deref()),
            ("coupon_in_use", Some("/orders/1/wallet_coupons"))
        );
    });
}
