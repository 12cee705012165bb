//! Nothing scarce is given out twice, whoever asks at the same moment.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use kernel::{Actor, BucketId};
use offer::BucketKind;
use offer::bucket::{self, Level};
use store::testing::TestDatabase;
use store::{NoAnswer, Store, sql};
use uuid::Uuid;

use party::testing::{ctx, run};

use crate::{act, ask, at_once, on_both};

kernel::reject_table! {
    FULL: Conflict, "full", "Too few are left.", "Choose another.";
}

fn make(store: &Store, capacity: i64) -> BucketId {
    let made = act(store, Actor::System, move |tx, ctx| {
        bucket::create(tx, ctx, BucketKind::Stock, None, capacity)
    });
    made.expect("a bucket")
}

fn level(store: &Store, id: BucketId) -> (i64, i64, i64) {
    let Level {
        capacity,
        held,
        taken,
        ..
    } = ask(store, move |read| bucket::level(read, id)).expect("the bucket exists");
    (capacity, held, taken)
}

fn owner(n: u64) -> Uuid {
    Uuid::from_u128(0xabcd_0000 + u128::from(n))
}

/// Holds, and rejects where a bucket is full, as a command would.
fn hold(store: &Store, owner: Uuid, units: Vec<(BucketId, i64)>) -> bool {
    let held = act(store, Actor::System, move |tx, _| {
        match bucket::hold(tx, owner, &units)? {
            None => Ok(()),
            Some(full) => Err(FULL.because(full.to_string()).into()),
        }
    });
    held.is_ok()
}

fn take(store: &Store, owner: Uuid) -> bool {
    act(store, Actor::System, move |tx, _| bucket::take(tx, owner)).expect("no rejection")
}

fn release(store: &Store, owner: Uuid) -> bool {
    act(store, Actor::System, move |tx, _| bucket::release(tx, owner)).expect("no rejection")
}

fn give_back(store: &Store, owner: Uuid, units: Vec<(BucketId, i64)>) -> bool {
    let returned = act(store, Actor::System, move |tx, _| {
        match bucket::give_back(tx, owner, &units)? {
            true => Ok(()),
            false => Err(FULL.plain().into()),
        }
    });
    returned.is_ok()
}

/// SQLite is one process; on PostgreSQL two stores stand for two servers.
fn on_two_servers(test: impl Fn(&[Store])) {
    let [sqlite, postgres] = TestDatabase::both();
    for (database, servers) in [(sqlite, 1), (postgres, 2)] {
        let stores: Vec<Store> = (0..servers).map(|_| database.open()).collect();
        test(&stores);
        stores.into_iter().for_each(Store::close);
    }
}

#[test]
fn of_64_claimers_of_several_buckets_as_many_win_as_the_smallest_allows() {
    on_two_servers(|servers| {
        let (wide, narrow) = (make(&servers[0], 40), make(&servers[0], 7));
        let won = at_once(64, |n| {
            // Named in either order; all want both.
            let mut units = vec![(wide, 2), (narrow, 1)];
            if n % 2 == 0 {
                units.reverse();
            }
            hold(&servers[n as usize % servers.len()], owner(n), units)
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 7);
        // The losers' claims of the wider bucket are undone.
        assert_eq!(level(&servers[0], wide), (40, 14, 0));
        assert_eq!(level(&servers[0], narrow), (7, 7, 0));
    });
}

#[test]
fn claimers_of_different_buckets_never_get_more_than_there_is() {
    on_two_servers(|servers| {
        let buckets = [3, 5, 8].map(|capacity| make(&servers[0], capacity));
        let won = at_once(64, |n| {
            let wanted = [vec![0, 1], vec![1, 2], vec![2], vec![0, 2]][n as usize % 4].clone();
            let units: Vec<_> = wanted.iter().map(|i| (buckets[*i], 1)).collect();
            (
                wanted,
                hold(&servers[n as usize % servers.len()], owner(n), units),
            )
        });
        let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
        for (wanted, _) in won.iter().filter(|(_, won)| *won) {
            for bucket in wanted {
                *sums.entry(*bucket).or_default() += 1;
            }
        }
        for (i, (bucket, capacity)) in buckets.into_iter().zip([3, 5, 8]).enumerate() {
            let held = sums.get(&i).copied().unwrap_or(0);
            assert!(held <= capacity);
            assert_eq!(level(&servers[0], bucket), (capacity, held, 0));
        }
        // 16 wanted the last bucket alone: it is full.
        assert_eq!(sums[&2], 8);
    });
}

/// The negative control: the same race is lost by whoever looks first and writes then.
#[test]
fn two_servers_that_both_saw_the_last_unit_sell_it_once() {
    let database = TestDatabase::postgres();
    let servers = [database.open(), database.open()];
    for (looks_first, expected) in [(true, 2), (false, 1)] {
        let id = make(&servers[0], 1);
        let both_looked = Arc::new(Barrier::new(2));
        let won = at_once(2, |n| {
            let (both_looked, waited) = (Arc::clone(&both_looked), AtomicBool::new(false));
            let sold = run(&servers[n as usize], ctx(Actor::System), move |tx, _| {
                let left = bucket::level(tx, id)?.map_or(0, Level::left);
                // A command that is run again finds nobody to wait for.
                if !waited.swap(true, Ordering::SeqCst) {
                    both_looked.wait();
                }
                if looks_first {
                    tx.claim(sql!("UPDATE bucket SET held = 1 WHERE id = $1", id))?;
                    return Ok(left == 1);
                }
                Ok(bucket::hold(tx, owner(n), &[(id, 1)])?.is_none())
            });
            sold.expect("no rejection")
        });
        assert_eq!(won.iter().filter(|won| **won).count(), expected);
    }
    servers.into_iter().for_each(Store::close);
}

#[test]
fn a_hold_is_either_taken_or_released() {
    on_two_servers(|servers| {
        let (one, two) = (make(&servers[0], 32), make(&servers[0], 100));
        for n in 0..32 {
            assert!(hold(&servers[0], owner(n), vec![(one, 1), (two, 3)]));
        }
        let moved = at_once(64, |n| {
            let server = &servers[n as usize % servers.len()];
            match n < 32 {
                true => take(server, owner(n)),
                false => release(server, owner(n - 32)),
            }
        });
        let taken = moved[..32].iter().filter(|won| **won).count() as i64;
        for n in 0..32 {
            assert!(
                moved[n] != moved[n + 32],
                "owner {n}: {} and {}",
                moved[n],
                moved[n + 32]
            );
        }
        assert_eq!(level(&servers[0], one), (32, 0, taken));
        assert_eq!(level(&servers[0], two), (100, 0, 3 * taken));
    });
}

#[test]
fn every_move_of_a_claim_happens_once() {
    on_two_servers(|servers| {
        let id = make(&servers[0], 10);
        assert!(hold(&servers[0], owner(1), vec![(id, 4)]));
        let takes = at_once(16, |n| take(&servers[n as usize % servers.len()], owner(1)));
        assert_eq!(takes.iter().filter(|won| **won).count(), 1);
        assert_eq!(level(&servers[0], id), (10, 0, 4));
        let returns = at_once(16, |n| {
            give_back(&servers[n as usize % servers.len()], owner(1), vec![(id, 1)])
        });
        assert_eq!(returns.iter().filter(|won| **won).count(), 4);
        assert_eq!(level(&servers[0], id), (10, 0, 0));
        assert!(!release(&servers[0], owner(1)) && !take(&servers[0], owner(1)));
    });
}

#[test]
fn a_part_of_what_was_taken_can_be_returned_but_never_more() {
    on_both(|store| {
        let (one, two) = (make(store, 5), make(store, 5));
        assert!(hold(store, owner(1), vec![(one, 3), (two, 3)]));
        assert!(!give_back(store, owner(1), vec![(one, 1)]), "it is only held");
        assert!(take(store, owner(1)));
        assert!(give_back(store, owner(1), vec![(one, 2), (two, 3)]));
        assert!(!give_back(store, owner(1), vec![(one, 2)]), "one is left");
        assert!(
            !give_back(store, owner(1), vec![(one, 1), (two, 1)]),
            "of the second none is left"
        );
        assert_eq!((level(store, one), level(store, two)), ((5, 0, 1), (5, 0, 0)));
        assert!(give_back(store, owner(1), vec![(one, 1)]));
        assert!(!give_back(store, owner(2), vec![(one, 1)]), "never held any");
        assert_eq!(level(store, one), (5, 0, 0));
    });
}

#[test]
fn what_is_left_is_what_is_neither_held_nor_taken() {
    on_both(|store| {
        let (one, two) = (make(store, 10), make(store, 4));
        assert!(hold(store, owner(1), vec![(one, 5)]) && take(store, owner(1)));
        assert!(hold(store, owner(2), vec![(one, 2)]));
        let left: Vec<i64> = ask(store, move |read| bucket::levels(read, &[two, one]))
            .into_iter()
            .map(Level::left)
            .collect();
        assert_eq!(left, [4, 3]);
    });
}

#[test]
fn the_same_bucket_twice_in_a_claim_counts_together() {
    on_both(|store| {
        let id = make(store, 3);
        assert!(!hold(store, owner(1), vec![(id, 2), (id, 2)]));
        assert!(hold(store, owner(1), vec![(id, 2), (id, 1)]));
        assert_eq!(level(store, id), (3, 3, 0));
    });
}

#[test]
fn impossible_quantities_are_bugs_that_change_nothing() {
    on_both(|store| {
        let id = make(store, i64::from(i32::MAX));
        for quantity in [0, -1, i64::MIN, i64::MAX, bucket::MAX_UNITS + 1] {
            let request = ctx(Actor::System);
            let answer = store.run_blocking("hold", id, request, move |tx, _| {
                bucket::hold(tx, owner(1), &[(id, quantity)])
            });
            assert!(
                matches!(answer, Err(NoAnswer::Broken(_))),
                "{quantity}: {answer:?}"
            );
        }
        assert!(!hold(store, owner(1), vec![(id, bucket::MAX_UNITS)]));
        assert!(hold(store, owner(2), vec![(id, i64::from(i32::MAX))]));
        assert!(!hold(store, owner(3), vec![(id, 1)]));
        assert!(
            !hold(store, owner(4), vec![(BucketId::from_uuid(Uuid::nil()), 1)]),
            "no such bucket"
        );
    });
}

#[test]
fn a_capacity_below_what_is_gone_closes_the_bucket_and_reports_the_excess() {
    on_both(|store| {
        let set = |id, capacity| {
            act(store, Actor::System, move |tx, _| {
                bucket::set_capacity(tx, id, capacity)
            })
            .expect("no rejection")
        };
        let id = make(store, 10);
        assert!(hold(store, owner(1), vec![(id, 5)]) && take(store, owner(1)));
        assert!(hold(store, owner(2), vec![(id, 3)]));
        assert_eq!(set(id, 6), 2);
        assert!(release(store, owner(2)));
        assert!(
            !hold(store, owner(3), vec![(id, 1)]),
            "closed, though three are free"
        );
        assert_eq!(
            ask(store, move |read| bucket::level(read, id)).map(Level::left),
            Some(0)
        );
        assert_eq!(set(id, 6), 0);
        assert!(hold(store, owner(3), vec![(id, 1)]));
        assert_eq!(level(store, id), (6, 1, 5));
    });
}

#[test]
fn a_hold_of_several_buckets_costs_one_round_trip() {
    on_both(|store| {
        let buckets = [make(store, 10), make(store, 10), make(store, 10)];
        // The first run prepares its statements.
        for (name, n) in [("warm", 1), ("measured", 2)] {
            let answer = store.run_blocking(name, buckets[0], ctx(Actor::System), move |tx, _| {
                bucket::hold(tx, owner(n), &buckets.map(|bucket| (bucket, 1)))
            });
            assert_eq!(answer, Ok(Ok(None)));
        }
        let cost = store.costs()["measured"];
        assert_eq!((cost.asked, cost.told), (2, 2));
        assert!(cost.round_trips <= 1, "{cost:?}");
    });
}
