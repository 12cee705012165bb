//! Payments: a try with the provider is recorded, then the provider is asked; its webhook confirms. The
//! provider is never called inside a transaction.

use std::fmt::Display;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use convert::queries::{self, Attempt};
use convert::{ORDER_NOT_FOUND, StartPayment, StartedPayment, Stored};
use gateway::provider::Outcome;
use kernel::{Money, OrderId, PaymentAttemptId};
use serde::{Deserialize, Serialize};
use store::NoAnswer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::orders::OfOrder;
use crate::access::Consumer;
use crate::app::App;
use crate::body::{Nothing, Path, Write, parse_json};
use crate::problem::Problem;
use crate::provider_news::read_news;
use crate::reject::PROVIDER_REFUSED;
use crate::routes::PROVIDER_NAME;
use crate::shell;
use crate::take_in::take_in;
use crate::wire::WireMoney;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start_payment))
        .routes(routes!(receive_sandbox_webhook))
}

/// What is remembered of a started payment.
#[derive(Serialize, Deserialize)]
pub struct RememberedAttempt {
    attempt: PaymentAttemptId,
    due: WireMoney,
}

impl From<StartedPayment> for RememberedAttempt {
    fn from(StartedPayment { attempt, due }: StartedPayment) -> Self {
        Self {
            attempt,
            due: due.into(),
        }
    }
}

impl RememberedAttempt {
    /// What the provider is asked for: its reference, how much, and what the payer sees.
    pub fn of(self, order: OrderId) -> (PaymentAttemptId, Money, String) {
        (self.attempt, self.due.into(), format!("Qiao {order}"))
    }
}

#[derive(Serialize, ToSchema)]
struct PaymentStarted {
    /// The try, which the provider knows by this id.
    #[schema(value_type = String)]
    attempt: PaymentAttemptId,
    /// Where the payer goes.
    pay_url: String,
}

/// One try at a payment.
#[derive(Serialize, ToSchema)]
pub struct PaymentTry {
    #[schema(value_type = String)]
    attempt: PaymentAttemptId,
    #[schema(value_type = String)]
    order: OrderId,
    /// With which provider.
    provider: String,
    /// The provider's name for it, once known.
    provider_payment: Option<String>,
    amount: WireMoney,
    /// `open`, `failed`, `paid` or `refunded` (its money came too late, twice or in the wrong amount).
    status: String,
    /// What the payer's bank took back of it.
    charged_back: Option<WireMoney>,
    /// When the bank gave that back. RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    chargeback_reversed_at: Option<String>,
    /// RFC 3339.
    at: String,
}

impl From<Attempt> for PaymentTry {
    fn from(attempt: Attempt) -> Self {
        Self {
            attempt: attempt.id,
            order: attempt.order,
            provider: attempt.provider,
            provider_payment: attempt.provider_payment,
            amount: Money::new(attempt.amount, attempt.currency).into(),
            status: attempt.status.as_str().to_owned(),
            charged_back: attempt
                .charged_back
                .map(|amount| Money::new(amount, attempt.currency).into()),
            chargeback_reversed_at: attempt.chargeback_reversed_at.map(|at| at.to_string()),
            at: attempt.at.to_string(),
        }
    }
}

/// Starts a payment with the provider and tells where to pay. Repeating it gives the same try.
#[utoipa::path(post, path = "/v1/orders/{order}/payments", operation_id = "startPayment", tag = "convert",
    params(OfOrder), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200, body = PaymentStarted), (status = "4XX", body = Problem)))]
async fn start_payment(
    State(app): State<App>,
    consumer: Consumer,
    Path(OfOrder { order }): Path<OfOrder>,
    headers: HeaderMap,
    write: Write<Nothing>,
) -> Result<Json<PaymentStarted>, Problem> {
    let lane = app.ask(queries::order_lane(order)).await?;
    let lane = lane.ok_or_else(|| ORDER_NOT_FOUND.plain())?;
    let cmd = StartPayment {
        order,
        provider: PROVIDER_NAME.to_owned(),
    };
    let command = app
        .command("startPayment", lane, consumer.actor(), write.key)
        .locking(cmd.locks());
    let remembered = command
        .run_to_text(move |tx, ctx| Ok(RememberedAttempt::from(convert::start_payment(tx, ctx, &cmd)?)));
    let remembered: RememberedAttempt = parse_json(remembered.await?.as_bytes())?;
    let (attempt, due, description) = remembered.of(order);
    let back = app.site.url_as_reached(&headers, &format!("/orders/{order}"));
    let asked = app
        .provider
        .create_payment(attempt, due, &description, None, back.as_deref());
    let pay_url = paid_at(asked.await)?.pay_url;
    Ok(Json(PaymentStarted { attempt, pay_url }))
}

/// What the provider made of it. Asking again gives the same.
pub fn paid_at<T>(asked: Outcome<T>) -> Result<T, Problem> {
    match asked {
        Outcome::Done(page) => Ok(page),
        Outcome::Refused(refusal) => Err(PROVIDER_REFUSED.because(refusal.to_string()).into()),
        Outcome::Unknown(cause) => Err(provider_away(&cause)),
    }
}

fn provider_away(cause: &impl Display) -> Problem {
    tracing::warn!(%cause, "the payment provider gave no clear answer");
    NoAnswer::Busy.into()
}

/// Takes the sandbox provider's news. Only what it signed and says again when it is asked is believed; what was seen
/// before has no effect. While it cannot be asked the answer is 503, and the news comes again.
#[utoipa::path(post, path = "/v1/webhooks/sandbox", operation_id = "receiveSandboxWebhook", tag = "convert",
    request_body = String, responses((status = 200), (status = "4XX", body = Problem)))]
async fn receive_sandbox_webhook(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(), Problem> {
    let Some(news) = read_news(&app.webhook_secrets, &headers, &body, shell::now())? else {
        return Ok(());
    };
    let record = match app.provider.record_of(&news.event).await {
        Outcome::Done(record) => record,
        Outcome::Refused(refusal) => return Err(provider_away(&refusal)),
        Outcome::Unknown(cause) => return Err(provider_away(&cause)),
    };
    let (key, command) = news.confirmed(record.as_ref())?;
    take_in(&app, Some(key), command).await
}
