//! The end of a hold against the payment: the timers of both servers release orders whose time is up while the
//! provider's news of their payments comes in.

use futures_util::future::join_all;
use kernel::PaymentAttemptId;
use reqwest::Method;
use store::testing::TestDatabase;

use super::{CROWD, Gate};
use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::Market;
use crate::support::news::Provider;
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
    let provider = Provider::knowing(attempts.iter().map(|attempt| news::pending(*attempt)).collect());
    let runtime = runtime();
    let gate = is_postgres(&database.url).then(|| runtime.block_on(Gate::close(database, "orders")));
    // Their timers are due from the first moment on.
    let servers = Servers::beside(&provider, &database.url);
    let visitors = servers.visitors();
    runtime.block_on(async {
        let open = async {
            if let Some(gate) = gate {
                gate.open_when_two_wait().await;
            }
        };
        let paying = attempts.iter().enumerate().map(|(n, attempt)| {
            let at = visitors[n % visitors.len()].clone();
            pay(&provider, *attempt, at)
        });
        let (answers, ()) = tokio::join!(join_all(paying), open);
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

/// The payer pays at the provider, whose news comes to a server.
async fn pay(provider: &Provider, attempt: PaymentAttemptId, at: Client) -> Answer {
    let payment = provider.pay(&news::name_of(attempt)).await;
    let body = news::body(payment);
    let headers = news::signed(&format!("msg_{attempt}"), &body);
    let told = at.send(Method::POST, news::PATH, &headers, body).await;
    told.unwrap()
}
