//! The provider's news, each piece many times, shuffled, under one id and under others, at every server: one effect.
//! Among it forgeries of news that is not true, some of them signed with the provider's own secret: all are refused and
//! none has an effect. `QIAO_DELIVERIES` and `QIAO_FORGERIES` say how many. That a repetition with an effect would be seen is shown by
//! `mutants/webhook-without-dedupe.patch`.

use std::pin::pin;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use gateway::protocol::{Chargeback, Payment};
use gateway::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use kernel::{Currency, PaymentAttemptId};
use reqwest::Method;
use store::testing::TestDatabase;

use super::{at_a_time, below, shuffle};
use crate::support::audit::Audit;
use crate::support::client::{Answer, Client};
use crate::support::market::Market;
use crate::support::news::{self, Header, Provider};
use crate::support::servers::Servers;
use crate::support::{count_from, runtime};

/// How often each piece of news comes, as a rule.
const TIMES: usize = 20;
/// Orders of which there is no true news.
const UNPAID: i64 = 3;
/// Deliveries on one database.
const AT_MOST: usize = 20_000;
const SOMEBODY_ELSES: &str = "whsec_c29tZWJvZHktZWxzZXMtc29tZWJvZHktZWxzZXMtcWlhbw==";

/// A request to the webhook.
#[derive(Clone)]
struct Delivery {
    headers: Vec<Header>,
    body: Vec<u8>,
    is_genuine: bool,
}

#[test]
fn news_has_one_effect_however_often_it_comes_and_forged_news_has_none() {
    let (mut left, mut forgeries) = (
        count_from("QIAO_DELIVERIES", 2_000),
        count_from("QIAO_FORGERIES", 600),
    );
    while left > 0 || forgeries > 0 {
        let (some, forged) = (left.min(AT_MOST), forgeries.min(AT_MOST));
        for database in TestDatabase::both() {
            deliver(&database, some, forged);
        }
        left -= some;
        forgeries -= forged;
    }
}

fn deliver(database: &TestDatabase, genuine: usize, forged: usize) {
    let orders = genuine.div_ceil(TIMES);
    let mut market = Market::open(&database.url);
    let good = market.offer(orders as i64 + UNPAID, 1);
    let buyers = market.consumers(32);
    let attempt = |n: usize| market.awaiting(good, &buyers[n % 32]).1;
    let paid: Vec<_> = (0..orders).map(|n| news::paid(attempt(n))).collect();
    let lies = Lies::about([attempt(0), attempt(1), attempt(2)], &paid);
    market.close();
    let provider = Provider::knowing(paid.iter().chain(&lies.recorded).cloned().collect());
    let news: Vec<_> = paid.into_iter().map(news::body).collect();
    let mut deliveries: Vec<Delivery> = (0..genuine).map(|n| repetition(&news, n)).collect();
    let told = |n: usize| lies.told[n % lies.told.len()].clone();
    deliveries.extend((0..forged).map(|n| forgery(told(n), n)));
    shuffle(&mut deliveries);

    let servers = Servers::beside(&provider, &database.url);
    let visitors = servers.visitors();
    runtime().block_on(async {
        let all = deliveries
            .iter()
            .map(|delivery| (delivery, &visitors[below(visitors.len())]))
            .map(async |(delivery, visitor)| (delivery, send(visitor, delivery).await));
        let mut answers = pin!(at_a_time(all));
        while let Some((delivery, answer)) = answers.next().await {
            let expected = if delivery.is_genuine { 200 } else { 422 };
            assert_eq!(answer.status, expected, "{answer:?} to {:?}", delivery.headers);
        }
    });
    drop(visitors);
    servers.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(
        (audit.paid_orders(), audit.orders()),
        (orders as i64, orders as i64 + UNPAID)
    );
    assert_eq!((audit.vouchers(), audit.refunds()), (orders as i64, 0));
    audit.close();
}

async fn send(to: &Client, delivery: &Delivery) -> Answer {
    let sent = to.send(Method::POST, news::PATH, &delivery.headers, delivery.body.clone());
    sent.await.unwrap()
}

/// News, again: under the id that it had, or as news of its own.
fn repetition(news: &[Vec<u8>], n: usize) -> Delivery {
    let which = n % news.len();
    let id = match n % 3 {
        0 => format!("msg_{which}"),
        _ => format!("msg_{which}_{n}"),
    };
    Delivery {
        headers: news::signed(&id, &news[which]).into(),
        body: news[which].clone(),
        is_genuine: true,
    }
}

/// What was never paid, or less, or in another currency, and what was never taken back.
struct Lies {
    told: Vec<Vec<u8>>,
    /// What the provider knows of it.
    recorded: [Payment; 3],
}

impl Lies {
    fn about(attempts: [PaymentAttemptId; UNPAID as usize], paid: &[Payment]) -> Self {
        let [never, mut cheaper, mut elsewhere] = attempts.map(news::paid);
        let charged_back = paid.iter().map(|payment| Payment {
            chargeback: Some(Chargeback {
                amount: payment.amount,
                settlement: None,
                reversal: None,
            }),
            ..payment.clone()
        });
        let told = [&never, &cheaper, &elsewhere].map(Payment::clone).into_iter();
        let told = told.chain(charged_back.take(UNPAID as usize));
        let told = told.map(news::body).collect();
        cheaper.amount = 1;
        elsewhere.currency = Currency::JPY;
        Self {
            told,
            recorded: [news::pending(attempts[0]), cheaper, elsewhere],
        }
    }
}

/// A lie, with a proof that does not fit or, with the secret known, one that does.
fn forgery(body: Vec<u8>, n: usize) -> Delivery {
    let id = format!("msg_forged_{n}");
    let kind = n / 6 % 9;
    let secret = if kind == 3 { SOMEBODY_ELSES } else { news::SECRET };
    let mut delivery = Delivery {
        headers: news::signed_with(secret, &id, &body).into(),
        body,
        is_genuine: false,
    };
    match kind {
        0 => flip_a_bit(&mut delivery.body),
        1 => flip_the_signature(value(&mut delivery, SIGNATURE_HEADER)),
        2 => flip_a_digit(value(&mut delivery, TIMESTAMP_HEADER)),
        3 => {}
        4 => delivery.body.clear(),
        5 => {
            let again = delivery.headers[below(3)].clone();
            delivery.headers.push(again);
        }
        6 => drop(delivery.headers.remove(below(3))),
        7 => value(&mut delivery, ID_HEADER).push('x'),
        _ => {}
    }
    delivery
}

fn value<'d>(delivery: &'d mut Delivery, name: &str) -> &'d mut String {
    let header = delivery.headers.iter_mut().find(|header| header.0 == name);
    &mut header.expect("a delivery has it").1
}

fn flip_a_bit(bytes: &mut [u8]) {
    let at = below(bytes.len());
    bytes[at] ^= 1 << below(8);
}

fn flip_the_signature(signature: &mut String) {
    let mut tag = STANDARD.decode(&signature["v1,".len()..]).expect("base64");
    flip_a_bit(&mut tag);
    *signature = format!("v1,{}", STANDARD.encode(tag));
}

/// Into another digit, at any place: seconds or decades away.
fn flip_a_digit(seconds: &mut String) {
    let at = below(seconds.len());
    let digit = seconds.as_bytes()[at] - b'0';
    let other = (digit + 1 + below(9) as u8) % 10;
    seconds.replace_range(at..=at, &other.to_string());
}
