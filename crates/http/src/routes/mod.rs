//! The operations, one file a stage. A handler says who may call it by its extractor and in its
//! `security`; a test compares the two.

mod attract;
mod audit;
mod channel;
mod consume;
pub mod convert;
pub mod demo;
mod feedback;
mod figures;
mod ledger;
mod live;
mod me;
pub mod offer;
pub mod party;
mod retain;
mod settings;
mod sign_in;
mod voucher;
mod waiting;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Every operation under `/v1`.
pub fn all() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(settings::operations())
        .merge(sign_in::operations())
        .merge(me::operations())
        .merge(attract::operations())
        .merge(convert::operations())
        .merge(party::operations())
        .merge(offer::operations())
        .merge(channel::operations())
        .merge(feedback::operations())
        .merge(retain::operations())
        .merge(voucher::operations())
        .merge(consume::operations())
        .merge(ledger::operations())
        .merge(live::operations())
        .merge(audit::operations())
        .merge(figures::operations())
        .merge(waiting::operations())
}

/// The payment provider's name in the database.
pub const PROVIDER_NAME: &str = "sandbox";
