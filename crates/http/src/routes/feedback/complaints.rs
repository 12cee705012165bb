//! Complaints: opened by buyers, answered by the merchant, decided by the platform; read by these three alone.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::{Redemption, RedemptionStatus};
use feedback::{
    AnswerComplaint, Complaint, ComplaintKind, ComplaintStatus, ComplaintStep, DecideComplaint,
    EscalateComplaint, GiveBack, OpenComplaint, Statement, WithdrawComplaint,
};
use kernel::{
    ComplaintId, Currency, LocalText, MediaId, MerchantId, Money, OrderId, PersonId, RedemptionId, StoreId,
};
use serde::{Deserialize, Serialize};
use store::{Fail, Lock, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::reviews::short_names;
use crate::access::{Consumer, Manager, OfMerchant, Operator, Staff, Support};
use crate::app::App;
use crate::body::{Nothing, Path, Query, Write};
use crate::labels::{Label, Labels};
use crate::problem::Problem;
use crate::reject::{BODY_MALFORMED, QUERY_MALFORMED};
use crate::wire::{After, Created, PAGE_SIZE, Page, SIFTED_AT_ONCE, WireMoney, named, sift};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open_complaint))
        .routes(routes!(list_my_complaints))
        .routes(routes!(get_complaint))
        .routes(routes!(escalate_complaint))
        .routes(routes!(withdraw_complaint))
        .routes(routes!(list_complaints_of_merchant))
        .routes(routes!(get_complaint_of_merchant))
        .routes(routes!(answer_complaint))
        .routes(routes!(list_complaints))
        .routes(routes!(get_complaint_as_platform))
        .routes(routes!(decide_complaint))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfOrder {
    /// Which order.
    #[param(value_type = String)]
    order: OrderId,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfComplaint {
    /// Which complaint.
    #[param(value_type = String)]
    complaint: ComplaintId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewComplaint {
    /// `not_as_described`, `quality`, `service`, `not_honoured` (the store refused what was paid), `charge` (money that was
    /// asked, kept or claimed wrongly) or `other`.
    #[schema(example = "quality")]
    kind: String,
    /// What happened and what is wanted, at most 2,000 characters.
    text: String,
    /// The buyer's own pictures, at most 6.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 6)]
    media: Vec<MediaId>,
}

/// Complains about an order: its buyer, until 90 days after it was paid or last used. The merchant has three days for an answer;
/// then the platform decides.
#[utoipa::path(post, path = "/v1/orders/{order}/complaint", operation_id = "openComplaint", tag = "feedback",
    params(OfOrder), security(("session" = ["consumer"])), request_body = NewComplaint,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn open_complaint(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfOrder>,
    write: Write<NewComplaint>,
) -> Result<Response, Problem> {
    let cmd = OpenComplaint {
        order: of.order,
        kind: named(
            &BODY_MALFORMED,
            "/kind",
            &write.body.kind,
            ComplaintKind::from_text,
        )?,
        says: Statement {
            text: write.body.text,
            media: write.body.media,
        },
    };
    app.command("openComplaint", of.order, consumer.actor(), write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| Ok(Created::of(feedback::open_complaint(tx, ctx, &cmd)?)))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Escalation {
    /// Why the answer, or the decision, is not right; at most 2,000 characters.
    text: String,
    /// The buyer's own pictures, at most 6.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 6)]
    media: Vec<MediaId>,
}

/// Has the platform decide a complaint that the merchant answered, within a week; or, once, another operator one that was
/// dismissed.
#[utoipa::path(post, path = "/v1/complaints/{complaint}/escalate", operation_id = "escalateComplaint", tag = "feedback",
    params(OfComplaint), security(("session" = ["consumer"])), request_body = Escalation,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn escalate_complaint(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfComplaint>,
    write: Write<Escalation>,
) -> Result<Response, Problem> {
    let cmd = EscalateComplaint {
        complaint: of.complaint,
        says: Statement {
            text: write.body.text,
            media: write.body.media,
        },
    };
    app.command("escalateComplaint", of.complaint, consumer.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| feedback::escalate_complaint(tx, ctx, &cmd))
        .await
}

/// Takes a complaint back that was not decided.
#[utoipa::path(post, path = "/v1/complaints/{complaint}/withdraw", operation_id = "withdrawComplaint", tag = "feedback",
    params(OfComplaint), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn withdraw_complaint(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfComplaint>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = WithdrawComplaint {
        complaint: of.complaint,
    };
    app.command("withdrawComplaint", of.complaint, consumer.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| feedback::withdraw_complaint(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ComplaintAnswer {
    /// What the merchant says, at most 2,000 characters.
    text: String,
    /// The merchant's own pictures, at most 6.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 6)]
    media: Vec<MediaId>,
    /// Visits of the order that stand, at most 20: all that was paid for them goes back.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 20)]
    redemptions: Vec<RedemptionId>,
    /// Whether what was claimed of the security deposit goes back.
    #[serde(default)]
    security_claim: bool,
}

/// The complaint, of this merchant if one is named. What a command rests on it reads again.
async fn found(app: &App, merchant: Option<MerchantId>, id: ComplaintId) -> Result<Complaint, Problem> {
    let found = app
        .read(move |read| feedback::queries::complaint(read, id))
        .await?;
    let found = found.filter(|found| merchant.is_none_or(|merchant| found.merchant == merchant));
    found.ok_or_else(|| party::NOT_FOUND.plain().into())
}

/// Answers a complaint about the manager's own store, once, and gives something back at once if the merchant likes, also after the
/// refund window. After three days it is the platform's turn, and an answer is a word to that.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/complaints/{complaint}/answer", operation_id = "answerComplaint",
    tag = "feedback", params(OfMerchant, OfComplaint), security(("session" = ["staff:manager"])),
    request_body = ComplaintAnswer, responses((status = 200), (status = "4XX", body = Problem)))]
async fn answer_complaint(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfComplaint>,
    write: Write<ComplaintAnswer>,
) -> Result<Response, Problem> {
    let complaint = found(&app, Some(staff.merchant), of.complaint).await?;
    let cmd = AnswerComplaint {
        complaint: of.complaint,
        says: Statement {
            text: write.body.text,
            media: write.body.media,
        },
        give_back: GiveBack {
            redemptions: write.body.redemptions,
            security_claim: write.body.security_claim,
        },
    };
    let mut locks = cmd.locks();
    locks.push(Lock::row("orders", complaint.order));
    app.command("answerComplaint", complaint.merchant, staff.actor(), write.key)
        .locking(locks)
        .run(move |tx, ctx| feedback::answer_complaint(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ComplaintDecision {
    /// Whether the buyer is right.
    uphold: bool,
    /// Why, for both sides to read; at most 2,000 characters.
    text: String,
    /// Visits of the order that stand, at most 20: all that was paid for them goes back.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 20)]
    redemptions: Vec<RedemptionId>,
    /// Whether what was claimed of the security deposit goes back.
    #[serde(default)]
    security_claim: bool,
}

/// Decides a complaint, for administrators and support. What is given back comes off the merchant's next statement. An appeal is
/// another operator's to decide than the first if there is one, and that stands.
#[utoipa::path(post, path = "/v1/platform/complaints/{complaint}/decide", operation_id = "decideComplaint",
    tag = "feedback", params(OfComplaint), security(("session" = ["operator:support"])),
    request_body = ComplaintDecision, responses((status = 200), (status = "4XX", body = Problem)))]
async fn decide_complaint(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfComplaint>,
    write: Write<ComplaintDecision>,
) -> Result<Response, Problem> {
    let complaint = found(&app, None, of.complaint).await?;
    let cmd = DecideComplaint {
        complaint: of.complaint,
        uphold: write.body.uphold,
        text: write.body.text,
        give_back: GiveBack {
            redemptions: write.body.redemptions,
            security_claim: write.body.security_claim,
        },
    };
    let mut locks = cmd.locks();
    locks.push(Lock::row("orders", complaint.order));
    app.command("decideComplaint", complaint.merchant, operator.actor(), write.key)
        .locking(locks)
        .run(move |tx, ctx| feedback::decide_complaint(tx, ctx, &cmd))
        .await
}

/// A complaint in a list.
#[derive(Serialize, ToSchema)]
struct ComplaintListed {
    #[schema(value_type = String)]
    id: ComplaintId,
    #[schema(value_type = String)]
    order: OrderId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// Of the store where what was bought was used or is booked, if at one.
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
    /// As it was opened.
    kind: String,
    /// `open` (the merchant's turn), `answered` (the buyer's), `escalated` (the platform's), `settled` (the answer stands),
    /// `upheld`, `dismissed` or `withdrawn`.
    status: String,
    /// Until when the merchant may answer, or the buyer go on; RFC 3339.
    due_at: Option<String>,
    /// Whether the platform is asked a second time.
    is_appealed: bool,
    /// RFC 3339.
    created_at: String,
    /// Who complains, in part: `李**`; absent where they gave no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_name: Option<String>,
    #[serde(flatten)]
    label: Label,
}

impl ComplaintListed {
    fn of(complaint: &Complaint, person_name: Option<String>, label: Label) -> Self {
        Self {
            id: complaint.id,
            order: complaint.order,
            merchant: complaint.merchant,
            store: complaint.store,
            kind: complaint.kind.as_str().to_owned(),
            status: complaint.status.as_str().to_owned(),
            due_at: complaint.due_at.map(|at| at.to_string()),
            is_appealed: complaint.is_appealed(),
            created_at: complaint.created_at.to_string(),
            person_name,
            label,
        }
    }
}

fn listed(read: &mut ReadTx, found: &[Complaint]) -> Result<Vec<ComplaintListed>, Fail> {
    let labels = Labels::of(read, found.iter().map(|of| (of.offer, of.merchant)))?;
    let people: Vec<PersonId> = found.iter().map(|of| of.person).collect();
    let names = short_names(read, &people)?;
    let list = found.iter().map(|of| {
        let label = labels.get((of.offer, of.merchant));
        ComplaintListed::of(of, names.get(&of.person).cloned(), label)
    });
    Ok(list.collect())
}

fn page_of(found: Vec<ComplaintListed>) -> Json<Page<ComplaintListed>> {
    Json(Page::of(found, |listed| listed.id.to_string(), |listed| listed))
}

/// What somebody did in a complaint.
#[derive(Serialize, ToSchema)]
struct WireStep {
    /// `guest`, `merchant`, `operator`, or `system` if a time ran out.
    side: String,
    /// What the complaint was then.
    status: String,
    /// What was said.
    text: String,
    /// What was shown.
    #[schema(value_type = Vec<String>)]
    media: Vec<MediaId>,
    /// What was given back, if anything.
    refunded: Option<WireMoney>,
    /// RFC 3339.
    at: String,
}

impl WireStep {
    fn of(step: ComplaintStep, currency: Currency) -> Self {
        let refunded = (step.refunded > 0).then(|| Money::new(step.refunded, currency).into());
        Self {
            side: step.side.as_str().to_owned(),
            status: step.status.as_str().to_owned(),
            text: step.text,
            media: step.media,
            refunded,
            at: step.at.to_string(),
        }
    }
}

/// A visit of the order that is complained about.
#[derive(Serialize, ToSchema)]
struct ComplaintVisit {
    #[schema(value_type = String)]
    redemption: RedemptionId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    store_name: LocalText,
    /// `live` or `refunded`.
    status: String,
    /// How it was redeemed; `missed` if the guest did not come.
    mode: String,
    /// What was paid for it, rebates too.
    paid: WireMoney,
    /// RFC 3339.
    recorded_at: String,
}

/// What the merchant claimed of the order's security deposit.
#[derive(Serialize, ToSchema)]
struct ComplaintClaim {
    /// How much.
    amount: WireMoney,
    /// Why.
    because: String,
    /// Whether the merchant has it still.
    is_open: bool,
}

/// A complaint with all that was said, and what there is to give back.
#[derive(Serialize, ToSchema)]
pub struct ComplaintDetails {
    #[serde(flatten)]
    complaint: ComplaintListed,
    /// Oldest first.
    steps: Vec<WireStep>,
    /// The order's newest visits, at most 50, newest first, without those that were undone.
    visits: Vec<ComplaintVisit>,
    /// What was claimed of the security deposit, if anything.
    security_claim: Option<ComplaintClaim>,
}

impl ComplaintDetails {
    /// Its id.
    pub fn id(&self) -> ComplaintId {
        self.complaint.id
    }
}

/// All of a complaint.
pub fn complaint_details(read: &mut ReadTx, of: &Complaint) -> Result<ComplaintDetails, Fail> {
    let order = convert::queries::order(read, of.order)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let steps = feedback::queries::complaint_steps(read, of.id)?;
    let visits = consume::queries::redemptions_of_order(read, of.order, PAGE_SIZE)?;
    let stands = visits
        .into_iter()
        .filter(|visit| visit.status != RedemptionStatus::Undone);
    let label = Labels::of(read, std::iter::once((of.offer, of.merchant)))?.get((of.offer, of.merchant));
    let name = short_names(read, &[of.person])?.remove(&of.person);
    Ok(ComplaintDetails {
        complaint: ComplaintListed::of(of, name, label),
        steps: steps
            .into_iter()
            .map(|step| WireStep::of(step, order.currency))
            .collect(),
        visits: visits_of(read, &stands.collect::<Vec<_>>())?,
        security_claim: claim_of(read, of.order)?,
    })
}

fn visits_of(read: &mut ReadTx, visits: &[Redemption]) -> Result<Vec<ComplaintVisit>, Fail> {
    let mut stores: Vec<StoreId> = visits.iter().map(|visit| visit.store).collect();
    stores.sort_unstable();
    stores.dedup();
    let stores = party::queries::stores(read, &stores)?;
    let terms = convert::queries::voucher_moneys(read, visits.iter().map(|visit| visit.voucher))?;
    let visit = |visit: &Redemption| {
        let store = stores.iter().find(|store| store.id == visit.store);
        let terms = terms.get(&visit.voucher)?;
        let paid = visit.paid(terms);
        Some(ComplaintVisit {
            redemption: visit.id,
            store_name: store.map(|store| store.details.name.clone()).unwrap_or_default(),
            status: visit.status.as_str().to_owned(),
            mode: visit.mode.as_str().to_owned(),
            paid: Money::new(paid.cash + paid.rebate_used, terms.currency).into(),
            recorded_at: visit.recorded_at.to_string(),
        })
    };
    Ok(visits.iter().filter_map(visit).collect())
}

fn claim_of(read: &mut ReadTx, order: OrderId) -> Result<Option<ComplaintClaim>, Fail> {
    let deposit = convert::queries::security_deposit(read, order)?;
    Ok(deposit.and_then(|deposit| {
        let claim = deposit.claim?;
        Some(ComplaintClaim {
            amount: claim.amount.into(),
            because: claim.because,
            is_open: deposit.status == convert::SecurityDepositStatus::Claimed,
        })
    }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MyComplaintsAsked {
    /// The newest about this order alone.
    #[param(value_type = Option<String>)]
    order: Option<OrderId>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<ComplaintId>,
}

/// One's own complaints, newest first.
#[utoipa::path(get, path = "/v1/me/complaints", operation_id = "listMyComplaints", tag = "feedback",
    params(MyComplaintsAsked), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<ComplaintListed>), (status = "4XX", body = Problem)))]
async fn list_my_complaints(
    State(app): State<App>,
    consumer: Consumer,
    Query(asked): Query<MyComplaintsAsked>,
) -> Result<Json<Page<ComplaintListed>>, Problem> {
    let found = app.read(move |read| {
        let person = consumer.0;
        let found = match asked.order {
            Some(order) => {
                let newest = feedback::queries::complaint_of_order(read, order)?;
                newest.into_iter().filter(|of| of.person == person).collect()
            }
            None => feedback::queries::complaints_of_person(read, person, asked.after, PAGE_SIZE + 1)?,
        };
        listed(read, &found)
    });
    Ok(page_of(found.await?))
}

/// One's own complaint.
#[utoipa::path(get, path = "/v1/complaints/{complaint}", operation_id = "getComplaint", tag = "feedback",
    params(OfComplaint), security(("session" = ["consumer"])),
    responses((status = 200, body = ComplaintDetails), (status = "4XX", body = Problem)))]
async fn get_complaint(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfComplaint>,
) -> Result<Json<ComplaintDetails>, Problem> {
    let found = app.read(move |read| {
        let found = feedback::queries::complaint(read, of.complaint)?;
        let found = found.filter(|found| found.person == consumer.0);
        complaint_details(read, &found.ok_or_else(|| party::NOT_FOUND.plain())?)
    });
    Ok(Json(found.await?))
}

/// Refuses those whose role does not cover where it was.
fn is_at(staff: &Staff<Manager>, complaint: &Complaint) -> Result<(), Problem> {
    match complaint.store {
        Some(store) => staff.at(store),
        None => staff.everywhere(),
    }
}

/// Complaints about a merchant, newest first: for its managers, those of a store about that store.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/complaints", operation_id = "listComplaintsOfMerchant",
    tag = "feedback", params(OfMerchant, After<kernel::Complaint>), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<ComplaintListed>), (status = "4XX", body = Problem)))]
async fn list_complaints_of_merchant(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<After<kernel::Complaint>>,
) -> Result<Json<Page<ComplaintListed>>, Problem> {
    let page = app.read(move |read| {
        let list =
            |after| feedback::queries::complaints_of_merchant(read, staff.merchant, after, SIFTED_AT_ONCE);
        let page = sift(asked.after, list, |of| of.id, |of| is_at(&staff, of).is_ok())?;
        Ok(Page {
            items: listed(read, &page.items)?,
            next: page.next,
        })
    });
    Ok(Json(page.await?))
}

/// A complaint about the manager's own store.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/complaints/{complaint}", operation_id = "getComplaintOfMerchant",
    tag = "feedback", params(OfMerchant, OfComplaint), security(("session" = ["staff:manager"])),
    responses((status = 200, body = ComplaintDetails), (status = "4XX", body = Problem)))]
async fn get_complaint_of_merchant(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfComplaint>,
) -> Result<Json<ComplaintDetails>, Problem> {
    let found = found(&app, Some(staff.merchant), of.complaint).await?;
    is_at(&staff, &found)?;
    Ok(Json(app.read(move |read| complaint_details(read, &found)).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ComplaintsAsked {
    /// `escalated` if not given: those that the platform is to decide.
    status: Option<String>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<ComplaintId>,
}

/// Everybody's complaints of one status, newest first; for administrators and support.
#[utoipa::path(get, path = "/v1/platform/complaints", operation_id = "listComplaints", tag = "feedback",
    params(ComplaintsAsked), security(("session" = ["operator:support"])),
    responses((status = 200, body = Page<ComplaintListed>), (status = "4XX", body = Problem)))]
async fn list_complaints(
    State(app): State<App>,
    _operator: Operator<Support>,
    Query(asked): Query<ComplaintsAsked>,
) -> Result<Json<Page<ComplaintListed>>, Problem> {
    let by_name = |name: &str| named(&QUERY_MALFORMED, "/status", name, ComplaintStatus::from_text);
    let status = asked.status.as_deref().map(by_name).transpose()?;
    let status = status.unwrap_or(ComplaintStatus::Escalated);
    let found = app.read(move |read| {
        let found = feedback::queries::complaints(read, status, asked.after, PAGE_SIZE + 1)?;
        listed(read, &found)
    });
    Ok(page_of(found.await?))
}

/// A complaint, for administrators and support.
#[utoipa::path(get, path = "/v1/platform/complaints/{complaint}", operation_id = "getComplaintAsPlatform",
    tag = "feedback", params(OfComplaint), security(("session" = ["operator:support"])),
    responses((status = 200, body = ComplaintDetails), (status = "4XX", body = Problem)))]
async fn get_complaint_as_platform(
    State(app): State<App>,
    _operator: Operator<Support>,
    Path(of): Path<OfComplaint>,
) -> Result<Json<ComplaintDetails>, Problem> {
    let found = found(&app, None, of.complaint).await?;
    Ok(Json(app.read(move |read| complaint_details(read, &found)).await?))
}
