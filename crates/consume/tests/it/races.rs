//! Things that must happen once, done many times at the same moment. On PostgreSQL the commands run in
//! lanes of their own.

use kernel::Actor;
use party::testing::NOW;

use crate::{at_once, on_both, on_both_with};

#[test]
fn a_voucher_is_redeemed_or_refunded_never_both() {
    on_both(|world| {
        for _ in 0..12 {
            let bought = world.buy(1);
            let voucher = bought.vouchers[0];
            let scan = world.scan_of(voucher);
            let by_code = world.by_code(world.voucher(voucher).number);
            let (cashier, buyer) = (world.as_cashier(), Actor::Consumer(world.buyer));
            let won = at_once(6, |n| match n % 3 {
                0 => {
                    let cmd = scan.clone();
                    world
                        .run(cashier, NOW, move |tx, ctx| consume::redeem_scan(tx, ctx, &cmd))
                        .is_ok()
                }
                1 => {
                    let cmd = by_code.clone();
                    let answer = world.run(cashier, NOW, move |tx, ctx| consume::redeem_code(tx, ctx, &cmd));
                    matches!(answer, Ok(consume::CodeAnswer::Redeemed(_)))
                }
                _ => {
                    let refunded = world.run(buyer, NOW, move |tx, ctx| {
                        convert::refund_voucher(tx, ctx, &convert::RefundVoucher { voucher })
                    });
                    refunded.is_ok()
                }
            });
            world.audit();
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
            let refunded = won[2] || won[5];
            assert_eq!(world.redemptions(voucher).len(), usize::from(!refunded));
            let left = if refunded { (8_500, -8_500) } else { (0, 0) };
            assert_eq!(world.escrow(bought.order), left);
        }
    });
}

#[test]
fn of_many_scans_as_many_win_as_there_are_uses() {
    on_both_with(3, 10_001, |world| {
        let bought = world.buy(1);
        let scan = world.scan_of(bought.vouchers[0]);
        let total = world.escrow(bought.order).0;
        let cashier = world.as_cashier();
        let won = at_once(16, |_| {
            let cmd = scan.clone();
            world.run(cashier, NOW, move |tx, ctx| consume::redeem_scan(tx, ctx, &cmd))
        });
        world.audit();
        let mut uses: Vec<i64> = won.iter().flatten().map(|redeemed| redeemed.use_no).collect();
        uses.sort_unstable();
        assert_eq!(uses, [1, 2, 3]);
        let amounts: i64 = won.iter().flatten().map(|redeemed| redeemed.amount.amount).sum();
        assert_eq!((amounts, world.escrow(bought.order)), (total, (0, 0)));
    });
}

#[test]
fn a_redemption_is_undone_or_refunded_once() {
    on_both(|world| {
        for _ in 0..6 {
            let bought = world.buy(1);
            let redemption = world.scan(bought.vouchers[0]).expect("redeemed").redemption;
            let (cashier, owner) = (world.as_cashier(), world.shop.as_owner());
            let won = at_once(6, |n| {
                if n % 2 == 0 {
                    let undone = world.run(cashier, NOW, move |tx, ctx| {
                        consume::undo_redemption(tx, ctx, &consume::UndoRedemption { redemption })
                    });
                    return undone.is_ok();
                }
                let ctx = party::testing::ctx_at(NOW, owner).with_reason("cold".to_owned());
                let refunded = party::testing::run(world.db, ctx, move |tx, ctx| {
                    consume::refund_redeemed(tx, ctx, &consume::RefundRedeemed { redemption })
                });
                refunded.is_ok()
            });
            world.audit();
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
            assert_eq!((world.payable(), world.commission()), (0, 0));
            let undone = won[0] || won[2] || won[4];
            assert_eq!(world.escrow(bought.order).1, if undone { 0 } else { -8_500 });
            assert_eq!(world.voucher(bought.vouchers[0]).uses_left, i64::from(undone));
        }
    });
}
