//! Buying: coupons, orders, payments with the provider's webhook, and refunds before use.

mod coupons;
mod orders;
mod payments;
mod platform;
mod refunds;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use coupons::WalletCouponDetails;
pub use orders::{OrderDetails, labelled_orders};
pub use payments::PaymentTry;
pub use refunds::RefundDetails;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(coupons::operations())
        .merge(orders::operations())
        .merge(payments::operations())
        .merge(refunds::operations())
        .merge(platform::operations())
}
