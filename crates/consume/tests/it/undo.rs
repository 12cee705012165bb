//! Taking a redemption back at the counter.

use consume::{CodeAnswer, RedemptionStatus};
use kernel::{Actor, DAY_US, HOUR_US, MINUTE_US};
use party::Role;
use party::testing::{NOW, certified_shop, staff};
use store::sql;

use crate::refunds::pay_out;
use crate::{code, on_both, on_both_with};

#[test]
fn an_undo_in_time_gives_use_code_and_money_back() {
    on_both(|world| {
        let bought = world.buy(1);
        let voucher = bought.vouchers[0];
        let redeemed = world.scan(voucher).expect("redeemed");
        world
            .undo(redeemed.redemption, NOW.plus_us(15 * MINUTE_US))
            .expect("undone");
        assert_eq!(world.escrow(bought.order), (8_500, 0));
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!(world.redemptions(voucher)[0].status, RedemptionStatus::Undone);
        let undone = world.undo(redeemed.redemption, NOW);
        assert_eq!(code(undone), "redemption_not_live");
        // The holder's code works again, and what follows is settled as ever.
        let cmd = world.by_code(world.voucher(voucher).number);
        let answer = world.type_code(world.as_cashier(), NOW, cmd).expect("an answer");
        assert!(matches!(answer, CodeAnswer::Redeemed(_)));
        assert_eq!((world.payable(), world.commission()), (7_650, 850));
        assert_eq!(world.number(|| sql!("SELECT COUNT(*) FROM settlement_line")), 3);
    });
}

#[test]
fn after_the_window_it_stands() {
    on_both(|world| {
        let bought = world.buy(1);
        let redeemed = world.scan(bought.vouchers[0]).expect("redeemed");
        let late = world.undo(redeemed.redemption, NOW.plus_us(15 * MINUTE_US + 1));
        assert_eq!(code(late), "undo_too_late");
        assert_eq!((world.escrow(bought.order), world.payable()), ((0, 0), 7_650));
    });
}

#[test]
fn only_the_stores_own_staff_may() {
    on_both(|world| {
        let redeemed = world.scan(world.buy(1).vouchers[0]).expect("redeemed");
        let redemption = redeemed.redemption;
        let rival = certified_shop(world.db, 2);
        let of_branch = staff(world.db, world.shop, Some(world.branch), Role::Owner, 3);
        for (actor, reason) in [
            (rival.as_owner(), "not_found"),
            (Actor::Staff(of_branch, world.shop.merchant), "forbidden"),
            (Actor::Consumer(world.buyer), "forbidden"),
            (Actor::Anonymous, "sign_in_required"),
        ] {
            let undone = world.run(actor, NOW, move |tx, ctx| {
                consume::undo_redemption(tx, ctx, &consume::UndoRedemption { redemption })
            });
            assert_eq!(code(undone), reason);
        }
        let unknown = kernel::RedemptionId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(code(world.undo(unknown, NOW)), "not_found");
    });
}

#[test]
fn the_last_use_goes_first_and_a_closed_card_takes_none_back() {
    on_both_with(3, 10_001, |world| {
        let voucher = world.buy(1).vouchers[0];
        let [first, second] = [(); 2].map(|()| world.scan(voucher).expect("redeemed").redemption);
        let refused = world.run(world.as_cashier(), NOW, move |tx, ctx| {
            consume::undo_redemption(tx, ctx, &consume::UndoRedemption { redemption: first })
        });
        let refused = refused.expect_err("not the last");
        assert_eq!(refused.code, "undo_not_last");
        assert!(refused.detail.contains("use 2"), "{}", refused.detail);
        world.undo(second, NOW).expect("undone");
        world.undo(first, NOW).expect("undone");
        let third = world.scan(voucher).expect("redeemed");
        assert_eq!(third.use_no, 1);
        world.refund_voucher(voucher).expect("the rest is refunded");
        assert_eq!(code(world.undo(third.redemption, NOW)), "undo_voucher_closed");
    });
}

#[test]
fn what_a_payout_holds_is_not_undone() {
    on_both(|world| {
        let redeemed = world.scan(world.buy(1).vouchers[0]).expect("redeemed");
        pay_out(world, NOW);
        assert_eq!(code(world.undo(redeemed.redemption, NOW)), "undo_settled");
    });
}

#[test]
fn an_undone_voucher_still_expires() {
    on_both(|world| {
        let bought = world.buy(1);
        let voucher = bought.vouchers[0];
        let end = NOW.plus_us(90 * DAY_US);
        let redeemed = world.scan_as(
            world.as_cashier(),
            end.plus_us(-MINUTE_US),
            world.scan_of(voucher),
        );
        // Used up, so its timer has nothing to do and goes.
        assert!(!world.expire(voucher, end));
        world
            .undo(redeemed.expect("redeemed").redemption, end.plus_us(MINUTE_US))
            .expect("undone");
        let due = world
            .db
            .read_blocking(move |read| Ok(store::due_timers(read, end.plus_us(HOUR_US), 100)?));
        let due = due.expect("timers");
        assert!(
            due.iter()
                .any(|timer| timer.kind == "expire_voucher" && timer.subject() == voucher)
        );
        assert!(world.expire(voucher, end.plus_us(HOUR_US)));
        assert_eq!(world.escrow(bought.order), (8_500, -8_500));
    });
}
