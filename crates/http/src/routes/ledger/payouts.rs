//! What merchants are owed and were paid, as the platform sees it: to be looked at before a second operator
//! approves.

use axum::Json;
use axum::extract::State;
use kernel::{LocalText, MerchantId, Money, PayoutId, PersonId, Timestamp};
use ledger::{Owed, Payout, PayoutStatus};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::merchant::{StatementLine, page_of};
use super::platform::OfPayout;
use crate::access::{Finance, Operator};
use crate::app::App;
use crate::body::{Path, Query};
use crate::labels::Names;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::shell;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney, named, optional_time};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_payouts))
        .routes(routes!(get_payout))
        .routes(routes!(list_owed))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PayoutsAsked {
    /// `proposed` (what waits), `approved`, `failed`, `paid` or `returned`.
    #[serde(default = "proposed")]
    #[param(required = false)]
    status: String,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<PayoutId>,
}

fn proposed() -> String {
    PayoutStatus::Proposed.as_str().to_owned()
}

/// A payout as the platform sees it.
#[derive(Serialize, ToSchema)]
struct PayoutListed {
    #[schema(value_type = String)]
    id: PayoutId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// The sum of its lines; below zero, the merchant paid it in.
    amount: WireMoney,
    line_count: i64,
    /// The lines of up to this time are in it, RFC 3339.
    closed_until: String,
    /// `proposed`, `approved`, `failed`, `paid` or `returned`.
    status: String,
    /// Which operator proposed it; absent if Qiao did at the close of the day.
    #[schema(value_type = Option<String>)]
    proposed_by: Option<PersonId>,
    proposed_by_name: Option<String>,
    /// RFC 3339.
    proposed_at: String,
    #[schema(value_type = Option<String>)]
    approved_by: Option<PersonId>,
    approved_by_name: Option<String>,
    /// RFC 3339.
    approved_at: Option<String>,
    /// RFC 3339.
    paid_at: Option<String>,
    /// Why the transfer failed last or came back.
    failure: Option<String>,
}

impl PayoutListed {
    fn of(payout: Payout, names: &Names) -> Self {
        Self {
            id: payout.id,
            merchant_name: names.merchant(payout.merchant),
            merchant: payout.merchant,
            amount: Money::new(payout.amount, payout.currency).into(),
            line_count: payout.line_count,
            closed_until: payout.closed_until.to_string(),
            status: payout.status.as_str().to_owned(),
            proposed_by_name: names.person(payout.proposed_by),
            proposed_by: payout.proposed_by,
            proposed_at: payout.proposed_at.to_string(),
            approved_by_name: names.person(payout.approved_by),
            approved_by: payout.approved_by,
            approved_at: payout.approved_at.map(|at| at.to_string()),
            paid_at: payout.paid_at.map(|at| at.to_string()),
            failure: payout.failure,
        }
    }
}

/// What the merchants and operators of these payouts are called.
fn names_of(read: &mut ReadTx, payouts: &[Payout]) -> Result<Names, Fail> {
    let people = payouts
        .iter()
        .flat_map(|payout| [payout.proposed_by, payout.approved_by]);
    let merchants = payouts.iter().map(|payout| payout.merchant);
    Names::of(read, merchants, people.flatten())
}

/// Payouts of one status, newest first.
#[utoipa::path(get, path = "/v1/platform/payouts", operation_id = "listPayoutsAsPlatform", tag = "ledger",
    params(PayoutsAsked), security(("session" = ["operator:finance"])),
    responses((status = 200, body = Page<PayoutListed>), (status = "4XX", body = Problem)))]
async fn list_payouts(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Query(asked): Query<PayoutsAsked>,
) -> Result<Json<Page<PayoutListed>>, Problem> {
    let status = named(
        &QUERY_MALFORMED,
        "/status",
        &asked.status,
        PayoutStatus::from_name,
    )?;
    let found = app.read(move |read| {
        let found = ledger::queries::payouts_at(read, status, asked.after, PAGE_SIZE + 1)?;
        let names = names_of(read, &found)?;
        Ok((found, names))
    });
    let (found, names) = found.await?;
    Ok(Json(Page::of(
        found,
        |payout| payout.id.to_string(),
        |payout| PayoutListed::of(payout, &names),
    )))
}

#[derive(Serialize, ToSchema)]
struct PayoutWithLines {
    #[serde(flatten)]
    payout: PayoutListed,
    /// Its lines, oldest first.
    lines: Page<StatementLine>,
}

/// One payout with its lines, a page at a time.
#[utoipa::path(get, path = "/v1/platform/payouts/{payout}", operation_id = "getPayoutAsPlatform", tag = "ledger",
    params(OfPayout, After<kernel::SettlementLine>), security(("session" = ["operator:finance"])),
    responses((status = 200, body = PayoutWithLines), (status = "4XX", body = Problem)))]
async fn get_payout(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Path(of): Path<OfPayout>,
    Query(asked): Query<After<kernel::SettlementLine>>,
) -> Result<Json<PayoutWithLines>, Problem> {
    let found = app.read(move |read| {
        let payout = ledger::queries::payout(read, of.payout)?.ok_or_else(|| party::NOT_FOUND.plain())?;
        let (merchant, id) = (payout.merchant, Some(payout.id));
        let lines = ledger::queries::statement_lines(read, merchant, id, asked.after, PAGE_SIZE + 1)?;
        let names = names_of(read, std::slice::from_ref(&payout))?;
        Ok((PayoutListed::of(payout, &names), lines))
    });
    let (payout, lines) = found.await?;
    Ok(Json(PayoutWithLines {
        payout,
        lines: page_of(lines),
    }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OwedAsked {
    /// The open lines of up to this time, RFC 3339; absent: now.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<MerchantId>,
}

/// What a merchant's open lines come to in one currency.
#[derive(Serialize, ToSchema)]
struct OwedListed {
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// Below zero: the merchant owes it, and is paid nothing. It may pay it in.
    amount: WireMoney,
    line_count: i64,
}

impl OwedListed {
    fn of(owed: Owed, names: &Names) -> Self {
        Self {
            merchant_name: names.merchant(owed.merchant),
            merchant: owed.merchant,
            amount: owed.amount.into(),
            line_count: owed.line_count,
        }
    }
}

/// Whom the close of the day would pay, and what, by merchant and currency; pages are of merchants.
#[utoipa::path(get, path = "/v1/platform/owed", operation_id = "listOwed", tag = "ledger",
    params(OwedAsked), security(("session" = ["operator:finance"])),
    responses((status = 200, body = Page<OwedListed>), (status = "4XX", body = Problem)))]
async fn list_owed(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Query(asked): Query<OwedAsked>,
) -> Result<Json<Page<OwedListed>>, Problem> {
    let until = asked.until.unwrap_or(shell::now());
    let found = app.read(move |read| {
        let (found, next) = ledger::queries::owed(read, until, asked.after, PAGE_SIZE)?;
        let names = Names::of(read, found.iter().map(|owed| owed.merchant), [])?;
        let items: Vec<_> = found
            .into_iter()
            .map(|owed| OwedListed::of(owed, &names))
            .collect();
        Ok((items, next))
    });
    let (items, next) = found.await?;
    Ok(Json(Page {
        items,
        next: next.map(|merchant| merchant.to_string()),
    }))
}
