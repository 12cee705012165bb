//! Buying: coupons, orders, payments with the provider's webhook, and refunds before use.

mod cart;
mod chargebacks;
mod conflicts;
mod coupon_codes;
mod coupon_conditions;
mod coupon_preview;
mod coupon_usage;
mod coupons;
mod groups;
mod merchant;
mod orders;
mod payments;
mod platform;
mod refunds;
mod security_deposits;

use convert::Stored;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::named;

pub use coupons::WalletCouponDetails;
pub use groups::OfGroup;
pub use orders::{ChosenSeats, DepositPaid, NewOrder, OrderDetails, OrderPlaced, labelled_orders};
pub use payments::PaymentTry;
pub use refunds::RefundDetails;
pub use security_deposits::WireSecurityDeposit;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(coupons::operations())
        .merge(coupon_codes::operations())
        .merge(coupon_preview::operations())
        .merge(groups::operations())
        .merge(orders::operations())
        .merge(cart::operations())
        .merge(merchant::operations())
        .merge(payments::operations())
        .merge(refunds::operations())
        .merge(security_deposits::operations())
        .merge(platform::operations())
        .merge(conflicts::operations())
        .merge(chargebacks::operations())
}

/// The state of this name, where the query names one and the domain has it.
fn state<T: Stored>(field: &'static str, name: Option<&str>) -> Result<Option<T>, Problem> {
    let from_name = |name: &str| T::ALL.iter().copied().find(|state| state.as_str() == name);
    name.map(|name| named(&QUERY_MALFORMED, field, name, from_name))
        .transpose()
}
