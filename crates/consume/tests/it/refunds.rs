//! Refunding what was redeemed, before and after the merchant was paid for it.

use consume::RedemptionStatus;
use kernel::{Actor, DAY_US, PayoutId, Timestamp};
use ledger::{Account, ApprovePayout, ConfirmPayout, ProposePayout};
use party::testing::{NOW, certified_shop, operator, staff};
use party::{OperatorRole, Role};
use store::sql;

use crate::world::{CNY, World};
use crate::{code, on_both};

/// Pays the merchant what is open, through two operators, and gives the amount.
pub fn pay_out(world: &World, until: Timestamp) -> i64 {
    let n = 500 + 2 * world.number(|| sql!("SELECT COUNT(*) FROM payout")) as u64;
    let [one, two] = [n, n + 1].map(|n| Actor::Operator(operator(world.db, OperatorRole::Finance, n)));
    let propose = ProposePayout {
        merchant: world.shop.merchant,
        currency: CNY,
        until,
    };
    let proposal = world.run(one, until, move |tx, ctx| {
        ledger::propose_payout(tx, ctx, &propose)
    });
    let proposal = proposal.expect("proposed");
    let payout: PayoutId = proposal.payout;
    let approved = world.run(two, until, move |tx, ctx| {
        ledger::approve_payout(tx, ctx, &ApprovePayout { payout })
    });
    approved.expect("approved");
    let confirmed = world.run(Actor::System, until, move |tx, ctx| {
        ledger::confirm_payout(tx, ctx, &ConfirmPayout { payout })
    });
    assert!(confirmed.expect("confirmed"));
    world.audit();
    proposal.amount.amount
}

#[test]
fn before_a_payout_the_refund_undoes_every_account() {
    on_both(|world| {
        let bought = world.buy(1);
        let redeemed = world.scan(bought.vouchers[0]).expect("redeemed");
        let manager = staff(world.db, world.shop, Some(world.shop.store), Role::Manager, 5);
        let manager = Actor::Staff(manager, world.shop.merchant);
        let refund = world
            .refund_redeemed(manager, redeemed.redemption, NOW)
            .expect("refunded");
        assert_eq!((world.payable(), world.commission()), (0, 0));
        assert_eq!(world.escrow(bought.order), (8_500, -8_500));
        world.confirm_refund(refund);
        for account in [Account::Escrow, Account::ProviderClearing, Account::Subsidy] {
            assert_eq!(world.credit(account, None), (0, 0), "{account:?}");
        }
        assert_eq!(
            world.redemptions(bought.vouchers[0])[0].status,
            RedemptionStatus::Refunded
        );
        // The visit stands: the use does not come back, and nothing is refunded twice.
        assert_eq!(world.voucher(bought.vouchers[0]).uses_left, 0);
        let again = world.refund_redeemed(manager, redeemed.redemption, NOW);
        assert_eq!(code(again), "redemption_not_live");
        assert_eq!(code(world.undo(redeemed.redemption, NOW)), "redemption_not_live");
    });
}

#[test]
fn after_a_payout_a_negative_line_nets_into_the_next_one() {
    on_both(|world| {
        let vouchers = world.buy(3).vouchers;
        let first = world.scan(vouchers[0]).expect("redeemed");
        assert_eq!(pay_out(world, NOW), 7_650);
        assert_eq!(world.payable(), 0);
        let refund = world
            .refund_redeemed(world.shop.as_owner(), first.redemption, NOW)
            .expect("refunded");
        world.confirm_refund(refund);
        assert_eq!(world.payable(), -7_650, "the merchant owes it");
        assert_eq!(world.commission(), 0);
        world.scan(vouchers[1]).expect("redeemed");
        world.scan(vouchers[2]).expect("redeemed");
        assert_eq!(pay_out(world, NOW), 7_650, "two uses less one");
        assert_eq!(world.payable(), 0);
    });
}

#[test]
fn a_manager_may_while_the_window_is_open_and_support_at_any_time() {
    on_both(|world| {
        let vouchers = world.buy(2).vouchers;
        let [one, two] = [0, 1].map(|n| world.scan(vouchers[n]).expect("redeemed").redemption);
        let rival = certified_shop(world.db, 2);
        let finance = operator(world.db, OperatorRole::Finance, 3);
        for (actor, reason) in [
            (world.as_cashier(), "forbidden"),
            (rival.as_owner(), "not_found"),
            (Actor::Consumer(world.buyer), "forbidden"),
            (Actor::Operator(finance), "forbidden"),
            (Actor::Anonymous, "sign_in_required"),
        ] {
            assert_eq!(code(world.refund_redeemed(actor, one, NOW)), reason);
        }
        let no_reason = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            consume::refund_redeemed(tx, ctx, &consume::RefundRedeemed { redemption: one })
        });
        assert_eq!(code(no_reason), "reason_missing");
        let end = NOW.plus_us(7 * DAY_US);
        let owner = world.shop.as_owner();
        world
            .refund_redeemed(owner, one, end)
            .expect("the last microsecond");
        let late = world.refund_redeemed(owner, two, end.plus_us(1));
        assert_eq!(code(late), "refund_redeemed_too_late");
        let support = Actor::Operator(operator(world.db, OperatorRole::Support, 4));
        world
            .refund_redeemed(support, two, end.plus_us(1))
            .expect("support may");
        assert_eq!((world.payable(), world.commission()), (0, 0));
    });
}
