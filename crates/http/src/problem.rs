//! Every "no" as `application/problem+json` (RFC 9457). The status follows from the reject's class; the
//! table of all rejects is also the page `/problems` and `docs/generated/problems.md`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Class, Members, Reject, RejectKind};
use serde::Serialize;
use store::{Fail, NoAnswer, Rejected};

/// What a refusal comes as.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Every table of reasons to refuse.
pub const REJECT_TABLES: [&[&RejectKind]; 12] = [
    store::REJECTS,
    party::REJECTS,
    offer::REJECTS,
    channel::REJECTS,
    voucher::REJECTS,
    feedback::REJECTS,
    retain::REJECTS,
    ledger::REJECTS,
    convert::REJECTS,
    consume::REJECTS,
    attract::REJECTS,
    crate::reject::REJECTS,
];

/// All reject kinds of the program by code.
pub static ALL_REJECTS: LazyLock<BTreeMap<&'static str, &'static RejectKind>> = LazyLock::new(|| {
    let kinds = REJECT_TABLES.into_iter().flatten();
    kinds.map(|kind| (kind.code, *kind)).collect()
});

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Stable URI of the reason: `/problems/` and its code.
    #[serde(rename = "type")]
    #[schema(example = "/problems/offer_sold_out")]
    pub kind: String,
    /// One sentence that is always true of this reason.
    #[schema(value_type = String)]
    pub title: Box<str>,
    /// The HTTP status.
    pub status: u16,
    /// What exactly was wrong this time.
    pub detail: String,
    /// The input field that it is about, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What can be done about it.
    #[schema(value_type = String)]
    pub remedy: Box<str>,
    /// Some reasons say their detail in parts too, for a program that tells it in other words.
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: Option<Box<Members>>,
    /// For the header `Retry-After`, in seconds.
    #[serde(skip)]
    retry_after_s: Option<u16>,
}

/// The HTTP status of a reason: this layer's own say more than their class.
pub fn status_of(kind: &RejectKind) -> StatusCode {
    if let Some(status) = crate::reject::status_of(kind) {
        return status;
    }
    match kind.class {
        Class::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Class::Unauthenticated => StatusCode::UNAUTHORIZED,
        Class::Forbidden => StatusCode::FORBIDDEN,
        Class::NotFound => StatusCode::NOT_FOUND,
        Class::Conflict => StatusCode::CONFLICT,
        Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
    }
}

impl Problem {
    fn new(kind: &RejectKind, detail: String, field: Option<String>) -> Self {
        Self {
            kind: format!("/problems/{}", kind.code),
            title: kind.title.into(),
            status: status_of(kind).as_u16(),
            detail,
            field,
            remedy: kind.remedy.into(),
            members: None,
            retry_after_s: None,
        }
    }

    /// Says in how many seconds the same may be tried again.
    pub fn to_repeat_after(self, seconds: u16) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..self
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The code at the end of the type.
    pub fn code(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }

    fn temporary(of: &Temporary) -> Self {
        Self {
            kind: format!("/problems/{}", of.code),
            title: of.title.into(),
            status: of.status.as_u16(),
            detail: of.title.to_owned(),
            field: None,
            remedy: of.remedy.into(),
            members: None,
            retry_after_s: (of.status == StatusCode::SERVICE_UNAVAILABLE).then_some(1),
        }
    }
}

impl From<Reject> for Problem {
    fn from(reject: Reject) -> Self {
        Self {
            members: reject.members,
            ..Self::new(reject.kind, reject.detail, reject.field.map(Cow::into_owned))
        }
    }
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        match ALL_REJECTS.get(rejected.code.as_str()) {
            Some(kind) => Self {
                members: rejected.members,
                ..Self::new(kind, rejected.detail, rejected.field)
            },
            // An answer stored by a version that knew another reason: still a final no.
            None => Self {
                kind: format!("/problems/{}", rejected.code),
                title: rejected.detail.as_str().into(),
                status: StatusCode::CONFLICT.as_u16(),
                detail: rejected.detail,
                field: rejected.field,
                remedy: Box::default(),
                members: rejected.members,
                retry_after_s: None,
            },
        }
    }
}

/// Why there is no answer: a problem of the moment, remembered under no key.
struct Temporary {
    code: &'static str,
    status: StatusCode,
    title: &'static str,
    remedy: &'static str,
}

const BUSY: Temporary = Temporary {
    code: "busy",
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "Nothing was done: the service is busy or its database is away.",
    remedy: "Send the same request with the same Idempotency-Key again after the time in Retry-After.",
};
const OUTCOME_UNKNOWN: Temporary = Temporary {
    code: "outcome_unknown",
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "It is not known whether this was done.",
    remedy: "Send the same request with the same Idempotency-Key again: it has one effect, whatever happened.",
};
const INTERNAL: Temporary = Temporary {
    code: "internal",
    status: StatusCode::INTERNAL_SERVER_ERROR,
    title: "The program failed. Nothing was done.",
    remedy: "Try again; if it stays, tell the operator the time and the request.",
};

impl From<NoAnswer> for Problem {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Busy => Self::temporary(&BUSY),
            NoAnswer::Unknown => Self::temporary(&OUTCOME_UNKNOWN),
            NoAnswer::Broken(message) => {
                tracing::error!(message, "a command is broken");
                Self::temporary(&INTERNAL)
            }
        }
    }
}

impl From<Fail> for Problem {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::Reject(reject) => reject.into(),
            Fail::Storage(error) => NoAnswer::from(error).into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The table of all problems as Markdown, for the documentation.
pub fn problems_markdown() -> String {
    let mut text = String::from(
        "# Problems\n\nEvery `type` that a problem document can have. Generated from the reject tables.\n\n\
         | type | status | what it means | what to do |\n| --- | --- | --- | --- |\n",
    );
    let mut row = |code: &str, status: StatusCode, title: &str, remedy: &str| {
        text.push_str(&format!(
            "| `/problems/{code}` | {} | {title} | {remedy} |\n",
            status.as_u16()
        ));
    };
    for kind in ALL_REJECTS.values() {
        row(kind.code, status_of(kind), kind.title, kind.remedy);
    }
    for of in [BUSY, OUTCOME_UNKNOWN, INTERNAL] {
        row(of.code, of.status, of.title, of.remedy);
    }
    text
}
