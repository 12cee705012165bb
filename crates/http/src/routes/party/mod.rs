//! Merchants and what is theirs: stores, staff, devices, pictures, certifications; and what the
//! platform decides about them.

mod certifications;
mod devices;
mod franchises;
mod media;
mod memberships;
mod merchants;
mod operators;
mod platform;
mod staff;
mod stores;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use memberships::{MembershipDetails, memberships_of};
pub use merchants::{MerchantPage, merchant_page};
pub use stores::{OfStore, PublicStore, public_stores};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(merchants::operations())
        .merge(memberships::operations())
        .merge(platform::operations())
        .merge(operators::operations())
        .merge(stores::operations())
        .merge(franchises::operations())
        .merge(staff::operations())
        .merge(devices::operations())
        .merge(media::operations())
        .merge(certifications::operations())
}
