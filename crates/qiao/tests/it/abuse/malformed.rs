//! Requests that are none, by everybody and to every operation of the document: each is refused, nothing fails or
//! panics, nothing changes, and the server does not grow. `QIAO_MALFORMED` says how many.

use std::pin::pin;

use futures_util::StreamExt;
use party::{OperatorRole, Role};
use reqwest::Method;
use serde_json::Value;
use store::testing::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{at_a_time, below};
use crate::support::audit::Audit;
use crate::support::client::Client;
use crate::support::market::Market;
use crate::support::servers::Servers;
use crate::support::{count_from, runtime};

/// What a server may grow by while it is sent nonsense, once it has answered the first quarter.
const GROWTH_KIB: u64 = 64 * 1024;

/// A method and a path with nonsense for its ids.
type Operation = (Method, String);

/// Everything that is written with a body, as the document lists it.
fn writes() -> Vec<Operation> {
    let document = include_str!("../../../../../docs/generated/openapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let mut writes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            let takes_json = said["requestBody"]["content"].get("application/json").is_some();
            if takes_json {
                let method = method.to_uppercase().parse().unwrap();
                writes.push((method, path.clone()));
            }
        }
    }
    writes
}

/// Bytes of no good JSON document for anything.
fn nonsense() -> Vec<u8> {
    let random = || (0..below(200)).map(|_| below(256) as u8).collect::<Vec<_>>();
    match below(9) {
        // Never the beginning of a JSON value.
        0 => [vec![b'\\'], random()].concat(),
        1 => "[".repeat(1 + below(20_000)).into_bytes(),
        2 => "{\"a\":".repeat(1 + below(5_000)).into_bytes(),
        3 => b"{\"offer\": NaN}".to_vec(),
        4 => b"{\"quantity\": 1, \"quantity\": 1}x".to_vec(),
        5 => [b"{\"".as_slice(), &[0xff, 0xfe], b"\": 1}"].concat(),
        6 => format!("{{\"a\": {}}}", "9".repeat(1 + below(5_000))).into_bytes(),
        7 => format!("\"{}\"", "x".repeat(below(50_000))).into_bytes(),
        _ => format!("{{\"{}\": {{}}}}", "\u{1F372}".repeat(1 + below(50))).into_bytes(),
    }
}

fn fill(path: &str) -> String {
    let ids = [
        "per_x",
        "%00",
        "..%2F..",
        "ord_7zzzzzzzzzzzzzzzzzzzzzzzzz",
        "-1",
        "%F0%9F%8D%B2",
        "'%20OR%201=1",
    ];
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => ids[below(ids.len())],
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn what_is_no_request_is_refused_and_costs_nothing() {
    let requests = count_from("QIAO_MALFORMED", 4_000);
    for database in TestDatabase::both() {
        refuse(&database, requests);
    }
}

fn refuse(database: &TestDatabase, requests: usize) {
    let mut market = Market::open(&database.url);
    let mut tokens: Vec<String> = vec![String::new(), "x".repeat(64)];
    tokens.extend(market.consumers(1).into_iter().map(|person| person.token));
    tokens.push(market.staff(Role::Owner, None).token);
    tokens.push(market.operator(OperatorRole::Admin).token);
    market.close();
    // The first start makes the keys that vouchers are signed with.
    Servers::start(&database.url).stop();
    let before = Audit::open(&database.url);
    let events = before.all_events();
    before.close();
    let servers = Servers::start(&database.url);
    let visitors = servers.visitors();
    let writes = writes();
    let runtime = runtime();
    let everybody: Vec<Client> = visitors
        .iter()
        .flat_map(|at| tokens.iter().map(|token| at.with_token(token)))
        .collect();
    runtime.block_on(send(&everybody, &writes, requests / 4));
    let grown_from = servers.resident_kib();
    runtime.block_on(send(&everybody, &writes, requests - requests / 4));
    let grown = servers.resident_kib().saturating_sub(grown_from);
    println!("{requests} malformed requests: grown by {grown} KiB from {grown_from}");
    assert!(grown < GROWTH_KIB, "{grown} KiB from {grown_from}");
    for server in servers.addresses() {
        runtime.block_on(pin!(at_a_time((0..requests / 20).map(|_| garbage(server)))).count());
    }
    drop((everybody, visitors));
    servers.stop();
    let after = Audit::open(&database.url);
    assert_eq!(after.all_events(), events);
    after.close();
}

async fn send(everybody: &[Client], writes: &[Operation], requests: usize) {
    let all = (0..requests).map(|n| async move {
        let (method, path) = &writes[below(writes.len())];
        let (path, body) = (fill(path), nonsense());
        let content_type = if below(10) == 0 {
            "text/plain"
        } else {
            "application/json"
        };
        let mut headers = vec![("content-type", content_type.to_owned())];
        if below(10) > 0 {
            headers.push(("idempotency-key", format!("malformed-{n}")));
        }
        let client = &everybody[below(everybody.len())];
        // A server that does not read a body to its end hangs up, and the next request on that connection is lost.
        let answer = loop {
            let sent = client.send(method.clone(), &path, &headers, body.clone());
            match sent.await {
                Ok(answer) => break answer,
                Err(error) => assert!(error.is_request(), "{method} {path}: {error:?}"),
            }
        };
        let what = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert!(
            (400..500).contains(&answer.status),
            "{method} {path} {what}: {answer:?}"
        );
        assert!(answer.problem().is_some(), "{method} {path} {what}: {answer:?}");
    });
    pin!(at_a_time(all)).count().await;
}

/// Bytes that are no HTTP, or break off. Whatever the answer is, the server goes on.
async fn garbage(address: &str) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let start: &[u8] = match below(4) {
        0 => b"POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 99999\r\n\r\n{",
        1 => b"GET /v1/offers HTTP/9.9\r\n\r\n",
        2 => b"POST /v1/orders HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        _ => b"",
    };
    let random: Vec<u8> = (0..below(500)).map(|_| below(256) as u8).collect();
    // The server may hang up at any byte.
    let _ = connection.write_all(&[start, &random].concat()).await;
    let _ = connection.shutdown().await;
    let _ = connection.read_to_end(&mut Vec::new()).await;
}
