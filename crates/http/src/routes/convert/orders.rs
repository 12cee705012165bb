//! Orders: placed with frozen terms and held for minutes, shown, cancelled.

use std::fmt::Display;
use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use convert::queries::{self, OrderView, VoucherMoney};
use convert::{
    Amounts, CancelOrder, Discount, DiscountKind, GroupChoice, ORDER_NOT_FOUND, PlaceOrder, PlacedOrder,
    Stored,
};
use kernel::{
    BookingId, CouponId, Currency, EntryId, GroupId, LocalText, MerchantId, Money, OfferId, Order, OrderId,
    PaymentId, PersonId, Reject, ShowingId, Timestamp, VoucherId, WalletCouponId,
};
use offer::{NightChoice, SeatChoice};
use party::NOT_FOUND;
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::groups::group_choice;
use super::security_deposits::WireSecurityDeposit;
use crate::access::Consumer;
use crate::app::App;
use crate::body::{Nothing, Object, Path, Query, Write};
use crate::labels::{Label, Labelled, labelled};
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::routes::offer::{OfOffer, WireCard};
use crate::shell;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney, day};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(quote_order))
        .routes(routes!(best_coupons))
        .routes(routes!(place_order))
        .routes(routes!(get_order))
        .routes(routes!(list_my_orders))
        .routes(routes!(cancel_order))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// What to buy.
    #[schema(value_type = String, example = "off_01h455vb4pex5vsknk084sn02q")]
    offer: OfferId,
    /// Units, at least 1.
    quantity: i64,
    /// Coupons of the buyer's wallet, at most four of different stacking groups, or one that stands alone.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 4)]
    wallet_coupons: Vec<WalletCouponId>,
    /// The token of the share link that the buyer followed.
    share_token: Option<String>,
    /// Where the buyer came from; the share link's own entry if absent.
    #[schema(value_type = Option<String>)]
    entry: Option<EntryId>,
    /// Whether earned rebates pay as far as they reach.
    #[serde(default)]
    use_rebate: bool,
    /// To buy in a group, for the group's price: `new`, or the id of the group to join. One unit then.
    #[serde(default, deserialize_with = "group_choice")]
    #[schema(value_type = Option<String>)]
    group: Option<GroupChoice>,
    /// The seats of a showing, where the offer has showings: as many as units. Of an open ticket none.
    #[schema(value_type = Option<ChosenSeats>)]
    seats: Option<Object<ChosenSeats>>,
    /// What the buyer was shown as left to pay. Anything else is refused and nothing is ordered.
    #[schema(value_type = Option<WireMoney>)]
    expected_cash: Option<Object<WireMoney>>,
}

/// Seats of a showing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenSeats {
    #[schema(value_type = String)]
    showing: ShowingId,
    /// By their names: `F-7`.
    seats: Vec<String>,
}

impl From<ChosenSeats> for SeatChoice {
    fn from(ChosenSeats { showing, seats }: ChosenSeats) -> Self {
        Self { showing, seats }
    }
}

impl From<NewOrder> for PlaceOrder {
    fn from(new: NewOrder) -> Self {
        Self {
            offer: new.offer,
            quantity: new.quantity,
            wallet_coupons: new.wallet_coupons,
            share_token: new.share_token,
            entry: new.entry,
            use_rebate: new.use_rebate,
            group: new.group,
            seats: new.seats.map(|Object(seats)| seats.into()),
            expected_cash: new.expected_cash.map(|cash| cash.0.into()),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct OrderPlaced {
    #[schema(value_type = String)]
    order: OrderId,
    #[schema(value_type = String)]
    payment: PaymentId,
    /// `placed`; if nothing was left to pay, `paid`, or `in_group` while others are missing.
    status: String,
    #[schema(value_type = String)]
    offer: OfferId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    quantity: i64,
    price: OrderPrice,
    /// Until when the units are kept for this order, RFC 3339.
    hold_until: String,
    /// The group that it opens or joins once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    group: Option<GroupId>,
    /// Issued at once if nothing was left to pay.
    #[schema(value_type = Vec<String>)]
    vouchers: Vec<VoucherId>,
}

/// `list = discount_platform + discount_merchant + rebate_used + cash_due + due_at_store`.
#[derive(Serialize, ToSchema)]
pub struct OrderPrice {
    list: WireMoney,
    /// The platform's part of all discounts.
    discount_platform: WireMoney,
    /// The merchant's part of all discounts.
    discount_merchant: WireMoney,
    /// Paid from the buyer's earned rebates.
    rebate_used: WireMoney,
    /// Of the price, to be paid through the provider.
    cash_due: WireMoney,
    /// To be paid at the store, if the offer takes a deposit or is paid after the service.
    due_at_store: WireMoney,
    /// Paid beside the price and given back after the visit, less damages; zero of most offers, and of
    /// overtime while that of the visit is held.
    security_deposit: WireMoney,
    /// What the provider collects: `cash_due + security_deposit`.
    to_pay: WireMoney,
    /// What was taken off, in the order in which it was.
    discounts: Vec<OrderDiscount>,
}

#[derive(Serialize, ToSchema)]
struct OrderDiscount {
    /// `agreement`, `friend` or `coupon`.
    kind: String,
    amount: WireMoney,
    /// How much of it the platform pays; the merchant bears the rest.
    funded_by_platform: WireMoney,
    /// Which coupon, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    coupon: Option<CouponId>,
}

pub fn price_of(currency: Currency, amounts: &Amounts, discounts: &[Discount]) -> OrderPrice {
    let money = |amount| Money::new(amount, currency).into();
    let discount = |discount: &Discount| OrderDiscount {
        kind: match discount.kind {
            DiscountKind::Agreement => "agreement",
            DiscountKind::Friend => "friend",
            DiscountKind::Coupon => "coupon",
        }
        .to_owned(),
        amount: money(discount.amount),
        funded_by_platform: money(discount.platform),
        coupon: discount.coupon,
    };
    OrderPrice {
        list: money(amounts.list_total),
        discount_platform: money(amounts.discount_platform),
        discount_merchant: money(amounts.discount_merchant),
        rebate_used: money(amounts.rebate_used),
        cash_due: money(amounts.cash_due),
        due_at_store: money(amounts.due_at_store),
        security_deposit: money(amounts.security_deposit),
        to_pay: money(amounts.to_pay()),
        discounts: discounts.iter().map(discount).collect(),
    }
}

impl From<PlacedOrder> for OrderPlaced {
    fn from(placed: PlacedOrder) -> Self {
        Self {
            order: placed.order,
            payment: placed.payment,
            status: placed.status.as_str().to_owned(),
            offer: placed.offer,
            merchant: placed.merchant,
            quantity: placed.quantity,
            price: price_of(placed.currency, &placed.amounts, &placed.discounts),
            hold_until: placed.hold_until.to_string(),
            group: placed.group,
            vouchers: placed.vouchers,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QuoteAsked {
    /// Units, at least 1.
    quantity: i64,
    /// Coupons of the buyer's wallet, with commas between them.
    #[serde(default, deserialize_with = "comma_separated")]
    #[param(value_type = Option<String>)]
    wallet_coupons: Vec<WalletCouponId>,
    /// The token of the share link that the buyer followed.
    share_token: Option<String>,
    /// Whether earned rebates pay as far as they reach.
    #[serde(default)]
    use_rebate: bool,
    /// To buy in a group, for the group's price: `new`, or the id of the group to join.
    #[serde(default, deserialize_with = "group_choice")]
    #[param(value_type = Option<String>)]
    group: Option<GroupChoice>,
    /// A showing, for what its `seats` cost.
    #[param(value_type = Option<String>)]
    showing: Option<ShowingId>,
    /// The names of its seats, with commas between them.
    #[serde(default, deserialize_with = "comma_separated")]
    #[param(value_type = Option<String>)]
    seats: Vec<String>,
    /// For what nights cost: the day of arrival, `2026-12-31`.
    from: Option<String>,
    /// And how many.
    nights: Option<i64>,
    /// A booking of the caller's that it goes on from, as overtime: its security deposit may be enough.
    #[param(value_type = Option<String>)]
    overtime_of: Option<BookingId>,
}

fn comma_separated<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(from)?;
    let ids = text.split(',').filter(|id| !id.is_empty()).map(str::parse);
    ids.collect::<Result<_, _>>().map_err(serde::de::Error::custom)
}

fn night_choice(from: Option<&str>, nights: Option<i64>) -> Result<Option<NightChoice>, Problem> {
    let Some(from) = from else { return Ok(None) };
    Ok(Some(NightChoice {
        from: day(&QUERY_MALFORMED, "/from", from)?,
        nights: nights.unwrap_or(1),
    }))
}

fn seat_choice(showing: Option<ShowingId>, seats: Vec<String>) -> Option<SeatChoice> {
    showing.map(|showing| SeatChoice { showing, seats })
}

/// What an order of the caller's would cost now. Nothing is kept for it.
#[utoipa::path(get, path = "/v1/offers/{offer}/quote", operation_id = "quoteOrder", tag = "convert",
    params(OfOffer, QuoteAsked), security(("session" = ["consumer"])),
    responses((status = 200, body = OrderPrice), (status = "4XX", body = Problem)))]
async fn quote_order(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfOffer>,
    Query(asked): Query<QuoteAsked>,
) -> Result<Json<OrderPrice>, Problem> {
    let wish = PlaceOrder {
        offer: of.offer,
        quantity: asked.quantity,
        wallet_coupons: asked.wallet_coupons,
        share_token: asked.share_token,
        entry: None,
        use_rebate: asked.use_rebate,
        group: asked.group,
        seats: seat_choice(asked.showing, asked.seats),
        expected_cash: None,
    };
    let nights = night_choice(asked.from.as_deref(), asked.nights)?;
    let ctx = shell::ctx(consumer.actor());
    let (currency, price) = app
        .read(move |read| {
            let is_covered = match asked.overtime_of {
                Some(booking) => is_covered(read, (consumer.0, of.offer), booking)?,
                None => false,
            };
            queries::quote(read, &ctx, &wish, nights, is_covered)
        })
        .await?;
    Ok(Json(price_of(currency, &price.amounts, &price.discounts)))
}

/// Whether overtime after this person's booking of that offer goes without a security deposit of its own.
fn is_covered(read: &mut ReadTx, of: (PersonId, OfferId), booking: BookingId) -> Result<bool, Fail> {
    let found = consume::queries::booking(read, booking)?;
    let guest = found.and_then(|found| found.guest);
    if guest.is_none_or(|guest| (guest.person, guest.offer) != of) {
        return Err(NOT_FOUND.plain().into());
    }
    Ok(consume::queries::deposit_for_overtime(read, booking)?.is_some())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BestCouponsAsked {
    /// Units, at least 1.
    quantity: i64,
    /// The token of the share link that the buyer followed.
    share_token: Option<String>,
    /// Whether earned rebates pay as far as they reach.
    #[serde(default)]
    use_rebate: bool,
    /// To buy in a group, for the group's price: `new`, or the id of the group to join.
    #[serde(default, deserialize_with = "group_choice")]
    #[param(value_type = Option<String>)]
    group: Option<GroupChoice>,
    /// A showing, for what its `seats` cost.
    #[param(value_type = Option<String>)]
    showing: Option<ShowingId>,
    /// The names of its seats, with commas between them.
    #[serde(default, deserialize_with = "comma_separated")]
    #[param(value_type = Option<String>)]
    seats: Vec<String>,
    /// For what nights cost: the day of arrival, `2026-12-31`.
    from: Option<String>,
    /// And how many.
    nights: Option<i64>,
}

/// The coupons of a wallet that take off most together, and why each of the others is not among them.
#[derive(Serialize, ToSchema)]
struct BestCoupons {
    /// With the coupons that are used.
    price: OrderPrice,
    /// For the order to name.
    #[schema(value_type = Vec<String>)]
    used: Vec<WalletCouponId>,
    refused: Vec<RefusedCoupon>,
    /// Those that come by themselves. The order does not name them.
    automatic: Vec<AutomaticCoupon>,
}

/// A coupon that nobody claims.
#[derive(Serialize, ToSchema)]
struct AutomaticCoupon {
    #[schema(value_type = String)]
    coupon: CouponId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: LocalText,
    /// Why it is not used; absent if it is.
    refused: Option<Refusal>,
}

/// Why something of an order is not had.
#[derive(Serialize, ToSchema)]
pub struct Refusal {
    /// As the order would be refused: `coupon_min_spend_not_met`, …
    code: String,
    /// Why, in words.
    detail: String,
}

impl From<Reject> for Refusal {
    fn from(why: Reject) -> Self {
        Self {
            code: why.kind.code.to_owned(),
            detail: why.detail,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct RefusedCoupon {
    #[schema(value_type = String)]
    wallet_coupon: WalletCouponId,
    #[serde(flatten)]
    why: Refusal,
}

/// The best set of the coupons in the caller's wallet for an order: of the thirty that run out first. Nothing is kept.
#[utoipa::path(get, path = "/v1/offers/{offer}/best-coupons", operation_id = "bestCombination", tag = "convert",
    params(OfOffer, BestCouponsAsked), security(("session" = ["consumer"])),
    responses((status = 200, body = BestCoupons), (status = "4XX", body = Problem)))]
async fn best_coupons(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfOffer>,
    Query(asked): Query<BestCouponsAsked>,
) -> Result<Json<BestCoupons>, Problem> {
    let wish = PlaceOrder {
        offer: of.offer,
        quantity: asked.quantity,
        wallet_coupons: Vec::new(),
        share_token: asked.share_token,
        entry: None,
        use_rebate: asked.use_rebate,
        group: asked.group,
        seats: seat_choice(asked.showing, asked.seats),
        expected_cash: None,
    };
    let nights = night_choice(asked.from.as_deref(), asked.nights)?;
    let ctx = shell::ctx(consumer.actor());
    let best = app
        .read(move |read| queries::best_coupons(read, &ctx, &wish, nights))
        .await?;
    let refused = best
        .refused
        .into_iter()
        .map(|(wallet_coupon, why)| RefusedCoupon {
            wallet_coupon,
            why: why.into(),
        });
    let automatic = best.automatic.into_iter().map(|coupon| AutomaticCoupon {
        coupon: coupon.coupon,
        title: coupon.title,
        refused: coupon.refused.map(Refusal::from),
    });
    Ok(Json(BestCoupons {
        price: price_of(best.currency, &best.price.amounts, &best.price.discounts),
        used: best.used,
        refused: refused.collect(),
        automatic: automatic.collect(),
    }))
}

/// Places an order and holds its units for minutes.
#[utoipa::path(post, path = "/v1/orders", operation_id = "placeOrder", tag = "convert",
    security(("session" = ["consumer"])), request_body = NewOrder,
    responses((status = 201, body = OrderPlaced), (status = "4XX", body = Problem)))]
async fn place_order(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<NewOrder>,
) -> Result<Response, Problem> {
    let cmd = PlaceOrder::from(write.body);
    let route = app.ask(queries::place_route(&cmd)).await?;
    let locks = route.map(|route| route.locks).unwrap_or_default();
    let command = app
        .command("placeOrder", cmd.offer, consumer.actor(), write.key)
        .locking(locks)
        .creating();
    command
        .run(move |tx, ctx| Ok(OrderPlaced::from(convert::place_order(tx, ctx, &cmd)?)))
        .await
}

#[derive(Serialize, ToSchema)]
pub struct OrderDetails {
    #[schema(value_type = String)]
    order: OrderId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = String)]
    offer: OfferId,
    #[serde(flatten)]
    label: Label,
    /// `placed`, `in_group` (paid, and others are missing), `paid`, `cancelled`, `released`, `refunded` or
    /// `charged_back` (the payer's bank took the payment back).
    status: String,
    quantity: i64,
    /// How often each voucher can be used; of stored-value cards what each is worth, in minor units.
    uses: i64,
    /// How, if they are cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<WireCard>,
    price: OrderPrice,
    /// `earnest` or `refundable`, if only a deposit is paid ahead; `pay_after`, if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_kind: Option<String>,
    /// What came back in cash so far, of the price.
    cash_refunded: WireMoney,
    /// Where the buyer came from.
    #[schema(value_type = Option<String>)]
    entry: Option<EntryId>,
    /// The group that it opens or joins once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    group: Option<GroupId>,
    hold_until: String,
    placed_at: String,
    paid_at: Option<String>,
    /// Where its security deposit stands, if one was paid with it; given when one order is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    security_deposit: Option<WireSecurityDeposit>,
    /// What was issued for it; given when one order is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    vouchers: Vec<VoucherId>,
}

/// Orders with what was bought of whom.
pub fn labelled_orders(read: &mut ReadTx, orders: Vec<OrderView>) -> Result<Vec<Labelled<OrderView>>, Fail> {
    labelled(read, orders, |order| (order.line.offer, order.merchant))
}

impl From<Labelled<OrderView>> for OrderDetails {
    fn from(Labelled { item: order, label }: Labelled<OrderView>) -> Self {
        Self {
            label,
            order: order.id,
            merchant: order.merchant,
            offer: order.line.offer,
            status: order.status.as_str().to_owned(),
            quantity: order.line.quantity,
            uses: order.line.uses,
            card: order.line.card.map(Into::into),
            price: price_of(order.currency, &order.amounts, &order.line.discounts),
            deposit_kind: order.line.deposit.map(|kind| kind.as_str().to_owned()),
            cash_refunded: Money::new(order.cash_refunded, order.currency).into(),
            entry: order.entry,
            group: order.group,
            hold_until: order.hold_until.to_string(),
            placed_at: order.placed_at.to_string(),
            paid_at: order.paid_at.as_ref().map(Timestamp::to_string),
            security_deposit: None,
            vouchers: Vec::new(),
        }
    }
}

/// A right for which only a deposit was paid ahead, or nothing.
#[derive(Serialize, ToSchema)]
pub struct DepositPaid {
    /// `earnest`, `refundable` or `pay_after`.
    kind: String,
    /// What is to be paid at the store, for the uses that are left.
    due_at_store: WireMoney,
}

impl DepositPaid {
    pub fn of(money: &VoucherMoney, uses_left: i64) -> Option<Self> {
        Some(Self {
            kind: money.deposit?.as_str().to_owned(),
            due_at_store: money.due_at_store(uses_left).into(),
        })
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfOrder {
    /// Which order.
    #[param(value_type = String)]
    pub order: OrderId,
}

impl OrderDetails {
    /// What was issued for it, where that was asked for.
    pub fn vouchers(&self) -> &[VoucherId] {
        &self.vouchers
    }
}

/// An order with what it is called and what was issued for it.
pub fn order_with_vouchers(read: &mut ReadTx, order: OrderView) -> Result<OrderDetails, Fail> {
    let vouchers = queries::order_vouchers(read, order.id)?.into_iter();
    let vouchers = vouchers.map(|voucher| voucher.voucher).collect();
    let security_deposit = match order.amounts.security_deposit {
        0 => None,
        _ => queries::security_deposit(read, order.id)?,
    };
    let order = labelled_orders(read, vec![order])?.remove(0);
    Ok(OrderDetails {
        security_deposit: security_deposit.map(Into::into),
        vouchers,
        ..order.into()
    })
}

/// One of the caller's orders, with its vouchers.
#[utoipa::path(get, path = "/v1/orders/{order}", operation_id = "getOrder", tag = "convert",
    params(OfOrder), security(("session" = ["consumer"])),
    responses((status = 200, body = OrderDetails), (status = "4XX", body = Problem)))]
async fn get_order(
    State(app): State<App>,
    consumer: Consumer,
    Path(OfOrder { order }): Path<OfOrder>,
) -> Result<Json<OrderDetails>, Problem> {
    let person = consumer.0;
    let order = app
        .read(move |read| {
            let found = queries::order(read, order)?.filter(|order| order.person == person);
            let found = found.ok_or_else(|| ORDER_NOT_FOUND.plain())?;
            order_with_vouchers(read, found)
        })
        .await?;
    Ok(Json(order))
}

/// The caller's orders, the newest first.
#[utoipa::path(get, path = "/v1/me/orders", operation_id = "listMyOrders", tag = "convert",
    params(After<Order>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<OrderDetails>), (status = "4XX", body = Problem)))]
async fn list_my_orders(
    State(app): State<App>,
    consumer: Consumer,
    Query(page): Query<After<Order>>,
) -> Result<Json<Page<OrderDetails>>, Problem> {
    let person = consumer.0;
    let found = app
        .read(move |read| {
            let found = queries::orders_of_person(read, person, page.after, PAGE_SIZE + 1)?;
            labelled_orders(read, found)
        })
        .await?;
    Ok(Json(Page::of(
        found,
        |order| order.item.id.to_string(),
        OrderDetails::from,
    )))
}

/// Cancels an order that is not paid yet; everything that it held is free again.
#[utoipa::path(post, path = "/v1/orders/{order}/cancel", operation_id = "cancelOrder", tag = "convert",
    params(OfOrder), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn cancel_order(
    State(app): State<App>,
    consumer: Consumer,
    Path(OfOrder { order }): Path<OfOrder>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = CancelOrder { order };
    let route = app.ask(queries::order_route(order)).await?;
    let route = route.ok_or_else(|| ORDER_NOT_FOUND.plain())?;
    let command = app
        .command("cancelOrder", route.lane, consumer.actor(), write.key)
        .locking(route.locks);
    command
        .run(move |tx, ctx| convert::cancel_order(tx, ctx, &cmd))
        .await
}
