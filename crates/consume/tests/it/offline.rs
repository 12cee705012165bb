//! Queues that scanners kept without a network: the first to the server wins, each conflict is recorded
//! once, a device brings in no more than its cap, and sending again changes nothing.

use consume::{Conflict, LossReason, OfflineScan, ScanOutcome, SyncOffline};
use kernel::{Actor, DAY_US, DeviceId, HOUR_US, MINUTE_US, SECOND_US, Timestamp, VoucherId};
use party::testing::{NOW, certified_shop, staff};
use party::{RevokeDevice, Role, UpdateStore};
use store::sql;
use voucher::{BindDevice, DeviceKey};

use crate::world::World;
use crate::{at_once, code, on_both, on_both_with};

fn nonce(n: u128) -> [u8; 16] {
    (0xfeed_0000_0000_0000_0000_0000_0000_0000 + n).to_be_bytes()
}

fn scan_at(world: &World, n: u128, voucher: VoucherId, at: Timestamp) -> OfflineScan {
    OfflineScan {
        nonce: nonce(n),
        pass: world.pass_at(voucher, at),
        scanned_at: at,
    }
}

fn scan(world: &World, n: u128, voucher: VoucherId) -> OfflineScan {
    scan_at(world, n, voucher, NOW)
}

fn conflicts(world: &World) -> Vec<Conflict> {
    let merchant = world.shop.merchant;
    let found = world
        .db
        .read_blocking(move |read| consume::queries::conflicts_of(read, merchant, None, 200));
    found.expect("an answer")
}

fn set_cap(world: &World, uses: i64, amount: i64) {
    let store = world.shop.store;
    let found = world
        .db
        .read_blocking(move |read| party::queries::store(read, store));
    let found = found.expect("an answer").expect("a store");
    let mut cmd = UpdateStore {
        store,
        version: found.version,
        details: found.details,
    };
    cmd.details.offline_max_uses = uses;
    cmd.details.offline_max_amount = amount;
    let updated = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
        party::update_store(tx, ctx, &cmd)
    });
    updated.expect("updated");
}

#[test]
fn of_any_number_of_devices_in_any_order_the_first_to_the_server_wins() {
    on_both(|world| {
        let devices: Vec<DeviceId> = (0..20).map(|n| world.device(n)).collect();
        let mut recorded = 0;
        for (round, count) in [2, 3, 7, 20].into_iter().enumerate() {
            // Forwards, backwards, and from the middle.
            for (turn, first) in [0, count - 1, count / 2].into_iter().enumerate() {
                let voucher = world.buy(1).vouchers[0];
                let paid = world.payable();
                let base = (round * 1_000 + turn * 100) as u128;
                let mut order: Vec<usize> = (0..count).collect();
                if turn == 1 {
                    order.reverse();
                } else {
                    order.rotate_left(first);
                }
                // The device that uploads last scanned first: the clock of a device decides nothing.
                let scans: Vec<OfflineScan> = (0..count)
                    .map(|n| {
                        let place = order.iter().position(|m| *m == n).expect("each uploads");
                        let at = NOW.plus_us((count - place) as i64 * MINUTE_US);
                        scan_at(world, base + n as u128, voucher, at)
                    })
                    .collect();
                let mut won = None;
                for n in order {
                    let outcome = world.sync(devices[n], &[scans[n]])[0].outcome;
                    match won {
                        None => won = Some(outcome),
                        Some(ScanOutcome::Redeemed(id)) => {
                            let (reason, won) = (LossReason::UsedUp, Some(id));
                            assert_eq!(outcome, ScanOutcome::Lost { reason, won });
                        }
                        Some(lost) => panic!("the first lost: {lost:?}"),
                    }
                }
                recorded += count - 1;
                assert_eq!(conflicts(world).len(), recorded);
                assert_eq!(world.payable() - paid, 7_650, "one use is paid");
                assert_eq!(world.redemptions(voucher).len(), 1);
            }
        }
    });
}

#[test]
fn a_queue_sent_again_in_whole_in_part_or_twice_in_one_changes_nothing() {
    on_both_with(2, 10_000, |world| {
        let bought = world.buy(2);
        let device = world.device(1);
        let [one, two] = bought.vouchers[..] else {
            panic!("two vouchers")
        };
        let queue: Vec<OfflineScan> = (0..3)
            .map(|n| scan_at(world, n, one, NOW.plus_us(n as i64 * SECOND_US)))
            .chain([scan(world, 9, two)])
            .collect();
        let doubled: Vec<OfflineScan> = queue.iter().chain(&queue).copied().collect();
        let first = world.sync(device, &doubled);
        assert_eq!(first[..4], first[4..]);
        let state = (world.payable(), conflicts(world), world.redemptions(one));
        assert_eq!((state.1.len(), state.2.len()), (1, 2), "two uses, one conflict");
        assert!(matches!(
            first[2].outcome,
            ScanOutcome::Lost {
                reason: LossReason::UsedUp,
                ..
            }
        ));
        for part in [&queue[..], &queue[1..3], &queue[3..]] {
            for synced in world.sync(device, part) {
                assert!(first.contains(&synced));
            }
        }
        assert_eq!((world.payable(), conflicts(world), world.redemptions(one)), state);
        // Another device's nonces are its own; this device's nonce stands for its voucher.
        let reused = world.sync(device, &[scan(world, 0, two)]);
        assert_eq!(reused[0].outcome, ScanOutcome::NonceReused);
        let other = world.sync(world.device(2), &[scan(world, 0, two)]);
        assert!(matches!(other[0].outcome, ScanOutcome::Redeemed(_)));
    });
}

#[test]
fn within_a_queue_the_earlier_scan_wins_wherever_it_stands() {
    on_both(|world| {
        let vouchers = world.buy(2).vouchers;
        for (n, voucher) in vouchers.into_iter().enumerate() {
            let base = n as u128 * 10;
            let mut queue = [
                scan_at(world, base, voucher, NOW.plus_us(MINUTE_US)),
                scan_at(world, base + 1, voucher, NOW),
            ];
            if n == 1 {
                queue.reverse();
            }
            let synced = world.sync(world.device(n), &queue);
            let winner = synced
                .iter()
                .find(|s| matches!(s.outcome, ScanOutcome::Redeemed(_)));
            assert_eq!(winner.expect("one wins").nonce, nonce(base + 1));
            assert_eq!(world.redemptions(voucher)[0].scanned_at, NOW);
        }
    });
}

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

#[test]
fn queues_that_arrive_at_once_and_twice_end_as_if_they_came_in_turn() {
    on_both(|world| {
        set_cap(world, 4, 500_000);
        let vouchers = world.buy(6).vouchers;
        let devices: Vec<DeviceId> = (0..8).map(|n| world.device(n)).collect();
        // Every device scanned every voucher, each in an order of its own, and may bring in four.
        let queues: Vec<Vec<OfflineScan>> = (0..8_usize)
            .map(|n| {
                let order = (0..6).map(|m| vouchers[(m + n) % 6]);
                let scans = order.enumerate();
                scans
                    .map(|(m, voucher)| scan_at(world, m as u128, voucher, NOW.plus_us(m as i64)))
                    .collect()
            })
            .collect();
        // Sixteen uploads: each device's queue twice, at the same moment.
        let answers = at_once(16, |n| {
            let queue = queues[n % 8].clone();
            world
                .sync_at(devices[n % 8], queue, NOW.plus_us(HOUR_US))
                .expect("synced")
        });
        world.audit();
        for n in 0..8 {
            assert_eq!(answers[n], answers[n + 8], "a queue has one answer");
        }
        let outcomes = answers[..8].iter().flatten().map(|synced| synced.outcome);
        let (redeemed, lost): (Vec<_>, Vec<_>) =
            outcomes.partition(|outcome| matches!(outcome, ScanOutcome::Redeemed(_)));
        assert_eq!((redeemed.len(), lost.len()), (6, 42), "each voucher once");
        assert_eq!((world.payable(), conflicts(world).len()), (6 * 7_650, 42));
        for device in devices {
            let now = NOW.plus_us(HOUR_US);
            let accepted = world
                .db
                .read_blocking(move |read| consume::queries::offline_accepted(read, device, now));
            assert_eq!(accepted.expect("an answer").uses, 4);
        }
        assert_eq!(world.number(|| sql!("SELECT COUNT(*) FROM offline_scan")), 48);
    });
}
