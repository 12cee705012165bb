//! The operations, one file a stage. A handler says who may call it by its extractor and in its
//! `security`; a test compares the two.

pub mod demo;
mod sign_in;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Every operation under `/v1`.
pub fn all() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(sign_in::operations())
}
