//! The platform's own books, for administrators and finance: payouts are proposed by one operator and
//! approved by another, and what every account comes to is shown.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::{Currency, MerchantId, Money, OrderId, PayoutId, PersonId, Timestamp};
use ledger::{
    Account, ApprovePayout, Balance, CloseDay, OwnerKind, PayoutProposal, ProposePayout, RecordPayIn,
    RetryPayout, ReturnPayout,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::access::{Finance, Operator};
use crate::app::App;
use crate::body::{Because, Nothing, Object, Path, Query, Write};
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{Created, WireMoney, currency_code, malformed, named, rfc_3339};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(propose_payout))
        .routes(routes!(close_day))
        .routes(routes!(approve_payout))
        .routes(routes!(retry_payout))
        .routes(routes!(return_payout))
        .routes(routes!(record_pay_in))
        .routes(routes!(get_trial_balance))
        .routes(routes!(get_account_balance))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPayout {
    /// Who is to be paid.
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// ISO 4217 code. A merchant is paid in each currency apart.
    #[serde(with = "currency_code")]
    #[schema(value_type = String)]
    currency: Currency,
    /// The open lines of up to this time.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct ProposedPayout {
    #[schema(value_type = String)]
    payout: PayoutId,
    /// The sum of its lines.
    amount: WireMoney,
    line_count: i64,
}

impl From<PayoutProposal> for ProposedPayout {
    fn from(proposal: PayoutProposal) -> Self {
        Self {
            payout: proposal.payout,
            amount: proposal.amount.into(),
            line_count: proposal.line_count,
        }
    }
}

/// Proposes to pay a merchant's open lines. Another operator has to approve it.
#[utoipa::path(post, path = "/v1/platform/payouts", operation_id = "proposePayout", tag = "ledger",
    security(("session" = ["operator:finance"])), request_body = NewPayout,
    responses((status = 201, body = ProposedPayout), (status = "4XX", body = Problem)))]
async fn propose_payout(
    State(app): State<App>,
    operator: Operator<Finance>,
    write: Write<NewPayout>,
) -> Result<Response, Problem> {
    let cmd = ProposePayout {
        merchant: write.body.merchant,
        currency: write.body.currency,
        until: write.body.until,
    };
    app.command("proposePayout", cmd.merchant, operator.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(ProposedPayout::from(ledger::propose_payout(tx, ctx, &cmd)?)))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DayToClose {
    /// The open lines of up to this time.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// `next` of the call before; absent in the first call.
    #[schema(value_type = Option<String>)]
    after: Option<MerchantId>,
}

#[derive(Serialize, ToSchema)]
struct DayClosed {
    /// The payouts that this call proposed.
    proposals: Vec<ProposedPayout>,
    /// Give this as `after` in the next call, under a new key; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    next: Option<MerchantId>,
}

/// Proposes payouts for the next merchants that are owed something. Call it until there is no `next`.
#[utoipa::path(post, path = "/v1/platform/close-day", operation_id = "closeDay", tag = "ledger",
    security(("session" = ["operator:finance"])), request_body = DayToClose,
    responses((status = 200, body = DayClosed), (status = "4XX", body = Problem)))]
async fn close_day(
    State(app): State<App>,
    operator: Operator<Finance>,
    write: Write<DayToClose>,
) -> Result<Response, Problem> {
    let cmd = CloseDay {
        until: write.body.until,
        after: write.body.after,
    };
    app.command("closeDay", operator.person, operator.actor(), write.key)
        .run(move |tx, ctx| {
            let closed = ledger::close_day(tx, ctx, &cmd)?;
            Ok(DayClosed {
                proposals: closed.proposals.into_iter().map(ProposedPayout::from).collect(),
                next: closed.next,
            })
        })
        .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfPayout {
    /// Which payout.
    #[param(value_type = String)]
    pub payout: PayoutId,
}

/// Approves a payout that another operator proposed; the transfer is then sent.
#[utoipa::path(post, path = "/v1/platform/payouts/{payout}/approve", operation_id = "approvePayout", tag = "ledger",
    params(OfPayout), security(("session" = ["operator:finance"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn approve_payout(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<OfPayout>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = ApprovePayout { payout: of.payout };
    app.command("approvePayout", of.payout, operator.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| ledger::approve_payout(tx, ctx, &cmd))
        .await
}

/// Has a failed transfer sent again, as the same payout.
#[utoipa::path(post, path = "/v1/platform/payouts/{payout}/retry", operation_id = "retryPayout", tag = "ledger",
    params(OfPayout), security(("session" = ["operator:finance"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn retry_payout(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<OfPayout>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = RetryPayout { payout: of.payout };
    app.command("retryPayout", of.payout, operator.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| ledger::retry_payout(tx, ctx, &cmd))
        .await
}

/// Books a paid payout back that the bank sent back. Its lines are open again, for the next payout.
#[utoipa::path(post, path = "/v1/platform/payouts/{payout}/return", operation_id = "returnPayout", tag = "ledger",
    params(OfPayout), security(("session" = ["operator:finance"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn return_payout(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<OfPayout>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = ReturnPayout { payout: of.payout };
    app.command("returnPayout", of.payout, operator.actor(), write.key)
        .because(&write.body.reason)?
        .locking(cmd.locks())
        .run(move |tx, ctx| ledger::return_payout(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPayIn {
    /// Who paid.
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// What arrived at the bank: all that the merchant's open lines come to below zero.
    #[schema(value_type = WireMoney)]
    amount: Object<WireMoney>,
    /// The open lines of up to this time.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Under which reference the bank has it.
    reason: String,
}

/// Books what a merchant that owed the platform has paid it. Its lines are closed by a payout below zero.
#[utoipa::path(post, path = "/v1/platform/pay-ins", operation_id = "recordPayIn", tag = "ledger",
    security(("session" = ["operator:finance"])), request_body = NewPayIn,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn record_pay_in(
    State(app): State<App>,
    operator: Operator<Finance>,
    write: Write<NewPayIn>,
) -> Result<Response, Problem> {
    let cmd = RecordPayIn {
        merchant: write.body.merchant,
        amount: write.body.amount.0.into(),
        until: write.body.until,
    };
    app.command("recordPayIn", cmd.merchant, operator.actor(), write.key)
        .because(&write.body.reason)?
        .creating()
        .run(move |tx, ctx| Ok(Created::of(ledger::record_pay_in(tx, ctx, &cmd)?)))
        .await
}

/// What an account comes to. A debit is positive: what the platform owes or has earned is negative.
#[derive(Serialize, ToSchema)]
struct AccountBalance {
    /// `escrow`, `merchant_payable`…
    account: String,
    /// What is final.
    posted: WireMoney,
    /// What pending entries would add if they were posted.
    pending: WireMoney,
}

impl AccountBalance {
    fn of(account: Account, currency: Currency, balance: Balance) -> Self {
        Self {
            account: account.as_str().to_owned(),
            posted: Money::new(balance.posted, currency).into(),
            pending: Money::new(balance.pending, currency).into(),
        }
    }
}

/// Every account that was ever moved, over all of its owners. Each currency sums to zero.
#[utoipa::path(get, path = "/v1/platform/trial-balance", operation_id = "getTrialBalance", tag = "ledger",
    security(("session" = ["operator:finance"])),
    responses((status = 200, body = Vec<AccountBalance>), (status = "4XX", body = Problem)))]
async fn get_trial_balance(
    State(app): State<App>,
    _operator: Operator<Finance>,
) -> Result<Json<Vec<AccountBalance>>, Problem> {
    let rows = app.read(ledger::queries::trial_balance).await?;
    let rows = rows
        .into_iter()
        .map(|row| AccountBalance::of(row.account, row.currency, row.balance));
    Ok(Json(rows.collect()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BalanceAsked {
    /// `escrow`, `merchant_payable`…
    account: String,
    /// The merchant, person or order that the account is kept for; absent for all of them together.
    owner: Option<String>,
    /// ISO 4217 code.
    #[serde(with = "currency_code")]
    #[param(value_type = String)]
    currency: Currency,
}

/// The id of an owner, which is of the kind that the account is kept for.
pub fn owner_of(account: Account, owner: &str) -> Result<Uuid, Problem> {
    let (kind, parsed) = match account.owner_kind() {
        OwnerKind::Merchant => ("a merchant", owner.parse().map(|id: MerchantId| id.uuid()).ok()),
        OwnerKind::Person => ("a person", owner.parse().map(|id: PersonId| id.uuid()).ok()),
        OwnerKind::Order => ("an order", owner.parse().map(|id: OrderId| id.uuid()).ok()),
        OwnerKind::Platform => ("nobody but the platform: leave the owner out", None),
    };
    parsed.ok_or_else(|| {
        malformed(
            &QUERY_MALFORMED,
            "/owner",
            format!("this account is kept for {kind}"),
        )
    })
}

/// What one account comes to, for one owner or all of them together.
#[utoipa::path(get, path = "/v1/platform/balances", operation_id = "getAccountBalance", tag = "ledger",
    params(BalanceAsked), security(("session" = ["operator:finance"])),
    responses((status = 200, body = AccountBalance), (status = "4XX", body = Problem)))]
async fn get_account_balance(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Query(asked): Query<BalanceAsked>,
) -> Result<Json<AccountBalance>, Problem> {
    let account = named(&QUERY_MALFORMED, "/account", &asked.account, Account::from_name)?;
    let owner = asked.owner.map(|owner| owner_of(account, &owner)).transpose()?;
    let currency = asked.currency;
    let balance = app.read(move |read| ledger::queries::balance(read, account, owner, currency));
    Ok(Json(AccountBalance::of(account, currency, balance.await?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_of_the_accounts_own_kind() {
        let id = Uuid::from_u128(7);
        let merchant = MerchantId::from_uuid(id).to_string();
        assert_eq!(owner_of(Account::MerchantPayable, &merchant), Ok(id));
        for (account, owner) in [
            (Account::RebatePayable, merchant.as_str()),
            (Account::Escrow, &merchant),
            (Account::Bank, &merchant),
            (Account::MerchantPayable, ""),
            (Account::MerchantPayable, "mer_"),
        ] {
            let problem = owner_of(account, owner).unwrap_err();
            assert_eq!((problem.status, problem.field.as_deref()), (400, Some("/owner")));
        }
    }
}
