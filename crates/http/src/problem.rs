//! Every "no" as `application/problem+json` (RFC 9457). The status follows from the reject's class; the
//! table of all rejects is also the page `/problems` and `docs/generated/problems.md`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Class, Reject, RejectKind};
use serde::Serialize;
use store::{Fail, NoAnswer, Rejected};

/// All reject kinds of the program by code.
pub static ALL_REJECTS: LazyLock<BTreeMap<&'static str, &'static RejectKind>> = LazyLock::new(|| {
    let tables = [
        store::REJECTS,
        party::REJECTS,
        offer::REJECTS,
        channel::REJECTS,
        voucher::REJECTS,
        feedback::REJECTS,
        ledger::REJECTS,
        convert::REJECTS,
        consume::REJECTS,
        attract::REJECTS,
        crate::reject::REJECTS,
    ];
    tables
        .into_iter()
        .flatten()
        .map(|kind| (kind.code, *kind))
        .collect()
});

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Stable URI of the reason: `/problems/` and its code.
    #[serde(rename = "type")]
    #[schema(example = "/problems/offer_sold_out")]
    pub kind: String,
    /// One sentence that is always true of this reason.
    pub title: String,
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
}

/// The HTTP status of a class of rejects.
pub fn status_of(class: Class) -> StatusCode {
    match class {
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
            title: kind.title.to_owned(),
            status: status_of(kind.class).as_u16(),
            detail,
            field,
            remedy: kind.remedy.into(),
        }
    }

    /// The code at the end of the type.
    pub fn code(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }

    fn temporary(code: &str, title: &str, remedy: &str, status: StatusCode) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: title.to_owned(),
            field: None,
            remedy: remedy.into(),
        }
    }

    /// Another status than the class's own.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status.as_u16();
        self
    }
}

impl From<Reject> for Problem {
    fn from(reject: Reject) -> Self {
        Self::new(reject.kind, reject.detail, reject.field.map(str::to_owned))
    }
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        match ALL_REJECTS.get(rejected.code.as_str()) {
            Some(kind) => Self::new(kind, rejected.detail, rejected.field),
            // An answer stored by a version that knew another reason: still a final no.
            None => Self {
                kind: format!("/problems/{}", rejected.code),
                title: rejected.detail.clone(),
                status: StatusCode::CONFLICT.as_u16(),
                detail: rejected.detail,
                field: rejected.field,
                remedy: Box::default(),
            },
        }
    }
}

impl From<NoAnswer> for Problem {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Busy => Self::temporary(
                "busy",
                "Nothing was done: the service is busy or its database is away.",
                "Send the same request with the same Idempotency-Key again after the time in Retry-After.",
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            NoAnswer::Unknown => Self::temporary(
                "outcome_unknown",
                "It is not known whether this was done.",
                "Send the same request with the same Idempotency-Key again: it has one effect, whatever happened.",
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            NoAnswer::Broken(message) => {
                tracing::error!(message, "a command is broken");
                Self::temporary(
                    "internal",
                    "The program failed. Nothing was done.",
                    "Try again; if it stays, tell the operator the time and the request.",
                    StatusCode::INTERNAL_SERVER_ERROR,
                )
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
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
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
    for kind in ALL_REJECTS.values() {
        let status = status_of(kind.class).as_u16();
        text.push_str(&format!(
            "| `/problems/{}` | {status} | {} | {} |\n",
            kind.code, kind.title, kind.remedy
        ));
    }
    text
}
