//! Redeeming by scan: the happy way, and every reason for which it is refused.

use consume::{RedeemScan, RedemptionMode, RedemptionStatus};
use kernel::{Actor, DAY_US, MINUTE_US};
use party::testing::{NOW, certified_shop, staff};
use party::{RevokeDevice, RevokeStaff, Role};
use voucher::{BindDevice, DeviceKey};

use crate::{code, on_both};

#[test]
fn a_scan_takes_the_use_records_who_and_where_and_pays_merchant_and_platform() {
    on_both(|world| {
        let bought = world.buy(1);
        // 100.00 less 20 %: 5.00 by the platform, 15.00 by the merchant. The buyer pays 80.00.
        assert_eq!(world.escrow(bought.order), (8_500, 0));
        let device = world.device(1);
        let cmd = RedeemScan {
            device: Some(device),
            ..world.scan_of(bought.vouchers[0])
        };
        let redeemed = world.scan_as(world.as_cashier(), NOW, cmd).expect("redeemed");
        assert_eq!(
            (redeemed.use_no, redeemed.uses_left, redeemed.uses_total),
            (1, 0, 1)
        );
        assert_eq!(redeemed.amount.amount, 8_500);
        let [redemption] = &world.redemptions(bought.vouchers[0])[..] else {
            panic!("one redemption")
        };
        assert_eq!(
            (
                redemption.staff,
                redemption.store,
                redemption.device,
                redemption.person
            ),
            (world.cashier, world.shop.store, Some(device), world.buyer)
        );
        assert_eq!(
            (redemption.mode, redemption.status),
            (RedemptionMode::Scan, RedemptionStatus::Live)
        );
        assert_eq!(redemption.undo_until, NOW.plus_us(15 * MINUTE_US));
        assert_eq!(world.escrow(bought.order), (0, 0));
        assert_eq!((world.payable(), world.commission()), (7_650, 850));
        world.audit();
    });
}

#[test]
fn a_second_redemption_says_when_and_where_the_first_was() {
    on_both(|world| {
        let voucher = world.buy(1).vouchers[0];
        let cmd = world.scan_of(voucher);
        world.scan(voucher).expect("redeemed");
        let refused = world.scan_as(world.as_cashier(), NOW.plus_us(MINUTE_US), cmd);
        let refused = refused.expect_err("used up");
        assert_eq!(refused.code, "redeem_voucher_used_up");
        assert!(refused.detail.contains(&NOW.to_string()), "{}", refused.detail);
        assert!(
            refused.detail.contains(&world.shop.store.to_string()),
            "{}",
            refused.detail
        );
        assert_eq!((world.payable(), world.redemptions(voucher).len()), (7_650, 1));
    });
}

#[test]
fn a_voucher_is_not_taken_in_another_store_or_by_others_than_the_stores_own_staff() {
    on_both(|world| {
        let voucher = world.buy(1).vouchers[0];
        let cmd = world.scan_of(voucher);
        let elsewhere = RedeemScan {
            store: world.branch,
            ..cmd.clone()
        };
        let refused = world.scan_as(world.as_cashier(), NOW, elsewhere.clone());
        assert_eq!(code(refused), "redeem_wrong_store");

        let rival = certified_shop(world.db, 2);
        let rival_cashier = Actor::Staff(staff(world.db, rival, None, Role::Cashier, 2), rival.merchant);
        let as_rival = RedeemScan {
            merchant: rival.merchant,
            store: rival.store,
            ..cmd.clone()
        };
        assert_eq!(
            code(world.scan_as(rival_cashier, NOW, as_rival)),
            "redeem_voucher_unknown"
        );
        assert_eq!(code(world.scan_as(rival_cashier, NOW, cmd.clone())), "not_found");
        let in_rivals_store = RedeemScan {
            store: rival.store,
            ..cmd.clone()
        };
        assert_eq!(
            code(world.scan_as(world.as_cashier(), NOW, in_rivals_store)),
            "not_found"
        );

        let of_branch = staff(world.db, world.shop, Some(world.branch), Role::Cashier, 3);
        let of_branch = Actor::Staff(of_branch, world.shop.merchant);
        assert_eq!(code(world.scan_as(of_branch, NOW, cmd.clone())), "forbidden");
        assert_eq!(
            code(world.scan_as(Actor::Consumer(world.buyer), NOW, cmd.clone())),
            "forbidden"
        );
        assert_eq!(
            code(world.scan_as(Actor::Anonymous, NOW, cmd)),
            "sign_in_required"
        );
        assert_eq!((world.payable(), world.redemptions(voucher).len()), (0, 0));
        world.audit();
    });
}

#[test]
fn revoked_staff_and_devices_stop_at_once() {
    on_both(|world| {
        let voucher = world.buy(1).vouchers[0];
        let device = world.device(1);
        let (merchant, cashier, owner) = (world.shop.merchant, world.cashier, world.shop.as_owner());
        let on_device = RedeemScan {
            device: Some(device),
            ..world.scan_of(voucher)
        };
        let revoked = world.run(owner, NOW, move |tx, ctx| {
            party::revoke_device(tx, ctx, &RevokeDevice { device })
        });
        revoked.expect("revoked");
        assert_eq!(
            code(world.scan_as(world.as_cashier(), NOW, on_device)),
            "device_revoked"
        );
        let revoked = world.run(owner, NOW, move |tx, ctx| {
            let person = cashier;
            party::revoke_staff(
                tx,
                ctx,
                &RevokeStaff {
                    merchant,
                    person,
                    store: None,
                },
            )
        });
        revoked.expect("revoked");
        assert_eq!(code(world.scan(voucher)), "forbidden");
    });
}

#[test]
fn an_old_pass_is_refused_once_the_voucher_has_moved_to_another_device() {
    on_both(|world| {
        let voucher = world.buy(1).vouchers[0];
        let cmd = world.scan_of(voucher);
        let device_key = DeviceKey::from_bytes(&[9; 32]).expect("a key").public_key();
        let bound = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            voucher::bind_device(tx, ctx, &BindDevice { voucher, device_key })
        });
        bound.expect("bound");
        assert_eq!(
            code(world.scan_as(world.as_cashier(), NOW, cmd)),
            "redeem_voucher_rebound"
        );
    });
}

#[test]
fn refunded_and_expired_vouchers_have_their_own_reasons() {
    on_both(|world| {
        let [refunded, late, expired] = world.buy(3).vouchers[..] else {
            panic!("three vouchers")
        };
        let cmd = world.scan_of(refunded);
        world.refund_voucher(refunded).expect("refunded");
        assert_eq!(
            code(world.scan_as(world.as_cashier(), NOW, cmd)),
            "redeem_voucher_refunded"
        );

        let end = NOW.plus_us(90 * DAY_US);
        let cmd = world.scan_of(late);
        let refused = world
            .scan_as(world.as_cashier(), end, cmd.clone())
            .expect_err("past its end");
        assert_eq!(refused.code, "redeem_voucher_expired");
        assert!(refused.detail.contains(&end.to_string()));
        let just_in_time = world.scan_as(world.as_cashier(), end.plus_us(-1), cmd);
        just_in_time.expect("the last microsecond is in time");

        let cmd = world.scan_of(expired);
        assert!(world.expire(expired, end));
        assert_eq!(
            code(world.scan_as(world.as_cashier(), NOW, cmd)),
            "redeem_voucher_expired"
        );
        world.audit();
    });
}
