//! What guests say: reviews of visits, and complaints about orders.

mod complaints;
mod reviews;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use complaints::{ComplaintDetails, complaint_details};
pub use reviews::{ReviewDetails, Signed, signed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(reviews::operations())
        .merge(complaints::operations())
}
