//! Cards with several uses: every part of the money is exact, whatever is used and refunded.

use ledger::Account;
use party::testing::{NOW, certified_shop};

use crate::{code, on_both, on_both_with};

#[test]
fn uses_are_taken_one_by_one_and_their_parts_sum_to_the_whole() {
    // 99.99 less 20 % is 79.99 for the buyer; 5.00 of the discount is the platform's: 84.99 in escrow.
    on_both_with(7, 9_999, |world| {
        let bought = world.buy(1);
        let voucher = bought.vouchers[0];
        let total = world.escrow(bought.order).0;
        let mut taken = 0;
        for use_no in 1..=7 {
            let redeemed = world.scan(voucher).expect("redeemed");
            assert_eq!((redeemed.use_no, redeemed.uses_left), (use_no, 7 - use_no));
            taken += redeemed.amount.amount;
            assert!((redeemed.amount.amount - total / 7).abs() <= 1);
            assert_eq!(world.escrow(bought.order).0, total - taken);
            assert_eq!(world.payable() + world.commission(), taken);
        }
        assert_eq!(world.escrow(bought.order), (0, 0));
        assert!(
            (world.commission() * 10 - total).abs() <= 10,
            "ten percent, to the unit"
        );
        let cmd = world.scan_of(voucher);
        assert_eq!(
            code(world.scan_as(world.as_cashier(), NOW, cmd)),
            "redeem_voucher_used_up"
        );
    });
}

#[test]
fn the_rest_of_a_partly_used_card_is_refunded_exactly() {
    for used in 0..3 {
        on_both_with(3, 10_001, |world| {
            let bought = world.buy(1);
            for _ in 0..used {
                world.scan(bought.vouchers[0]).expect("redeemed");
            }
            let rest = world.escrow(bought.order).0;
            let cmd = world.scan_of(bought.vouchers[0]);
            let refund = world.refund_voucher(bought.vouchers[0]).expect("refunded");
            assert_eq!(
                world.escrow(bought.order),
                (rest, -rest),
                "pending until the provider confirms"
            );
            world.confirm_refund(refund);
            assert_eq!(world.escrow(bought.order), (0, 0));
            assert_eq!(
                code(world.scan_as(world.as_cashier(), NOW, cmd)),
                "redeem_voucher_refunded"
            );
        });
    }
}

#[test]
fn undone_and_refunded_uses_leave_no_cent_behind() {
    on_both_with(3, 10_001, |world| {
        let bought = world.buy(1);
        let voucher = bought.vouchers[0];
        let first = world.scan(voucher).expect("redeemed");
        let second = world.scan(voucher).expect("redeemed");
        world.undo(second.redemption, NOW).expect("undone");
        let again = world.scan(voucher).expect("redeemed");
        assert_eq!((again.use_no, again.amount), (second.use_no, second.amount));
        let refund = world
            .refund_redeemed(world.shop.as_owner(), first.redemption, NOW)
            .expect("refunded");
        world.confirm_refund(refund);
        let rest = world.refund_voucher(voucher).expect("refunded");
        world.confirm_refund(rest);
        assert_eq!(world.escrow(bought.order), (0, 0));
        // What is left is the one use that stands.
        assert_eq!(world.payable() + world.commission(), again.amount.amount);
        let clearing = -world.credit(Account::ProviderClearing, None).0;
        let subsidy = -world.credit(Account::Subsidy, None).0;
        assert_eq!(clearing + subsidy, again.amount.amount);
    });
}

#[test]
fn a_free_card_is_used_without_money() {
    on_both(|world| {
        // The whole price is the merchant's own discount: nothing was paid, nothing is settled.
        let mut terms = offer::testing::terms();
        terms.discount_bp = offer::testing::bp(10_000);
        terms.discount_platform_bp = offer::testing::bp(0);
        let free = offer::testing::on_sale(world.db, world.shop, terms, 9, |_| ()).offer;
        let cmd = convert::PlaceOrder {
            offer: free,
            quantity: 1,
            wallet_coupons: Vec::new(),
            share_token: None,
            entry: None,
            use_rebate: false,
            group: None,
            seats: None,
            expected_cash: None,
        };
        let placed = world.run(kernel::Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            convert::place_order(tx, ctx, &cmd)
        });
        let voucher = placed.expect("placed").vouchers[0];
        let redeemed = world.scan(voucher).expect("redeemed");
        assert_eq!(redeemed.amount.amount, 0);
        world.undo(redeemed.redemption, NOW).expect("undone");
        world.scan(voucher).expect("redeemed again");
        assert_eq!((world.payable(), world.commission()), (0, 0));
    });
}

#[test]
fn a_use_is_settled_to_who_runs_the_store_then() {
    on_both_with(4, 10_001, |world| {
        let franchisee = certified_shop(world.db, 2);
        let theirs = || world.payable_to(franchisee);
        let voucher = world.buy(1).vouchers[0];
        world.offer_franchise(franchisee);
        world.scan(voucher).expect("redeemed");
        let own = world.payable();
        assert!(own > 0, "nobody has accepted yet");
        world.accept_franchise(franchisee);
        let second = world.scan(voucher).expect("redeemed").redemption;
        world.scan(voucher).expect("redeemed");
        let of_two = theirs();
        assert!((of_two - 2 * own).abs() <= 2, "{of_two} of uses at {own} each");
        world.end_franchise();
        world.scan(voucher).expect("redeemed");
        assert_eq!(theirs(), of_two);
        assert!((world.payable() - 2 * own).abs() <= 2);
        // What is given back of a use is of who got it, whoever runs the store now.
        let before = world.payable();
        world
            .refund_redeemed(world.shop.as_owner(), second, NOW)
            .expect("refunded");
        assert!((theirs() - own).abs() <= 1);
        assert_eq!(world.payable(), before);
    });
}
