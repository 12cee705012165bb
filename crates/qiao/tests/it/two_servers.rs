//! Two servers on one PostgreSQL, and everybody at once at both: of everything scarce exactly as many are
//! sold, claimed or used as there are, and everybody else hears a clear no. That these tests can see a lost race
//! is shown by `mutants/look-then-take.patch`, under which each of them must fail.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use store::testing::TestDatabase;
use tempfile::TempDir;
use tokio::sync::Barrier;
use tokio_postgres::{Client as Connection, NoTls};
use voucher::{DeviceKey, SignedPass, present};

use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::{Good, Market, Visitor};
use crate::support::process::{Server, qiao};
use crate::support::runtime;

const CLIENTS: usize = 64;
/// Races of each kind.
const TIMES: usize = 3;
const WINNERS: usize = 10;

/// Two servers with one secret, each with a folder of its own.
struct Pair {
    servers: [Server; 2],
    _folders: [TempDir; 2],
}

impl Pair {
    fn start(database: &TestDatabase) -> Self {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let servers = [0, 1].map(|n| {
            let mut command = qiao(&["serve"]);
            command.env("QIAO_SECRET", "5e".repeat(32));
            Server::start(command, folders[n].path(), &["--database-url", &database.url])
        });
        Self {
            servers,
            _folders: folders,
        }
    }

    /// These people, every other one at each server.
    fn clients(&self, people: &[Visitor]) -> Vec<Client> {
        let visitors = [0, 1].map(|n| Client::visitor(&self.servers[n].url));
        people
            .iter()
            .enumerate()
            .map(|(n, person)| visitors[n % 2].with_token(&person.token))
            .collect()
    }

    fn stop(self) {
        for server in self.servers {
            server.stop();
        }
    }
}

/// Sends one write of each client at the same moment, each under a key of its own, and gives the answers.
async fn all_at_once(
    clients: &[Client],
    race: usize,
    write: impl Fn(usize) -> (String, Value),
) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(clients.len()));
    let mut racing = Vec::new();
    for (n, client) in clients.iter().enumerate() {
        let (client, start, (path, body)) = (client.clone(), Arc::clone(&start), write(n));
        racing.push(tokio::spawn(async move {
            // The connection is there before the race starts.
            client.get("/v1/me").await.unwrap().done();
            start.wait().await;
            client
                .post(&path, &format!("race-{race}-{n}"), &body)
                .await
                .unwrap()
        }));
    }
    let mut answers = Vec::new();
    for answer in racing {
        answers.push(answer.await.unwrap());
    }
    answers
}

/// Everything that is scarce, held back from both servers: each has looked what is left before either takes.
struct Gate(Connection);

impl Gate {
    async fn close(database: &TestDatabase) -> Self {
        let (client, connection) = tokio_postgres::connect(&database.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let hold = "BEGIN; SELECT id FROM bucket FOR UPDATE";
        client.batch_execute(hold).await.unwrap();
        Self(client)
    }

    async fn open_when_both_wait(self) {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while self.0.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) < 2 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            // A transaction that asked once sees the same answer until then.
            self.0
                .batch_execute("SELECT pg_stat_clear_snapshot()")
                .await
                .unwrap();
        }
        self.0.batch_execute("COMMIT").await.unwrap();
    }
}

/// The last one of something: one wins, and everybody else is refused for this reason.
fn race_for_the_last(
    database: &TestDatabase,
    clients: &[Client],
    write: impl Fn(usize) -> (String, Value),
    reason: (u16, &str),
) {
    let answers = runtime().block_on(async {
        let gate = Gate::close(database).await;
        tokio::join!(all_at_once(clients, TIMES, write), gate.open_when_both_wait()).0
    });
    assert_winners(&answers, 1, &[reason]);
}

/// Exactly so many won, and everybody else was refused for one of these reasons.
#[track_caller]
fn assert_winners(answers: &[Answer], winners: usize, reasons: &[(u16, &str)]) {
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_done());
    assert_eq!(won.len(), winners, "{lost:?}");
    for answer in lost {
        let told = (answer.status, answer.problem().unwrap_or_default());
        assert!(reasons.contains(&told), "{answer:?}");
    }
}

#[test]
fn stock_is_sold_once() {
    let database = TestDatabase::postgres();
    let mut market = Market::open(&database.url);
    let goods = [(); TIMES].map(|()| market.offer(WINNERS as i64, 1));
    let last = market.offer(1, 1);
    let people = market.consumers(CLIENTS);
    market.close();
    let pair = Pair::start(&database);
    let clients = pair.clients(&people);
    let order = |good: &Good| {
        let order = json!({ "offer": good.offer.to_string(), "quantity": 1 });
        ("/v1/orders".to_owned(), order)
    };
    race_for_the_last(&database, &clients, |_| order(&last), (409, "order_sold_out"));
    for (race, good) in goods.iter().enumerate() {
        let answers = runtime().block_on(all_at_once(&clients, race, |_| order(good)));
        assert_winners(&answers, WINNERS, &[(409, "order_sold_out")]);
    }
    pair.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.orders(), (TIMES * WINNERS + 1) as i64);
    for good in goods {
        assert_eq!(audit.level(good.stock).held, WINNERS as i64);
    }
    audit.close();
}

#[test]
fn coupons_are_claimed_once() {
    let database = TestDatabase::postgres();
    let mut market = Market::open(&database.url);
    let coupons = [(); TIMES].map(|()| market.coupon(WINNERS as i64, 1));
    let for_one = market.coupon(1_000, WINNERS as i64);
    let last = market.coupon(1, 1);
    let people = market.consumers(CLIENTS);
    market.close();
    let pair = Pair::start(&database);
    let clients = pair.clients(&people);
    let claim = |coupon| (format!("/v1/coupons/{coupon}/claims"), json!({}));
    race_for_the_last(&database, &clients, |_| claim(last), (409, "coupon_all_claimed"));
    for (race, coupon) in coupons.into_iter().enumerate() {
        let answers = runtime().block_on(all_at_once(&clients, race, |_| claim(coupon)));
        assert_winners(&answers, WINNERS, &[(409, "coupon_all_claimed")]);
    }
    let greedy = &people[0];
    let at_both: Vec<_> = (0..CLIENTS)
        .map(|n| clients[n].with_token(&greedy.token))
        .collect();
    let answers = runtime().block_on(all_at_once(&at_both, TIMES + 1, |_| claim(for_one)));
    assert_winners(&answers, WINNERS, &[(409, "coupon_limit_reached")]);
    pair.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.claimed_coupons(), ((TIMES + 1) * WINNERS + 1) as i64);
    audit.close();
}

#[test]
fn a_voucher_is_used_as_often_as_it_says() {
    let database = TestDatabase::postgres();
    let mut market = Market::open(&database.url);
    let good = market.offer(10, WINNERS as i64);
    let holder = market.consumers(1).remove(0);
    let vouchers = [(); TIMES].map(|()| market.voucher(good, &holder));
    let cashiers = market.cashiers(CLIENTS);
    let redemptions = format!(
        "/v1/merchants/{}/stores/{}/redemptions",
        market.shop.merchant, market.shop.store
    );
    market.close();
    let pair = Pair::start(&database);
    let clients = pair.clients(&cashiers);
    let holder = Client::visitor(&pair.servers[0].url).with_token(&holder.token);
    let phone = DeviceKey::from_bytes(&[7; 32]).unwrap();
    for (race, voucher) in vouchers.into_iter().enumerate() {
        let (pass, code) = runtime().block_on(bind(&holder, &voucher.to_string(), &phone));
        let qr = present(&pass, &phone, http::shell::now());
        // Half of the cashiers scan and half of them type, and both kinds are at both servers.
        let write = |n: usize| match n / 2 % 2 {
            0 => (format!("{redemptions}/scan"), json!({ "qr": qr })),
            _ => (format!("{redemptions}/code"), json!({ "code": code })),
        };
        let answers = runtime().block_on(all_at_once(&clients, race, write));
        assert_winners(&answers, WINNERS, &[(409, "redeem_voucher_used_up")]);
    }
    pair.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.redemptions(), (TIMES * WINNERS) as i64);
    audit.close();
}

/// Binds the voucher to the phone: its pass and its code.
async fn bind(holder: &Client, voucher: &str, phone: &DeviceKey) -> (SignedPass, String) {
    let key = json!({ "device_key": hex::encode(phone.public_key().to_bytes()) });
    let bound = holder
        .post(&format!("/v1/vouchers/{voucher}/device"), voucher, &key)
        .await
        .unwrap()
        .done();
    let code = holder
        .get(&format!("/v1/vouchers/{voucher}/code"))
        .await
        .unwrap()
        .done();
    let pass = SignedPass::from_base45(bound["pass"].as_str().unwrap()).unwrap();
    (pass, code["code"].as_str().unwrap().to_owned())
}
