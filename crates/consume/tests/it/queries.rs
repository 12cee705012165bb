//! What store, merchant and scanner see.

use kernel::{DAY_US, MINUTE_US, Timestamp};
use party::testing::NOW;
use voucher::{StoreSet, StoreSetDigest};

use crate::on_both;

#[test]
fn a_stores_redemptions_are_paged_newest_first() {
    on_both(|world| {
        let vouchers = world.buy(5).vouchers;
        let made: Vec<_> = vouchers
            .iter()
            .enumerate()
            .map(|(n, voucher)| {
                let now = NOW.plus_us(n as i64 * MINUTE_US);
                let redeemed = world.scan_as(world.as_cashier(), now, world.scan_of(*voucher));
                redeemed.expect("redeemed").redemption
            })
            .collect();
        let (store, branch) = (world.shop.store, world.branch);
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = world.db.read_blocking(move |read| {
                consume::queries::redemptions_of_store(read, store, Timestamp(0), after, 2)
            });
            let page = page.expect("an answer");
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.id);
            seen.extend(page.iter().map(|redemption| redemption.id));
        }
        seen.reverse();
        assert_eq!(seen, made);
        let elsewhere = world.db.read_blocking(move |read| {
            consume::queries::redemptions_of_store(read, branch, Timestamp(0), None, 10)
        });
        assert!(elsewhere.expect("an answer").is_empty());
    });
}

#[test]
fn a_scanner_gets_what_it_needs_to_judge_without_a_network() {
    on_both(|world| {
        let store = world.shop.store;
        let kit = world
            .db
            .read_blocking(move |read| consume::queries::scanner_kit(read, store));
        let kit = kit.expect("an answer").expect("a kit");
        let set: StoreSet = [store].into_iter().collect();
        assert_eq!(kit.store_sets, [(set.digest(), vec![store])]);
        assert_ne!(set.digest(), StoreSetDigest([0; 8]));
        assert_eq!((kit.offline_max_uses, kit.offline_max_amount), (20, 500_000));
        assert!(kit.public_keys.is_empty(), "no key was added to this platform");
        let unknown = kernel::StoreId::from_uuid(uuid::Uuid::from_u128(1));
        let none = world
            .db
            .read_blocking(move |read| consume::queries::scanner_kit(read, unknown));
        assert_eq!(none.expect("an answer"), None);
        let device = world.device(1);
        let now = NOW.plus_us(DAY_US);
        let fresh = world
            .db
            .read_blocking(move |read| consume::queries::offline_accepted(read, device, now));
        assert_eq!(fresh.expect("an answer"), consume::ScannerAllowance::default());
    });
}

#[test]
fn uses_are_summed_by_day_and_by_store_without_the_undone_ones() {
    on_both(|world| {
        let vouchers = world.buy(3).vouchers;
        let redeem = |n: usize, day| {
            let now = NOW.plus_us(day * DAY_US + MINUTE_US);
            let redeemed = world.scan_as(world.as_cashier(), now, world.scan_of(vouchers[n]));
            redeemed.expect("redeemed").redemption
        };
        redeem(0, 0);
        redeem(1, 1);
        let undone = redeem(2, 1);
        let cmd = consume::UndoRedemption { redemption: undone };
        let taken_back = world.run(
            world.as_cashier(),
            NOW.plus_us(DAY_US + MINUTE_US),
            move |tx, ctx| consume::undo_redemption(tx, ctx, &cmd),
        );
        taken_back.expect("undone");
        let figures = |merchant, days| {
            let until = NOW.plus_us(days * DAY_US);
            let found = world
                .db
                .read_blocking(move |read| consume::queries::use_figures(read, merchant, NOW, until));
            found.expect("an answer")
        };
        let own = figures(Some(world.shop.merchant), 2);
        assert_eq!(figures(None, 2), own);
        let days: Vec<_> = own.by_day.iter().map(|(day, uses)| (*day, uses.count)).collect();
        assert_eq!(days, [(0, 1), (1, 1)]);
        let [(store, uses)] = own.by_store[..] else {
            panic!("one store: {own:?}")
        };
        assert_eq!((store, uses.count), (world.shop.store, 2));
        assert_eq!(uses.amount, 2 * own.by_day[0].1.amount);
        assert_eq!(figures(Some(world.shop.merchant), 1).by_day.len(), 1);
        let other = kernel::MerchantId::from_uuid(uuid::Uuid::from_u128(1));
        assert_eq!(figures(Some(other), 2).by_store, []);
    });
}
