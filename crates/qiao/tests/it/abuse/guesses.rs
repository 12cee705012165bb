//! Twelve digits, guessed by a shop's whole staff at every server: none is found, and all are locked soon.
//! `QIAO_GUESSES` says how many.

use std::pin::pin;

use futures_util::StreamExt;
use serde_json::json;
use store::testing::TestDatabase;

use super::{at_a_time, below};
use crate::support::audit::Audit;
use crate::support::market::Market;
use crate::support::servers::Servers;
use crate::support::{count_from, runtime};

const STAFF: usize = 32;
/// Vouchers that could be found.
const VOUCHERS: usize = 64;
/// Wrong codes of one person within an hour until the lock.
const MISSES: usize = 10;

#[test]
fn no_voucher_is_found_by_guessing() {
    let guesses = count_from("QIAO_GUESSES", 2_000);
    for database in TestDatabase::both() {
        guess(&database, guesses);
    }
}

fn guess(database: &TestDatabase, guesses: usize) {
    let mut market = Market::open(&database.url);
    let good = market.offer(VOUCHERS as i64, 1);
    let holder = market.consumers(1).remove(0);
    let vouchers: Vec<_> = (0..VOUCHERS).map(|_| market.voucher(good, &holder)).collect();
    let codes: Vec<_> = vouchers.iter().map(|voucher| market.code(*voucher)).collect();
    let (staff, honest) = (market.cashiers(STAFF), market.cashiers(1));
    let shop = market.shop;
    market.close();
    let path = format!(
        "/v1/merchants/{}/stores/{}/redemptions/code",
        shop.merchant, shop.store
    );
    let servers = Servers::start(&database.url);
    let (clients, honest) = (servers.clients(&staff), servers.clients(&honest));
    runtime().block_on(async {
        let all = (0..guesses).map(|n| {
            let (client, path) = (&clients[n % STAFF], &path);
            let guess = json!({ "code": format!("{:012}", below(1_000_000_000_000)) });
            async move { client.post(path, &format!("guess-{n}"), &guess).await.unwrap() }
        });
        let (mut answers, mut misses) = (pin!(at_a_time(all)), 0);
        while let Some(answer) = answers.next().await {
            match (answer.status, answer.problem()) {
                (404, Some("redeem_code_unknown")) => misses += 1,
                (429, Some("redeem_codes_locked")) => {}
                _ => panic!("{answer:?}"),
            }
        }
        assert!(misses <= STAFF * MISSES, "{misses} guesses were looked up");
        // Whoever has one is served all the same.
        let code = json!({ "code": codes[0] });
        let served = honest[0].post(&path, "honest", &code).await.unwrap();
        assert!(served.is_done(), "{served:?}");
    });
    drop((clients, honest));
    servers.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.redemptions(), 1);
    audit.close();
}
