//! Requests that are released at the same instant: each has a connection of its own and is sent but for its last byte;
//! then the last bytes of all are written one right after the other. It is what the attack with a single packet is over
//! HTTP/2, which Qiao does not speak: no network and no client stands between the requests any more.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::rules::ONE_SIDED;
use super::{Body, Race, Release, Rule, WINNERS, Write, key, run};
use crate::support::client::{Answer, Client};

/// Sends every write, in turns at each server, and gives the answers.
pub async fn all_by_last_byte(visitors: &[Client], number: usize, writes: &[Write]) -> Vec<Answer> {
    let mut waiting = Vec::new();
    for (n, write) in writes.iter().enumerate() {
        let at = &visitors[n % visitors.len()];
        let request = request(write, at, &key(number, n));
        let (last, rest) = request.split_last().expect("a request has bytes");
        let mut connection = TcpStream::connect(at.address()).await.unwrap();
        connection.set_nodelay(true).unwrap();
        connection.write_all(rest).await.unwrap();
        waiting.push((connection, *last));
    }
    for (connection, last) in &mut waiting {
        connection.write_all(&[*last]).await.unwrap();
    }
    let mut answers = Vec::new();
    for (mut connection, _) in waiting {
        let mut bytes = Vec::new();
        connection.read_to_end(&mut bytes).await.unwrap();
        answers.push(answer(&String::from_utf8(bytes).unwrap()));
    }
    answers
}

fn request(write: &Write, at: &Client, key: &str) -> Vec<u8> {
    let Body::Json(body) = &write.body else {
        panic!("only JSON is sent so")
    };
    let (body, path, token) = (body.to_string(), &write.path, &write.token);
    format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         idempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        at.address(),
        body.len()
    )
    .into_bytes()
}

fn answer(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let retry_after = lines.find_map(|line| {
        line.to_lowercase()
            .strip_prefix("retry-after: ")
            .map(str::to_owned)
    });
    Answer {
        status: status.and_then(|status| status.parse().ok()).expect("a status"),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
        retry_after,
    }
}

#[test]
fn a_coupon_is_claimed_as_often_as_there_are() {
    run(&Rule {
        release: Release::LastBytes,
        set_up: |market, cast| {
            let coupon = market.coupon(WINNERS as i64, 1);
            let path = format!("/v1/coupons/{coupon}/claims");
            Race::of(
                cast.guests
                    .iter()
                    .map(|guest| Write::post(guest, &path, json!({}))),
            )
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "coupon_all_claimed")],
        counted: |audit| audit.claimed_coupons(),
        ..ONE_SIDED
    });
}
