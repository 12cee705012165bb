//! What keeps people in touch: what the platform tells a person, and what guests and merchants write to each other.

mod chat;
mod conversations;
mod inbox;
mod messages;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use chat::{ChatCopy, my_chats};
pub use messages::{PersonMessage, labelled_messages};

/// The operations of this stage.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(messages::operations())
        .merge(conversations::operations())
        .merge(inbox::operations())
}
