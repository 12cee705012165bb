//! Deposits: what is collected at the store, and what becomes of what was paid ahead.

use consume::{CancelBooking, MarkNoShow, PlaceBooking, PlacedBooking, When};
use convert::{OrderStatus, PlaceOrder, RefundVoucher};
use kernel::{Actor, BookingId, DAY_US, HOUR_US, OfferId, PersonId, RefundId, Timestamp, VoucherId};
use ledger::Account;
use offer::testing::{booked, bp, dinner, seats};
use offer::{AgreementTerms, BookingTerms, Deposit, DepositKind, OnExpiry, ResourceKind};
use party::testing::{NOW, certified_shop, consumer, ctx_at, run};
use store::Rejected;
use store::testing::TestDatabase;

use crate::bookings::SATURDAY_SIX;
use crate::chargebacks::{charge_back, report, reverse};
use crate::rebates::link;
use crate::refunds::pay_out;
use crate::world::{Bought, World};
use crate::{code, on_both};

/// When it is too late to cancel for nothing.
const LATE: Timestamp = Timestamp(SATURDAY_SIX.0 - HOUR_US);

const EARNEST: Deposit = Deposit {
    kind: DepositKind::Earnest,
    share_bp: bp(2_000),
};
const REFUNDABLE: Deposit = Deposit {
    kind: DepositKind::Refundable,
    share_bp: bp(5_000),
};

const PAY_AFTER: Deposit = Deposit {
    kind: DepositKind::PayAfter,
    share_bp: bp(0),
};

/// An offer of 100.00 CNY, of which the platform gives 5.00 and the merchant 15.00; of the 80.00 that are left a part is
/// paid ahead. Commission 10 % of 85.00.
fn with_deposit(deposit: Deposit, test: impl Fn(&World)) {
    for database in TestDatabase::both() {
        let store = database.open();
        test(&World::new(&store, offer::testing::terms(), |offer| {
            offer.deposit = Some(deposit);
        }));
        store.close();
    }
}

fn balance(world: &World, person: PersonId) -> i64 {
    let found = world
        .db
        .read_blocking(move |read| ledger::queries::spendable(read, person));
    found.expect("an answer").iter().map(|money| money.amount).sum()
}

/// What the provider holds, and what the platform has given.
fn given(world: &World) -> [i64; 2] {
    [Account::ProviderClearing, Account::Subsidy].map(|account| -world.credit(account, None).0)
}

fn give_up_as_merchant(world: &World, voucher: VoucherId) {
    world.confirm_refund(given_up_by_merchant(world, voucher));
}

fn given_up_by_merchant(world: &World, voucher: VoucherId) -> RefundId {
    let ctx = ctx_at(NOW, world.shop.as_owner()).with_reason("the kitchen is closed".to_owned());
    let refunded = run(world.db, ctx, move |tx, ctx| {
        convert::refund_voucher(tx, ctx, &RefundVoucher { voucher })
    });
    world.audit();
    refunded.expect("refunded").refund
}

#[test]
fn the_rest_is_collected_at_the_store_and_its_commission_is_taken_of_the_deposit() {
    with_deposit(EARNEST, |world| {
        let placed = world.place(world.buyer, 1, None);
        assert_eq!(
            (placed.amounts.cash_due, placed.amounts.due_at_store),
            (1_600, 6_400)
        );
        let bought = world.pay(world.buyer, &placed, "card-1");
        assert_eq!(world.escrow(bought.order), (2_100, 0));
        let redeemed = world.scan(bought.vouchers[0]).expect("redeemed");
        assert_eq!(
            (redeemed.amount.amount, redeemed.due_at_store.amount),
            (2_100, 6_400)
        );
        assert_eq!((world.payable(), world.commission()), (1_250, 850));
        world.undo(redeemed.redemption, NOW).expect("undone");
        assert_eq!(world.escrow(bought.order), (2_100, 0));

        let again = world.scan(bought.vouchers[0]).expect("redeemed");
        assert_eq!(pay_out(world, NOW), 1_250);
        let refund = world.refund_redeemed(world.shop.as_owner(), again.redemption, NOW);
        world.confirm_refund(refund.expect("refunded"));
        assert_eq!((world.payable(), world.commission()), (-1_250, 0));
        assert_eq!(given(world), [0, 0], "what went through Qiao is given back");
        assert_eq!(world.escrow(bought.order), (0, 0));
    });
}

#[test]
fn a_deposit_below_the_commission_leaves_the_merchant_a_debt_that_the_next_payout_nets() {
    let small = Deposit {
        share_bp: bp(1),
        ..EARNEST
    };
    with_deposit(small, |world| {
        // 0.01 and 5.00 are held, the commission is 8.50. A chargeback undoes all of it, until it is reversed.
        let bought = world.buy(1);
        world.scan(bought.vouchers[0]).expect("redeemed");
        assert_eq!((world.payable(), world.commission()), (-349, 850));
        let taken = report(world, bought.order, 1);
        charge_back(world, &taken).expect("booked");
        assert_eq!((world.payable(), world.commission()), (0, 0));
        reverse(world, &taken).expect("booked");
        assert_eq!((world.payable(), world.commission()), (-349, 850));
        assert_eq!(world.escrow(bought.order), (0, 0));
    });
}

#[test]
fn earnest_money_is_the_merchants_if_the_guest_gives_up_or_lets_it_run_out() {
    with_deposit(EARNEST, |world| {
        let bought = world.buy(3);
        let [given_up, run_out, _] = bought.vouchers[..] else {
            panic!("three vouchers")
        };
        let voucher = given_up;
        let preview = world
            .db
            .read_blocking(move |read| convert::queries::preview_refund(read, voucher, NOW));
        let preview = preview.expect("an answer").expect("a live voucher");
        assert_eq!((preview.cash, preview.kept), (0, 1_600));
        world.refund_voucher(given_up).expect("given up");
        assert_eq!((world.payable(), world.commission()), (1_440, 160));
        let over = NOW.plus_us(91 * DAY_US);
        assert!(world.expire(run_out, over));
        assert_eq!((world.payable(), world.commission()), (2_880, 320));
        assert_eq!(world.escrow(bought.order), (2_100, 0), "of the third");
        assert_eq!(
            given(world)[1],
            500,
            "the platform's discounts of two are its own again"
        );

        // The bank takes all of it back: what was forfeited too.
        charge_back(world, &report(world, bought.order, 4_800)).expect("booked");
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!(given(world), [0, 0]);
        assert_eq!(world.escrow(bought.order), (0, 0));
    });
}

#[test]
fn earnest_money_goes_back_twice_if_the_merchant_gives_up() {
    with_deposit(EARNEST, |world| {
        let bought = world.buy(4);
        give_up_as_merchant(world, bought.vouchers[0]);
        assert_eq!(balance(world, world.buyer), 0, "the platform does not lend it");
        for voucher in &bought.vouchers[1..3] {
            world.scan(*voucher).expect("redeemed");
        }
        assert_eq!((world.payable(), world.commission()), (2_500, 1_700));
        give_up_as_merchant(world, bought.vouchers[3]);
        assert_eq!(balance(world, world.buyer), 1_600);
        assert_eq!((world.payable(), world.commission()), (900, 1_700));
        assert_eq!(world.escrow(bought.order), (0, 0));
        let (order, voucher) = (bought.order, Some(bought.vouchers[3]));
        let refunds = world
            .db
            .read_blocking(move |read| convert::queries::refunds_of(read, order));
        let mut refunds = refunds.expect("an answer").into_iter();
        let refund = refunds
            .find(|refund| refund.voucher == voucher)
            .expect("a refund");
        assert_eq!(
            (refund.amount, refund.rebate, refund.compensation),
            (1_600, 0, 1_600)
        );

        // It pays the next deposit, and no more of it.
        let cmd = PlaceOrder {
            use_rebate: true,
            ..order_of(world)
        };
        let placed = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            convert::place_order(tx, ctx, &cmd)
        });
        let placed = placed.expect("placed");
        assert_eq!(
            (placed.status, placed.amounts.due_at_store),
            (OrderStatus::Paid, 6_400)
        );
        world.refund_voucher(placed.vouchers[0]).expect("given up");
        assert_eq!(balance(world, world.buyer), 0);
        assert_eq!((world.payable(), world.commission()), (900 + 1_440, 1_700 + 160));
    });
}

#[test]
fn a_refundable_deposit_goes_back_in_any_case() {
    with_deposit(REFUNDABLE, |world| {
        let bought = world.buy(3);
        let refund = world.refund_voucher(bought.vouchers[0]).expect("refunded");
        world.confirm_refund(refund);
        give_up_as_merchant(world, bought.vouchers[1]);
        assert!(world.expire(bought.vouchers[2], NOW.plus_us(91 * DAY_US)));
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!(balance(world, world.buyer), 0);
        assert_eq!(
            world.escrow(bought.order),
            (4_500, -4_500),
            "the last one is on its way"
        );
    });
}

#[test]
fn the_rest_is_due_with_each_use_of_a_card() {
    for database in TestDatabase::both() {
        let store = database.open();
        let world = World::new(&store, offer::testing::terms(), |offer| {
            offer.uses = 3;
            offer.deposit = Some(REFUNDABLE);
        });
        let bought = world.buy(1);
        let due = [(); 2].map(|()| {
            let redeemed = world.scan(bought.vouchers[0]).expect("redeemed");
            redeemed.due_at_store.amount
        });
        assert_eq!(due, [1_333, 1_334]);
        let rest = world.refund_voucher(bought.vouchers[0]).expect("refunded");
        world.confirm_refund(rest);
        assert_eq!(world.escrow(bought.order), (0, 0));
        assert_eq!(world.payable() + world.commission() + 1_333 + 1_334, 5_667);
        store.close();
    }
}

/// The platform's part of the discount is the merchant's.
fn without_platform() -> AgreementTerms {
    AgreementTerms {
        discount_platform_bp: bp(0),
        ..offer::testing::terms()
    }
}

#[test]
fn all_of_it_is_paid_after_the_service_and_the_merchant_owes_the_commission() {
    for database in TestDatabase::both() {
        let store = database.open();
        let world = World::new(&store, without_platform(), |offer| {
            offer.deposit = Some(PAY_AFTER);
        });
        let sharer = consumer(&store, 2);
        let token = link(&world, sharer);
        let placed = world.place(world.buyer, 1, Some(token));
        // A friend pays 5 % less than 80.00, commission is 10 % of that; nothing is held that a sharer could be paid of.
        assert_eq!(
            (placed.status, placed.amounts.due_at_store),
            (OrderStatus::Paid, 7_600)
        );
        assert_eq!(world.escrow(placed.order), (0, 0));
        let voucher = placed.vouchers[0];
        let redeemed = world.scan(voucher).expect("redeemed");
        assert_eq!((redeemed.amount.amount, redeemed.due_at_store.amount), (0, 7_600));
        assert_eq!((world.payable(), world.commission()), (-760, 760));
        world.undo(redeemed.redemption, NOW).expect("undone");
        assert_eq!((world.payable(), world.commission()), (0, 0));
        let again = world.scan(voucher).expect("redeemed");
        world
            .refund_redeemed(world.shop.as_owner(), again.redemption, NOW)
            .expect("refunded");
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!((balance(&world, sharer), given(&world)), (0, [0, 0]));

        let second = world.place(world.buyer, 1, None);
        given_up_by_merchant(&world, second.vouchers[0]);
        assert_eq!(
            (world.payable(), balance(&world, world.buyer)),
            (0, 0),
            "there is nothing to double"
        );
        store.close();
    }
}

#[test]
fn a_time_is_booked_for_nothing_and_costs_nothing_if_nobody_comes() {
    on_both(|world| {
        let mut terms = dinner();
        terms.policy.late_fee_bp = bp(0);
        terms.policy.no_show_fee_bp = bp(0);
        let offer = tables(world, (without_platform(), terms), PAY_AFTER);
        let book = || book(world, offer);
        let placed = book().expect("free");
        assert_eq!(placed.order.status, OrderStatus::Paid);
        assert_eq!(code(book()), "order_one_at_a_time");
        cancel(world, Actor::Consumer(world.buyer), LATE, placed.booking);
        no_show(world, book().expect("free again").booking);
        assert_eq!((world.payable(), world.commission()), (0, 0));
    });
}

#[test]
fn a_time_for_a_security_deposit_alone_is_booked_once_at_a_time_also_before_that_is_paid() {
    on_both(|world| {
        let mut terms = dinner();
        terms.policy.late_fee_bp = bp(0);
        terms.policy.no_show_fee_bp = bp(0);
        terms.security_deposit = Some(20_000);
        let offer = tables(world, (without_platform(), terms), PAY_AFTER);
        let placed = book(world, offer).expect("free");
        assert_eq!(placed.order.status, OrderStatus::Placed);
        assert_eq!(placed.order.amounts.to_pay(), 20_000);
        assert_eq!(code(book(world, offer)), "order_one_at_a_time");
        world.pay(world.buyer, &placed.order, "card-1");
        assert_eq!(code(book(world, offer)), "order_one_at_a_time");
    });
}

fn order_of(world: &World) -> PlaceOrder {
    PlaceOrder {
        offer: world.offer,
        quantity: 1,
        wallet_coupons: Vec::new(),
        share_token: None,
        entry: None,
        use_rebate: false,
        group: None,
        seats: None,
        expected_cash: None,
    }
}

/// Two tables that are booked with a deposit.
fn tables(world: &World, (agreed, terms): (AgreementTerms, BookingTerms), deposit: Deposit) -> OfferId {
    let tables = ["T1", "T2"].map(|name| (ResourceKind::Table, seats(name, (1, 4), "")));
    let (on_sale, _) = booked(world.db, world.shop, (agreed, 71), (terms, &tables), |offer| {
        offer.deposit = Some(deposit);
    });
    on_sale.offer
}

fn book(world: &World, offer: OfferId) -> Result<PlacedBooking, Rejected> {
    let wish = PlaceBooking {
        order: PlaceOrder {
            offer,
            ..order_of(world)
        },
        store: world.shop.store,
        when: When::At(SATURDAY_SIX),
        party: 2,
        area: None,
        resources: Vec::new(),
    };
    world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
        consume::place_booking(tx, ctx, &wish)
    })
}

fn book_and_pay(world: &World, offer: OfferId) -> (BookingId, Bought) {
    let placed = book(world, offer).expect("free");
    let bought = world.pay(world.buyer, &placed.order, "card-1");
    (placed.booking, bought)
}

fn cancel(world: &World, actor: Actor, at: Timestamp, booking: BookingId) -> RefundId {
    let ctx = ctx_at(at, actor).with_reason("the cook is ill".to_owned());
    let refund = run(world.db, ctx, move |tx, ctx| {
        consume::cancel_booking(tx, ctx, &CancelBooking { booking })
    });
    world.audit();
    refund.expect("cancelled").expect("a refund")
}

fn no_show(world: &World, booking: BookingId) {
    let told = world.run(
        world.as_cashier(),
        SATURDAY_SIX.plus_us(HOUR_US),
        move |tx, ctx| consume::mark_no_show(tx, ctx, &MarkNoShow { booking }),
    );
    told.expect("told");
    world.audit();
}

#[test]
fn the_policy_of_a_booking_is_of_its_deposit() {
    on_both(|world| {
        let offer = tables(world, (offer::testing::terms(), dinner()), EARNEST);
        let cancel = |actor: Actor, at: Timestamp| {
            let (booking, _) = book_and_pay(world, offer);
            let before = (world.payable(), world.commission(), balance(world, world.buyer));
            let refund = cancel(world, actor, at, booking);
            let back = world
                .db
                .read_blocking(move |read| convert::queries::refund(read, refund));
            let back = back.expect("an answer").expect("a refund").amount;
            let after = (world.payable(), world.commission(), balance(world, world.buyer));
            (back, after.0 - before.0, after.1 - before.1, after.2 - before.2)
        };
        let guest = Actor::Consumer(world.buyer);
        assert_eq!(cancel(guest, NOW), (1_600, 0, 0, 0));
        assert_eq!(cancel(guest, LATE), (800, 720, 80, 0));
        assert_eq!(
            cancel(world.shop.as_owner(), NOW),
            (1_600, -720, 0, 720),
            "as far as it is owed"
        );
    });
}

#[test]
fn what_is_kept_of_a_booking_is_of_who_runs_its_store_and_so_is_what_a_cancellation_costs() {
    with_deposit(EARNEST, |world| {
        let franchisee = certified_shop(world.db, 2);
        let owed = || [world.payable(), world.payable_to(franchisee)];
        let agreed = AgreementTerms {
            on_expiry: OnExpiry::Forfeit,
            ..offer::testing::terms()
        };
        let offer = tables(world, (agreed, dinner()), EARNEST);
        let guest = Actor::Consumer(world.buyer);
        let (before, _) = book_and_pay(world, offer);
        no_show(world, before);
        world.offer_franchise(franchisee);
        let (late, _) = book_and_pay(world, offer);
        cancel(world, guest, LATE, late);
        assert_eq!(owed(), [1_440 + 720, 0], "nobody has accepted yet");

        let (missed, bought) = book_and_pay(world, offer);
        world.accept_franchise(franchisee);
        no_show(world, missed);
        assert_eq!(owed(), [2_160, 1_440]);
        let (late, _) = book_and_pay(world, offer);
        cancel(world, guest, LATE, late);
        assert_eq!(owed(), [2_160, 2_160]);
        let (called_off, _) = book_and_pay(world, offer);
        cancel(world, world.shop.as_owner(), NOW, called_off);
        assert_eq!(owed(), [2_160, 560], "given back twice");
        let (_, lapsed) = book_and_pay(world, offer);
        assert!(world.expire(lapsed.vouchers[0], NOW.plus_us(9 * DAY_US)));
        assert_eq!(owed(), [2_160, 2_000]);
        assert_eq!(world.commission(), 2 * (160 + 80) + 160);

        let nowhere = world.buy(1).vouchers[0];
        assert!(world.expire(nowhere, NOW.plus_us(91 * DAY_US)));
        assert_eq!(owed(), [3_600, 2_000], "a voucher of no store is of who sold it");

        let (last, _) = book_and_pay(world, offer);
        world.end_franchise();
        no_show(world, last);
        assert_eq!(owed(), [5_040, 2_000]);
        let taken = report(world, bought.order, 1_600);
        charge_back(world, &taken).expect("booked");
        assert_eq!(owed(), [5_040, 560], "off the statement of who got it");
        reverse(world, &taken).expect("booked");
        assert_eq!(owed(), [5_040, 2_000]);
    });
}

#[test]
fn what_the_law_and_a_policy_do_not_allow_is_refused() {
    on_both(|world| {
        let change = |change: fn(&mut offer::CreateOffer)| {
            let offer = world.offer;
            let made = world
                .db
                .read_blocking(move |read| offer::queries::offer(read, offer));
            let mut create =
                offer::testing::draft(world.shop, made.expect("an answer").expect("one").agreement);
            change(&mut create);
            world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
                offer::create_offer(tx, ctx, &create)
            })
        };
        let too_much = change(|offer| {
            offer.deposit = Some(Deposit {
                share_bp: bp(2_001),
                ..EARNEST
            });
        });
        assert_eq!(code(too_much), "offer_invalid");
        let all = change(|offer| {
            offer.deposit = Some(Deposit {
                share_bp: bp(10_000),
                ..REFUNDABLE
            });
        });
        assert_eq!(code(all), "offer_invalid");
        let draft = change(|offer| offer.deposit = Some(REFUNDABLE)).expect("made");
        let fees = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            let cmd = offer::SetBookingTerms {
                offer: draft,
                terms: dinner(),
                resources: Vec::new(),
            };
            offer::set_booking_terms(tx, ctx, &cmd)
        });
        assert_eq!(code(fees), "booking_terms_invalid");
        let given = change(|offer| offer.deposit = Some(PAY_AFTER));
        assert_eq!(
            code(given),
            "offer_invalid",
            "the platform pays a part of the discount"
        );
    });
}
