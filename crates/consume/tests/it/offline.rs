//! Queues that scanners kept without a network: the first to the server wins, each conflict is recorded
//! once, and sending again changes nothing.

use consume::{Conflict, LossReason, OfflineScan, ScanOutcome};
use kernel::{DeviceId, HOUR_US, MINUTE_US, SECOND_US, Timestamp, VoucherId};
use party::UpdateStore;
use party::testing::NOW;
use store::sql;

use crate::world::World;
use crate::{at_once, on_both, on_both_with};

pub fn nonce(n: u128) -> [u8; 16] {
    (0xfeed_0000_0000_0000_0000_0000_0000_0000 + n).to_be_bytes()
}

pub fn scan_at(world: &World, n: u128, voucher: VoucherId, at: Timestamp) -> OfflineScan {
    OfflineScan {
        nonce: nonce(n),
        pass: world.pass_at(voucher, at),
        scanned_at: at,
    }
}

pub fn scan(world: &World, n: u128, voucher: VoucherId) -> OfflineScan {
    scan_at(world, n, voucher, NOW)
}

pub fn conflicts(world: &World) -> Vec<Conflict> {
    let merchant = world.shop.merchant;
    let found = world
        .db
        .read_blocking(move |read| consume::queries::conflicts_of(read, merchant, None, 200));
    found.expect("an answer")
}

pub fn set_cap(world: &World, uses: i64, amount: i64) {
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
