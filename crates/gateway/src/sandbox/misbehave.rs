//! How the sandbox is told to behave like a provider on a bad day, and the part of it that strikes API
//! calls. What it does to webhooks is in `deliver`. Everything off is a provider on a good day.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::Sandbox;
use super::error::ApiError;

/// The body of `POST /control`, which replaces the one before; what is left out is off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Control {
    /// Every API call is done at once but answered this much later.
    pub api_delay_ms: u32,
    /// Every API call is answered 503 and not done.
    pub api_down: bool,
    /// So many API calls are answered 500 and not done.
    pub fail_next: u32,
    /// So many API calls are **done**, and then the connection breaks in the middle of the answer.
    pub cut_next: u32,
    /// New refunds are refused.
    pub refuse_refunds: bool,
    /// New transfers are refused.
    pub refuse_transfers: bool,
    /// Accepted refunds fail instead of succeeding.
    pub fail_refunds: bool,
    /// Accepted transfers fail instead of being paid.
    pub fail_transfers: bool,
    /// Refunds and transfers stay pending for so long; 0 ends them within the call.
    pub bank_delay_ms: u32,
    /// The first delivery of each webhook waits for so long.
    pub delay_ms: u32,
    /// So many more copies of each webhook, all at the same time.
    pub repeat: u32,
    /// Webhooks of the same moment are spread over 200 ms in an order of their own.
    pub reorder: bool,
    /// So many deliveries are lost on the way, and retried like any that failed.
    pub fail_webhooks_next: u32,
    /// Webhooks are never sent, and not later either.
    pub drop_webhooks: bool,
}

/// The longest delay and the most copies that can be asked for.
const MOST_DELAY_MS: u32 = 60_000;
const MOST_COPIES: u32 = 100;

impl Control {
    pub(super) fn check(&self) -> Result<(), ApiError> {
        let delays = [self.api_delay_ms, self.bank_delay_ms, self.delay_ms];
        if delays.into_iter().any(|ms| ms > MOST_DELAY_MS) {
            return Err(ApiError::invalid(format!("delays: at most {MOST_DELAY_MS} ms")));
        }
        if self.repeat > MOST_COPIES {
            return Err(ApiError::invalid(format!("repeat: at most {MOST_COPIES}")));
        }
        Ok(())
    }
}

/// Takes one from a count of things that shall go wrong.
pub(super) fn take_one(count: &mut u32) -> bool {
    let some = *count > 0;
    *count -= u32::from(some);
    some
}

/// Lets a call through, or strikes it as told.
pub(super) async fn strike(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let (down, fail, cut) = {
        let mut control = sandbox.control();
        let down = control.api_down;
        let fail = !down && take_one(&mut control.fail_next);
        (down, fail, !down && !fail && take_one(&mut control.cut_next))
    };
    if down {
        return ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "api_down", "told to be down").into_response();
    }
    if fail {
        let error = ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "told_to_fail", "told to fail");
        return error.into_response();
    }
    let response = next.run(request).await;
    let delay_ms = sandbox.control().api_delay_ms;
    tokio::time::sleep(Duration::from_millis(delay_ms.into())).await;
    if cut { cut_off(response) } else { response }
}

/// The same head with a body that breaks off after its first byte.
fn cut_off(response: Response) -> Response {
    let (mut head, _) = response.into_parts();
    head.headers.remove(axum::http::header::CONTENT_LENGTH);
    let broken = std::io::Error::other("told to break off");
    let chunks = [Ok(Bytes::from_static(b"{")), Err(broken)];
    Response::from_parts(head, Body::from_stream(futures_util::stream::iter(chunks)))
}
