//! Every write is sent 1 to 20 times under its key, in any order, through any server, while the servers are killed
//! and started anew: it has one effect and one answer, a refusal too. `QIAO_REPEATS` says how many requests.

use std::collections::HashMap;
use std::pin::pin;

use futures_util::StreamExt;
use serde_json::{Value, json};
use store::testing::TestDatabase;

use super::{at_a_time, below, shuffle};
use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::{Good, Market};
use crate::support::servers::Servers;
use crate::support::{count_from, runtime};

const PEOPLE: usize = 32;
/// Requests on one database.
const AT_MOST: usize = 20_000;
/// How often the servers are killed meanwhile.
const KILLS: usize = 3;

struct Write {
    person: usize,
    body: Value,
}

/// One more try of a write: which, and what came back.
type Try = (usize, Option<Answer>);

#[test]
fn a_write_that_is_sent_up_to_twenty_times_has_one_effect_and_one_answer() {
    let mut left = count_from("QIAO_REPEATS", 2_000);
    while left > 0 {
        let requests = left.min(AT_MOST);
        for database in TestDatabase::both() {
            repeat(&database, requests);
        }
        left -= requests;
    }
}

fn repeat(database: &TestDatabase, requests: usize) {
    let mut market = Market::open(&database.url);
    let scarce = market.offer(requests as i64 / 100, 1);
    let plenty = market.offer(requests as i64, 1);
    let people = market.consumers(PEOPLE);
    market.close();
    let (writes, sends) = plan(requests, [scarce, plenty]);
    let mut servers = Servers::start(&database.url);
    let runtime = runtime();
    let mut answers = HashMap::new();
    let parts: Vec<_> = sends.chunks(sends.len().div_ceil(KILLS + 1)).collect();
    for part in parts {
        let clients = Everywhere::of(&servers, &people);
        // Whoever is still waiting then hears nothing.
        let heard = runtime.block_on(send(&clients, &writes, part, part.len() - below(part.len() / 2)));
        heard.into_iter().for_each(|one| keep(&mut answers, one));
        servers.kill_and_restart();
    }
    let all: Vec<usize> = (0..writes.len()).collect();
    let clients = Everywhere::of(&servers, &people);
    let heard = runtime.block_on(send(&clients, &writes, &all, all.len()));
    heard.into_iter().for_each(|one| keep(&mut answers, one));
    servers.stop();

    assert_eq!(answers.len(), writes.len());
    let done = answers.values().filter(|answer| answer.is_done()).count();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.orders(), done as i64);
    assert_eq!(audit.level(scarce.stock).held, requests as i64 / 100);
    audit.close();
}

/// Writes, and which of them is sent when. A fifth of them want what is scarce.
fn plan(requests: usize, [scarce, plenty]: [Good; 2]) -> (Vec<Write>, Vec<usize>) {
    let (mut writes, mut sends) = (Vec::new(), Vec::new());
    while sends.len() < requests {
        let n = writes.len();
        let good = if n.is_multiple_of(5) { scarce } else { plenty };
        let body = json!({ "offer": good.offer.to_string(), "quantity": 1 });
        writes.push(Write {
            person: n % PEOPLE,
            body,
        });
        sends.extend(std::iter::repeat_n(n, 1 + below(20)));
    }
    shuffle(&mut sends);
    (writes, sends)
}

/// Everybody, at each server.
struct Everywhere(Vec<Vec<Client>>);

impl Everywhere {
    fn of(servers: &Servers, people: &[crate::support::market::Visitor]) -> Self {
        let at = |visitor: &Client| {
            people
                .iter()
                .map(|person| visitor.with_token(&person.token))
                .collect()
        };
        Self(servers.visitors().iter().map(at).collect())
    }
}

/// Sends until so many have been answered.
async fn send(clients: &Everywhere, writes: &[Write], sends: &[usize], answers: usize) -> Vec<Try> {
    let tries = sends.iter().map(|n| async move {
        let write = &writes[*n];
        let client = &clients.0[below(clients.0.len())][write.person];
        let answer = client
            .post("/v1/orders", &format!("write-{n}"), &write.body)
            .await;
        (*n, answer.ok())
    });
    pin!(at_a_time(tries).take(answers)).collect().await
}

fn keep(answers: &mut HashMap<usize, Answer>, (n, answer): Try) {
    let Some(answer) = answer.filter(|answer| !answer.is_temporary()) else {
        return;
    };
    let sold_out = (answer.status, answer.problem()) == (409, Some("order_sold_out"));
    assert!(answer.status == 201 || sold_out, "{answer:?}");
    assert_eq!(*answers.entry(n).or_insert_with(|| answer.clone()), answer);
}
