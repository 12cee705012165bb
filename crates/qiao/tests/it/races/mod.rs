//! Everything scarce or single-use, wanted by 64 at the same moment, through two servers on PostgreSQL and through
//! the one of SQLite: exactly as many win as may, each hears one final answer, and the books and the event log are
//! sound afterwards. The rules are a table (`rules.rs`, `house.rs`), and a race is run `QIAO_RACE_ROUNDS` times for each.
//!
//! That these tests can see a lost race is shown by `mutants/look-then-take.patch`.

mod flash_sale;
mod gate;
mod holds;
mod house;
mod kill_switch;
mod last_byte;
mod rules;

use std::sync::Arc;

use gateway::protocol::Payment;
use party::{OperatorRole, Role};
use reqwest::Method;
use serde_json::{Value, json};
use store::testing::TestDatabase;
use tokio::sync::Barrier;
use voucher::{DeviceKey, SignedPass, present};

use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::{Market, Visitor};
use crate::support::news::Provider;
use crate::support::servers::{Servers, is_postgres};
use crate::support::{count_from, news, runtime};

use gate::Gate;

/// Who runs in a race.
const CROWD: usize = 64;
/// How many win where more than one may.
const WINNERS: usize = 10;
/// Races in one database.
const AT_MOST: usize = 100;

/// One thing that is given out so often and not once more.
struct Rule {
    /// The table whose rows are held back from both servers until each has had the time to look (PostgreSQL).
    held_back: &'static str,
    /// How the requests come to be sent at the same moment.
    release: Release,
    /// Makes what one race is about, and says who sends what.
    set_up: fn(&mut Market, &Cast) -> Race,
    /// Whether an answer means that somebody got it.
    won: fn(&Answer) -> bool,
    /// How many of each side may win.
    outcomes: &'static [[usize; 2]],
    /// What all others hear.
    reasons: &'static [(u16, &'static str)],
    /// How often the database says that the first side won.
    counted: fn(&Audit) -> i64,
}

/// How requests are released together.
#[derive(Clone, Copy)]
enum Release {
    /// By tasks that wait for each other.
    Tasks,
    /// See [`last_byte`].
    LastBytes,
}

impl Release {
    async fn send(self, visitors: &[Client], number: usize, writes: &[Write]) -> Vec<Answer> {
        match self {
            Self::Tasks => all_at_once(visitors, number, writes).await,
            Self::LastBytes => last_byte::all_by_last_byte(visitors, number, writes).await,
        }
    }
}

/// Who takes part in all races of a database.
struct Cast {
    guests: Vec<Visitor>,
    cashiers: Vec<Visitor>,
    manager: Visitor,
    proposer: Visitor,
    approver: Visitor,
}

impl Cast {
    fn enter(market: &mut Market) -> Self {
        Self {
            guests: market.consumers(CROWD),
            cashiers: market.cashiers(CROWD),
            manager: market.staff(Role::Manager, None),
            proposer: market.operator(OperatorRole::Finance),
            approver: market.operator(OperatorRole::Finance),
        }
    }
}

/// What everybody sends in one race.
struct Race {
    writes: Vec<Write>,
    /// A voucher that is shown on its holder's phone; its QR goes into the writes that scan it.
    shown: Option<(String, String)>,
}

impl Race {
    fn of(writes: impl IntoIterator<Item = Write>) -> Self {
        let writes = writes.into_iter().collect();
        Self { writes, shown: None }
    }
}

/// One request.
#[derive(Clone)]
struct Write {
    /// 0 or 1: for what it runs.
    side: usize,
    token: String,
    path: String,
    body: Body,
}

#[derive(Clone)]
enum Body {
    Json(Value),
    Scan,
    /// The news of a payment, under a name.
    News(String, Box<Payment>),
}

impl Write {
    fn post(by: &Visitor, path: &str, body: Value) -> Self {
        Self {
            side: 0,
            token: by.token.clone(),
            path: path.to_owned(),
            body: Body::Json(body),
        }
    }

    fn on_side(self, side: usize) -> Self {
        Self { side, ..self }
    }

    async fn send(&self, at: &Client, key: &str) -> Answer {
        let client = at.with_token(&self.token);
        let answer = match &self.body {
            Body::Json(body) => client.post(&self.path, key, body).await,
            Body::News(id, payment) => {
                let body = news::body((**payment).clone());
                let headers = news::signed(id, &body);
                client.send(Method::POST, &self.path, &headers, body).await
            }
            Body::Scan => panic!("a scan without a QR"),
        };
        answer.unwrap()
    }
}

/// Runs a rule's races on both engines.
#[track_caller]
fn run(rule: &Rule) {
    let rounds = count_from("QIAO_RACE_ROUNDS", 3);
    for engine in [TestDatabase::sqlite, TestDatabase::postgres] {
        let mut left = rounds;
        while left > 0 {
            let races = left.min(AT_MOST);
            run_in(&engine(), rule, races);
            left -= races;
        }
    }
}

fn run_in(database: &TestDatabase, rule: &Rule, races: usize) {
    let mut market = Market::open(&database.url);
    let cast = Cast::enter(&mut market);
    let races: Vec<Race> = (0..races).map(|_| (rule.set_up)(&mut market, &cast)).collect();
    market.close();
    let news = races.iter().flat_map(|race| &race.writes);
    let news = news.filter_map(|write| match &write.body {
        Body::News(_, payment) => Some((**payment).clone()),
        Body::Json(_) | Body::Scan => None,
    });
    let provider = Provider::knowing(news.collect());
    let servers = Servers::beside(&provider, &database.url);
    let visitors = servers.visitors();
    let runtime = runtime();
    let mut won = 0;
    for (n, race) in races.into_iter().enumerate() {
        won += runtime.block_on(run_once(database, &visitors, rule, n, race));
    }
    drop(visitors);
    servers.stop();
    let audit = Audit::open(&database.url);
    assert_eq!((rule.counted)(&audit), won as i64, "what the database counts");
    audit.close();
}

/// Gives how many of the first side won.
async fn run_once(
    database: &TestDatabase,
    visitors: &[Client],
    rule: &Rule,
    number: usize,
    race: Race,
) -> usize {
    let writes = with_qr(race, &visitors[0]).await;
    let (answers, ()) = match is_postgres(&database.url) {
        true => {
            let gate = Gate::close(database, rule.held_back).await;
            tokio::join!(
                rule.release.send(visitors, number, &writes),
                gate.open_when_two_wait()
            )
        }
        false => (rule.release.send(visitors, number, &writes).await, ()),
    };
    let mut won = [0, 0];
    for (write, answer) in writes.iter().zip(&answers) {
        if (rule.won)(answer) {
            won[write.side] += 1;
        } else if !answer.is_done() {
            let told = (answer.status, answer.problem().unwrap_or_default());
            assert!(rule.reasons.contains(&told), "{answer:?}");
        }
    }
    assert!(
        rule.outcomes.contains(&won),
        "race {number}: {won:?} won, of {answers:?}"
    );
    // It was final: whoever asks again hears the same, at the other server too.
    for (n, (write, answer)) in writes.iter().zip(&answers).enumerate() {
        let elsewhere = &visitors[(n + 1) % visitors.len()];
        assert_eq!(&write.send(elsewhere, &key(number, n)).await, answer);
    }
    won[0]
}

/// Sends every write at the same moment, in turns at each server, under a key of its own.
async fn all_at_once(visitors: &[Client], number: usize, writes: &[Write]) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(writes.len()));
    let mut running = Vec::new();
    for (n, write) in writes.iter().cloned().enumerate() {
        let (at, start) = (visitors[n % visitors.len()].clone(), Arc::clone(&start));
        running.push(tokio::spawn(async move {
            // The connection is there before the race starts.
            at.get("/healthz").await.unwrap();
            start.wait().await;
            write.send(&at, &key(number, n)).await
        }));
    }
    let mut answers = Vec::new();
    for answer in running {
        answers.push(answer.await.unwrap());
    }
    answers
}

fn key(race: usize, n: usize) -> String {
    format!("race-{race}-{n}")
}

/// The writes of a race, those that scan with what the holder's phone shows now.
async fn with_qr(race: Race, visitor: &Client) -> Vec<Write> {
    let Some((voucher, holder)) = race.shown else {
        return race.writes;
    };
    let phone = DeviceKey::from_bytes(&[7; 32]).unwrap();
    let device_key = json!({ "device_key": hex::encode(phone.public_key().to_bytes()) });
    let path = format!("/v1/vouchers/{voucher}/device");
    let bound = visitor
        .with_token(&holder)
        .post(&path, &voucher, &device_key)
        .await;
    let bound = bound.unwrap().done();
    let pass = SignedPass::from_base45(bound["pass"].as_str().unwrap()).unwrap();
    let qr = json!({ "qr": present(&pass, &phone, http::shell::now()) });
    let mut writes = race.writes;
    for write in &mut writes {
        if let Body::Scan = write.body {
            write.body = Body::Json(qr.clone());
        }
    }
    writes
}
