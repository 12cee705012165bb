//! What is on sale: agreements between merchant and platform, the offers under them, and the pages
//! that everybody sees.

mod agreements;
mod booking_terms;
mod card;
mod deposit;
mod halls;
mod menu;
mod offers;
mod pages;
mod platform;
mod price_rules;
mod resources;
mod rules;
mod terms;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use booking_terms::WirePolicy;
pub use card::WireCard;
pub use deposit::WireDeposit;
pub use halls::{OfHall, WireSeatMap};
pub use pages::{OfOffer, PublicOffer, public_offer};
pub use price_rules::{HoursSpan, WireGroupTerms, WirePriceRule};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(agreements::operations())
        .merge(platform::operations())
        .merge(rules::operations())
        .merge(offers::operations())
        .merge(pages::operations())
        .merge(resources::operations())
        .merge(halls::operations())
        .merge(menu::operations())
}
