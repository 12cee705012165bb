//! Buying together: groups that are completed, groups whose time runs out, and races for the last place.

use convert::queries::{group, open_groups};
use convert::{
    CancelOrder, ChargeBack, CloseGroup, CouponKind, ErasePerson, GroupChoice, GroupStatus, OrderStatus,
    PaymentOutcome, PlaceOrder, PlacedOrder, RefundCause,
};
use kernel::{Actor, DAY_US, GroupId, HOUR_US, PersonId, Timestamp};
use offer::GroupTerms;
use store::Store;

use crate::shop::{Plan, Shop, bp, earn_rebate, spendable};
use crate::{NOW, Outcome, at_once, books, code_of, events, ok, on_both, on_both_racing, person, run_at};

const WINDOW_US: i64 = DAY_US;

/// 100.00 alone, 60.00 for each of so many; the agreement takes off 10 %.
fn plan(size: i64) -> Plan {
    let mut plan = Plan {
        group: Some(GroupTerms {
            price: 6_000,
            size,
            window_us: WINDOW_US,
        }),
        ..Plan::default()
    };
    plan.terms.discount_bp = bp(1_000);
    plan
}

impl Shop<'_> {
    fn order_in(&self, choice: GroupChoice) -> PlaceOrder {
        PlaceOrder {
            group: Some(choice),
            ..self.order_of(1)
        }
    }

    /// A group whose leader has paid.
    fn opened(&self, leader: PersonId) -> (GroupId, PlacedOrder) {
        let placed = self.place(leader, self.order_in(GroupChoice::Open));
        self.pay(leader, &placed);
        (placed.group.expect("a group"), placed)
    }

    fn close(&self, group: GroupId, now: Timestamp) -> Outcome<bool> {
        run_at(self.db, Actor::System, now, move |tx, ctx| {
            convert::close_group(tx, ctx, &CloseGroup { group })
        })
    }
}

fn look(db: &Store, id: GroupId) -> convert::queries::Group {
    let found = db.read_blocking(move |read| group(read, id));
    found.expect("an answer").expect("a group")
}

#[test]
fn a_group_is_complete_with_its_last_payment_and_all_get_their_vouchers() {
    on_both(|db| {
        let shop = Shop::open(db, &plan(3));
        let [leader, second, third] = [person(db), person(db), person(db)];
        let (id, first) = shop.opened(leader);
        assert_eq!((first.amounts.list_total, first.amounts.cash_due), (6_000, 5_400));
        assert_eq!(shop.view(first.order).status, OrderStatus::InGroup);
        assert_eq!(shop.vouchers(first.order), []);
        let open = look(db, id);
        assert_eq!((open.paid, open.places_left, open.leader), (1, 2, leader));
        assert_eq!(open.closes_at, NOW.plus_us(WINDOW_US));

        let joined = shop.place(second, shop.order_in(GroupChoice::Join(id)));
        assert_eq!(look(db, id).places_left, 1, "a place is held while paying");
        shop.pay(second, &joined);
        let last = shop.place(third, shop.order_in(GroupChoice::Join(id)));
        let shown = db.read_blocking(move |read| open_groups(read, shop.offer, NOW, 10));
        assert_eq!(shown.expect("an answer"), [], "its last place is held");
        let vouchers = shop.pay(third, &last);
        assert_eq!(vouchers.len(), 1);
        for order in [first.order, joined.order, last.order] {
            assert_eq!(shop.view(order).status, OrderStatus::Paid);
            assert_eq!(shop.vouchers(order).len(), 1);
        }
        assert_eq!(
            (look(db, id).status, look(db, id).paid),
            (GroupStatus::Complete, 3)
        );
        assert_eq!((events(db, "OrderPaid"), events(db, "GroupCompleted")), (3, 1));
        assert_eq!(
            books(db),
            [("provider_clearing", 16_200, 0), ("escrow", -16_200, 0)]
        );
        assert_eq!(shop.units(), (0, 3));
        assert!(!ok(shop.close(id, NOW.plus_us(WINDOW_US))), "it is complete");
        ok(shop.refund(third, vouchers[0]));
    });
}

#[test]
fn whose_bank_took_the_payment_back_leaves_and_the_others_keep_their_price() {
    on_both(|db| {
        let shop = Shop::open(db, &plan(3));
        let [leader, second, third] = [person(db), person(db), person(db)];
        let (id, first) = shop.opened(leader);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 1_333 }));
        let wallet_coupon = ok(shop.claim(second, coupon));
        earn_rebate(db, second, 250);
        let with_all = PlaceOrder {
            wallet_coupons: vec![wallet_coupon],
            use_rebate: true,
            ..shop.order_in(GroupChoice::Join(id))
        };
        let joined = shop.place(second, with_all);
        let attempt = shop.start(second, joined.order);
        let cash = joined.amounts.cash_due;
        let charge_back = ChargeBack {
            payment: shop.report(attempt, cash),
            amount: cash,
        };
        let before = books(db);
        ok(shop.confirm(charge_back.payment.clone()));
        ok(run_at(db, Actor::Provider(1), NOW, move |tx, ctx| {
            convert::charge_back(tx, ctx, &charge_back)
        }));
        assert_eq!(books(db), before);
        assert_eq!(shop.view(joined.order).status, OrderStatus::ChargedBack);
        assert_eq!((spendable(db, second), shop.units()), (250, (0, 1)));
        let last = shop.place(third, shop.order_in(GroupChoice::Join(id)));
        shop.pay(third, &last);
        assert_eq!(look(db, id).status, GroupStatus::Complete);
        for (order, vouchers) in [(first.order, 1), (joined.order, 0), (last.order, 1)] {
            assert_eq!(shop.vouchers(order).len(), vouchers);
        }
        // The coupon is in the wallet again.
        let alone = PlaceOrder {
            wallet_coupons: vec![wallet_coupon],
            ..shop.order_of(1)
        };
        shop.place(second, alone);
    });
}

#[test]
fn a_group_whose_time_runs_out_gives_everything_back_to_the_cent() {
    on_both(|db| {
        let shop = Shop::open(db, &plan(4));
        let [leader, second, third] = [person(db), person(db), person(db)];
        let (id, first) = shop.opened(leader);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 1_333 }));
        let wallet_coupon = ok(shop.claim(second, coupon));
        earn_rebate(db, second, 250);
        let with_all = PlaceOrder {
            wallet_coupons: vec![wallet_coupon],
            use_rebate: true,
            ..shop.order_in(GroupChoice::Join(id))
        };
        let joined = shop.place(second, with_all.clone());
        assert_eq!(joined.amounts.cash_due, 5_400 - 1_333 - 250);
        shop.pay(second, &joined);
        // About to pay when time runs out.
        let late = shop.place(third, shop.order_in(GroupChoice::Join(id)));
        let attempt = shop.start(third, late.order);

        let erase = ErasePerson { give_up_open: false };
        let waiting = run_at(db, Actor::Consumer(leader), NOW, move |tx, ctx| {
            convert::erase_person(tx, ctx, &erase)
        });
        assert_eq!(code_of(waiting), "person_has_open");
        let end = NOW.plus_us(WINDOW_US);
        assert!(!ok(shop.close(id, end.plus_us(-1))), "there is time left");
        assert!(ok(shop.close(id, end)));
        assert!(!ok(shop.close(id, end)), "once");
        assert_eq!(look(db, id).status, GroupStatus::Failed);
        for order in [first.order, joined.order] {
            assert_eq!(shop.view(order).status, OrderStatus::Refunded);
            let refunds = shop.refunds(order);
            assert_eq!((refunds.len(), refunds[0].cause), (1, RefundCause::GroupFailed));
            ok(shop.confirm_refund(refunds[0].id));
        }
        let again = shop.try_start(third, late.order, "other", NOW);
        assert_eq!(code_of(again), "group_not_open");
        let report = shop.report(attempt, late.amounts.cash_due);
        assert_eq!(ok(shop.confirm(report)).outcome, PaymentOutcome::Refunded);
        ok(shop.confirm_refund(shop.refunds(late.order)[0].id));
        assert_eq!(shop.view(late.order).status, OrderStatus::Released);
        assert_eq!(shop.units(), (0, 0));
        assert_eq!(spendable(db, second), 250);
        assert_eq!(
            books(db),
            [("rebate_payable", -250, 0), ("rounding", 250, 0)],
            "nothing is left but the rebate that was earned before"
        );
        let again = PlaceOrder {
            group: Some(GroupChoice::Open),
            ..with_all
        };
        assert_eq!(
            shop.place(second, again).amounts.cash_due,
            3_817,
            "the coupon came back"
        );
    });
}

#[test]
fn a_place_is_for_one_person_once_and_only_while_there_is_one() {
    on_both(|db| {
        let shop = Shop::open(db, &plan(2));
        let [leader, second, third] = [person(db), person(db), person(db)];
        let unpaid = shop.place(leader, shop.order_in(GroupChoice::Open));
        let not_yet = shop.order_in(GroupChoice::Join(unpaid.group.expect("a group")));
        assert_eq!(code_of(shop.try_place(second, not_yet)), "group_not_found");
        let (id, _) = shop.opened(leader);
        let join = shop.order_in(GroupChoice::Join(id));
        assert_eq!(code_of(shop.try_place(leader, join.clone())), "group_joined");
        let held = shop.place(second, join.clone());
        assert_eq!(code_of(shop.try_place(second, join.clone())), "group_joined");
        assert_eq!(code_of(shop.try_place(third, join.clone())), "group_full");
        let cancel = CancelOrder { order: held.order };
        ok(run_at(db, Actor::Consumer(second), NOW, move |tx, ctx| {
            convert::cancel_order(tx, ctx, &cancel)
        }));
        let placed = shop.place(third, join.clone());
        shop.pay(third, &placed);
        assert_eq!(code_of(shop.try_place(second, join.clone())), "group_not_open");
        let two = PlaceOrder {
            quantity: 2,
            ..shop.order_in(GroupChoice::Open)
        };
        assert_eq!(code_of(shop.try_place(second, two)), "order_quantity_invalid");

        let other = Shop::open(db, &Plan::default());
        let alone = other.order_in(GroupChoice::Open);
        assert_eq!(code_of(other.try_place(second, alone)), "group_not_offered");
        let together = Shop::open(db, &plan(2));
        let foreign = together.order_in(GroupChoice::Join(id));
        assert_eq!(code_of(together.try_place(second, foreign)), "group_not_found");
    });
}

#[test]
fn a_group_of_rebates_alone_needs_no_provider() {
    on_both(|db| {
        let shop = Shop::open(db, &plan(2));
        let [leader, second] = [person(db), person(db)];
        earn_rebate(db, leader, 5_400);
        earn_rebate(db, second, 5_400);
        let of_rebates = |choice| PlaceOrder {
            use_rebate: true,
            ..shop.order_in(choice)
        };
        let opened = shop.place(leader, of_rebates(GroupChoice::Open));
        assert_eq!(opened.status, OrderStatus::InGroup);
        let id = opened.group.expect("a group");
        let joined = shop.place(second, of_rebates(GroupChoice::Join(id)));
        assert_eq!((joined.status, joined.vouchers.len()), (OrderStatus::Paid, 1));
        assert_eq!(shop.view(opened.order).status, OrderStatus::Paid);
    });
}

#[test]
fn of_64_at_once_as_many_join_as_there_are_places() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &plan(5));
        let (id, _) = shop.opened(person(db));
        let crowd: Vec<PersonId> = (0..64).map(|_| person(db)).collect();
        let codes = at_once(64, |n| {
            let order = shop.order_in(GroupChoice::Join(id));
            match shop.try_place(crowd[n], order).expect("an answer") {
                Ok(placed) => {
                    shop.pay(crowd[n], &placed);
                    "joined".to_owned()
                }
                Err(rejected) => rejected.code,
            }
        });
        assert_eq!(codes.iter().filter(|code| *code == "joined").count(), 4);
        let told = |code: &String| ["joined", "group_full", "group_not_open"].contains(&code.as_str());
        assert!(codes.iter().all(told), "{codes:?}");
        assert_eq!(
            (look(db, id).status, look(db, id).paid),
            (GroupStatus::Complete, 5)
        );
        assert_eq!((events(db, "OrderPaid"), shop.units()), (5, (0, 5)));
    });
}

#[test]
fn a_group_is_complete_or_its_time_is_over_but_never_both() {
    on_both_racing(|db| {
        for _ in 0..8 {
            let shop = Shop::open(db, &plan(3));
            let (id, first) = shop.opened(person(db));
            let friends = [person(db), person(db)];
            let join = |friend| {
                let placed = shop.place(friend, shop.order_in(GroupChoice::Join(id)));
                (shop.start(friend, placed.order), placed)
            };
            let joined = friends.map(join);
            let end = NOW.plus_us(WINDOW_US.max(HOUR_US));
            at_once(4, |n| match joined.get(n) {
                Some((attempt, placed)) => {
                    let report = shop.report(*attempt, placed.amounts.cash_due);
                    ok(shop.confirm(report));
                }
                None => {
                    ok(shop.close(id, end));
                }
            });
            let orders = [first.order, joined[0].1.order, joined[1].1.order];
            let group = look(db, id);
            let vouchers: usize = orders.iter().map(|order| shop.vouchers(*order).len()).sum();
            let cash_back: i64 = orders
                .iter()
                .flat_map(|order| shop.refunds(*order))
                .map(|refund| refund.amount)
                .sum();
            match group.status {
                GroupStatus::Complete => assert_eq!((vouchers, cash_back, shop.units()), (3, 0, (0, 3))),
                GroupStatus::Failed => assert_eq!((vouchers, cash_back, shop.units()), (0, 16_200, (0, 0))),
                GroupStatus::Open => panic!("its time is over"),
            }
        }
    });
}
