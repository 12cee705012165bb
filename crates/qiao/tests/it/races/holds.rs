//! The end of a hold against the payment: the timers of both servers release orders whose time is up while the
//! provider's news of their payments comes in.

use store::testing::TestDatabase;

use super::{CROWD, Gate, all_at_once};
use crate::support::audit::Audit;
use crate::support::market::Market;
use crate::support::servers::{Servers, is_postgres};
use crate::support::{count_from, news, runtime};

#[test]
fn a_hold_runs_out_or_is_paid() {
    for _ in 0..count_from("QIAO_RACE_ROUNDS", 1) {
        for database in TestDatabase::both() {
            race(&database);
        }
    }
}

fn race(database: &TestDatabase) {
    let mut market = Market::open(&database.url);
    let (good, guests) = (market.offer(CROWD as i64, 1), market.consumers(CROWD));
    let attempts: Vec<_> = guests.iter().map(|guest| market.overdue(good, guest)).collect();
    market.close();
    let runtime = runtime();
    let gate = is_postgres(&database.url).then(|| runtime.block_on(Gate::close(database, "orders")));
    // Their timers are due from the first moment on.
    let servers = Servers::start(&database.url);
    let visitors = servers.visitors();
    let writes: Vec<_> = attempts
        .into_iter()
        .map(|attempt| super::Write {
            side: 0,
            token: String::new(),
            path: news::PATH.to_owned(),
            body: super::Body::News(format!("msg_{attempt}"), news::paid(attempt)),
        })
        .collect();
    runtime.block_on(async {
        let open = async {
            if let Some(gate) = gate {
                gate.open_when_two_wait().await;
            }
        };
        let (answers, ()) = tokio::join!(all_at_once(&visitors, 0, &writes), open);
        assert!(answers.iter().all(|answer| answer.is_done()), "{answers:?}");
    });
    // Each payment was taken or found its order released: nothing is left in between.
    servers.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.paid_orders() + audit.released_orders(), CROWD as i64);
    assert_eq!(
        (audit.vouchers(), audit.refunds()),
        (audit.paid_orders(), audit.released_orders())
    );
    let level = audit.level(good.stock);
    assert_eq!((level.held, level.taken), (0, audit.paid_orders()));
    audit.close();
}
