//! What guests say after a visit: reviews, only from redemptions that stand, one each; the merchant's
//! reply; what an operator hides. It keeps each store's rating in the same transaction. It knows no
//! money and ranks nothing.
//!
//! Commands: [`post_review`], [`reply_review`], [`hide_review`], [`show_review`], [`hide_for_refund`], [`erase_person`].

mod commands;
mod decide;
mod events;
mod hiding;
mod model;
pub mod queries;
mod reject;

pub use commands::{
    HideForRefund, HideReview, PostReview, ReplyReview, ShowReview, erase_person, hide_for_refund,
    hide_review, post_review, reply_review, show_review,
};
pub use decide::{MAX_ASPECTS, MAX_PICTURES, MAX_TEXT, clean, short_name};
pub use events::{ReviewHidden, ReviewPosted, ReviewReplied, ReviewShown};
pub use model::{Rating, Review, ReviewStatus};
pub use reject::*;
