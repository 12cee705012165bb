//! A cart: what its orders would cost, all of them placed at once, and paid at once. It is kept by whoever fills it.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use convert::queries::{self, CartOrder};
use convert::{PlaceCart, PlaceOrder, StartPayments};
use kernel::{OfferId, OrderId, PaymentAttemptId, Reject, WalletCouponId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::orders::{NewOrder, OrderPlaced, OrderPrice, Refusal, price_of};
use super::payments::{RememberedAttempt, paid_at};
use crate::access::Consumer;
use crate::app::App;
use crate::body::{Asked, Object, Write, parse_json};
use crate::problem::Problem;
use crate::routes::PROVIDER_NAME;
use crate::shell;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(quote_cart))
        .routes(routes!(place_cart))
        .routes(routes!(start_payments))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CartWish {
    /// In the order in which they would be placed.
    #[schema(value_type = Vec<NewOrder>, min_items = 1, max_items = 20)]
    orders: Vec<Object<NewOrder>>,
    /// Whether the coupons of the caller's wallet are used where they take off most. Those that the orders name are not
    /// looked at.
    #[serde(default)]
    use_coupons: bool,
}

/// What a cart would cost, order by order.
#[derive(Serialize, ToSchema)]
struct CartQuote {
    orders: Vec<QuotedOrder>,
}

/// Either a price or a refusal.
#[derive(Serialize, ToSchema)]
struct QuotedOrder {
    #[schema(value_type = String)]
    offer: OfferId,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<OrderPrice>,
    /// The coupons that are used, for the order to name.
    #[schema(value_type = Vec<String>)]
    wallet_coupons: Vec<WalletCouponId>,
    /// Why it cannot be ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refusal>,
}

impl QuotedOrder {
    fn of(offer: OfferId, quoted: Result<CartOrder, Reject>) -> Self {
        let (priced, refused) = match quoted {
            Ok(priced) => (Some(priced), None),
            Err(why) => (None, Some(why.into())),
        };
        let price = priced
            .as_ref()
            .map(|order| price_of(order.currency, &order.price.amounts, &order.price.discounts));
        Self {
            offer,
            price,
            wallet_coupons: priced.map(|order| order.used).unwrap_or_default(),
            refused,
        }
    }
}

/// What a cart of the caller's would cost now, each order as it would be placed after those before it. Nothing is kept
/// for it.
#[utoipa::path(post, path = "/v1/cart/quote", operation_id = "quoteCart", tag = "convert",
    security(("session" = ["consumer"])), request_body = CartWish,
    responses((status = 200, body = CartQuote), (status = "4XX", body = Problem)))]
async fn quote_cart(
    State(app): State<App>,
    consumer: Consumer,
    Asked(wish): Asked<CartWish>,
) -> Result<Json<CartQuote>, Problem> {
    let ctx = shell::ctx(consumer.actor());
    let orders = placing(wish.orders);
    let quoted = app
        .read(move |read| {
            let quoted = queries::quote_cart(read, &ctx, &orders, wish.use_coupons)?;
            let offers = orders.iter().map(|order| order.offer);
            Ok(offers
                .zip(quoted)
                .map(|(offer, quoted)| QuotedOrder::of(offer, quoted))
                .collect())
        })
        .await?;
    Ok(Json(CartQuote { orders: quoted }))
}

fn placing(orders: Vec<Object<NewOrder>>) -> Vec<PlaceOrder> {
    orders.into_iter().map(|Object(order)| order.into()).collect()
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCart {
    /// 1 to 20, of any merchants.
    #[schema(value_type = Vec<NewOrder>, min_items = 1, max_items = 20)]
    orders: Vec<Object<NewOrder>>,
}

#[derive(Serialize, ToSchema)]
struct CartPlaced {
    /// As in the cart.
    orders: Vec<OrderPlaced>,
}

/// Places one order for each item of a cart and holds their units for minutes. If one of them is refused none is placed;
/// the field says which.
#[utoipa::path(post, path = "/v1/cart/orders", operation_id = "placeCart", tag = "convert",
    security(("session" = ["consumer"])), request_body = NewCart,
    responses((status = 201, body = CartPlaced), (status = "4XX", body = Problem)))]
async fn place_cart(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<NewCart>,
) -> Result<Response, Problem> {
    let cmd = PlaceCart {
        orders: placing(write.body.orders),
    };
    let asked = cmd.clone();
    let route = app.read(move |read| queries::cart_route(read, &asked)).await?;
    let command = match route {
        Some(route) => app
            .command("placeCart", route.lane, consumer.actor(), write.key)
            .locking(route.locks),
        None => app.command("placeCart", consumer.0, consumer.actor(), write.key),
    };
    command
        .creating()
        .run(move |tx, ctx| {
            let placed = convert::place_cart(tx, ctx, &cmd)?;
            Ok(CartPlaced {
                orders: placed.into_iter().map(OrderPlaced::from).collect(),
            })
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaymentsWish {
    /// Orders of the caller's that await their payment, 1 to 20 of one currency.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 20)]
    orders: Vec<OrderId>,
}

#[derive(Serialize, ToSchema)]
struct PaymentsStarted {
    /// The tries, one for each order.
    attempts: Vec<StartedTry>,
    /// Where the payer pays all of them at once.
    pay_url: String,
}

#[derive(Serialize, ToSchema)]
struct StartedTry {
    #[schema(value_type = String)]
    order: OrderId,
    /// The try, which the provider knows by this id.
    #[schema(value_type = String)]
    attempt: PaymentAttemptId,
}

/// Starts a payment of each of these orders with the provider and tells where to pay all of them at once. Repeating it gives
/// the same tries. Each is confirmed, and if need be refunded, by itself.
#[utoipa::path(post, path = "/v1/payments", operation_id = "startPayments", tag = "convert",
    security(("session" = ["consumer"])), request_body = PaymentsWish,
    responses((status = 200, body = PaymentsStarted), (status = "4XX", body = Problem)))]
async fn start_payments(
    State(app): State<App>,
    consumer: Consumer,
    headers: HeaderMap,
    write: Write<PaymentsWish>,
) -> Result<Json<PaymentsStarted>, Problem> {
    let orders = write.body.orders;
    let cmd = StartPayments {
        orders: orders.clone(),
        provider: PROVIDER_NAME.to_owned(),
    };
    let command = app
        .command("startPayments", consumer.0, consumer.actor(), write.key)
        .locking(cmd.locks());
    let remembered = command.run_to_text(move |tx, ctx| {
        let started = convert::start_payments(tx, ctx, &cmd)?;
        Ok(started
            .into_iter()
            .map(RememberedAttempt::from)
            .collect::<Vec<_>>())
    });
    let attempts: Vec<RememberedAttempt> = parse_json(remembered.await?.as_bytes())?;
    let asked: Vec<_> = orders
        .iter()
        .zip(attempts)
        .map(|(order, attempt)| attempt.of(*order))
        .collect();
    let back = app.site.url_as_reached(&headers, "/orders");
    let pay_url = paid_at(app.provider.create_together(&asked, back.as_deref()).await)?;
    let attempts = orders.into_iter().zip(asked);
    let attempts = attempts.map(|(order, (attempt, ..))| StartedTry { order, attempt });
    Ok(Json(PaymentsStarted {
        attempts: attempts.collect(),
        pay_url,
    }))
}
