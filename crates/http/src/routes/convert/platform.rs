//! Orders and refunds as the platform sees them: everybody's, with all that became of them.

use axum::Json;
use axum::extract::State;
use convert::queries::{self, OrderView};
use convert::{ORDER_NOT_FOUND, OrderStatus, RefundStatus};
use kernel::{LocalText, MerchantId, Order, OrderId, PersonId, RefundId};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::orders::{OfOrder, OrderDetails, labelled_orders, order_with_vouchers};
use super::payments::PaymentTry;
use super::refunds::RefundDetails;
use super::state;
use crate::access::{AnyOperator, Operator};
use crate::app::App;
use crate::body::{Path, Query};
use crate::labels::{Labelled, Names};
use crate::problem::Problem;
use crate::routes::consume::RedemptionListed;
use crate::wire::{PAGE_SIZE, Page, SIFTED_AT_ONCE, sift};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_orders))
        .routes(routes!(get_order))
        .routes(routes!(list_refunds))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OrdersAsked {
    /// `placed`, `in_group`, `paid`, `cancelled`, `released`, `refunded` or `charged_back`; absent for all.
    status: Option<String>,
    /// Of this merchant; absent for all.
    #[param(value_type = Option<String>)]
    merchant: Option<MerchantId>,
    /// Of this buyer; absent for all.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<OrderId>,
}

/// An order with its buyer.
#[derive(Serialize, ToSchema)]
struct OrderListed {
    #[serde(flatten)]
    order: OrderDetails,
    /// Who bought.
    #[schema(value_type = String)]
    person: PersonId,
}

impl From<Labelled<OrderView>> for OrderListed {
    fn from(order: Labelled<OrderView>) -> Self {
        Self {
            person: order.item.person,
            order: order.into(),
        }
    }
}

/// Everybody's orders, newest first.
#[utoipa::path(get, path = "/v1/platform/orders", operation_id = "listOrders", tag = "convert",
    params(OrdersAsked), security(("session" = ["operator"])),
    responses((status = 200, body = Page<OrderListed>), (status = "4XX", body = Problem)))]
async fn list_orders(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Query(asked): Query<OrdersAsked>,
) -> Result<Json<Page<OrderListed>>, Problem> {
    let status: Option<OrderStatus> = state("/status", asked.status.as_deref())?;
    let (merchant, person, after) = (asked.merchant, asked.person, asked.after);
    let page = app.read(move |read| {
        let list = |after| match (merchant, person) {
            (Some(merchant), _) => queries::orders_of_merchant(read, merchant, after, SIFTED_AT_ONCE),
            (None, Some(person)) => queries::orders_of_person(read, person, after, SIFTED_AT_ONCE),
            (None, None) => queries::orders(read, after, SIFTED_AT_ONCE),
        };
        let page = sift::<_, Order>(
            after,
            list,
            |order| order.id,
            |order| {
                status.is_none_or(|status| order.status == status)
                    && person.is_none_or(|person| order.person == person)
            },
        )?;
        let items = labelled_orders(read, page.items)?;
        Ok(Page {
            items,
            next: page.next,
        })
    });
    Ok(Json(page.await?.map(OrderListed::from)))
}

/// An order with all that became of it.
#[derive(Serialize, ToSchema)]
struct OrderHistory {
    #[serde(flatten)]
    order: OrderListed,
    /// The tries to pay it, the first one first.
    payments: Vec<PaymentTry>,
    /// The uses of its vouchers, each voucher's oldest first.
    redemptions: Vec<RedemptionListed>,
    /// The first one first.
    refunds: Vec<RefundDetails>,
}

fn order_history(read: &mut ReadTx, order: OrderId) -> Result<OrderHistory, Fail> {
    let found = queries::order(read, order)?.ok_or_else(|| ORDER_NOT_FOUND.plain())?;
    let (person, details) = (found.person, order_with_vouchers(read, found)?);
    let redemptions = consume::queries::redemptions_of_vouchers(read, details.vouchers())?;
    let payments = queries::attempts_of(read, order)?.into_iter();
    let refunds = queries::refunds_of(read, order)?.into_iter();
    Ok(OrderHistory {
        order: OrderListed {
            person,
            order: details,
        },
        payments: payments.map(PaymentTry::from).collect(),
        redemptions: redemptions.into_iter().map(RedemptionListed::from).collect(),
        refunds: refunds.map(RefundDetails::from).collect(),
    })
}

/// One order with its vouchers, payments, redemptions and refunds.
#[utoipa::path(get, path = "/v1/platform/orders/{order}", operation_id = "getOrderAsPlatform", tag = "convert",
    params(OfOrder), security(("session" = ["operator"])),
    responses((status = 200, body = OrderHistory), (status = "4XX", body = Problem)))]
async fn get_order(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Path(OfOrder { order }): Path<OfOrder>,
) -> Result<Json<OrderHistory>, Problem> {
    Ok(Json(app.read(move |read| order_history(read, order)).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RefundsAsked {
    /// `requested`, `sent`, `succeeded`, `failed` or `taken_back`; absent for all.
    status: Option<String>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<RefundId>,
}

/// A refund with the merchant whose sale it was.
#[derive(Serialize, ToSchema)]
struct RefundListed {
    #[serde(flatten)]
    refund: RefundDetails,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// How often it was sent to the provider.
    tries: i64,
}

/// Everybody's refunds, newest first.
#[utoipa::path(get, path = "/v1/platform/refunds", operation_id = "listRefunds", tag = "convert",
    params(RefundsAsked), security(("session" = ["operator"])),
    responses((status = 200, body = Page<RefundListed>), (status = "4XX", body = Problem)))]
async fn list_refunds(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Query(asked): Query<RefundsAsked>,
) -> Result<Json<Page<RefundListed>>, Problem> {
    let status: Option<RefundStatus> = state("/status", asked.status.as_deref())?;
    let found = app.read(move |read| {
        let found = queries::refunds(read, status, asked.after, PAGE_SIZE + 1)?;
        let names = Names::of(read, found.iter().map(|(merchant, _)| *merchant), [])?;
        Ok((found, names))
    });
    let (found, names) = found.await?;
    Ok(Json(Page::of(
        found,
        |(_, refund)| refund.id.to_string(),
        |(merchant, refund)| RefundListed {
            merchant_name: names.merchant(merchant),
            merchant,
            tries: refund.tries,
            refund: refund.into(),
        },
    )))
}
