//! Payments that the payer's bank took back, whatever had become of the order.

use convert::{ChargeBack, ConfirmPayment, OrderStatus, RefundCause, RefundStatus};
use kernel::{Actor, DAY_US, OrderId, RefundId};
use ledger::{Account, LineKind};
use party::testing::NOW;
use store::{Rejected, sql};

use crate::refunds::pay_out;
use crate::world::{CNY, PROVIDER, World};
use crate::{at_once, code, on_both, on_both_with};

/// What the provider says of an order's payment.
pub fn report(world: &World, order: OrderId, amount: i64) -> ChargeBack {
    let attempts = world
        .db
        .read_blocking(move |read| convert::queries::attempts_of(read, order));
    let attempt = attempts.expect("an answer").remove(0);
    ChargeBack {
        payment: ConfirmPayment {
            attempt: attempt.id,
            provider: PROVIDER.to_owned(),
            provider_payment: format!("p-{}", attempt.id),
            amount: attempt.amount,
            currency: CNY,
            instrument: Some("card-1".to_owned()),
        },
        amount,
    }
}

pub fn charge_back(world: &World, cmd: &ChargeBack) -> Result<(), Rejected> {
    let cmd = cmd.clone();
    let done = world.run(Actor::Provider(1), NOW, move |tx, ctx| {
        consume::charge_back(tx, ctx, &cmd)
    });
    world.audit();
    done
}

pub fn reverse(world: &World, cmd: &ChargeBack) -> Result<(), Rejected> {
    let cmd = cmd.clone();
    let done = world.run(Actor::Provider(1), NOW, move |tx, ctx| {
        consume::reverse_chargeback(tx, ctx, &cmd)
    });
    world.audit();
    done
}

fn status(world: &World, order: OrderId) -> OrderStatus {
    let found = world
        .db
        .read_blocking(move |read| convert::queries::order(read, order));
    found.expect("an answer").expect("an order").status
}

fn refunds(world: &World, order: OrderId) -> Vec<(RefundCause, RefundStatus, i64)> {
    let found = world
        .db
        .read_blocking(move |read| convert::queries::refunds_of(read, order));
    let found = found.expect("an answer").into_iter();
    found
        .map(|refund| (refund.cause, refund.status, refund.amount))
        .collect()
}

/// Final and pending, of the provider's, the platform's and the order's accounts: all as before the purchase.
fn nothing_is_left(world: &World, order: OrderId) {
    for account in [
        Account::ProviderClearing,
        Account::Subsidy,
        Account::ChargebackLoss,
    ] {
        assert_eq!(world.credit(account, None), (0, 0), "{account:?}");
    }
    assert_eq!(world.escrow(order), (0, 0));
}

fn conflicts(world: &World) -> Vec<i64> {
    let found = world
        .db
        .read_blocking(|read| convert::queries::payment_conflicts(read, None, 10));
    let found = found.expect("an answer").into_iter();
    found.map(|conflict| conflict.received.amount).collect()
}

const BY_THE_BANK: (RefundCause, RefundStatus) = (RefundCause::ChargedBack, RefundStatus::Succeeded);

#[test]
fn before_use_the_voucher_is_void_and_its_unit_is_sold_again() {
    on_both(|world| {
        let taken = || world.number(|| sql!("SELECT CAST(SUM(taken) AS BIGINT) FROM bucket"));
        let before = taken();
        let bought = world.buy(2);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        let scans = [0, 1].map(|n| world.scan_of(bought.vouchers[n]));
        charge_back(world, &report(world, bought.order, cash)).expect("booked");
        nothing_is_left(world, bought.order);
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!(taken(), before);
        assert_eq!(status(world, bought.order), OrderStatus::ChargedBack);
        let (cause, done) = BY_THE_BANK;
        assert_eq!(refunds(world, bought.order), [(cause, done, cash)]);
        for (voucher, scan) in bought.vouchers.into_iter().zip(scans) {
            let scanned = world.scan_as(world.as_cashier(), NOW, scan);
            assert_eq!(code(scanned), "redeem_voucher_refunded");
            assert_eq!(code(world.refund_voucher(voucher)), "refund_nothing_left");
            assert!(!world.expire(voucher, NOW.plus_us(400 * DAY_US)));
        }
    });
}

#[test]
fn after_use_the_merchant_gets_nothing_and_after_a_payout_owes_it() {
    on_both(|world| {
        let bought = world.buy(1);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        let visit = world.scan(bought.vouchers[0]).expect("redeemed").redemption;
        assert_eq!(pay_out(world, NOW), 7_650);
        charge_back(world, &report(world, bought.order, cash)).expect("booked");
        nothing_is_left(world, bought.order);
        assert_eq!((world.payable(), world.commission()), (-7_650, 0));
        let merchant = world.shop.merchant;
        let lines = world
            .db
            .read_blocking(move |read| ledger::queries::statement_lines(read, merchant, None, None, 10));
        let lines: Vec<_> = lines
            .expect("lines")
            .iter()
            .map(|line| (line.kind, line.payable))
            .collect();
        assert_eq!(lines, [(LineKind::Chargeback, -7_650)]);
        // The visit is as one that was refunded, and is not taken back once more.
        assert_eq!(code(world.undo(visit, NOW)), "redemption_not_live");
        let again = world.refund_redeemed(world.shop.as_owner(), visit, NOW);
        assert_eq!(code(again), "redemption_not_live");
        // Later sales make up for it.
        for voucher in world.buy(2).vouchers {
            world.scan(voucher).expect("redeemed");
        }
        assert_eq!(pay_out(world, NOW), 7_650);
        assert_eq!(world.payable(), 0);
    });
}

#[test]
fn a_card_is_reversed_as_far_as_it_was_used() {
    on_both_with(3, 10_001, |world| {
        let bought = world.buy(1);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        let voucher = bought.vouchers[0];
        let first = world.scan(voucher).expect("redeemed").redemption;
        world.scan(voucher).expect("redeemed");
        let refund = world
            .refund_redeemed(world.shop.as_owner(), first, NOW)
            .expect("refunded");
        world.confirm_refund(refund);
        let back = refunds(world, bought.order)[0].2;
        charge_back(world, &report(world, bought.order, cash - back)).expect("booked");
        nothing_is_left(world, bought.order);
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!(code(world.scan(voucher)), "redeem_voucher_refunded");
    });
}

#[test]
fn what_was_forfeited_is_not_the_merchants_any_more() {
    on_both(|world| {
        let bought = world.buy(1);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        assert!(world.expire(bought.vouchers[0], NOW.plus_us(400 * DAY_US)));
        let kept = world.payable();
        charge_back(world, &report(world, bought.order, cash)).expect("booked");
        assert_eq!((world.payable(), world.commission()), (0, 0), "of {kept}");
    });
}

#[test]
fn news_that_comes_first_twice_or_late_has_one_effect() {
    on_both(|world| {
        // Before anything was heard of the payment.
        let placed = world.place(world.buyer, 1, None);
        let order = placed.order;
        let start = convert::StartPayment {
            order,
            provider: PROVIDER.to_owned(),
        };
        let started = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            convert::start_payment(tx, ctx, &start)
        });
        started.expect("started");
        let cmd = report(world, order, placed.amounts.cash_due);
        for _ in 0..3 {
            charge_back(world, &cmd).expect("booked, or booked before");
            let confirm = cmd.payment.clone();
            let confirmed = world.run(Actor::Provider(1), NOW, move |tx, ctx| {
                convert::confirm_payment(tx, ctx, &confirm)
            });
            assert_eq!(confirmed.expect("known").outcome, convert::PaymentOutcome::Paid);
            nothing_is_left(world, order);
            assert_eq!(refunds(world, order).len(), 1);
        }
        assert_eq!(status(world, order), OrderStatus::ChargedBack);
        assert_eq!(conflicts(world), Vec::<i64>::new());
    });
}

#[test]
fn a_refund_on_its_way_is_what_the_bank_took() {
    on_both(|world| {
        for heard_of_refund_first in [false, true] {
            let bought = world.buy(1);
            let cash = world.credit(Account::ProviderClearing, None).0.abs();
            let refund = world.refund_voucher(bought.vouchers[0]).expect("refunded");
            if heard_of_refund_first {
                world.confirm_refund(refund);
            }
            // The bank asked nobody: all of it, although all was given back.
            charge_back(world, &report(world, bought.order, cash)).expect("booked");
            world.confirm_refund(refund);
            assert_eq!(world.escrow(bought.order), (0, 0));
            assert_eq!(
                refunds(world, bought.order),
                [(RefundCause::Asked, RefundStatus::Succeeded, cash)]
            );
            let lost = if heard_of_refund_first { cash } else { 0 };
            assert_eq!(
                world.credit(Account::ChargebackLoss, None),
                (-lost, 0),
                "paid back twice"
            );
            assert_eq!(world.credit(Account::ProviderClearing, None), (lost, 0));
        }
    });
}

/// What is to be sent to the provider, and how much of it.
fn to_send(world: &World) -> Vec<(RefundId, i64)> {
    let found = world
        .db
        .read_blocking(|read| convert::queries::refunds_to_send(read, RefundStatus::Requested, None, 10));
    let found = found.expect("an answer").into_iter();
    found.map(|refund| (refund.refund, refund.amount)).collect()
}

#[test]
fn a_refund_at_the_provider_when_the_bank_takes_the_payment_goes_back_once() {
    on_both(|world| {
        for (moved, reversed) in [(false, false), (true, false), (false, true), (true, true)] {
            let bought = world.buy(1);
            let cash = -world.credit(Account::ProviderClearing, None).0;
            let refund = world.refund_voucher(bought.vouchers[0]).expect("refunded");
            world.send_refund(refund);
            let cmd = report(world, bought.order, cash);
            if reversed {
                // Nobody had heard of the chargeback either.
                reverse(world, &cmd).expect("booked");
            } else {
                charge_back(world, &cmd).expect("booked");
            }
            let stands = |status| refunds(world, bought.order).contains(&(RefundCause::Asked, status, cash));
            assert!(stands(RefundStatus::TakenBack));
            assert_eq!(to_send(world), [], "nobody knows what it would be for");
            for _ in 0..2 {
                if moved {
                    world.confirm_refund(refund);
                } else {
                    world.fail_refund(refund, 1);
                }
            }
            assert!(stands(RefundStatus::Succeeded));
            let lost = if moved && !reversed { cash } else { 0 };
            assert_eq!(world.credit(Account::ChargebackLoss, None), (-lost, 0));
            let sent = to_send(world);
            if reversed && !moved {
                let [(again, amount)] = sent[..] else {
                    panic!("{sent:?}")
                };
                assert_eq!(amount, cash);
                world.confirm_refund(again);
            } else {
                assert_eq!(sent, []);
            }
            // A loss is the platform's until the bank gives it back.
            if lost > 0 {
                reverse(world, &cmd).expect("booked");
                assert_eq!(to_send(world), []);
            }
            nothing_is_left(world, bought.order);
        }
    });
}

#[test]
fn of_two_refunds_at_the_provider_the_bank_took_the_one_that_it_did_not_move() {
    on_both_with(2, 10_000, |world| {
        for failure_first in [false, true] {
            let bought = world.buy(2);
            let cash = -world.credit(Account::ProviderClearing, None).0;
            world.scan(bought.vouchers[0]).expect("redeemed");
            let (moved, taken) = (cash / 4, cash / 2);
            let sent = [0, 1].map(|n| {
                let refund = world.refund_voucher(bought.vouchers[n]).expect("refunded");
                world.send_refund(refund);
                refund
            });
            // The provider moved the first, and nobody has heard of it.
            charge_back(world, &report(world, bought.order, cash - moved)).expect("booked");
            if failure_first {
                world.fail_refund(sent[1], 1);
            }
            world.confirm_refund(sent[0]);
            world.fail_refund(sent[1], 1);
            let arrived = |amount| (RefundCause::Asked, RefundStatus::Succeeded, amount);
            let found = refunds(world, bought.order);
            assert!(
                found.contains(&arrived(moved)) && found.contains(&arrived(taken)),
                "{found:?}"
            );
            nothing_is_left(world, bought.order);
        }
    });
}

#[test]
fn a_part_of_a_payment_is_for_people_to_look_into() {
    on_both(|world| {
        let bought = world.buy(1);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        for _ in 0..2 {
            charge_back(world, &report(world, bought.order, cash - 1)).expect("answered");
        }
        assert_eq!(conflicts(world), [1 - cash]);
        assert_eq!(status(world, bought.order), OrderStatus::Paid);
        world.scan(bought.vouchers[0]).expect("it is still good");
        for (amount, reason) in [(0, "payment_invalid"), (-1, "payment_invalid")] {
            assert_eq!(
                code(charge_back(world, &report(world, bought.order, amount))),
                reason
            );
        }
        let cmd = report(world, bought.order, cash);
        let by_buyer = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            consume::charge_back(tx, ctx, &cmd)
        });
        assert_eq!(code(by_buyer), "payment_actor_forbidden");
    });
}

#[test]
fn a_payment_is_charged_back_once_and_no_visit_is_paid_for_beside() {
    on_both(|world| {
        for _ in 0..8 {
            let bought = world.buy(1);
            let voucher = bought.vouchers[0];
            let cmd = report(world, bought.order, 8_000);
            let (scan, cashier) = (world.scan_of(voucher), world.as_cashier());
            let cash = cmd.payment.amount;
            let redeemed = at_once(8, |n| {
                if n % 2 == 0 {
                    let scan = scan.clone();
                    return world
                        .run(cashier, NOW, move |tx, ctx| consume::redeem_scan(tx, ctx, &scan))
                        .is_ok();
                }
                let cmd = ChargeBack {
                    amount: cash,
                    ..cmd.clone()
                };
                let booked = world.run(Actor::Provider(1), NOW, move |tx, ctx| {
                    consume::charge_back(tx, ctx, &cmd)
                });
                booked.expect("booked, or booked before");
                false
            });
            world.audit();
            assert!(redeemed.iter().filter(|won| **won).count() <= 1, "{redeemed:?}");
            assert_eq!((world.payable(), world.commission()), (0, 0));
            nothing_is_left(world, bought.order);
            assert_eq!(refunds(world, bought.order).len(), 1);
        }
    });
}

#[test]
fn what_the_bank_gives_back_is_the_merchants_as_far_as_it_was_used() {
    on_both_with(3, 10_001, |world| {
        let bought = world.buy(1);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        let voucher = bought.vouchers[0];
        for _ in 0..2 {
            world.scan(voucher).expect("redeemed");
        }
        let earned = (world.payable(), world.commission());
        let cmd = report(world, bought.order, cash);
        charge_back(world, &cmd).expect("booked");
        assert_eq!((world.payable(), world.commission()), (0, 0));
        for _ in 0..3 {
            reverse(world, &cmd).expect("booked, or booked before");
        }
        charge_back(world, &cmd).expect("heard late");
        assert_eq!((world.payable(), world.commission()), earned);
        // The third use, which nobody had, is the payer's.
        let [_, (cause, status, rest)] = refunds(world, bought.order)[..] else {
            panic!("{:?}", refunds(world, bought.order))
        };
        assert_eq!(
            (cause, status),
            (RefundCause::ChargebackReversed, RefundStatus::Requested)
        );
        let found = world
            .db
            .read_blocking(move |read| convert::queries::order(read, bought.order));
        assert_eq!(found.expect("an answer").expect("an order").cash_refunded, rest);
        world.confirm_refund(to_send(world)[0].0);
        assert_eq!(world.escrow(bought.order), (0, 0));
        assert_eq!(world.credit(Account::ProviderClearing, None), (rest - cash, 0));
        assert_eq!(code(world.scan(voucher)), "redeem_voucher_refunded");
        assert_eq!(conflicts(world), Vec::<i64>::new());
    });
}

#[test]
fn a_reversal_that_comes_first_leaves_what_was_used_as_it_was() {
    on_both(|world| {
        let bought = world.buy(1);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        world.scan(bought.vouchers[0]).expect("redeemed");
        let earned = (world.payable(), world.commission());
        let cmd = report(world, bought.order, cash);
        reverse(world, &cmd).expect("booked with its chargeback");
        charge_back(world, &cmd).expect("heard late");
        assert_eq!((world.payable(), world.commission()), earned);
        assert_eq!(world.escrow(bought.order), (0, 0));
        assert_eq!(world.credit(Account::ProviderClearing, None), (-cash, 0));
        assert_eq!(refunds(world, bought.order).len(), 1, "nothing goes to the payer");
    });
}

#[test]
fn what_went_back_twice_is_nobodys_loss_once_the_bank_gives_it_back() {
    on_both(|world| {
        for heard_of_refund_first in [false, true] {
            let bought = world.buy(1);
            let cash = world.credit(Account::ProviderClearing, None).0.abs();
            let refund = world.refund_voucher(bought.vouchers[0]).expect("refunded");
            if heard_of_refund_first {
                world.confirm_refund(refund);
            }
            let cmd = report(world, bought.order, cash);
            charge_back(world, &cmd).expect("booked");
            reverse(world, &cmd).expect("booked");
            assert_eq!(world.credit(Account::ChargebackLoss, None), (0, 0));
            // What the chargeback was taken for has not reached the payer.
            let open = if heard_of_refund_first { 0 } else { cash };
            assert_eq!(world.escrow(bought.order), (open, -open));
            let sent = to_send(world);
            assert_eq!(sent.iter().map(|(_, amount)| amount).sum::<i64>(), open);
            sent.iter().for_each(|(refund, _)| world.confirm_refund(*refund));
            nothing_is_left(world, bought.order);
        }
    });
}

#[test]
fn a_reversal_of_what_was_not_booked_is_for_people_to_look_into() {
    on_both(|world| {
        let bought = world.buy(1);
        let cash = world.credit(Account::ProviderClearing, None).0.abs();
        let cmd = report(world, bought.order, cash - 1);
        for _ in 0..2 {
            reverse(world, &cmd).expect("answered");
        }
        assert_eq!(conflicts(world), [cash - 1, 1 - cash]);
        assert_eq!(status(world, bought.order), OrderStatus::Paid);
        world.scan(bought.vouchers[0]).expect("it is still good");
    });
}
