//! The ledger from outside, on both engines.

mod balances;
mod costs;
mod journal;
mod payouts;
mod rebates;
mod settlement;
mod worked_tables;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{
    Actor, Ctx, Currency, MerchantId, PersonId, SettlementLineId, Timestamp, TypeSafeId, VoucherId,
};
use ledger::{Account, Balance, LineKind, SettlementLine};
use store::testing::TestDatabase;
use store::{Fail, NoAnswer, Rejected, STATEMENTS, Settings, Store, Tx, sql};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const CNY: Currency = Currency::CNY;

static SEEDS: AtomicU64 = AtomicU64::new(1);

/// A context with a seed of its own.
fn ctx(actor: Actor, now: Timestamp) -> Ctx {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEEDS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    Ctx::new(now, actor, seed)
}

/// An id that is told apart by its number.
fn id<K: kernel::StaticType>(n: u128) -> TypeSafeId<K> {
    TypeSafeId::from_uuid(Uuid::from_u128(n))
}

/// Runs the test once on each engine, on PostgreSQL with enough lanes for commands to race.
fn on_both(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let settings = Settings {
            lanes: 8,
            readers: 2,
            ..Settings::new(&database.url)
        };
        let store = Store::open(&settings).expect("the database opens");
        test(&store);
        store.close();
    }
}

type Outcome<T> = Result<Result<T, Rejected>, NoAnswer>;

/// Runs a command at [`NOW`] in a lane that its seed chooses, so that commands race on PostgreSQL.
fn run_as<T: Send + 'static>(
    store: &Store,
    actor: Actor,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Outcome<T> {
    run_at(store, actor, NOW, command)
}

fn run_at<T: Send + 'static>(
    store: &Store,
    actor: Actor,
    now: Timestamp,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Outcome<T> {
    let ctx = ctx(actor, now);
    let lane = ctx.request;
    store.run_blocking("test", lane, ctx, command)
}

/// Runs a command of Qiao itself that has to succeed.
fn done<T: Send + 'static>(
    store: &Store,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> T {
    run_as(store, Actor::System, command)
        .expect("an answer")
        .expect("no rejection")
}

/// Runs as many commands at once as there are, and gives their outcomes in order.
fn at_once<T: Send>(count: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let go = Barrier::new(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let (go, run) = (&go, &run);
                scope.spawn(move || {
                    go.wait();
                    run(n)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("the thread ends"))
            .collect()
    })
}

fn code_of<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Ok(Err(rejected)) => rejected.code,
        other => format!("{other:?}"),
    }
}

fn balance(store: &Store, account: Account, owner: Option<Uuid>) -> Balance {
    store
        .read_blocking(move |read| ledger::queries::balance(read, account, owner, CNY))
        .expect("a balance")
}

fn posted(n: i64) -> Balance {
    Balance {
        posted: n,
        pending: 0,
    }
}

/// The merchant `n`, ready to be owed money.
fn merchant(store: &Store, n: u128) -> MerchantId {
    done(store, move |tx, ctx| {
        tx.tell(sql!(
            "INSERT INTO merchant (id, name, status, created_at, version) VALUES ($1, '{}', 'certified', $2, 1)",
            id::<kernel::Merchant>(n),
            ctx.now
        ))?;
        Ok(())
    });
    id(n)
}

/// The operator `n` with this role.
fn operator(store: &Store, n: u128, role: &'static str) -> Actor {
    let person: PersonId = id(n);
    done(store, move |tx, ctx| {
        tx.tell(sql!(
            "INSERT INTO person (id, locale, created_at) VALUES ($1, 'en', $2)",
            person,
            ctx.now
        ))?;
        tx.tell(sql!(
            "INSERT INTO operator (person_id, role, granted_at) VALUES ($1, $2, $3)",
            person,
            role,
            ctx.now
        ))?;
        Ok(())
    });
    Actor::Operator(person)
}

/// A line of `payable` minor units and nothing else in it.
fn line(ctx: &Ctx, merchant: MerchantId, payable: i64, at: Timestamp) -> SettlementLine {
    let id: SettlementLineId = ctx.new_id();
    let voucher: VoucherId = ctx.new_id();
    SettlementLine {
        id,
        merchant,
        store: Some(self::id(7)),
        voucher,
        order: ctx.new_id(),
        reference: id.uuid(),
        kind: if payable < 0 {
            LineKind::Refund
        } else {
            LineKind::Redemption
        },
        currency: CNY,
        price: payable,
        discount_platform: 0,
        discount_merchant: 0,
        due_at_store: 0,
        commission: 0,
        rebate: 0,
        payable,
        at,
    }
}

/// Books open lines of these amounts.
fn book(store: &Store, merchant: MerchantId, payables: &[i64]) {
    book_at(store, merchant, payables, NOW);
}

fn book_at(store: &Store, merchant: MerchantId, payables: &[i64], at: Timestamp) {
    let payables = payables.to_vec();
    done(store, move |tx, ctx| {
        for payable in &payables {
            ledger::book_line(tx, ctx, &line(ctx, merchant, *payable, at))?;
        }
        Ok(())
    });
}

#[test]
fn every_statement_prepares_on_both_engines() {
    let misnumbered = STATEMENTS.iter().filter(|s| !s.numbers_its_parameters_in_order());
    assert_eq!(
        misnumbered.map(|s| s.place).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    on_both(|store| {
        let problems = store
            .read_blocking(|read| {
                let all = STATEMENTS.iter();
                Ok(all
                    .filter_map(|s| read.columns_of(s.text).err().map(|e| format!("{}: {e}", s.place)))
                    .collect::<Vec<_>>())
            })
            .expect("the reader answers");
        assert_eq!(problems, Vec::<String>::new());
    });
}
