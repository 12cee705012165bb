//! What is nearly a good request: made from a good body and what the schema says of its fields.

use serde_json::{Value, json};

use crate::samples::{Field, with};

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
    "platform_cap_max",
    "min_spend",
    "offline_max_uses",
    "offline_max_amount",
    "refund_window_us",
    "commission_bp_min",
    "commission_bp_max",
    "discount_platform_bp_max",
    "rebate_bp_max",
    "refund_window_us_min",
    "undo_window_us",
    "from_minute",
    "stock",
    "before_minutes",
    "cleaning_minutes",
    "after_minutes",
    "notice_minutes",
    "free_until_minutes",
    "late_fee_bp",
    "no_show_fee_bp",
    "grace_minutes",
    "minute",
    "spicy",
];

/// What must come of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Must {
    /// 400, 413 or 415: not of the form that the document tells.
    BeMalformed,
    /// Any refusal.
    BeRefused,
    /// Anything but a failure.
    NotFail,
}

pub struct Case {
    pub what: String,
    /// The field that the answer must name.
    pub field: Option<String>,
    pub body: Vec<u8>,
    pub content_type: Option<&'static str>,
    pub must: Must,
}

impl Case {
    pub fn new(what: impl Into<String>, body: impl Into<Vec<u8>>, must: Must) -> Self {
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
pub fn cases_of_form(body: &str) -> Vec<Case> {
    let mut large = body.as_bytes().to_vec();
    large.resize(512 * 1024 + 1, b' ');
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
pub fn cases_of_fields(body: &Value, fields: &[Field]) -> Vec<Case> {
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
    // An array of the same values would do for serde.
    let values: Value = object.values().cloned().collect();
    let array = with(body, &field.pointer, values).to_string();
    let mut cases = vec![Case::new("an array for an object", array, Must::BeMalformed).at(field)];
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
    let mut cases = vec![
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
    ];
    // Somebody will want to know why.
    if field.pointer == "/reason" {
        cases.push(case("of spaces", change(json!(" \u{3000}")), Must::BeRefused));
    }
    cases
}

/// The body with text at a field that need not be JSON.
fn raw_at(body: &Value, field: &Field, raw: &str) -> String {
    const MARK: &str = "a mark that stands nowhere else";
    with(body, &field.pointer, json!(MARK))
        .to_string()
        .replace(&json!(MARK).to_string(), raw)
}
