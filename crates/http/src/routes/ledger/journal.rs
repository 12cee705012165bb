//! From a balance to the entries behind it, for administrators and finance.

use axum::Json;
use axum::extract::State;
use kernel::{
    Currency, JournalEntryId, MerchantId, Money, OrderId, PaymentAttemptId, PayoutId, PersonId, RebateId,
    RedemptionId, RefundId, SecurityDepositId, VoucherId,
};
use ledger::{Account, Leg, OwnerKind, Reason, StoredEntry};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::platform::owner_of;
use crate::access::{Finance, Operator};
use crate::app::App;
use crate::body::Query;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{PAGE_SIZE, Page, WireMoney, currency_code, named};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_journal_entries))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesAsked {
    /// `escrow`, `merchant_payable`…
    account: String,
    /// The merchant, person or order that the account is kept for; absent for all of them together.
    owner: Option<String>,
    /// ISO 4217 code.
    #[serde(with = "currency_code")]
    #[param(value_type = String)]
    currency: Currency,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<JournalEntryId>,
}

/// One side of an entry.
#[derive(Serialize, ToSchema)]
struct JournalLeg {
    account: String,
    /// The merchant, person or order that the account is kept for.
    owner: Option<String>,
    /// A debit is positive, a credit negative.
    amount: WireMoney,
    /// Whether it counts in the pending layer.
    pending: bool,
}

/// An entry of the journal. Its legs sum to zero.
#[derive(Serialize, ToSchema)]
struct JournalEntry {
    #[schema(value_type = String)]
    id: JournalEntryId,
    /// RFC 3339.
    at: String,
    /// `paid`, `redeemed`, `paid_out`…
    reason: String,
    /// The order, redemption, refund, payout… that it is about.
    about: String,
    /// `posted`, `pending`, or what `posts` or `voids` a pending one.
    kind: String,
    legs: Vec<JournalLeg>,
}

impl From<StoredEntry> for JournalEntry {
    fn from(entry: StoredEntry) -> Self {
        let leg = |(leg, pending): &(Leg, bool)| JournalLeg {
            account: leg.account.as_str().to_owned(),
            owner: leg.owner.map(|owner| owner_text(leg.account, owner)),
            amount: Money::new(leg.amount, entry.currency).into(),
            pending: *pending,
        };
        Self {
            id: entry.id,
            at: entry.at.to_string(),
            reason: entry.reason.as_str().to_owned(),
            about: about(entry.reason, entry.reference),
            kind: entry.kind.as_str().to_owned(),
            legs: entry.legs.iter().map(leg).collect(),
        }
    }
}

fn owner_text(account: Account, owner: Uuid) -> String {
    match account.owner_kind() {
        OwnerKind::Merchant => MerchantId::from_uuid(owner).to_string(),
        OwnerKind::Person => PersonId::from_uuid(owner).to_string(),
        OwnerKind::Order => OrderId::from_uuid(owner).to_string(),
        OwnerKind::Platform => owner.to_string(),
    }
}

/// The id of what an entry is about, which is of the kind that its reason says.
fn about(reason: Reason, id: Uuid) -> String {
    match reason {
        Reason::Paid => OrderId::from_uuid(id).to_string(),
        Reason::PaidLate | Reason::ChargebackLost | Reason::ChargebackReversed => {
            PaymentAttemptId::from_uuid(id).to_string()
        }
        Reason::Redeemed
        | Reason::RedemptionUndone
        | Reason::RedemptionReversed
        | Reason::ChargedBack
        | Reason::RedemptionRestored => RedemptionId::from_uuid(id).to_string(),
        Reason::Refunded => RefundId::from_uuid(id).to_string(),
        Reason::Forfeited | Reason::ForfeitChargedBack | Reason::ForfeitRestored | Reason::Compensated => {
            VoucherId::from_uuid(id).to_string()
        }
        Reason::SecurityClaimed
        | Reason::SecurityClaimRefunded
        | Reason::SecurityChargedBack
        | Reason::SecurityClaimRestored => SecurityDepositId::from_uuid(id).to_string(),
        Reason::RebateAccrued | Reason::RebateReversed => RebateId::from_uuid(id).to_string(),
        Reason::PaidOut | Reason::PayoutReturned | Reason::PaidIn => PayoutId::from_uuid(id).to_string(),
    }
}

/// The entries that moved an account, newest first, for one owner or all of them together.
#[utoipa::path(get, path = "/v1/platform/journal", operation_id = "listJournalEntries", tag = "ledger",
    params(EntriesAsked), security(("session" = ["operator:finance"])),
    responses((status = 200, body = Page<JournalEntry>), (status = "4XX", body = Problem)))]
async fn list_journal_entries(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Query(asked): Query<EntriesAsked>,
) -> Result<Json<Page<JournalEntry>>, Problem> {
    let account = named(&QUERY_MALFORMED, "/account", &asked.account, Account::from_name)?;
    let owner = asked.owner.map(|owner| owner_of(account, &owner)).transpose()?;
    let (currency, after) = (asked.currency, asked.after);
    let found =
        app.read(move |read| ledger::queries::entries(read, account, owner, currency, after, PAGE_SIZE + 1));
    Ok(Json(Page::of(
        found.await?,
        |entry| entry.id.to_string(),
        JournalEntry::from,
    )))
}
