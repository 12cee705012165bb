//! What guests say after a visit: reviews, only from redemptions that stand, one each; the merchant's
//! reply; what an operator hides. It keeps each store's rating in the same transaction. And complaints about
//! orders: the merchant answers, an operator decides, and what is given back is `consume`'s and `convert`'s to move. It
//! ranks nothing.
//!
//! Commands: [`post_review`], [`reply_review`], [`hide_review`], [`show_review`], [`hide_for_refund`];
//! [`open_complaint`], [`answer_complaint`], [`escalate_complaint`], [`withdraw_complaint`], [`decide_complaint`],
//! [`end_complaint_turn`]; [`erase_person`].

mod commands;
mod complaint;
mod decide;
mod events;
mod hiding;
mod model;
pub mod queries;
mod reject;

pub use commands::{
    AnswerComplaint, DecideComplaint, END_COMPLAINT_TURN, EndComplaintTurn, EscalateComplaint, HideForRefund,
    HideReview, OpenComplaint, PostReview, ReplyReview, ShowReview, WithdrawComplaint, answer_complaint,
    decide_complaint, end_complaint_turn, erase_person, escalate_complaint, hide_for_refund, hide_review,
    open_complaint, post_review, reply_review, show_review, withdraw_complaint,
};
pub use complaint::{
    Complaint, ComplaintKind, ComplaintSide, ComplaintStatus, ComplaintStep, GiveBack, MAX_VISITS, Statement,
};
pub use decide::{MAX_ASPECTS, MAX_PICTURES, MAX_TEXT, clean, short_name};
pub use events::{ComplaintChanged, ReviewHidden, ReviewPosted, ReviewReplied, ReviewShown};
pub use model::{Rating, Review, ReviewStatus};
pub use reject::*;
