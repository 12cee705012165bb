//! Hostile bodies, made from the schemas of the document: each write is sent everything that is nearly
//! right, by somebody who may. It answers with a problem that names the field, never fails, and what it
//! refused has no effect.

use axum::body::Body;
use axum::http::Request;
use http::shell;
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp, on_both_with_provider};
use crate::operations::{Operation, operations};
use crate::samples::{Field, Ids, bodies, with};
use crate::world::{World, events_since, heads};

/// Takes a beacon or a provider's delivery: no key, and any content type.
pub const NO_COMMANDS: &[&str] = &["receiveSandboxWebhook", "recordVisits"];

/// Whole numbers that are meant where they look wrong.
const ZERO_IS_MEANT: &[&str] = &[
    "capacity",
    "discount_bp",
    "discount_platform_bp",
    "commission_bp",
    "rebate_bp",
    "friend_discount_bp",
    "platform_bp",
    "platform_cap",
    "min_spend",
    "offline_max_uses",
    "offline_max_amount",
    "refund_window_us",
    "undo_window_us",
    "stock",
];

/// What must come of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Must {
    /// 400, 413 or 415: not of the form that the document tells.
    BeMalformed,
    /// Any refusal.
    BeRefused,
    /// Anything but a failure.
    NotFail,
}

struct Case {
    what: String,
    /// The field that the answer must name.
    field: Option<String>,
    body: Vec<u8>,
    content_type: Option<&'static str>,
    must: Must,
}

impl Case {
    fn new(what: impl Into<String>, body: impl Into<Vec<u8>>, must: Must) -> Self {
        Self {
            what: what.into(),
            field: None,
            body: body.into(),
            content_type: None,
            must,
        }
    }

    fn at(self, field: &Field) -> Self {
        Self {
            field: Some(field.pointer.clone()),
            ..self
        }
    }
}

/// What can be sent to every write, whatever it takes.
fn cases_of_form(body: &str) -> Vec<Case> {
    let mut large = body.as_bytes().to_vec();
    large.resize(64 * 1024 + 1, b' ');
    let mut cases = vec![
        Case::new("half a body", "{", Must::BeMalformed),
        Case::new("an array", "[]", Must::BeMalformed),
        Case::new("null", "null", Must::BeMalformed),
        Case::new("a text", "\"{}\"", Must::BeMalformed),
        Case::new("two bodies", format!("{body}{body}"), Must::BeMalformed),
        Case::new("broken UTF-8", b"{\"\xff\xfe\": 1}".to_vec(), Must::BeMalformed),
        Case::new("very deep", "[".repeat(60_000), Must::BeMalformed),
        Case::new("too large", large, Must::BeMalformed),
    ];
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let case = Case::new(content_type, body, Must::BeMalformed);
        cases.push(Case {
            content_type: Some(content_type),
            ..case
        });
    }
    cases
}

/// What can be done to a body and its fields.
fn cases_of_fields(body: &Value, fields: &[Field]) -> Vec<Case> {
    let mut cases = Vec::new();
    for field in fields {
        let change = |value: Value| with(body, &field.pointer, value).to_string();
        if field.is("object") {
            cases.extend(cases_of_object(body, field));
        } else if field.is("integer") {
            cases.extend(cases_of_integer(body, field));
        } else if field.is("number") {
            for raw in ["\"1\"", "NaN", "Infinity", "1e999", "[1]"] {
                cases.push(Case::new(raw, raw_at(body, field, raw), Must::BeMalformed));
            }
            for far in [180.1, -180.1, 1e308] {
                cases.push(Case::new(
                    format!("{} {far}", field.pointer),
                    change(json!(far)),
                    Must::BeRefused,
                ));
            }
        } else if field.is("array") {
            let many = Value::Array(vec![field_sample(body, field); 1_500]);
            cases.push(Case::new("1500 items", change(many), Must::BeRefused).at(field));
            cases.push(Case::new("an object for an array", change(json!({})), Must::BeMalformed).at(field));
        } else if field.is("boolean") {
            for wrong in [json!(1), json!("true")] {
                cases.push(Case::new(wrong.to_string(), change(wrong), Must::BeMalformed).at(field));
            }
        } else {
            cases.extend(cases_of_text(body, field));
        }
    }
    cases
}

fn field_sample(body: &Value, field: &Field) -> Value {
    body.pointer(&format!("{}/0", field.pointer))
        .cloned()
        .unwrap_or_default()
}

fn cases_of_object(body: &Value, field: &Field) -> Vec<Case> {
    let here = body.pointer(&field.pointer);
    let Some(object) = here.and_then(Value::as_object) else {
        return Vec::new();
    };
    let at = |name: &str| format!("{}/{name}", field.pointer);
    let mut cases = Vec::new();
    if field.schema["additionalProperties"].is_object() {
        let many: Value = (0..5_000)
            .map(|n| (format!("k{n}"), json!("v")))
            .collect::<serde_json::Map<_, _>>()
            .into();
        for keys in [json!({"\u{0}": "x"}), json!({"": ""}), many] {
            let case = with(body, &field.pointer, keys).to_string();
            cases.push(Case::new("other keys", case, Must::BeRefused).at(field));
        }
        return cases;
    }
    let unknown = with(body, &at("zz_unknown"), json!(1)).to_string();
    let unknown = Case::new("an unknown field", unknown, Must::BeMalformed);
    cases.push(Case {
        field: Some("zz_unknown".to_owned()),
        ..unknown
    });
    for name in field.schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let mut rest = object.clone();
        rest.remove(name);
        let without = with(body, &field.pointer, rest.into()).to_string();
        let without = Case::new(format!("no {name}"), without, Must::BeMalformed);
        cases.push(Case {
            field: Some(name.to_owned()),
            ..without
        });
    }
    if let Some((name, value)) = object.iter().next() {
        let twice = format!(
            "{{\"{name}\":{value},{}",
            &Value::from(object.clone()).to_string()[1..]
        );
        let twice = raw_at(body, field, &twice);
        cases.push(Case::new(format!("{name} twice"), twice, Must::BeMalformed));
    }
    cases
}

fn cases_of_integer(body: &Value, field: &Field) -> Vec<Case> {
    let malformed = [
        "\"1\"",
        "1.5",
        "9223372036854775808",
        "-9223372036854775809",
        "1e308",
        "NaN",
        "true",
        "[1]",
    ];
    let malformed = malformed.map(|raw| {
        let case = Case::new(
            format!("{} {raw}", field.pointer),
            raw_at(body, field, raw),
            Must::BeMalformed,
        );
        // What is no JSON at all is not at a field.
        if raw == "NaN" { case } else { case.at(field) }
    });
    let zero = if meant_as_zero(field) {
        Must::NotFail
    } else {
        Must::BeRefused
    };
    let bounds = [
        ("-1", Must::BeRefused),
        ("0", zero),
        ("9223372036854775807", Must::BeRefused),
        ("-9223372036854775808", Must::BeRefused),
    ];
    let bounds = bounds.map(|(raw, must)| {
        let case = Case::new(format!("{} {raw}", field.pointer), raw_at(body, field, raw), must);
        // A zero that is meant may contradict another field, which is the one to be named.
        if must == Must::NotFail {
            case
        } else {
            case.at(field)
        }
    });
    malformed.into_iter().chain(bounds).collect()
}

fn meant_as_zero(field: &Field) -> bool {
    field.pointer.split('/').any(|part| ZERO_IS_MEANT.contains(&part))
}

fn cases_of_text(body: &Value, field: &Field) -> Vec<Case> {
    let change = |value: Value| with(body, &field.pointer, value).to_string();
    let case =
        |what: &str, body: String, must| Case::new(format!("{} {what}", field.pointer), body, must).at(field);
    // What a client says of its device is cut and cleaned, and a queue's scans are answered one by one.
    let kept = if field.pointer == "/scans/0/qr"
        || field.schema["description"]
            .as_str()
            .is_some_and(|said| said.starts_with("What people call the device"))
    {
        Must::NotFail
    } else {
        Must::BeRefused
    };
    vec![
        case("as a number", change(json!(1)), Must::BeMalformed),
        case(
            "as half a character",
            raw_at(body, field, "\"\\ud800\""),
            Must::BeMalformed,
        ),
        case("with a zero byte", change(json!("a\u{0}b")), kept),
        case("of 60000 characters", change(json!("好".repeat(20_000))), kept),
        case(
            "with a switch of direction",
            change(json!("a\u{202e}b")),
            Must::NotFail,
        ),
        case("empty", change(json!("")), Must::NotFail),
        case(
            "with quotes",
            change(json!("'; DROP TABLE person; --")),
            Must::NotFail,
        ),
    ]
}

/// The body with text at a field that need not be JSON.
fn raw_at(body: &Value, field: &Field, raw: &str) -> String {
    const MARK: &str = "a mark that stands nowhere else";
    with(body, &field.pointer, json!(MARK))
        .to_string()
        .replace(&json!(MARK).to_string(), raw)
}

/// Who may do it, in this world.
pub fn whoever_may<'w>(world: &'w World, operation: &Operation) -> Client {
    match (operation.name.as_str(), operation.scope()) {
        ("approvePayout", _) => world.finance.0.clone(),
        ("signOut" | "endSessions", _) => world.stranger.0.clone(),
        (_, None) => Client::default(),
        (_, Some("consumer")) => world.here.buyer.0.clone(),
        (_, Some("operator")) => world.admin.0.clone(),
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

/// What is wrong with the answer, if something is.
fn judge(case: &Case, answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    let text = String::from_utf8_lossy(&answer.bytes);
    let fits = match case.must {
        Must::BeMalformed => [400, 413, 415].contains(&status),
        Must::BeRefused => (400..500).contains(&status),
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
        let world = World::new(app).await;
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
        let world = World::new(app).await;
        let before = heads(app).await;
        for operation in operations() {
            if !operation.writes() || NO_COMMANDS.contains(&operation.name.as_str()) {
                continue;
            }
            let (who, ids) = (whoever_may(&world, &operation), ids_for(&world, &operation));
            let body = match operation.takes_bytes {
                true => crate::app::PNG.to_vec(),
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
        let world = World::new(app).await;
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
