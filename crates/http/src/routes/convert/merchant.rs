//! Orders as the merchant that sold sees them. Who bought is not said.

use axum::Json;
use axum::extract::State;
use convert::queries::{self, OrderView};
use convert::{ORDER_NOT_FOUND, OrderStatus};
use kernel::{MerchantId, OfferId, Order, OrderId, Timestamp, first_id_at};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::orders::{OfOrder, OrderDetails, labelled_orders, order_with_vouchers};
use super::refunds::RefundDetails;
use super::state;
use crate::access::{Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Path, Query};
use crate::problem::Problem;
use crate::routes::consume::RedemptionListed;
use crate::wire::{Page, SIFTED_AT_ONCE, optional_time, sift};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_merchant_orders))
        .routes(routes!(get_merchant_order))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MerchantOrdersAsked {
    /// `placed`, `in_group`, `paid`, `cancelled`, `released`, `refunded` or `charged_back`; absent for all.
    status: Option<String>,
    /// Of this offer; absent for all.
    #[param(value_type = Option<String>)]
    offer: Option<OfferId>,
    /// Placed from here on, RFC 3339; absent: from the first one on.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Placed before here, RFC 3339; absent: up to now.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<OrderId>,
}

/// A merchant's orders, the newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/orders", operation_id = "listMerchantOrders", tag = "convert",
    params(OfMerchant, MerchantOrdersAsked), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<OrderDetails>), (status = "4XX", body = Problem)))]
async fn list_merchant_orders(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<MerchantOrdersAsked>,
) -> Result<Json<Page<OrderDetails>>, Problem> {
    let merchant = staff.merchant;
    let status: Option<OrderStatus> = state("/status", asked.status.as_deref())?;
    let page = app.read(move |read| {
        let page = sift::<_, Order>(
            asked
                .after
                .or(asked.until.map(|until| OrderId::from_uuid(first_id_at(until)))),
            |after| orders_since(read, merchant, asked.since, after),
            |order| order.id,
            |order| {
                status.is_none_or(|status| order.status == status)
                    && asked.offer.is_none_or(|offer| order.line.offer == offer)
            },
        )?;
        let items = labelled_orders(read, page.items)?;
        Ok(Page {
            items,
            next: page.next,
        })
    });
    Ok(Json(page.await?.map(OrderDetails::from)))
}

/// The next orders of the list; those before `since` end it.
fn orders_since(
    read: &mut ReadTx,
    merchant: MerchantId,
    since: Option<Timestamp>,
    after: Option<OrderId>,
) -> Result<Vec<OrderView>, Fail> {
    let mut found = queries::orders_of_merchant(read, merchant, after, SIFTED_AT_ONCE)?;
    found.retain(|order| since.is_none_or(|since| order.placed_at >= since));
    Ok(found)
}

/// An order with all that became of it.
#[derive(Serialize, ToSchema)]
struct MerchantOrder {
    #[serde(flatten)]
    order: OrderDetails,
    /// The uses of its vouchers, each voucher's oldest first.
    redemptions: Vec<RedemptionListed>,
    /// The first one first.
    refunds: Vec<RefundDetails>,
}

/// One of the merchant's orders with its vouchers, redemptions and refunds; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/orders/{order}", operation_id = "getMerchantOrder",
    tag = "convert", params(OfMerchant, OfOrder), security(("session" = ["staff:manager"])),
    responses((status = 200, body = MerchantOrder), (status = "4XX", body = Problem)))]
async fn get_merchant_order(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(OfOrder { order }): Path<OfOrder>,
) -> Result<Json<MerchantOrder>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let found = queries::order(read, order)?.filter(|order| order.merchant == merchant);
        let found = found.ok_or_else(|| ORDER_NOT_FOUND.plain())?;
        let details = order_with_vouchers(read, found)?;
        let redemptions = consume::queries::redemptions_of_vouchers(read, details.vouchers())?;
        let refunds = queries::refunds_of(read, order)?.into_iter();
        Ok(MerchantOrder {
            order: details,
            redemptions: redemptions.into_iter().map(RedemptionListed::from).collect(),
            refunds: refunds.map(RefundDetails::from).collect(),
        })
    });
    Ok(Json(found.await?))
}
