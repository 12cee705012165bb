//! A copy of everything that is stored about a person, for that person. The event log holds ids alone and is
//! not in it. It is read a page at a time, so that a long life as a customer holds nobody up.

use axum::Json;
use axum::extract::State;
use channel::queries::share_links_of;
use convert::queries::{OrderView, attempts_of_person, orders_of_person, refunds_of_person, wallet};
use feedback::queries::{complaints_of_person, reviews_of_person};
use kernel::{ComplaintId, MessageId, OrderId, PersonId, ReviewId, StaticType, TypeSafeId, VoucherId};
use ledger::queries::rebates_of;
use retain::queries::messages_of;
use serde::Serialize;
use store::{Fail, ReadTx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voucher::queries::vouchers_of;

use super::MySession;
use crate::access::SignedIn;
use crate::app::App;
use crate::labels::Labelled;
use crate::problem::Problem;
use crate::routes::channel::PublicLink;
use crate::routes::consume::{WaitlistEntryDetails, WireBooking, bookings_of, waitlist_of};
use crate::routes::convert::{OrderDetails, PaymentTry, RefundDetails, WalletCouponDetails, labelled_orders};
use crate::routes::feedback::{ComplaintDetails, ReviewDetails, Signed, complaint_details, signed};
use crate::routes::ledger::EarnedRebate;
use crate::routes::party::{MembershipDetails, memberships_of};
use crate::routes::retain::{ChatCopy, PersonMessage, labelled_messages, my_chats};
use crate::routes::voucher::{VoucherDetails, voucher_details};
use crate::shell;
use crate::wire::WireMoney;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export_me))
}

/// Everything that is stored about a person.
#[derive(Serialize, ToSchema)]
struct MyData {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    locale: String,
    contacts: Vec<String>,
    /// RFC 3339.
    created_at: String,
    sessions: Vec<MySession>,
    memberships: Vec<MembershipDetails>,
    orders: Vec<OrderDetails>,
    payments: Vec<PaymentTry>,
    refunds: Vec<RefundDetails>,
    bookings: Vec<WireBooking>,
    waitlist: Vec<WaitlistEntryDetails>,
    coupons: Vec<WalletCouponDetails>,
    vouchers: Vec<VoucherDetails>,
    reviews: Vec<ReviewDetails>,
    complaints: Vec<ComplaintDetails>,
    messages: Vec<PersonMessage>,
    conversations: Vec<ChatCopy>,
    share_links: Vec<PublicLink>,
    rebates: Vec<EarnedRebate>,
    /// What can be spent of the rebates, by currency.
    rebate_balance: Vec<WireMoney>,
}

/// What one look at the database brings.
const AT_ONCE: i64 = 200;

/// A page of what is a person's.
type PageOf<T, K> = fn(&mut ReadTx, PersonId, Option<TypeSafeId<K>>, i64) -> Result<Vec<T>, Fail>;

/// All pages, on the wire.
async fn all<T: Send + 'static, K: StaticType + Copy + Send + Sync + 'static, W: From<T>>(
    app: &App,
    person: PersonId,
    page: PageOf<T, K>,
    id_of: fn(&T) -> TypeSafeId<K>,
) -> Result<Vec<W>, Problem> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let found = app.read(move |read| page(read, person, after, AT_ONCE)).await?;
        after = found.last().map(id_of);
        let is_last = (found.len() as i64) < AT_ONCE;
        items.extend(found.into_iter().map(W::from));
        if is_last {
            return Ok(items);
        }
    }
}

fn my_orders(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<Labelled<OrderView>>, Fail> {
    let orders = orders_of_person(read, person, after, limit)?;
    labelled_orders(read, orders)
}

fn my_reviews(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<Signed>, Fail> {
    let reviews = reviews_of_person(read, person, after, limit)?;
    signed(read, reviews)
}

fn my_complaints(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<ComplaintId>,
    limit: i64,
) -> Result<Vec<ComplaintDetails>, Fail> {
    let complaints = complaints_of_person(read, person, after, limit)?;
    complaints.iter().map(|of| complaint_details(read, of)).collect()
}

fn my_messages(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<MessageId>,
    limit: i64,
) -> Result<Vec<PersonMessage>, Fail> {
    let messages = messages_of(read, person, after, limit)?;
    labelled_messages(read, messages)
}

fn my_vouchers(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<VoucherId>,
    limit: i64,
) -> Result<Vec<VoucherDetails>, Fail> {
    let vouchers = vouchers_of(read, person, after, limit)?;
    voucher_details(read, vouchers)
}

/// A copy of everything that is stored about the caller.
#[utoipa::path(get, path = "/v1/me/export", operation_id = "exportMe", tag = "me",
    security(("session" = ["consumer"])), responses((status = 200, body = MyData), (status = "4XX", body = Problem)))]
async fn export_me(State(app): State<App>, signed_in: SignedIn) -> Result<Json<MyData>, Problem> {
    let (person, current) = (signed_in.identity.session.person, signed_in.token_hash);
    let now = shell::now();
    let account = app.read(move |read| {
        let profile = party::queries::profile(read, person)?.ok_or_else(|| party::NOT_FOUND.plain())?;
        let sessions = party::queries::sessions_of(read, person, current, now)?;
        Ok((profile, sessions, ledger::queries::spendable(read, person)?))
    });
    let (profile, sessions, spendable) = account.await?;
    let contacts = profile.contacts.iter();
    Ok(Json(MyData {
        person,
        name: profile.name,
        locale: profile.locale,
        contacts: contacts.map(|contact| contact.address().to_owned()).collect(),
        created_at: profile.created_at.to_string(),
        sessions: sessions.into_iter().map(MySession::from).collect(),
        memberships: all(&app, person, memberships_of, MembershipDetails::id).await?,
        orders: all(&app, person, my_orders, |order| order.item.id).await?,
        payments: all(&app, person, attempts_of_person, |attempt| attempt.id).await?,
        refunds: all(&app, person, refunds_of_person, |refund| refund.id).await?,
        bookings: all(&app, person, bookings_of, WireBooking::id).await?,
        waitlist: all(&app, person, waitlist_of, WaitlistEntryDetails::id).await?,
        coupons: all(&app, person, wallet, |coupon| coupon.id).await?,
        vouchers: all(&app, person, my_vouchers, VoucherDetails::id).await?,
        reviews: all(&app, person, my_reviews, |signed| signed.review.id).await?,
        complaints: all(&app, person, my_complaints, ComplaintDetails::id).await?,
        messages: all(&app, person, my_messages, PersonMessage::id).await?,
        conversations: all(&app, person, my_chats, ChatCopy::id).await?,
        share_links: all(&app, person, share_links_of, |link| link.id).await?,
        rebates: all(&app, person, rebates_of, |rebate| rebate.id).await?,
        rebate_balance: spendable.into_iter().map(WireMoney::from).collect(),
    }))
}
