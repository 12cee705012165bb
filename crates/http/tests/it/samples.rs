//! Bodies made from the schemas of the document: good ones, and where in them each value stands. What a
//! schema cannot say (a mail address, a name of an enumeration) comes from one short table of field names.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use voucher::DeviceKey;

use crate::app::{in_days, on_the_hour};
use crate::operations::Operation;

/// Ids by the name that paths and bodies have for them.
pub type Ids = BTreeMap<&'static str, String>;

/// A place in a body, and what the schema says of it.
#[derive(Clone, Debug)]
pub struct Field {
    /// JSON pointer.
    pub pointer: String,
    /// Its last part.
    pub name: String,
    pub schema: Value,
}

impl Field {
    pub fn is(&self, kind: &str) -> bool {
        let said = &self.schema["type"];
        said == kind
            || said
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|one| one == kind))
    }
}

/// The good bodies of an operation, one for each alternative of its schema; none for bytes or no body.
pub fn bodies(operation: &Operation, ids: &Ids) -> Vec<(Value, Vec<Field>)> {
    let Some(schema) = &operation.body else {
        return Vec::new();
    };
    let mut made = Vec::new();
    for choice in 0..choices(schema) {
        let mut fields = Vec::new();
        let maker = Maker {
            operation: &operation.name,
            ids,
            choice,
        };
        let mut body = maker.value(schema, "", "", &mut fields);
        for left_out in left_out(&operation.name) {
            let (inside, field) = left_out.rsplit_once('/').unwrap_or(("", left_out));
            let place = body.pointer_mut(inside).unwrap();
            place.as_object_mut().unwrap().remove(field);
        }
        made.push((body, fields));
    }
    made
}

/// A good body as text; `{}` where the document tells of none.
pub fn body_text(operation: &Operation, ids: &Ids) -> String {
    let first = bodies(operation, ids).into_iter().next();
    first.map_or_else(|| "{}".to_owned(), |(body, _)| body.to_string())
}

/// The body with another value at a place that may not be there yet.
pub fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = body.clone();
    let mut place = &mut changed;
    for part in pointer.split('/').skip(1) {
        place = if let Value::Array(items) = place {
            &mut items[part.parse::<usize>().unwrap()]
        } else {
            let object = place.as_object_mut().unwrap();
            object.entry(part).or_insert_with(|| json!({}))
        };
    }
    *place = value;
    changed
}

/// Fields that contradict another one of the same body, or are for one kind of call only.
fn left_out(operation: &str) -> &'static [&'static str] {
    match operation {
        "addStore" => &["version"],
        "createOffer" => &["version", "card"],
        "updateOffer" => &["stock", "card"],
        "addStaff" | "revokeStaff" | "changeRole" => &["store"],
        "placeOrder" | "takePlace" => &["expected_cash", "wallet_coupons", "share_token", "group", "seats"],
        "createCoupon" | "previewCoupon" => &["merchant", "platform_bp", "conditions"],
        "createPlatformCoupon" | "previewPlatformCoupon" => &["merchant", "offer", "conditions"],
        "closeDay" => &["after"],
        "addResource" => &["version", "hours"],
        "updateResource" => &["kind", "hours"],
        "setStoreDay" => &["spans"],
        "callQueue" => &["line"],
        "setBookingTerms" => &[
            "/terms/nights",
            "/terms/showings",
            "/terms/visit/by_hour",
            "/terms/open_tickets",
            "/terms/cards",
            "/terms/security_deposit",
        ],
        "bookOvertime" => &[
            "/order/expected_cash",
            "/order/wallet_coupons",
            "/order/share_token",
            "/order/seats",
        ],
        "bookWithCard" => &["/when/hours", "/when/from", "/when/nights", "/when/rooms", "area"],
        "joinWaitlist" => &[
            "/when/hours",
            "/when/from",
            "/when/nights",
            "/when/rooms",
            "starts_until",
            "area",
        ],
        "placeBooking" => &[
            "/order/expected_cash",
            "/order/wallet_coupons",
            "/order/share_token",
            "/order/seats",
            "/when/hours",
            "/when/from",
            "/when/nights",
            "/when/rooms",
            "area",
        ],
        "moveBooking" | "moveBookingAsStore" => &[
            "/when/hours",
            "/when/from",
            "/when/nights",
            "/when/rooms",
            "area",
            "seats",
        ],
        // Pictures of the merchant's are not the guest's.
        "askMerchant" | "postReview" | "openComplaint" | "escalateComplaint" => &["media"],
        // Nothing was claimed of the order.
        "answerComplaint" | "decideComplaint" => &["security_claim"],
        _ => &[],
    }
}

fn choices(schema: &Value) -> usize {
    match schema {
        Value::Object(fields) => {
            let own = fields.get("oneOf").and_then(Value::as_array).map_or(1, Vec::len);
            fields.values().map(choices).fold(own, usize::max)
        }
        Value::Array(items) => items.iter().map(choices).max().unwrap_or(1),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

struct Maker<'a> {
    operation: &'a str,
    ids: &'a Ids,
    choice: usize,
}

impl Maker<'_> {
    fn value(&self, schema: &Value, pointer: &str, name: &str, fields: &mut Vec<Field>) -> Value {
        if let Some(alternatives) = schema["oneOf"].as_array() {
            let chosen = &alternatives[self.choice.min(alternatives.len() - 1)];
            return self.value(chosen, pointer, name, fields);
        }
        fields.push(Field {
            pointer: pointer.to_owned(),
            name: name.to_owned(),
            schema: schema.clone(),
        });
        let is = |kind| {
            Field {
                pointer: String::new(),
                name: String::new(),
                schema: schema.clone(),
            }
            .is(kind)
        };
        if let Some(values) = schema["enum"].as_array() {
            values[0].clone()
        } else if is("object") {
            self.object(schema, pointer, name, fields)
        } else if is("array") {
            // Of a cell that may be empty, a seat.
            let items = schema["items"]["oneOf"]
                .as_array()
                .and_then(|one_of| one_of.last());
            json!([self.value(
                items.unwrap_or(&schema["items"]),
                &format!("{pointer}/0"),
                name.trim_end_matches('s'),
                fields
            )])
        } else if is("boolean") {
            json!(true)
        } else if is("integer") {
            json!(number(self.operation, name))
        } else if is("number") {
            json!(if name == "lat" { 31.2304 } else { 121.4737 })
        } else {
            json!(self.text(name))
        }
    }

    fn object(&self, schema: &Value, pointer: &str, name: &str, fields: &mut Vec<Field>) -> Value {
        let mut made = Map::new();
        for (field, of) in schema["properties"].as_object().into_iter().flatten() {
            made.insert(
                field.clone(),
                self.value(of, &format!("{pointer}/{field}"), field, fields),
            );
        }
        let any = &schema["additionalProperties"];
        if any.is_object() {
            let key = if name == "aspects" { "taste" } else { "zh-CN" };
            made.insert(
                key.to_owned(),
                self.value(any, &format!("{pointer}/{key}"), name, fields),
            );
        }
        Value::Object(made)
    }

    fn text(&self, name: &str) -> String {
        let text = match (self.operation, name) {
            ("redeemCode", "code") => "1234 5678 9012",
            ("createEntry" | "createPlatformEntry", "kind") => "qr",
            ("signInWithCode" | "signInWithPassword" | "registerMerchant", "device") => "phone",
            ("grantOperator", "role") => "support",
            ("addResource", "kind") => "table",
            ("openComplaint", "kind") => "quality",
            ("setQueue", "name") => "A",
            ("addResource" | "updateResource", "status") => "online",
            ("scheduleShowing", "offer") => &self.ids["screened"],
            ("setHall", "code" | "zone") | ("scheduleShowing", "zone") => "stalls",
            ("setHall", "kind") => "standard",
            (
                "placeBooking" | "bookWithCard" | "moveBooking" | "moveBookingAsStore" | "joinWaitlist",
                "starts_at",
            ) => &on_the_hour(2),
            (_, "franchisee") => &self.ids["merchant"],
            (_, "share_token") => &self.ids["token"],
            (_, "message") => "msg_01h455vb4pex5vsknk084sn02q",
            (_, "logo") => &self.ids["media"],
            (_, "contact") => "+8613900000001",
            (_, "code") => "123456",
            (_, "login") => "somebody@example.com",
            (_, "password") => "correct horse",
            (_, "locale") => "zh-CN",
            (_, "role") => "cashier",
            (_, "on_expiry") => "refund",
            (_, "currency") => "CNY",
            (_, "category") => "hot_pot",
            (_, "time_zone") => "Asia/Shanghai",
            (_, "opening_hours") => "Mo-Su 10:00-22:00",
            (_, "phone") => "+86 21 5555 0000",
            (_, "kind") => "business_license",
            (_, "nonce") => "00112233445566778899aabbccddeeff",
            (_, "device_key") => {
                &hex::encode(DeviceKey::from_bytes(&[7; 32]).unwrap().public_key().to_bytes())
            }
            ("keepPlaces", "starts_at") => &on_the_hour(4),
            ("keepPlaces", "ends_at") => &on_the_hour(6),
            (_, "starts_at" | "clock_synced_at" | "scanned_at") => &in_days(-1),
            (_, "from_day" | "until_day") => "2026-10-01",
            (_, "until") => &in_days(1),
            (_, "ends_at" | "valid_until") => &in_days(30),
            (_, name) => self.ids.get(name).map_or("好", String::as_str),
        };
        text.to_owned()
    }
}

fn number(operation: &str, name: &str) -> i64 {
    match name {
        "platform_bp" if operation.ends_with("PlatformCoupon") => 10_000,
        "aspects" | "stars" => 5,
        "budget" | "list_price" | "amount" => 10_000,
        "refund_window_us" => 604_800_000_000,
        "undo_window_us" => 300_000_000,
        "size" => 3,
        "window_us" => 86_400_000_000,
        "valid_us" => 2_592_000_000_000,
        "until_minute" => 600,
        "head_count" | "stock" | "capacity" | "total" => 100,
        "ahead_days" | "minutes" | "every_minutes" | "length_minutes" => 60,
        "from_minute" => 0,
        name if name.ends_with("_bp") => 1_000,
        _ => 1,
    }
}
