//! The database goes away, or its disk is full: writes say so and may be repeated, none of them is told to
//! have succeeded when it did not, and afterwards the same keys have one effect each.
//! `QIAO_POSTGRES_KILLS` (default 3) says how often a PostgreSQL is killed.

use serde_json::json;
use store::testing::TestDatabase;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_postgres::NoTls;

use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::{Good, Market, Visitor};
use crate::support::postgres::Postgres;
use crate::support::process::{Server, qiao_on_a_small_disk, qiao_unheard};
use crate::support::{eventually, random_below, runtime};

const BUYERS: usize = 8;
const OUTAGES: usize = 5;
/// So many refusals after each other mean that nothing more is taken.
const REFUSALS_IN_A_ROW: usize = 3;

/// An order that somebody tried to place.
struct Tried {
    buyer: usize,
    key: String,
    answer: Answer,
}

async fn place(client: &Client, key: &str, good: Good) -> Answer {
    let order = json!({ "offer": good.offer.to_string(), "quantity": 1 });
    client.post("/v1/orders", key, &order).await.unwrap()
}

/// Orders until nothing more is taken. Every answer is a success or says that it may be repeated.
async fn order_until_refused(
    client: Client,
    buyer: usize,
    round: usize,
    good: Good,
    tell: UnboundedSender<()>,
) -> Vec<Tried> {
    let (mut tried, mut refusals) = (Vec::new(), 0);
    while refusals < REFUSALS_IN_A_ROW {
        let key = format!("place-{round}-{}", tried.len());
        let answer = place(&client, &key, good).await;
        assert!(answer.status == 201 || answer.is_temporary(), "{answer:?}");
        refusals = if answer.is_temporary() { refusals + 1 } else { 0 };
        tried.push(Tried { buyer, key, answer });
        let _ = tell.send(());
    }
    tried
}

/// Lets everybody order until they are refused; `meanwhile` hears of each answer.
async fn order_all(
    server: &Server,
    people: &[Visitor],
    round: usize,
    good: Good,
    meanwhile: impl AsyncFnOnce(tokio::sync::mpsc::UnboundedReceiver<()>),
) -> Vec<Tried> {
    let (tell, told) = unbounded_channel();
    let visitor = Client::visitor(&server.url);
    let ordering = people.iter().enumerate().map(|(buyer, person)| {
        let client = visitor.with_token(&person.token);
        tokio::spawn(order_until_refused(client, buyer, round, good, tell.clone()))
    });
    let ordering: Vec<_> = ordering.collect();
    drop(tell);
    meanwhile(told).await;
    let mut tried = Vec::new();
    for one in ordering {
        tried.extend(one.await.unwrap());
    }
    tried
}

/// Repeats every key: what was answered is answered the same, the rest succeeds now.
async fn repeat_all(server: &Server, people: &[Visitor], tried: &[Tried], good: Good) {
    let visitor = Client::visitor(&server.url);
    for one in tried {
        let client = visitor.with_token(&people[one.buyer].token);
        let answer = place(&client, &one.key, good).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        assert!(
            one.answer.is_temporary() || one.answer == answer,
            "{:?}, and then {answer:?}",
            one.answer
        );
    }
}

fn compare(database: &TestDatabase, tried: &[Tried], good: Good) {
    let refused = tried.iter().filter(|one| one.answer.is_temporary()).count();
    let unknown = tried
        .iter()
        .filter(|one| one.answer.problem() == Some("outcome_unknown"))
        .count();
    println!(
        "{} orders, of which {refused} were refused at first, {unknown} of these with an unknown outcome",
        tried.len()
    );
    let audit = Audit::open(&database.url);
    assert_eq!(audit.orders(), tried.len() as i64);
    assert_eq!(audit.level(good.stock).held, tried.len() as i64);
    audit.close();
}

/// Lets the database go away under load and come back, so many times.
fn outages_lose_nothing(database: &TestDatabase, outages: usize, let_in: impl AsyncFn(bool)) {
    let mut market = Market::open(&database.url);
    let good = market.offer(100_000, 1);
    let people = market.consumers(BUYERS);
    market.close();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::serve(folder.path(), &["--database-url", &database.url]);
    let tried = runtime().block_on(async {
        let mut all = Vec::new();
        for round in 0..outages {
            let tried = order_all(&server, &people, round, good, async |mut told| {
                for _ in 0..20 + random_below(20) {
                    told.recv().await.unwrap();
                }
                let_in(false).await;
            });
            let tried = tried.await;
            nothing_is_ready(&server, good).await;
            let_in(true).await;
            eventually("being ready again", async || {
                (ready(&server).await == 200).then_some(())
            })
            .await;
            repeat_all(&server, &people, &tried, good).await;
            all.extend(tried);
        }
        all
    });
    server.stop();
    compare(database, &tried, good);
}

#[test]
fn postgresql_may_go_away_and_come_back() {
    let database = TestDatabase::postgres();
    outages_lose_nothing(&database, OUTAGES, async |allowed| {
        let_in(&database, allowed).await
    });
}

#[test]
fn postgresql_may_be_killed() {
    let kills = std::env::var("QIAO_POSTGRES_KILLS").map_or(3, |kills| kills.parse().unwrap());
    let postgres = Postgres::start();
    let database = TestDatabase::postgres_on(&postgres.url);
    outages_lose_nothing(&database, kills, async |alive| {
        if alive {
            postgres.start_again();
        } else {
            postgres.kill();
        }
    });
}

/// Cuts every connection to the database and takes no new ones, or takes them again.
async fn let_in(database: &TestDatabase, allowed: bool) {
    let server = std::env::var("QIAO_TEST_POSTGRES_URL").unwrap();
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = database.url.rsplit('/').next().unwrap();
    client
        .batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"))
        .await
        .unwrap();
    if !allowed {
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        client.batch_execute(&cut).await.unwrap();
    }
}

async fn ready(server: &Server) -> u16 {
    Client::visitor(&server.url).get("/readyz").await.unwrap().status
}

async fn nothing_is_ready(server: &Server, good: Good) {
    assert_eq!(ready(server).await, 503);
    let visitor = Client::visitor(&server.url);
    let read = visitor.get(&format!("/v1/offers/{}", good.offer)).await.unwrap();
    assert!(read.is_temporary(), "{read:?}");
    // It still lives, and nobody needs to start it again.
    assert_eq!(visitor.get("/healthz").await.unwrap().status, 200);
}

#[test]
fn a_full_disk_takes_no_writes_and_loses_none() {
    let database = TestDatabase::sqlite();
    let mut market = Market::open(&database.url);
    let good = market.offer(100_000, 1);
    let people = market.consumers(BUYERS);
    market.close();
    let path = database.url.trim_start_matches("sqlite:");
    let size_kib = std::fs::metadata(path).unwrap().len() / 1024;
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--database-url", database.url.as_str()];

    // The log of changes may grow as large as the database is now, and no larger.
    let server = Server::start(
        qiao_on_a_small_disk(size_kib + 64, &["serve"]),
        folder.path(),
        &arguments,
    );
    let tried = runtime().block_on(async {
        let tried = order_all(&server, &people, 0, good, async |_| ()).await;
        still_readable(&server, &people, &tried, good).await;
        tried
    });
    server.stop();
    let server = Server::serve(folder.path(), &arguments);
    runtime().block_on(repeat_all(&server, &people, &tried, good));
    server.stop();
    compare(&database, &tried, good);
}

/// Every order that was answered is shown, and so is the offer.
async fn still_readable(server: &Server, people: &[Visitor], tried: &[Tried], good: Good) {
    let visitor = Client::visitor(&server.url);
    visitor
        .get(&format!("/v1/offers/{}", good.offer))
        .await
        .unwrap()
        .done();
    let answered: Vec<_> = tried.iter().filter(|one| one.answer.is_done()).collect();
    assert!(!answered.is_empty(), "nothing was taken before the disk was full");
    for one in answered {
        let client = visitor.with_token(&people[one.buyer].token);
        let order = client
            .get(&format!(
                "/v1/orders/{}",
                one.answer.body["order"].as_str().unwrap()
            ))
            .await
            .unwrap();
        assert_eq!(order.done()["status"], "placed");
    }
}

#[test]
fn a_server_stops_although_nobody_reads_its_log() {
    let folder = tempfile::tempdir().unwrap();
    Server::start(qiao_unheard(&["serve"]), folder.path(), &[]).stop();
}
