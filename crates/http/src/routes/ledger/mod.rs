//! Money as its owners see it: a merchant's statement and payouts, a consumer's rebates, and the books of
//! the platform.

mod csv;
mod journal;
mod merchant;
mod payouts;
mod platform;
mod rebates;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use rebates::EarnedRebate;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(merchant::operations())
        .merge(platform::operations())
        .merge(payouts::operations())
        .merge(journal::operations())
        .merge(rebates::operations())
}
