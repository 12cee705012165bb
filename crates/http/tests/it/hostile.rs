//! Hostile bodies, made from the schemas of the document: each write is sent everything that is nearly
//! right, by somebody who may. It answers with a problem that names the field, never fails, and what it
//! refused has no effect.

use axum::body::Body;
use axum::http::{Method, Request};
use http::shell;

use crate::app::{Answer, Client, TestApp, on_both_with_provider};
use crate::hostile_cases::{Case, Must, cases_of_fields, cases_of_form};
use crate::operations::{Operation, operations};
use crate::samples::{Ids, bodies};
use crate::world::{World, events_since, heads};

/// Takes a beacon, a provider's delivery or a question: no key.
pub const NO_COMMANDS: &[&str] = &[
    "previewCoupon",
    "previewPlatformCoupon",
    "quoteCart",
    "receiveSandboxWebhook",
    "recordVisits",
];

/// Who may do it, in this world.
pub fn whoever_may(world: &World, operation: &Operation) -> Client {
    match (operation.name.as_str(), operation.scope()) {
        ("approvePayout", _) => world.finance.0.clone(),
        ("endSessions", _) => world.stranger.0.clone(),
        ("eraseMe", _) => world.here.leaver.clone(),
        ("signOut", _) => world.there.buyer.0.clone(),
        (_, None) => Client::default(),
        (_, Some("consumer")) => world.here.buyer.0.clone(),
        (_, Some(_)) if operation.is_for_operators() => world.admin.0.clone(),
        (_, Some(_)) => world.here.owner.0.owner.clone(),
    }
}

/// The world's ids, as an operation can use them: terms are answered while they are on the table.
pub fn ids_for(world: &World, operation: &Operation) -> Ids {
    let mut ids = world.here.ids.clone();
    let answers = ["accept", "counter", "decline"]
        .iter()
        .any(|verb| operation.name.starts_with(verb));
    if answers {
        ids.insert("agreement", ids["negotiated"].clone());
    }
    let booked = ["bookWithCard", "joinWaitlist", "takePlace"];
    if operation.name.contains("Booking") || booked.contains(&operation.name.as_str()) {
        ids.insert("offer", ids["booked"].clone());
    }
    ids
}

async fn send(app: &TestApp, who: &Client, operation: &Operation, ids: &Ids, case: &Case) -> Answer {
    let path = operation.path_with(|name| &ids[name]);
    let mut request = Request::builder().method(operation.method.clone()).uri(path);
    request = request.header("idempotency-key", hex::encode(shell::random_bytes::<16>()));
    if let Some(content_type) = case.content_type {
        request = request.header("content-type", content_type);
    }
    app.send(who.sign(request).body(Body::from(case.body.clone())).unwrap())
        .await
}

/// A quote of a cart refuses each order by itself.
pub fn is_refused(answer: &Answer) -> bool {
    let body: serde_json::Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    answer.status.is_client_error() || body.pointer("/orders/0/refused").is_some()
}

/// What is wrong with the answer, if something is.
fn judge(case: &Case, answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    let text = String::from_utf8_lossy(&answer.bytes);
    let fits = match case.must {
        Must::BeMalformed => [400, 413, 415].contains(&status),
        Must::BeRefused => is_refused(answer),
        Must::NotFail => status < 500,
    };
    if !fits {
        return Some(format!("{status} {text}"));
    }
    if answer.status.is_success() {
        return None;
    }
    if answer.headers["content-type"] != "application/problem+json" {
        return Some(format!("no problem document: {text}"));
    }
    // A conflict is about the state of things and not about a field.
    let of_a_field = [400, 422].contains(&status);
    let named = case.field.as_deref().is_none_or(|field| {
        let problem = answer.json();
        let said = problem["field"].as_str().unwrap_or_default();
        let detail = problem["detail"].as_str().unwrap_or_default();
        (!said.is_empty() && (field.starts_with(said) || said.starts_with(field)))
            || detail.contains(field.trim_start_matches('/'))
    });
    (of_a_field && !named).then(|| format!("does not name the field: {text}"))
}

#[test]
fn a_hostile_body_is_refused_by_name_and_changes_nothing() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let mut wrong = Vec::new();
        for operation in operations() {
            if !operation.writes() || operation.takes_bytes || operation.name == "receiveSandboxWebhook" {
                continue;
            }
            let (who, ids) = (whoever_may(&world, &operation), ids_for(&world, &operation));
            let mut before = heads(app).await;
            let bodies = bodies(&operation, &ids);
            let text = bodies
                .first()
                .map_or_else(|| "{}".to_owned(), |(body, _)| body.to_string());
            let mut cases = cases_of_form(&text);
            if NO_COMMANDS.contains(&operation.name.as_str()) {
                cases.retain(|case| case.content_type.is_none());
            }
            cases.extend(
                bodies
                    .iter()
                    .flat_map(|(body, fields)| cases_of_fields(body, fields)),
            );
            for case in cases {
                let answer = send(app, &who, &operation, &ids, &case).await;
                if let Some(why) = judge(&case, &answer) {
                    wrong.push(format!("{} with {}: {why}", operation.name, case.what));
                }
                if answer.status.is_success() {
                    before = heads(app).await;
                }
            }
            if heads(app).await != before {
                wrong.push(format!(
                    "{} changed: {:?}",
                    operation.name,
                    events_since(app, before).await
                ));
            }
        }
        assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    });
}

#[test]
fn a_write_without_a_key_is_no_write() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let before = heads(app).await;
        for operation in operations() {
            if !operation.writes() || NO_COMMANDS.contains(&operation.name.as_str()) {
                continue;
            }
            let (who, ids) = (whoever_may(&world, &operation), ids_for(&world, &operation));
            let body = match operation.takes_bytes {
                true => crate::app::png(2, 2),
                false => crate::samples::body_text(&operation, &ids).into_bytes(),
            };
            for key in [
                None,
                Some(""),
                Some("with space"),
                Some("schlüssel"),
                Some(&*"k".repeat(256)),
            ] {
                let request = Request::builder()
                    .method(operation.method.clone())
                    .uri(operation.path_with(|name| &ids[name]));
                let request = key.into_iter().fold(request, |request, key| {
                    request.header("idempotency-key", key.as_bytes())
                });
                let answer = app
                    .send(who.sign(request).body(Body::from(body.clone())).unwrap())
                    .await;
                assert_eq!(
                    answer.refusal(),
                    (400, "idempotency_key_missing".to_owned()),
                    "{}",
                    operation.name
                );
            }
        }
        assert_eq!(heads(app).await, before);
    });
}

#[test]
fn hostile_paths_and_queries_are_refused_and_never_fail() {
    let hostile = [
        "%00",
        "%FF",
        "x",
        "-1",
        "per_",
        "'%20OR%201=1",
        "..%2F..%2Fetc%2Fpasswd",
        &"a".repeat(4_000),
    ];
    let values = [
        "",
        "%00",
        "%FF",
        "-1",
        "0",
        "1.5",
        "NaN",
        "9223372036854775808",
        "1e308",
        "%F0%9F%8D%B2",
        &"9".repeat(4_000),
    ];
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let mut wrong = Vec::new();
        for operation in operations()
            .into_iter()
            .filter(|operation| operation.name != "receiveSandboxWebhook")
        {
            let (who, ids) = (whoever_may(&world, &operation), ids_for(&world, &operation));
            let body = crate::samples::body_text(&operation, &ids);
            for parameter in operation.parameters() {
                for value in hostile {
                    let path = operation.path_with(|name| if name == parameter { value } else { &ids[name] });
                    let answer = app
                        .call(&who, operation.method.clone(), &path, None, body.clone())
                        .await;
                    if ![400, 404].contains(&answer.status.as_u16())
                        || answer.headers["content-type"] != "application/problem+json"
                    {
                        wrong.push(format!("{} {path}: {}", operation.name, answer.status));
                    }
                }
            }
            if operation.writes() {
                continue;
            }
            let path = operation.path_with(|name| &ids[name]);
            for (name, value) in operation
                .query
                .iter()
                .flat_map(|(name, _)| values.map(|value| (name, value)))
            {
                let answer = app.get(&who, &format!("{path}?{name}={value}")).await;
                if answer.status.is_server_error() {
                    wrong.push(format!("{} {name}={value}: {}", operation.name, answer.status));
                }
            }
            if !operation.query.is_empty() {
                let answer = app.get(&who, &format!("{path}?zz_unknown=1")).await;
                if answer.status != 400 {
                    wrong.push(format!(
                        "{} takes an unknown parameter: {}",
                        operation.name, answer.status
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    });
}

#[test]
fn a_write_that_takes_nothing_comes_without_a_body_or_with_an_empty_one() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        for operation in operations() {
            let takes_nothing = match &operation.body {
                Some(body) => body["properties"]
                    .as_object()
                    .is_none_or(|fields| fields.is_empty()),
                None => operation.method == Method::DELETE,
            };
            if !operation.writes() || !takes_nothing || operation.takes_bytes {
                continue;
            }
            assert!(!operation.needs_body, "{}", operation.name);
            let (who, ids) = (whoever_may(&world, &operation), ids_for(&world, &operation));
            for body in ["", "{}"] {
                let case = Case::new("nothing", body, Must::NotFail);
                let answer = send(app, &who, &operation, &ids, &case).await;
                let misread = [400, 415, 422, 500].contains(&answer.status.as_u16());
                assert!(!misread, "{} {body:?}: {}", operation.name, answer.status);
            }
        }
    });
}
