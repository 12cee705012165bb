//! Stored-value cards, from which a bill takes what it comes to, and cards that are used so often in a period.

use kernel::{DAY_US, Timestamp, VoucherId};
use offer::{Card, CardPeriod, CreateOffer};
use party::testing::NOW;
use store::Rejected;

use crate::offline::scan_at;
use crate::world::World;
use crate::{at_once, code, on_both_of, on_both_with};
use consume::{LossReason, RedeemScan, Redeemed, ScanOutcome};

/// 100.00 for 90.00, of which the platform gives 4.50 and the merchant 13.50: 76.50 are held.
fn worth_a_hundred(offer: &mut CreateOffer) {
    offer.list_price.amount = 9_000;
    offer.uses = 10_000;
    offer.card = Some(Card::StoredValue);
}

fn twice_a_week(offer: &mut CreateOffer) {
    offer.uses = 10;
    offer.card = Some(Card::Paced {
        uses: 2,
        per: CardPeriod::Week,
    });
}

fn bill(world: &World, voucher: VoucherId, uses: Option<i64>) -> Result<Redeemed, Rejected> {
    take_at(world, voucher, uses, NOW)
}

fn take_at(
    world: &World,
    voucher: VoucherId,
    uses: Option<i64>,
    now: Timestamp,
) -> Result<Redeemed, Rejected> {
    let cmd = RedeemScan {
        uses,
        ..world.scan_of(voucher)
    };
    let taken = world.scan_as(world.as_cashier(), now, cmd);
    world.audit();
    taken
}

fn member(refused: &Rejected, name: &str) -> serde_json::Value {
    let members = refused.members.as_ref().expect("members");
    members.get(name).cloned().unwrap_or_default()
}

#[test]
fn a_bill_takes_its_amount_and_its_part_of_what_was_paid() {
    on_both_of(worth_a_hundred, |world| {
        let bought = world.buy(1);
        let voucher = bought.vouchers[0];
        assert_eq!(world.escrow(bought.order), (7_650, 0));
        let mut left = 10_000;
        // 0.765 of what is taken; that each is at most one unit off adds up to nothing.
        for (amount, worth) in [(2_550, 1_951), (1, 1), (4_000, 3_060), (3_449, 2_638)] {
            let taken = bill(world, voucher, Some(amount)).expect("taken");
            left -= amount;
            assert_eq!((taken.uses, taken.use_no), (amount, 10_000 - left));
            assert_eq!((taken.uses_left, taken.uses_total), (left, 10_000));
            assert_eq!(taken.amount.amount, worth);
        }
        assert_eq!(world.escrow(bought.order), (0, 0));
        assert_eq!((world.payable(), world.commission()), (6_885, 765));
        assert_eq!(code(bill(world, voucher, Some(1))), "redeem_voucher_used_up");
    });
}

#[test]
fn a_card_of_a_value_is_asked_for_an_amount_that_it_has() {
    on_both_of(worth_a_hundred, |world| {
        let voucher = world.buy(1).vouchers[0];
        bill(world, voucher, Some(6_000)).expect("taken");
        let unsaid = bill(world, voucher, None).expect_err("how much?");
        assert_eq!(
            (unsaid.code.as_str(), unsaid.field.as_deref()),
            ("redeem_amount_missing", Some("/uses"))
        );
        assert_eq!(member(&unsaid, "uses_left"), 4_000);
        assert_eq!(member(&unsaid, "currency"), "CNY");
        for wrong in [i64::MIN, -1, 0, 4_001, i64::MAX] {
            let refused = bill(world, voucher, Some(wrong)).expect_err("not so much");
            assert_eq!(refused.code, "redeem_uses_left", "{wrong}");
            assert_eq!(member(&refused, "uses_left"), 4_000);
        }
        let mut by_code = world.by_code(world.voucher(voucher).number);
        let typed = world.type_code(world.as_cashier(), NOW, by_code.clone());
        assert_eq!(code(typed), "redeem_amount_missing");
        by_code.uses = Some(4_000);
        world.type_code(world.as_cashier(), NOW, by_code).expect("taken");
        assert_eq!(world.voucher(voucher).uses_left, 0);
    });
}

#[test]
fn a_scanner_without_a_network_takes_no_card_of_a_value() {
    on_both_of(worth_a_hundred, |world| {
        let voucher = world.buy(1).vouchers[0];
        let pass = world.scan_of(voucher).pass;
        assert!(
            pass.terms.offline_until <= NOW,
            "scanners refuse it by themselves"
        );
        let scan = scan_at(world, 1, voucher, NOW);
        let reason = LossReason::AmountMissing;
        let outcome = world.sync(world.device(1), &[scan])[0].outcome;
        assert_eq!(outcome, ScanOutcome::Lost { reason, won: None });
        assert_eq!(world.voucher(voucher).uses_left, 10_000);
    });
}

#[test]
fn what_is_undone_refunded_and_left_of_a_card_sums_to_what_was_paid() {
    on_both_of(worth_a_hundred, |world| {
        let bought = world.buy(1);
        let voucher = bought.vouchers[0];
        let first = bill(world, voucher, Some(3_333)).expect("taken");
        let second = bill(world, voucher, Some(1_667)).expect("taken");
        assert_eq!(code(world.undo(first.redemption, NOW)), "undo_not_last");
        world.undo(second.redemption, NOW).expect("undone");
        assert_eq!(world.voucher(voucher).uses_left, 6_667);
        let again = bill(world, voucher, Some(1_667)).expect("taken");
        assert_eq!((again.use_no, again.amount), (5_000, second.amount));
        let back = world.refund_redeemed(world.shop.as_owner(), first.redemption, NOW);
        world.confirm_refund(back.expect("refunded"));
        assert_eq!(world.voucher(voucher).uses_left, 5_000, "the visit stands");
        let rest = world.refund_voucher(voucher).expect("refunded");
        world.confirm_refund(rest);
        assert_eq!(world.escrow(bought.order), (0, 0));
        assert_eq!(world.payable() + world.commission(), again.amount.amount);
    });
}

#[test]
fn the_last_bill_is_undone_after_the_card_was_used_up() {
    on_both_of(worth_a_hundred, |world| {
        let voucher = world.buy(1).vouchers[0];
        let all = bill(world, voucher, Some(10_000)).expect("taken");
        world.undo(all.redemption, NOW).expect("undone");
        assert_eq!(world.voucher(voucher).uses_left, 10_000);
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert!(
            world.expire(voucher, world.voucher(voucher).valid_until),
            "its timer is set again"
        );
    });
}

#[test]
fn of_many_bills_at_once_the_card_pays_what_it_has() {
    on_both_of(worth_a_hundred, |world| {
        for amount in [3_000, 6_000, 10_000] {
            let bought = world.buy(1);
            let cmd = RedeemScan {
                uses: Some(amount),
                ..world.scan_of(bought.vouchers[0])
            };
            let answers = at_once(12, |_| {
                let cmd = cmd.clone();
                world.run(world.as_cashier(), NOW, move |tx, ctx| {
                    consume::redeem_scan(tx, ctx, &cmd)
                })
            });
            world.audit();
            let taken = answers.iter().flatten().count() as i64;
            assert_eq!(taken, 10_000 / amount);
            assert_eq!(world.voucher(bought.vouchers[0]).uses_left, 10_000 % amount);
        }
    });
}

#[test]
fn several_visits_are_taken_at_once() {
    on_both_with(5, 10_001, |world| {
        let bought = world.buy(1);
        let voucher = bought.vouchers[0];
        let held = world.escrow(bought.order).0;
        let one = bill(world, voucher, None).expect("one");
        let three = bill(world, voucher, Some(3)).expect("three");
        assert_eq!((one.uses, one.use_no, three.uses, three.use_no), (1, 1, 3, 4));
        assert_eq!(code(bill(world, voucher, Some(2))), "redeem_uses_left");
        world.undo(three.redemption, NOW).expect("undone");
        let all = bill(world, voucher, Some(4)).expect("four");
        assert_eq!((all.use_no, all.uses_left), (5, 0));
        assert_eq!(one.amount.amount + all.amount.amount, held);
    });
}

#[test]
fn a_card_is_used_as_often_as_its_period_allows() {
    on_both_of(twice_a_week, |world| {
        // NOW is a Friday, 16:00 in Shanghai.
        let voucher = world.buy(1).vouchers[0];
        assert_eq!(code(bill(world, voucher, Some(3))), "redeem_uses_left");
        let first = bill(world, voucher, None).expect("one");
        let second = take_at(world, voucher, None, NOW.plus_us(DAY_US)).expect("two");
        let sunday = NOW.plus_us(2 * DAY_US);
        let refused = take_at(world, voucher, None, sunday).expect_err("twice a week");
        assert_eq!(refused.code, "redeem_period_full");
        assert_eq!(member(&refused, "next_from"), "2027-01-17T16:00:00Z");
        // Undone it was no visit; refunded it was.
        world
            .undo(second.redemption, NOW.plus_us(DAY_US))
            .expect("undone");
        take_at(world, voucher, None, sunday).expect("two again");
        world
            .refund_redeemed(world.shop.as_owner(), first.redemption, sunday)
            .expect("refunded");
        assert_eq!(code(take_at(world, voucher, None, sunday)), "redeem_period_full");
        let monday = Timestamp(1_800_201_600_000_000);
        assert_eq!(
            code(take_at(world, voucher, None, monday.plus_us(-1))),
            "redeem_period_full"
        );
        take_at(world, voucher, Some(2), monday).expect("two of a new week");
    });
}

#[test]
fn a_scan_that_was_made_in_a_full_period_is_lost() {
    on_both_of(twice_a_week, |world| {
        let voucher = world.buy(1).vouchers[0];
        let scans = [1, 2, 3].map(|n| scan_at(world, n, voucher, NOW.plus_us(-i64::from(n as u32))));
        let outcomes = world
            .sync(world.device(1), &scans)
            .into_iter()
            .map(|scan| scan.outcome);
        let reason = LossReason::PeriodFull;
        let lost = outcomes.filter(|outcome| *outcome == ScanOutcome::Lost { reason, won: None });
        assert_eq!(lost.count(), 1);
    });
}
