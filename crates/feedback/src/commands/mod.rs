//! The commands of this crate, one to a file.

mod erase_person;
mod hide_for_refund;
mod hide_review;
mod post_review;
mod reply_review;

pub use erase_person::erase_person;
pub use hide_for_refund::{HideForRefund, hide_for_refund};
pub use hide_review::{HideReview, ShowReview, hide_review, show_review};
pub use post_review::{PostReview, post_review};
pub use reply_review::{ReplyReview, reply_review};
