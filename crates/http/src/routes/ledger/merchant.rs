//! What a merchant is owed and was paid: the open statement, payouts with their lines, the balance. All
//! of it is for managers of the whole merchant.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::{
    MerchantId, Money, OrderId, PayoutId, RedemptionId, SettlementLineId, StoreId, Timestamp, VoucherId,
};
use ledger::queries::{LineFilter, open_lines, statement_lines};
use ledger::{Account, Payout, SettlementLine};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::csv;
use crate::access::{Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Path, Query};
use crate::problem::Problem;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney, optional_time};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_statement))
        .routes(routes!(export_statement))
        .routes(routes!(list_payouts))
        .routes(routes!(get_payout))
        .routes(routes!(export_payout_lines))
        .routes(routes!(get_balance))
}

/// One use's share. `payable = price - discount_merchant - due_at_store - commission - rebate`; a line that takes
/// another back has every amount negated.
#[derive(Serialize, ToSchema)]
pub struct StatementLine {
    #[schema(value_type = String)]
    id: SettlementLineId,
    /// `redemption`, `undo`, `refund`, `forfeit` (it was not used, and is kept), `chargeback` (the payer's bank took
    /// the payment back), `chargeback_reversed` (and gave it back), `compensation` (the merchant gave up what earnest
    /// money was paid for), or of a security deposit: `security_claim`, `security_claim_refunded` (to the guest),
    /// `security_claim_charged_back` or `security_claim_restored`.
    kind: String,
    /// RFC 3339.
    at: String,
    /// Where it was used, or was booked; absent for what was neither.
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
    /// The use; absent for what was never used.
    #[schema(value_type = Option<String>)]
    redemption: Option<RedemptionId>,
    #[schema(value_type = String)]
    voucher: VoucherId,
    #[schema(value_type = String)]
    order: OrderId,
    /// The list price's share, before any discount.
    price: WireMoney,
    /// Discounts that the platform paid: part of the price, told for information.
    discount_platform: WireMoney,
    /// Discounts that the merchant gave.
    discount_merchant: WireMoney,
    /// What the guest paid at the store.
    due_at_store: WireMoney,
    /// What the platform keeps.
    commission: WireMoney,
    /// What the sharer gets.
    rebate: WireMoney,
    /// What the merchant gets.
    payable: WireMoney,
}

impl From<SettlementLine> for StatementLine {
    fn from(line: SettlementLine) -> Self {
        let money = |amount| Money::new(amount, line.currency).into();
        let is_of_use = line.reference != line.voucher.uuid() && !line.kind.is_of_deposit();
        Self {
            id: line.id,
            kind: line.kind.as_str().to_owned(),
            at: line.at.to_string(),
            store: line.store,
            redemption: is_of_use.then(|| RedemptionId::from_uuid(line.reference)),
            voucher: line.voucher,
            order: line.order,
            price: money(line.price),
            discount_platform: money(line.discount_platform),
            discount_merchant: money(line.discount_merchant),
            due_at_store: money(line.due_at_store),
            commission: money(line.commission),
            rebate: money(line.rebate),
            payable: money(line.payable),
        }
    }
}

/// A page of lines.
pub fn page_of(found: Vec<SettlementLine>) -> Page<StatementLine> {
    Page::of(found, |line| line.id.to_string(), StatementLine::from)
}

#[derive(Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatementAsked {
    /// Used or booked in this store; absent for all.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    /// From here on, RFC 3339; absent: from the first one on.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Before here, RFC 3339; absent: up to now.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<SettlementLineId>,
}

impl StatementAsked {
    fn filter(&self) -> LineFilter {
        LineFilter {
            store: self.store,
            since: self.since,
            until: self.until,
        }
    }
}

/// The lines that are in no payout yet, oldest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/statement", operation_id = "getStatement", tag = "ledger",
    params(OfMerchant, StatementAsked), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<StatementLine>), (status = "4XX", body = Problem)))]
async fn get_statement(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<StatementAsked>,
) -> Result<Json<Page<StatementLine>>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found = app.read(move |read| open_lines(read, merchant, asked.filter(), asked.after, PAGE_SIZE + 1));
    Ok(Json(page_of(found.await?)))
}

/// The same lines as CSV, all of them that the filter keeps, from `after` on.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/statement.csv", operation_id = "exportStatement",
    tag = "ledger", params(OfMerchant, StatementAsked), security(("session" = ["staff:manager"])),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
async fn export_statement(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<StatementAsked>,
) -> Result<Response, Problem> {
    staff.everywhere()?;
    let lines = Lines::Open(asked.filter());
    csv_of(&app, "statement", staff.merchant, lines, asked.after).await
}

/// Which lines go into a file.
#[derive(Clone, Copy)]
enum Lines {
    Open(LineFilter),
    Of(PayoutId),
}

impl Lines {
    fn read(
        self,
        read: &mut ReadTx,
        merchant: MerchantId,
        after: Option<SettlementLineId>,
    ) -> Result<Vec<SettlementLine>, Fail> {
        match self {
            Self::Open(filter) => open_lines(read, merchant, filter, after, LINES_AT_ONCE),
            Self::Of(payout) => statement_lines(read, merchant, Some(payout), after, LINES_AT_ONCE),
        }
    }
}

/// The lines as a file of CSV, amounts in the currency's major unit.
async fn csv_of(
    app: &App,
    name: &str,
    merchant: MerchantId,
    lines: Lines,
    mut after: Option<SettlementLineId>,
) -> Result<Response, Problem> {
    let mut table = csv::header();
    loop {
        let found = app.read(move |read| lines.read(read, merchant, after)).await?;
        table.extend(found.iter().map(csv::line));
        match found.last() {
            Some(last) => after = Some(last.id),
            None => break,
        }
    }
    let file = format!("attachment; filename=\"{name}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    Ok((headers, table).into_response())
}

/// A payout as its merchant sees it.
#[derive(Serialize, ToSchema)]
struct OwnPayout {
    #[schema(value_type = String)]
    id: PayoutId,
    /// The sum of its lines; below zero, the merchant paid it in.
    amount: WireMoney,
    line_count: i64,
    /// The lines of up to this time are in it, RFC 3339.
    closed_until: String,
    /// `proposed`, `approved` (on its way), `failed` (it will be sent again) or `paid`.
    status: String,
    /// RFC 3339.
    proposed_at: String,
    /// RFC 3339.
    paid_at: Option<String>,
}

impl From<Payout> for OwnPayout {
    fn from(payout: Payout) -> Self {
        Self {
            id: payout.id,
            amount: Money::new(payout.amount, payout.currency).into(),
            line_count: payout.line_count,
            closed_until: payout.closed_until.to_string(),
            status: payout.status.as_str().to_owned(),
            proposed_at: payout.proposed_at.to_string(),
            paid_at: payout.paid_at.map(|at| at.to_string()),
        }
    }
}

/// The merchant's payouts, newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/payouts", operation_id = "listPayouts", tag = "ledger",
    params(OfMerchant, After<kernel::Payout>), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<OwnPayout>), (status = "4XX", body = Problem)))]
async fn list_payouts(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<After<kernel::Payout>>,
) -> Result<Json<Page<OwnPayout>>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found = app.read(move |read| ledger::queries::payouts_of(read, merchant, asked.after, PAGE_SIZE + 1));
    Ok(Json(Page::of(
        found.await?,
        |payout| payout.id.to_string(),
        OwnPayout::from,
    )))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfPayout {
    /// Which payout.
    #[param(value_type = String)]
    payout: PayoutId,
}

/// Another merchant's payout looks as if it did not exist.
fn own_payout(read: &mut ReadTx, staff: &Staff<Manager>, payout: PayoutId) -> Result<Payout, Fail> {
    let found = ledger::queries::payout(read, payout)?.filter(|payout| payout.merchant == staff.merchant);
    Ok(found.ok_or_else(|| party::NOT_FOUND.plain())?)
}

#[derive(Serialize, ToSchema)]
struct PayoutDetails {
    #[serde(flatten)]
    payout: OwnPayout,
    /// Its lines, oldest first.
    lines: Page<StatementLine>,
}

/// One payout with its lines, a page at a time.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/payouts/{payout}", operation_id = "getPayout", tag = "ledger",
    params(OfMerchant, OfPayout, After<kernel::SettlementLine>), security(("session" = ["staff:manager"])),
    responses((status = 200, body = PayoutDetails), (status = "4XX", body = Problem)))]
async fn get_payout(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfPayout>,
    Query(asked): Query<After<kernel::SettlementLine>>,
) -> Result<Json<PayoutDetails>, Problem> {
    staff.everywhere()?;
    let found = app.read(move |read| {
        let payout = own_payout(read, &staff, of.payout)?;
        let of = Some(of.payout);
        let lines = statement_lines(read, staff.merchant, of, asked.after, PAGE_SIZE + 1)?;
        Ok((payout, lines))
    });
    let (payout, lines) = found.await?;
    Ok(Json(PayoutDetails {
        payout: payout.into(),
        lines: page_of(lines),
    }))
}

/// How many lines one look at the database brings into an export.
const LINES_AT_ONCE: i64 = 1_000;

/// All lines of a payout as CSV, amounts in the currency's major unit.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/payouts/{payout}/lines.csv", operation_id = "exportPayoutLines",
    tag = "ledger", params(OfMerchant, OfPayout), security(("session" = ["staff:manager"])),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
async fn export_payout_lines(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfPayout>,
) -> Result<Response, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    app.read(move |read| own_payout(read, &staff, of.payout)).await?;
    // A payout's lines are fixed once it is there, so that reading them in parts loses none.
    csv_of(&app, &of.payout.to_string(), merchant, Lines::Of(of.payout), None).await
}

/// What the platform owes the merchant in one currency; below zero, the merchant owes it.
#[derive(Serialize, ToSchema)]
struct OwedBalance {
    posted: WireMoney,
    /// What payouts on their way will change in it when they arrive.
    pending: WireMoney,
}

/// What the platform owes the merchant, by currency.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/balance", operation_id = "getBalance", tag = "ledger",
    params(OfMerchant), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Vec<OwedBalance>), (status = "4XX", body = Problem)))]
async fn get_balance(
    State(app): State<App>,
    staff: Staff<Manager>,
) -> Result<Json<Vec<OwedBalance>>, Problem> {
    staff.everywhere()?;
    let owner = staff.merchant.uuid();
    let found =
        app.read(move |read| ledger::queries::balances_of(read, Account::MerchantPayable, Some(owner)));
    // In the books a debt of the platform is negative.
    let owed = found.await?.into_iter().map(|(currency, balance)| OwedBalance {
        posted: Money::new(-balance.posted, currency).into(),
        pending: Money::new(-balance.pending, currency).into(),
    });
    Ok(Json(owed.collect()))
}
