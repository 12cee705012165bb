//! A flash sale: far more buyers than units, all of them as fast as they can. Every unit is sold, none is sold
//! twice, and everybody else hears that it is sold out. `QIAO_FLASH_BUYERS`, `QIAO_FLASH_UNITS` and
//! `QIAO_FLASH_ROUNDS` say how large; the measured rate is printed.

use futures_util::StreamExt;
use serde_json::json;
use store::testing::TestDatabase;

use crate::support::audit::Audit;
use crate::support::client::Client;
use crate::support::market::{Good, Market};
use crate::support::servers::Servers;
use crate::support::{count_from, runtime};

/// Requests that are under way at once.
const CONNECTIONS: usize = 256;

#[test]
fn a_flash_sale_sells_every_unit_once() {
    for database in TestDatabase::both() {
        sell_out(&database);
    }
}

fn sell_out(database: &TestDatabase) {
    let buyers = count_from("QIAO_FLASH_BUYERS", 2_000);
    let units = count_from("QIAO_FLASH_UNITS", 20);
    let rounds = count_from("QIAO_FLASH_ROUNDS", 1);
    let mut market = Market::open(&database.url);
    let people = market.consumers(buyers);
    let goods: Vec<Good> = (0..rounds).map(|_| market.offer(units as i64, 1)).collect();
    market.close();
    let servers = Servers::start(&database.url);
    let clients = servers.clients(&people);
    for (round, good) in goods.iter().enumerate() {
        let start = http::shell::instant();
        let sold = runtime().block_on(rush(&clients, *good, round));
        assert_eq!(sold, units);
        let rate = buyers as u128 * 1_000 / start.elapsed().as_millis().max(1);
        println!("flash sale {round}: {buyers} buyers, {units} units, {rate} answers a second");
    }
    drop(clients);
    servers.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.orders(), (rounds * units) as i64);
    for good in goods {
        let level = audit.level(good.stock);
        assert_eq!((level.held, level.taken), (units as i64, 0));
    }
    audit.close();
}

/// Everybody orders one. Gives how many were told that they have it.
async fn rush(clients: &[Client], good: Good, round: usize) -> usize {
    let body = json!({ "offer": good.offer.to_string(), "quantity": 1 });
    let key = format!("flash-{round}");
    let orders = clients.iter().map(|client| async {
        let answer = client.post("/v1/orders", &key, &body).await.unwrap();
        if !answer.is_done() {
            let told = (answer.status, answer.problem().unwrap_or_default());
            assert_eq!(told, (409, "order_sold_out"), "{answer:?}");
        }
        usize::from(answer.is_done())
    });
    futures_util::stream::iter(orders)
        .buffer_unordered(CONNECTIONS)
        .fold(0, async |sold, one| sold + one)
        .await
}
