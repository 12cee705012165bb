//! The sandbox's HTTP routes: read the call, ask the book, answer. Every change is one step under one
//! lock without a pause in it, so a caller that hangs up cannot leave half of it behind.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Form, Path, Query, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::book::News;
use super::error::ApiError;
use super::misbehave::{Control, strike};
use super::{Sandbox, deliver, now, page};
use crate::protocol::{
    BookPage, Changes, Found, MOST_REFERENCES, NewPayment, NewPayments, NewRefund, NewSettlement,
    NewTransfer, Pay, Payment, PaymentsTogether, Refund, Settlement, Transfer,
};

type Shared = State<Arc<Sandbox>>;
type Input<T> = Result<Json<T>, JsonRejection>;
type Params<T> = Result<Query<T>, QueryRejection>;
type Answer<T> = Result<Json<T>, ApiError>;

const MOST_BODY_BYTES: usize = 16 << 10;
/// The query of a payment's page, right after the payer's decision.
const DECIDED: &str = "decided";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ByReference {
    reference: String,
}

impl ByReference {
    fn references(&self) -> Result<impl Iterator<Item = &str>, ApiError> {
        let references = self.reference.split(',');
        if references.clone().count() > MOST_REFERENCES {
            let rule = format!("reference: at most {MOST_REFERENCES}, with commas between them");
            return Err(ApiError::invalid(rule));
        }
        Ok(references)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    #[serde(default)]
    after: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AfterPlace {
    #[serde(default)]
    after: String,
}

pub(super) fn router(sandbox: Arc<Sandbox>) -> Router {
    let api = Router::new()
        .route("/v1/payments", post(create_payment).get(find_payment))
        .route("/v1/payments/together", post(create_together))
        .route("/v1/payments/{id}", get(read_payment))
        .route("/v1/refunds", post(create_refund).get(find_refund))
        .route("/v1/transfers", post(create_transfer).get(find_transfer))
        .route("/v1/settle", post(settle))
        .route("/v1/book", get(read_book))
        .route("/v1/changes", get(read_changes))
        .route_layer(from_fn_with_state(sandbox.clone(), strike));
    let with_key = api
        .route("/control", get(read_control).post(set_control))
        .route_layer(from_fn_with_state(sandbox.clone(), require_key));
    with_key
        .route("/v1/payments/{id}/pay", post(pay))
        .route("/v1/payments/{id}/charge_back", post(charge_back))
        .route("/v1/payments/{id}/reverse_chargeback", post(reverse_chargeback))
        .route("/pay/{id}", get(pay_page).post(pay_by_form))
        .route("/pay/{id}/charge_back", post(charge_back_by_form))
        .route("/pay/{id}/reverse_chargeback", post(reverse_chargeback_by_form))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .with_state(sandbox)
}

async fn create_payment(State(sandbox): Shared, input: Input<NewPayment>) -> Answer<Payment> {
    let Json(new) = input?;
    sandbox.book().create_payment(new, now()).map(Json)
}

async fn create_together(State(sandbox): Shared, input: Input<NewPayments>) -> Answer<PaymentsTogether> {
    let Json(new) = input?;
    sandbox.book().create_together(new, now()).map(Json)
}

async fn find_payment(State(sandbox): Shared, params: Params<ByReference>) -> Answer<Found<Payment>> {
    let Query(by) = params?;
    let book = sandbox.book();
    let found = by
        .references()?
        .filter_map(|reference| book.payment_named(reference));
    let data = found.cloned().collect();
    Ok(Json(Found { data }))
}

async fn read_payment(State(sandbox): Shared, Path(id): Path<String>) -> Answer<Payment> {
    let payment = sandbox.book().payment(&id).cloned();
    payment.map(Json).ok_or_else(|| ApiError::not_found("payment"))
}

async fn create_refund(State(sandbox): Shared, input: Input<NewRefund>) -> Answer<Refund> {
    let Json(new) = input?;
    let control = sandbox.control().clone();
    let made = sandbox.book().create_refund(new, control.refuse_refunds, now())?;
    if !made.is_new {
        return Ok(Json(made.value));
    }
    if control.bank_delay_ms == 0 {
        return Ok(Json(finish_refund(&sandbox, made.value)));
    }
    let (delay, later, refund) = (pause(&control), sandbox.clone(), made.value.clone());
    sandbox.spawn(async move {
        tokio::time::sleep(delay).await;
        finish_refund(&later, refund);
    });
    Ok(Json(made.value))
}

fn finish_refund(sandbox: &Arc<Sandbox>, refund: Refund) -> Refund {
    let fails = sandbox.control().fail_refunds;
    let finished = sandbox.book().finish_refund(&refund.id, fails, now());
    finished.map_or(refund, |(refund, news)| {
        deliver::start(sandbox, news);
        refund
    })
}

async fn find_refund(State(sandbox): Shared, params: Params<ByReference>) -> Answer<Found<Refund>> {
    let Query(by) = params?;
    let book = sandbox.book();
    let found = by
        .references()?
        .filter_map(|reference| book.refund_named(reference));
    let data = found.cloned().collect();
    Ok(Json(Found { data }))
}

async fn create_transfer(State(sandbox): Shared, input: Input<NewTransfer>) -> Answer<Transfer> {
    let Json(new) = input?;
    let control = sandbox.control().clone();
    let made = sandbox
        .book()
        .create_transfer(new, control.refuse_transfers, now())?;
    if !made.is_new {
        return Ok(Json(made.value));
    }
    if control.bank_delay_ms == 0 {
        return Ok(Json(finish_transfer(&sandbox, made.value)));
    }
    let (delay, later, transfer) = (pause(&control), sandbox.clone(), made.value.clone());
    sandbox.spawn(async move {
        tokio::time::sleep(delay).await;
        finish_transfer(&later, transfer);
    });
    Ok(Json(made.value))
}

fn finish_transfer(sandbox: &Arc<Sandbox>, transfer: Transfer) -> Transfer {
    let fails = sandbox.control().fail_transfers;
    let finished = sandbox.book().finish_transfer(&transfer.id, fails, now());
    finished.map_or(transfer, |(transfer, news)| {
        deliver::start(sandbox, news);
        transfer
    })
}

async fn find_transfer(State(sandbox): Shared, params: Params<ByReference>) -> Answer<Found<Transfer>> {
    let Query(by) = params?;
    let book = sandbox.book();
    let found = by
        .references()?
        .filter_map(|reference| book.transfer_named(reference));
    let data = found.cloned().collect();
    Ok(Json(Found { data }))
}

async fn settle(State(sandbox): Shared, input: Input<NewSettlement>) -> Answer<Settlement> {
    let Json(new) = input?;
    sandbox.book().settle(new, now()).map(Json)
}

async fn read_book(State(sandbox): Shared, params: Params<After>) -> Answer<BookPage> {
    let Query(after) = params?;
    Ok(Json(sandbox.book().page(after.after)))
}

async fn read_changes(State(sandbox): Shared, params: Params<AfterPlace>) -> Answer<Changes> {
    let Query(place) = params?;
    Ok(Json(sandbox.book().changes_after(&place.after)))
}

async fn read_control(State(sandbox): Shared) -> Json<Control> {
    Json(sandbox.control().clone())
}

async fn set_control(State(sandbox): Shared, input: Input<Control>) -> Answer<Control> {
    let Json(control) = input?;
    control.check()?;
    *sandbox.control() = control.clone();
    Ok(Json(control))
}

/// The payer has no key: knowing the payment's id is enough, as with a link to a wallet app.
async fn pay(State(sandbox): Shared, Path(id): Path<String>, input: Input<Pay>) -> Answer<Payment> {
    let Json(decision) = input?;
    let fingerprint = sandbox.fingerprint(&decision.instrument);
    let done = sandbox.book().pay(&id, decision, fingerprint, now());
    told(&sandbox, done)
}

/// In the place of the payer's bank, which has no key either.
async fn charge_back(State(sandbox): Shared, Path(id): Path<String>) -> Answer<Payment> {
    let done = sandbox.book().charge_back(&id, now());
    told(&sandbox, done)
}

async fn reverse_chargeback(State(sandbox): Shared, Path(id): Path<String>) -> Answer<Payment> {
    let done = sandbox.book().reverse_chargeback(&id, now());
    told(&sandbox, done)
}

fn told(sandbox: &Arc<Sandbox>, done: Result<(Payment, Option<News>), ApiError>) -> Answer<Payment> {
    let (payment, news) = done?;
    if let Some(news) = news {
        deliver::start(sandbox, news);
    }
    Ok(Json(payment))
}

async fn charge_back_by_form(sandbox: Shared, id: Path<String>) -> Result<Redirect, ApiError> {
    let Json(payment) = charge_back(sandbox, id).await?;
    Ok(Redirect::to(&payment.pay_url))
}

async fn reverse_chargeback_by_form(sandbox: Shared, id: Path<String>) -> Result<Redirect, ApiError> {
    let Json(payment) = reverse_chargeback(sandbox, id).await?;
    Ok(Redirect::to(&payment.pay_url))
}

async fn pay_page(
    State(sandbox): Shared,
    Path(ids): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
    ];
    let decided = query.as_deref() == Some(DECIDED);
    let book = sandbox.book();
    let payments = book.payments(&ids.split(',').collect::<Vec<_>>())?;
    Ok((headers, page::of(&payments, decided)).into_response())
}

async fn pay_by_form(
    State(sandbox): Shared,
    Path(ids): Path<String>,
    Form(decision): Form<Pay>,
) -> Result<Redirect, ApiError> {
    let fingerprint = sandbox.fingerprint(&decision.instrument);
    let each: Vec<&str> = ids.split(',').collect();
    let news = sandbox
        .book()
        .pay_together(&each, &decision, &fingerprint, now())?;
    for news in news {
        deliver::start(&sandbox, news);
    }
    Ok(Redirect::to(&format!("{ids}?{DECIDED}")))
}

/// Digests are compared instead of keys, so that the time taken says nothing about the key.
async fn require_key(State(sandbox): Shared, request: Request, next: Next) -> Response {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let key = header
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if Sha256::digest(key) == Sha256::digest(&sandbox.config.api_key) {
        return next.run(request).await;
    }
    let message = "send the header Authorization: Bearer and the API key";
    ApiError::new(StatusCode::UNAUTHORIZED, "unauthenticated", message).into_response()
}

fn pause(control: &Control) -> Duration {
    Duration::from_millis(control.bank_delay_ms.into())
}
