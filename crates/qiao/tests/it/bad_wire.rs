//! The wire to PostgreSQL is bad: connections are delayed, cut in the middle of a message, before or after COMMIT, and
//! half closed. Every answer is right, and what had none is settled by repeating its key.
//! `QIAO_WIRE_CUTS` (default 60) says how many connections are ended, `QIAO_WIRE_SEED` (default 1) where.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use store::testing::TestDatabase;
use tokio::task::JoinSet;

use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::{Good, Market};
use crate::support::process::Server;
use crate::support::proxy::Proxy;
use crate::support::{PATIENCE, runtime};

const BUYERS: usize = 8;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// A request and its first answer.
#[derive(Clone)]
struct Answered {
    buyer: usize,
    path: String,
    key: String,
    body: Value,
    answer: Answer,
    /// How often it was sent until it had one.
    sent: u64,
}

/// Somebody who orders and cancels, and repeats every request under its key until there is an answer.
struct Buyer {
    number: usize,
    client: Client,
    proxy: Arc<Proxy>,
    answered: Vec<Answered>,
}

impl Buyer {
    async fn shop(mut self, good: Good, cuts: u64) -> Vec<Answered> {
        while self.proxy.ends().total() < cuts {
            let order = json!({ "offer": good.offer.to_string(), "quantity": 1 });
            let placed = self.insist("/v1/orders", order).await;
            if self.answered.len().is_multiple_of(3) {
                let path = format!("/v1/orders/{}/cancel", placed["order"].as_str().unwrap());
                self.insist(&path, json!({})).await;
            }
        }
        self.answered
    }

    async fn insist(&mut self, path: &str, body: Value) -> Value {
        let key = format!("request-{}", self.answered.len());
        let until = tokio::time::Instant::now() + PATIENCE;
        let mut sent = 0;
        let answer = loop {
            sent += 1;
            let answer = self.client.post(path, &key, &body).await.unwrap();
            if !answer.is_temporary() {
                break answer;
            }
            assert!(tokio::time::Instant::now() < until, "{answer:?}");
        };
        let done = answer.clone().done();
        let (buyer, path) = (self.number, path.to_owned());
        self.answered.push(Answered {
            buyer,
            path,
            key,
            body,
            answer,
            sent,
        });
        done
    }
}

#[test]
fn a_bad_wire_to_postgresql_loses_nothing() {
    let database = TestDatabase::postgres();
    let mut market = Market::open(&database.url);
    let good = market.offer(1_000_000, 1);
    let people = market.consumers(BUYERS);
    market.close();
    let (cuts, folder) = (setting("QIAO_WIRE_CUTS", 60), tempfile::tempdir().unwrap());
    let runtime = runtime();
    let proxy = runtime.block_on(Proxy::before(&database.url, setting("QIAO_WIRE_SEED", 1)));
    let proxy = Arc::new(proxy);
    let server = Server::serve(folder.path(), &["--database-url", &proxy.url]);
    let visitor = Client::visitor(&server.url);
    let client_of = |buyer: usize| visitor.with_token(&people[buyer].token);

    let answered = runtime.block_on(async {
        proxy.spoil(true);
        let mut buyers = JoinSet::new();
        for number in 0..BUYERS {
            let (client, proxy) = (client_of(number), Arc::clone(&proxy));
            buyers.spawn(
                Buyer {
                    number,
                    client,
                    proxy,
                    answered: Vec::new(),
                }
                .shop(good, cuts),
            );
        }
        let answered = buyers.join_all().await.concat();
        proxy.spoil(false);
        for one in &answered {
            let again = client_of(one.buyer)
                .post(&one.path, &one.key, &one.body)
                .await
                .unwrap();
            assert_eq!(again, one.answer, "{} {}", one.path, one.key);
        }
        answered
    });
    server.stop();

    let ends = proxy.ends();
    let repeated = answered.iter().filter(|one| one.sent > 1).count();
    println!(
        "{} requests, {repeated} of them sent again, {ends:?}",
        answered.len()
    );
    for at_commit in [&ends.cut_before_commit, &ends.cut_after_commit] {
        assert!(at_commit.load(Ordering::SeqCst) > 0);
    }
    let cancelled = answered
        .iter()
        .filter(|one| one.path.ends_with("/cancel"))
        .count() as i64;
    let placed = answered.len() as i64 - cancelled;
    let audit = Audit::open(&database.url);
    assert_eq!(
        (audit.orders(), audit.level(good.stock).held),
        (placed, placed - cancelled)
    );
    audit.close();
}
