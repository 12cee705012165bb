//! What a device may not bring in from its queue: more than its cap, what cannot be redeemed, scans dated
//! elsewhere than their QR, another store's scans.

use consume::{LossReason, OfflineScan, ScanOutcome, SyncOffline};
use kernel::{Actor, DAY_US, HOUR_US, MINUTE_US, Timestamp};
use party::testing::{NOW, certified_shop, staff};
use party::{RevokeDevice, Role};
use voucher::{BindDevice, DeviceKey};

use crate::offline::{conflicts, scan, scan_at, set_cap};
use crate::{code, on_both};

#[test]
fn one_device_brings_in_no_more_uses_than_its_cap_in_a_day() {
    on_both(|world| {
        set_cap(world, 3, 500_000);
        let vouchers = world.buy(6).vouchers;
        let device = world.device(1);
        let queue: Vec<OfflineScan> = (0..5).map(|n| scan(world, n, vouchers[n as usize])).collect();
        // In two parts: the cap holds over both.
        let over = ScanOutcome::Lost {
            reason: LossReason::OverCap,
            won: None,
        };
        let first = world.sync(device, &queue[..2]);
        let second = world.sync(device, &queue[2..]);
        let outcomes: Vec<_> = first.iter().chain(&second).map(|synced| synced.outcome).collect();
        assert!(
            outcomes[..3]
                .iter()
                .all(|outcome| matches!(outcome, ScanOutcome::Redeemed(_)))
        );
        assert_eq!(outcomes[3..], [over, over]);
        assert_eq!((world.payable(), conflicts(world).len()), (3 * 7_650, 2));
        assert_eq!(
            world.sync(device, &queue[2..]),
            second,
            "sent again, it is the same"
        );
        // Other devices have their own; the vouchers that went over are as good as before.
        let other = world.sync(world.device(2), &[scan(world, 0, vouchers[3])]);
        assert!(matches!(other[0].outcome, ScanOutcome::Redeemed(_)));
        world.scan(vouchers[4]).expect("online it is redeemed");
        let tomorrow = NOW.plus_us(DAY_US + 2 * HOUR_US);
        let later = world.sync_at(device, vec![scan_at(world, 7, vouchers[5], tomorrow)], tomorrow);
        assert!(matches!(
            later.expect("synced")[0].outcome,
            ScanOutcome::Redeemed(_)
        ));
    });
}

#[test]
fn one_device_brings_in_no_more_than_its_cap_is_worth_lost_scans_included() {
    on_both(|world| {
        set_cap(world, 20, 20_000);
        let vouchers = world.buy(4).vouchers;
        world.scan(vouchers[0]).expect("redeemed online");
        let queue: Vec<OfflineScan> = (0..4).map(|n| scan(world, n, vouchers[n as usize])).collect();
        let device = world.device(1);
        let synced = world.sync(device, &queue);
        let reasons: Vec<_> = synced
            .iter()
            .map(|synced| match synced.outcome {
                ScanOutcome::Lost { reason, .. } => Some(reason),
                ScanOutcome::Redeemed(_) | ScanOutcome::NonceReused => None,
            })
            .collect();
        // 85.00 each: the guest of the first was served for nothing, and that counts.
        let over = Some(LossReason::OverCap);
        assert_eq!(reasons, [Some(LossReason::UsedUp), None, over, over]);
        let now = NOW.plus_us(HOUR_US);
        let accepted = world
            .db
            .read_blocking(move |read| consume::queries::offline_accepted(read, device, now));
        let accepted = accepted.expect("an answer");
        assert_eq!((accepted.uses, accepted.amount), (2, 17_000));
        set_cap(world, 0, 0);
        let none = world.sync(world.device(2), &[scan(world, 0, vouchers[3])]);
        assert!(matches!(
            none[0].outcome,
            ScanOutcome::Lost {
                reason: LossReason::OverCap,
                ..
            }
        ));
    });
}

#[test]
fn each_way_to_lose_has_its_own_reason() {
    on_both(|world| {
        let vouchers = world.buy(5).vouchers;
        let [refunded, rebound, expired, in_time, elsewhere] = vouchers[..] else {
            panic!("five vouchers")
        };
        let device = world.device(1);
        let end = NOW.plus_us(90 * DAY_US);
        let before_the_end = end.plus_us(-MINUTE_US);
        let queue = [
            scan(world, 0, refunded),
            scan(world, 1, rebound),
            scan_at(world, 2, expired, before_the_end),
            scan_at(world, 3, in_time, before_the_end),
        ];
        world.refund_voucher(refunded).expect("refunded");
        let device_key = DeviceKey::from_bytes(&[9; 32]).expect("a key").public_key();
        let bound = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            let voucher = rebound;
            voucher::bind_device(tx, ctx, &BindDevice { voucher, device_key })
        });
        bound.expect("bound");
        assert!(world.expire(expired, end));
        let synced = world
            .sync_at(device, queue.to_vec(), end.plus_us(HOUR_US))
            .expect("synced");
        world.audit();
        let lost = |reason| ScanOutcome::Lost { reason, won: None };
        assert_eq!(synced[0].outcome, lost(LossReason::Refunded));
        assert_eq!(synced[1].outcome, lost(LossReason::Rebound));
        assert_eq!(synced[2].outcome, lost(LossReason::Expired));
        // Scanned before its end and not expired yet when it arrives: it counts.
        assert!(matches!(synced[3].outcome, ScanOutcome::Redeemed(_)));

        let (merchant, store) = (world.shop.merchant, world.branch);
        let in_branch = party::RegisterDevice {
            merchant,
            store,
            name: "Branch".to_owned(),
        };
        let branch_device = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            party::register_device(tx, ctx, &in_branch)
        });
        let cmd = SyncOffline {
            merchant,
            store,
            device: branch_device.expect("registered"),
            scans: vec![scan(world, 0, elsewhere)],
        };
        let synced = world.run(world.as_cashier(), NOW, move |tx, ctx| {
            consume::sync_offline(tx, ctx, &cmd)
        });
        assert_eq!(synced.expect("synced")[0].outcome, lost(LossReason::WrongStore));

        let rival = certified_shop(world.db, 2);
        let (merchant, store) = (rival.merchant, rival.store);
        let device = party::RegisterDevice {
            merchant,
            store,
            name: "Rival".to_owned(),
        };
        let cmd = SyncOffline {
            merchant,
            store,
            device: world
                .run(rival.as_owner(), NOW, move |tx, ctx| {
                    party::register_device(tx, ctx, &device)
                })
                .expect("registered"),
            scans: vec![scan(world, 0, elsewhere)],
        };
        let synced = world.run(rival.as_owner(), NOW, move |tx, ctx| {
            consume::sync_offline(tx, ctx, &cmd)
        });
        assert_eq!(
            synced.expect("synced")[0].outcome,
            lost(LossReason::UnknownVoucher)
        );
        assert_eq!(conflicts(world).len(), 4, "the rival's is the rival's");
        world.audit();
    });
}

#[test]
fn a_device_cannot_date_a_scan_elsewhere_than_its_qr() {
    on_both(|world| {
        let vouchers = world.buy(2).vouchers;
        let end = NOW.plus_us(90 * DAY_US);
        // Shown after the voucher's end, and dated before it.
        let forged = OfflineScan {
            scanned_at: NOW,
            ..scan_at(world, 0, vouchers[0], end.plus_us(MINUTE_US))
        };
        // Dated in the far future.
        let ahead = OfflineScan {
            scanned_at: Timestamp(i64::MAX),
            ..scan(world, 1, vouchers[1])
        };
        let synced = world.sync_at(world.device(1), vec![forged, ahead], end.plus_us(HOUR_US));
        let synced = synced.expect("synced");
        let expired = ScanOutcome::Lost {
            reason: LossReason::Expired,
            won: None,
        };
        assert_eq!(synced[0].outcome, expired);
        assert!(matches!(synced[1].outcome, ScanOutcome::Redeemed(_)));
        assert!(world.redemptions(vouchers[1])[0].scanned_at <= NOW.plus_us(MINUTE_US));
    });
}

#[test]
fn revoked_devices_other_stores_devices_and_endless_queues_are_refused() {
    on_both(|world| {
        let voucher = world.buy(1).vouchers[0];
        let device = world.device(1);
        let one = scan(world, 0, voucher);
        let endless = vec![one; 101];
        assert_eq!(code(world.sync_at(device, endless, NOW)), "sync_scans_too_many");
        let cmd = SyncOffline {
            merchant: world.shop.merchant,
            store: world.branch,
            device,
            scans: vec![one],
        };
        let synced = world.run(world.as_cashier(), NOW, move |tx, ctx| {
            consume::sync_offline(tx, ctx, &cmd)
        });
        assert_eq!(code(synced), "not_found");
        let merchant = world.shop.merchant;
        let revoked = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            party::revoke_device(tx, ctx, &RevokeDevice { device })
        });
        revoked.expect("revoked");
        assert_eq!(code(world.sync_at(device, vec![one], NOW)), "device_revoked");
        let of_branch = staff(world.db, world.shop, Some(world.branch), Role::Manager, 3);
        let cmd = SyncOffline {
            merchant,
            store: world.shop.store,
            device: world.device(2),
            scans: vec![one],
        };
        let synced = world.run(Actor::Staff(of_branch, merchant), NOW, move |tx, ctx| {
            consume::sync_offline(tx, ctx, &cmd)
        });
        assert_eq!(code(synced), "forbidden");
        assert!(conflicts(world).is_empty());
        assert_eq!(world.sync_at(world.device(3), vec![], NOW), Ok(vec![]));
    });
}
