//! `kill -9` under load, again and again, on both engines: what was answered stays answered, what was not
//! is settled by repeating its key, nothing is sold twice and the books agree with the provider's. The
//! provider survives. (The page cache survives too: durability against power loss is proven elsewhere.)
//! `QIAO_CRASH_ROUNDS` (default 20) says how often the server is killed on each engine.

use std::path::Path;

use gateway::sandbox::{self, SandboxConfig, SandboxHandle};
use http::shell;
use ledger::Account;
use serde_json::{Value, json};
use store::testing::TestDatabase;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::{DUE, Good, Market, Visitor};
use crate::support::process::Server;
use crate::support::{eventually, random_below, runtime};

const BUYERS: usize = 16;
const SCARCE_STOCK: i64 = 10;
const PLENTY: i64 = 10_000;
const PROVIDER_KEY: &str = "test-provider-key";
const WEBHOOK_SECRET: &str = "whsec_cWlhby1jcmFzaC1xaWFvLWNyYXNoLXFpYW8tY3Jhc2g=";

fn rounds() -> usize {
    std::env::var("QIAO_CRASH_ROUNDS").map_or(20, |rounds| rounds.parse().unwrap())
}

/// A write that a buyer sent, and what came back, if anything did.
struct Sent {
    buyer: usize,
    path: String,
    key: String,
    body: Value,
    answer: Option<Answer>,
}

impl Sent {
    fn is_payment(&self) -> bool {
        self.path.ends_with("/payments")
    }
}

/// A write and what its key stands for in the end.
struct Settled {
    sent: Sent,
    answer: Answer,
}

impl Settled {
    /// Whether it was answered otherwise before.
    fn has_changed(&self) -> bool {
        self.sent
            .answer
            .as_ref()
            .is_some_and(|before| *before != self.answer)
    }
}

/// Two goods of a round: of one there is far too little for everybody.
type Goods = [Good; 2];

/// What stays when the server is killed.
struct Scene<'a> {
    database: &'a TestDatabase,
    goods: Vec<Goods>,
    people: Vec<Visitor>,
    folder: TempDir,
    runtime: Runtime,
    provider: SandboxHandle,
    at_provider: Client,
}

impl<'a> Scene<'a> {
    fn open(database: &'a TestDatabase, rounds: usize) -> (Self, Server) {
        let mut market = Market::open(&database.url);
        let goods = (0..rounds).map(|_| [SCARCE_STOCK, PLENTY].map(|stock| market.offer(stock, 1)));
        let goods = goods.collect();
        let people = market.consumers(BUYERS);
        market.close();

        // Each must know the other's address, so the provider takes its own before it starts.
        let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = serve(folder.path(), database, &url, "127.0.0.1:0");
        let secret = WEBHOOK_SECRET.parse().unwrap();
        let mut config = SandboxConfig::new(PROVIDER_KEY, secret, shell::random_bytes());
        config.webhook_url = Some(format!("{}/v1/webhooks/sandbox", server.url));
        // Often enough to outlive a restart.
        (config.webhook_retry_ms, config.webhook_attempts) = (50, 16);
        let provider = runtime
            .block_on(async { sandbox::serve(listener, config) })
            .unwrap();
        let at_provider = Client::visitor(&url).with_token(PROVIDER_KEY);
        let scene = Self {
            database,
            goods,
            people,
            folder,
            runtime,
            provider,
            at_provider,
        };
        (scene, server)
    }

    /// Starts the server anew, where it was.
    fn restart(&self, address: &str) -> Server {
        serve(
            self.folder.path(),
            self.database,
            &self.provider.base_url(),
            address,
        )
    }

    /// Lets everybody buy and kills the server after so many answers. Gives what was sent, and the address
    /// that is free again.
    fn load_and_kill(&self, server: Server, round: usize, answers: u64) -> (Vec<Sent>, String) {
        let (tell, mut answered) = unbounded_channel();
        let visitor = Client::visitor(&server.url);
        let address = server.address().to_owned();
        let buy = |(buyer, person): (usize, &Visitor)| {
            let (client, provider) = (visitor.with_token(&person.token), self.at_provider.clone());
            let buying = buy_until_it_dies(client, provider, buyer, round, self.goods[round], tell.clone());
            self.runtime.spawn(buying)
        };
        let buyers: Vec<_> = self.people.iter().enumerate().map(buy).collect();
        self.runtime.block_on(async {
            for _ in 0..answers {
                answered.recv().await.unwrap();
            }
            server.kill();
            (all_of(buyers).await.into_iter().flatten().collect(), address)
        })
    }

    /// Repeats every key and pays whatever payment was started.
    fn settle(&self, server: &Server, sent: Vec<Sent>) -> Vec<Settled> {
        let visitor = Client::visitor(&server.url);
        let repeat = |sent: Sent| {
            let client = visitor.with_token(&self.people[sent.buyer].token);
            let provider = self.at_provider.clone();
            self.runtime.spawn(async move {
                let answer = client.post(&sent.path, &sent.key, &sent.body).await.unwrap();
                assert!(answer.status < 500, "{answer:?}");
                if sent.is_payment() && answer.is_done() {
                    pay(&provider, &answer).await;
                }
                Settled { sent, answer }
            })
        };
        let repeating = sent.into_iter().map(repeat).collect();
        self.runtime.block_on(all_of(repeating))
    }
}

fn serve(data: &Path, database: &TestDatabase, provider_url: &str, address: &str) -> Server {
    let arguments = [
        ["--database-url", &database.url],
        ["--provider-url", provider_url],
        ["--provider-key", PROVIDER_KEY],
        ["--webhook-secret", WEBHOOK_SECRET],
        ["--listen", address],
    ];
    Server::serve(data, arguments.as_flattened())
}

async fn all_of<T>(running: Vec<JoinHandle<T>>) -> Vec<T> {
    let mut results = Vec::new();
    for one in running {
        results.push(one.await.unwrap());
    }
    results
}

async fn buy_until_it_dies(
    client: Client,
    provider: Client,
    buyer: usize,
    round: usize,
    goods: Goods,
    tell: UnboundedSender<()>,
) -> Vec<Sent> {
    let mut sent = Vec::new();
    for n in 0.. {
        let body = json!({ "offer": goods[n % 2].offer.to_string(), "quantity": 1 });
        let key = format!("place-{round}-{n}");
        let mut place = Sent {
            buyer,
            path: "/v1/orders".to_owned(),
            key,
            body,
            answer: None,
        };
        place.answer = client.post(&place.path, &place.key, &place.body).await.ok();
        let _ = tell.send(());
        let order = place
            .answer
            .as_ref()
            .map(|answer| answer.body["order"].as_str().map(str::to_owned));
        sent.push(place);
        let Some(order) = order else { break };
        let Some(order) = order else { continue };
        let path = format!("/v1/orders/{order}/payments");
        let mut start = Sent {
            buyer,
            path,
            key: format!("pay-{round}-{n}"),
            body: json!({}),
            answer: None,
        };
        start.answer = client.post(&start.path, &start.key, &start.body).await.ok();
        let _ = tell.send(());
        let started = start.answer.clone();
        sent.push(start);
        let Some(started) = started else { break };
        pay(&provider, &started).await;
    }
    sent
}

/// Pays at the provider. Paying again what is paid changes nothing.
async fn pay(provider: &Client, started: &Answer) {
    let pay_url = started.body["pay_url"]
        .as_str()
        .unwrap_or_else(|| panic!("{started:?}"));
    let payment = pay_url.rsplit('/').next().unwrap();
    let choice = json!({ "outcome": "succeed", "instrument": "card" });
    provider
        .post(&format!("/v1/payments/{payment}/pay"), payment, &choice)
        .await
        .unwrap()
        .done();
}

/// Every order whose payment was started was paid at the provider, and its news must arrive.
async fn until_all_are_paid(server: &Server, settled: &[Settled], people: &[Visitor]) {
    let visitor = Client::visitor(&server.url);
    for one in settled.iter().filter(|one| one.sent.is_payment()) {
        let client = visitor.with_token(&people[one.sent.buyer].token);
        let order = one.sent.path.trim_end_matches("/payments");
        eventually("the payment's confirmation", async || {
            let order = client.get(order).await.unwrap().done();
            (order["status"] == "paid").then_some(())
        })
        .await;
    }
}

/// What the provider took in, by its own book.
async fn captured(provider: &Client) -> i64 {
    let book = provider.get("/v1/book").await.unwrap().done();
    book["totals"][0]["captured"].as_i64().unwrap()
}

fn compare(database: &TestDatabase, goods: &[Goods], settled: &[Settled], captured: i64) {
    let placed: Vec<_> = settled
        .iter()
        .filter(|one| !one.sent.is_payment() && one.answer.status == 201)
        .collect();
    let refused = settled
        .iter()
        .filter(|one| one.answer.problem() == Some("order_sold_out"))
        .count();
    let payments = settled.iter().filter(|one| one.sent.is_payment()).count();
    let lost = settled.iter().filter(|one| one.sent.answer.is_none()).count();
    assert_eq!(placed.len() + refused + payments, settled.len());
    assert!(
        lost >= goods.len() && refused > 0 && payments > 0,
        "{lost} lost, {refused} refused, {payments} payments"
    );
    println!(
        "{} orders, {payments} payments, {refused} refused, {lost} without an answer",
        placed.len()
    );

    let audit = Audit::open(&database.url);
    assert_eq!(audit.orders(), placed.len() as i64);
    assert_eq!(
        (audit.paid_orders(), audit.vouchers()),
        (payments as i64, payments as i64)
    );
    for (round, goods) in goods.iter().enumerate() {
        for good in goods {
            let level = audit.level(good.stock);
            let offer = good.offer.to_string();
            let sold = placed
                .iter()
                .filter(|one| one.sent.body["offer"] == offer.as_str())
                .count() as i64;
            assert_eq!(level.held + level.taken, sold, "round {round}");
            assert!(sold <= level.capacity, "round {round}");
        }
    }
    assert_eq!(audit.balances()[&Account::ProviderClearing], (captured, 0));
    assert_eq!(captured, payments as i64 * DUE);
    audit.close();
}

fn kills_lose_nothing(database: &TestDatabase) {
    let (scene, mut server) = Scene::open(database, rounds());
    let mut settled = Vec::new();
    for round in 0..scene.goods.len() {
        let (sent, address) = scene.load_and_kill(server, round, random_below(120));
        server = scene.restart(&address);
        settled.extend(scene.settle(&server, sent));
    }
    for one in &settled {
        assert!(
            !one.has_changed(),
            "{:?}, and after the kill {:?}",
            one.sent.answer,
            one.answer
        );
    }
    scene
        .runtime
        .block_on(until_all_are_paid(&server, &settled, &scene.people));
    let captured = scene.runtime.block_on(captured(&scene.at_provider));
    server.stop();
    compare(database, &scene.goods, &settled, captured);
}

#[test]
fn kills_lose_nothing_on_sqlite() {
    kills_lose_nothing(&TestDatabase::sqlite());
}

#[test]
fn kills_lose_nothing_on_postgresql() {
    kills_lose_nothing(&TestDatabase::postgres());
}

/// The control: a server that loses its last commits is seen.
#[test]
fn a_lost_commit_is_seen() {
    let database = TestDatabase::sqlite();
    let (scene, server) = Scene::open(&database, 1);
    let (sent, address) = scene.load_and_kill(server, 0, 40);
    for ending in ["wal", "shm"] {
        let path = format!("{}-{ending}", database.url.trim_start_matches("sqlite:"));
        std::fs::remove_file(path).unwrap();
    }
    let server = scene.restart(&address);
    assert!(scene.settle(&server, sent).iter().any(Settled::has_changed));
    server.stop();
}
