//! Vouchers in the database: what happens to each of them happens once, whoever asks at the same moment.

use std::collections::BTreeSet;
use std::sync::Barrier;

use kernel::{Actor, Ctx, DAY_US, MerchantId, OfferId, PersonId, VoucherId};
use party::testing::{NOW, consumer, ctx, run};
use store::testing::TestDatabase;
use store::{Fail, NoAnswer, ReadTx, Rejected, STATEMENTS, Store};
use uuid::Uuid;
use voucher::*;

use crate::fixture::device;

/// Runs the test once on each engine.
pub fn on_both(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let store = database.open();
        test(&store);
        store.close();
    }
}

pub fn ask<T: Send + 'static>(
    store: &Store,
    question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
) -> T {
    store.read_blocking(question).expect("the question has an answer")
}

/// Runs `task` for each number at the same moment and gives the results in order.
pub fn at_once<T: Send>(count: u64, task: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let go = Barrier::new(count as usize);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let (go, task) = (&go, &task);
                scope.spawn(move || {
                    go.wait();
                    task(n)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    })
}

pub fn merchant(n: u128) -> MerchantId {
    MerchantId::from_uuid(Uuid::from_u128(n))
}

pub fn order(uses: i64, count: i64) -> IssueVoucher {
    IssueVoucher {
        merchant: merchant(1),
        offer: OfferId::from_uuid(Uuid::from_u128(2)),
        store_set: StoreSetDigest([3; 8]),
        holder: PersonId::from_uuid(Uuid::from_u128(4)),
        uses,
        currency: None,
        valid_until: NOW.plus_us(DAY_US),
        count,
    }
}

pub fn issued(store: &Store, ctx: Ctx, cmd: IssueVoucher) -> Vec<VoucherId> {
    run(store, ctx, move |tx, ctx| issue(tx, ctx, &cmd)).expect("vouchers")
}

pub fn issue_one(store: &Store, uses: i64) -> VoucherId {
    issued(store, ctx(Actor::System), order(uses, 1))[0]
}

pub fn read(store: &Store, id: VoucherId) -> Voucher {
    ask(store, move |read| queries::voucher(read, id)).expect("the voucher exists")
}

pub fn take(store: &Store, id: VoucherId) -> Option<VoucherUse> {
    run(store, ctx(Actor::System), move |tx, ctx| {
        use_up(tx, id, 1, ctx.now, None)
    })
    .expect("no rejection")
}

fn end(store: &Store, id: VoucherId, how: Closed) -> Option<ClosedVoucher> {
    run(store, ctx(Actor::System), move |tx, _| close(tx, id, how)).expect("no rejection")
}

fn give_back(store: &Store, id: VoucherId) -> Option<i64> {
    run(store, ctx(Actor::System), move |tx, _| give_back_uses(tx, id, 1)).expect("no rejection")
}

pub fn by_number(store: &Store, number: i64) -> Option<VoucherId> {
    let found = ask(store, move |read| {
        queries::find_by_number(read, merchant(1), number)
    });
    found.map(|voucher| voucher.id)
}

fn bind(store: &Store, actor: Actor, voucher: VoucherId, key: u8) -> Result<i64, Rejected> {
    let cmd = BindDevice {
        voucher,
        device_key: device(key).public_key(),
    };
    run(store, ctx(actor), move |tx, ctx| bind_device(tx, ctx, &cmd))
}

#[test]
fn every_statement_prepares_on_both_engines() {
    on_both(|store| {
        let problems = ask(store, |read| {
            let all = STATEMENTS.iter();
            Ok(all
                .filter_map(|s| read.columns_of(s.text).err().map(|e| format!("{}: {e}", s.place)))
                .collect::<Vec<_>>())
        });
        assert_eq!(problems, Vec::<String>::new());
    });
}

#[test]
fn of_64_uses_of_a_card_of_ten_ten_count() {
    on_both(|store| {
        let id = issue_one(store, 10);
        let uses = at_once(64, |_| take(store, id));
        let numbers: BTreeSet<_> = uses.iter().flatten().map(|taken| taken.use_no).collect();
        assert_eq!(uses.iter().flatten().count(), 10);
        assert_eq!(numbers, (1..=10).collect());
        let used = read(store, id);
        assert_eq!(
            (used.status, used.uses_left, used.version),
            (VoucherStatus::Used, 0, 11)
        );
        let found = by_number(store, used.number);
        assert_eq!(found, Some(id), "so that the counter hears why");
    });
}

#[test]
fn what_is_used_is_not_refunded_and_the_other_way_round() {
    on_both(|store| {
        for _ in 0..5 {
            let id = issue_one(store, 5);
            let moved = at_once(30, |n| match n % 10 {
                0 => (None, end(store, id, Closed::Refunded)),
                1 => (None, end(store, id, Closed::Expired)),
                _ => (take(store, id), None),
            });
            let uses = moved.iter().filter(|(taken, _)| taken.is_some()).count() as i64;
            let closed: Vec<_> = moved.iter().filter_map(|(_, closed)| *closed).collect();
            assert!(closed.len() <= 1, "closed twice");
            let rest: i64 = closed.iter().map(|closed| closed.uses_left).sum();
            assert_eq!(uses + rest, 5, "{closed:?}");
            let after = read(store, id);
            assert_ne!(after.status, VoucherStatus::Live);
            assert_eq!(after.status == VoucherStatus::Used, closed.is_empty());
            assert_eq!(by_number(store, after.number), Some(id));
        }
    });
}

#[test]
fn a_use_is_given_back_once_and_can_be_taken_again() {
    on_both(|store| {
        let id = issue_one(store, 1);
        assert_eq!(give_back(store, id), None, "nothing was taken");
        assert!(take(store, id).is_some());
        let returned = at_once(16, |_| give_back(store, id));
        assert_eq!(returned.iter().flatten().count(), 1);
        let live = read(store, id);
        assert_eq!(
            (live.status, live.uses_left, live.version),
            (VoucherStatus::Live, 1, 3)
        );
        assert_eq!(take(store, id).map(|taken| taken.use_no), Some(1));
        assert!(give_back(store, id).is_some());
        assert_eq!(
            end(store, id, Closed::Refunded).map(|closed| closed.uses_left),
            Some(1)
        );
        assert_eq!(give_back(store, id), None, "it is refunded");
        let nobodys = VoucherId::from_uuid(Uuid::from_u128(1));
        assert_eq!(give_back(store, nobodys), None);
    });
}

#[test]
fn vouchers_of_one_purchase_are_issued_without_a_wait() {
    on_both(|store| {
        for name in ["warm", "measured"] {
            let answer = store.run_blocking(name, merchant(1), ctx(Actor::System), move |tx, ctx| {
                issue(tx, ctx, &order(2, 10))
            });
            assert_eq!(answer.map(|vouchers| vouchers.map(|v| v.len())), Ok(Ok(10)));
        }
        let cost = store.costs()["measured"];
        assert_eq!((cost.asked, cost.told, cost.round_trips), (0, 10, 0));
        let holder = order(2, 1).holder;
        let page = ask(store, move |read| queries::vouchers_of(read, holder, None, 15));
        assert!(page.len() == 15 && page.windows(2).all(|pair| pair[0].id > pair[1].id));
        let last = page[14].id;
        assert_eq!(
            ask(store, move |read| queries::vouchers_of(
                read,
                holder,
                Some(last),
                15
            ))
            .len(),
            5
        );
        for (uses, count) in [(0, 1), (65_536, 1), (-1, 1), (1, 0), (1, 1_001)] {
            let answer = store.run_blocking("issue", merchant(1), ctx(Actor::System), move |tx, ctx| {
                issue(tx, ctx, &order(uses, count))
            });
            assert!(matches!(answer, Err(NoAnswer::Broken(_))), "{uses} {count}");
        }
    });
}

#[test]
fn a_voucher_is_used_before_its_end_and_under_its_binding_only() {
    on_both(|store| {
        let id = issue_one(store, 3);
        let until = read(store, id).valid_until;
        let use_at = |at, binding| {
            run(store, ctx(Actor::System), move |tx, _| {
                use_up(tx, id, 1, at, binding)
            })
            .expect("no rejection")
        };
        assert_eq!(use_at(until, None), None);
        assert!(use_at(until.plus_us(-1), None).is_some());
        assert_eq!(use_at(NOW, Some(1)), None, "never bound");
        assert!(use_at(NOW, Some(0)).is_some());
    });
}

#[test]
fn only_the_holder_binds_and_each_new_device_raises_the_binding() {
    on_both(|store| {
        let (holder, other) = (consumer(store, 1), consumer(store, 2));
        let cmd = IssueVoucher {
            holder,
            ..order(2, 1)
        };
        let id = issued(store, ctx(Actor::System), cmd)[0];
        let me = Actor::Consumer(holder);
        assert!(read(store, id).pass_terms(NOW).is_none());
        assert_eq!(bind(store, me, id, 1), Ok(1));
        assert_eq!(bind(store, me, id, 1), Ok(1), "the same device changes nothing");
        assert_eq!(bind(store, me, id, 2), Ok(2));
        let terms = read(store, id)
            .pass_terms(kernel::Timestamp::MAX)
            .expect("a device");
        let expected = (2, device(2).public_key(), NOW.plus_us(DAY_US));
        assert_eq!((terms.binding, terms.device_key, terms.offline_until), expected);
        let code = |answer: Result<i64, Rejected>| answer.expect_err("a rejection").code;
        assert_eq!(
            code(bind(store, Actor::Consumer(other), id, 3)),
            party::NOT_FOUND.code
        );
        assert_eq!(
            code(bind(store, Actor::Anonymous, id, 3)),
            party::SIGN_IN_REQUIRED.code
        );
        assert_eq!(
            code(bind(store, Actor::Staff(holder, merchant(1)), id, 3)),
            party::FORBIDDEN.code
        );
        let nobodys = VoucherId::from_uuid(Uuid::from_u128(1));
        assert_eq!(code(bind(store, me, nobodys, 3)), party::NOT_FOUND.code);
        let bindings: BTreeSet<_> = at_once(8, |n| bind(store, me, id, 10 + n as u8))
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(bindings, (3..=10).collect());
        assert!(end(store, id, Closed::Refunded).is_some());
        assert_eq!(code(bind(store, me, id, 1)), VOUCHER_NOT_LIVE.code);
    });
}
