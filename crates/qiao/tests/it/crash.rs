//! `kill -9` under load, again and again, on both engines: what was answered stays answered, what was not
//! is settled by repeating its key, nothing is sold twice and the books agree with the provider's. The
//! provider survives. (The page cache survives too: durability against power loss is proven elsewhere.)

use std::path::Path;

use gateway::sandbox::{self, SandboxConfig, SandboxHandle};
use http::shell;
use ledger::Account;
use serde_json::{Value, json};
use store::testing::TestDatabase;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

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

/// Two goods of a round: of one there is far too little for everybody.
type Goods = [Good; 2];

fn kills_lose_nothing(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let mut market = Market::open(&database.url);
    let goods: Vec<Goods> = (0..rounds())
        .map(|_| [SCARCE_STOCK, PLENTY].map(|stock| market.offer(stock, 1)))
        .collect();
    let people = market.consumers(BUYERS);
    market.close();

    let runtime = runtime();
    let (mut server, provider) = start_with_provider(&runtime, folder.path(), database);
    let at_provider = Client::visitor(&provider.base_url()).with_token(PROVIDER_KEY);
    let arguments = arguments(database, &provider.base_url());
    let mut settled = Vec::new();
    for (round, goods) in goods.iter().enumerate() {
        let (sent, address) = runtime.block_on(load_and_kill(server, round, *goods, &people, &at_provider));
        let arguments: Vec<&str> = arguments
            .iter()
            .map(String::as_str)
            .chain(["--listen", &address])
            .collect();
        server = Server::serve(folder.path(), &arguments);
        settled.extend(runtime.block_on(settle(&server, sent, &people, &at_provider)));
    }
    runtime.block_on(until_all_are_paid(&server, &settled, &people));
    let captured = runtime.block_on(captured(&at_provider));
    server.stop();
    runtime.block_on(provider.shutdown()).unwrap();
    compare(database, &goods, &settled, captured);
}

fn arguments(database: &TestDatabase, provider_url: &str) -> Vec<String> {
    let pairs = [
        ("--database-url", database.url.as_str()),
        ("--provider-url", provider_url),
        ("--provider-key", PROVIDER_KEY),
        ("--webhook-secret", WEBHOOK_SECRET),
    ];
    pairs
        .into_iter()
        .flat_map(|(name, value)| [name.to_owned(), value.to_owned()])
        .collect()
}

/// Each must know the other's address, so the provider takes its own before it starts.
fn start_with_provider(runtime: &Runtime, data: &Path, database: &TestDatabase) -> (Server, SandboxHandle) {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let arguments = arguments(database, &url);
    let server = Server::serve(data, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let mut config = SandboxConfig::new(
        PROVIDER_KEY,
        WEBHOOK_SECRET.parse().unwrap(),
        shell::random_bytes(),
    );
    config.webhook_url = Some(format!("{}/v1/webhooks/sandbox", server.url));
    // Often enough to outlive a restart.
    (config.webhook_retry_ms, config.webhook_attempts) = (50, 16);
    let _inside = runtime.enter();
    (server, sandbox::serve(listener, config).unwrap())
}

/// Lets everybody buy, kills the server after a random number of answers, and gives what was sent and the
/// address that is free again.
async fn load_and_kill(
    server: Server,
    round: usize,
    goods: Goods,
    people: &[Visitor],
    provider: &Client,
) -> (Vec<Sent>, String) {
    let (tell, mut answered) = unbounded_channel();
    let visitor = Client::visitor(&server.url);
    let buyers = people.iter().enumerate().map(|(buyer, person)| {
        let client = visitor.with_token(&person.token);
        tokio::spawn(buy_until_it_dies(
            client,
            provider.clone(),
            buyer,
            round,
            goods,
            tell.clone(),
        ))
    });
    let buyers: Vec<_> = buyers.collect();
    for _ in 0..random_below(120) {
        answered.recv().await.unwrap();
    }
    let address = server.address().to_owned();
    server.kill();
    let mut sent = Vec::new();
    for buyer in buyers {
        sent.extend(buyer.await.unwrap());
    }
    (sent, address)
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

/// Repeats every key: what was answered is answered the same, and what was not is answered now.
async fn settle(server: &Server, sent: Vec<Sent>, people: &[Visitor], provider: &Client) -> Vec<Settled> {
    let visitor = Client::visitor(&server.url);
    let repeat = |sent: Sent| {
        let (client, provider) = (visitor.with_token(&people[sent.buyer].token), provider.clone());
        tokio::spawn(async move {
            let answer = client.post(&sent.path, &sent.key, &sent.body).await.unwrap();
            assert!(answer.status < 500, "{answer:?}");
            assert!(
                sent.answer.as_ref().is_none_or(|before| *before == answer),
                "{:?}, and then {answer:?}",
                sent.answer
            );
            if sent.is_payment() {
                pay(&provider, &answer).await;
            }
            Settled { answer, sent }
        })
    };
    let repeating: Vec<_> = sent.into_iter().map(repeat).collect();
    let mut settled = Vec::new();
    for one in repeating {
        settled.push(one.await.unwrap());
    }
    settled
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

#[test]
fn kills_lose_nothing_on_sqlite() {
    kills_lose_nothing(&TestDatabase::sqlite());
}

#[test]
fn kills_lose_nothing_on_postgresql() {
    kills_lose_nothing(&TestDatabase::postgres());
}
