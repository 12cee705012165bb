//! The commands of this crate, one to a file.

mod answer_complaint;
mod decide_complaint;
mod end_complaint_turn;
mod erase_person;
mod escalate_complaint;
mod hide_for_refund;
mod hide_review;
mod open_complaint;
mod post_review;
mod reply_review;
mod withdraw_complaint;

pub use answer_complaint::{AnswerComplaint, answer_complaint};
pub use decide_complaint::{DecideComplaint, decide_complaint};
pub use end_complaint_turn::{EndComplaintTurn, end_complaint_turn};
pub use erase_person::erase_person;
pub use escalate_complaint::{EscalateComplaint, escalate_complaint};
pub use hide_for_refund::{HideForRefund, hide_for_refund};
pub use hide_review::{HideReview, ShowReview, hide_review, show_review};
pub use open_complaint::{OpenComplaint, open_complaint};
pub use post_review::{PostReview, post_review};
pub use reply_review::{ReplyReview, reply_review};
pub use withdraw_complaint::{WithdrawComplaint, withdraw_complaint};

use convert::RefundSecurityClaim;
use kernel::{Actor, ComplaintId, Ctx};
use party::Role;
use store::{Fail, Lock, TimerKind, Tx};

use crate::{COMPLAINT_INVALID, Complaint, GiveBack, MAX_VISITS};

/// Ends whose turn it is in a complaint.
pub const END_COMPLAINT_TURN: TimerKind = TimerKind("end_complaint_turn");

/// The complaint, locked, if it is the acting buyer's.
fn own_complaint(tx: &mut Tx, ctx: &Ctx, id: ComplaintId) -> Result<Complaint, Fail> {
    let person = party::require_consumer(ctx)?;
    let complaint = Complaint::locked(tx, id)?;
    if complaint.person != person {
        return Err(party::NOT_FOUND.plain().into());
    }
    Ok(complaint)
}

impl GiveBack {
    /// The rows that are claimed when it is given back because of a complaint.
    fn locks(&self, complaint: ComplaintId) -> Vec<Lock> {
        let visits = self
            .redemptions
            .iter()
            .map(|visit| Lock::row("redemption", *visit));
        Complaint::locks(complaint).into_iter().chain(visits).collect()
    }
}

/// Gives back what was paid for these visits of the complaint's order, and how much that is in minor units. Staff give back
/// what was at their own stores.
fn give_back(tx: &mut Tx, ctx: &Ctx, complaint: &Complaint, what: &GiveBack) -> Result<i64, Fail> {
    let invalid = |detail: String| COMPLAINT_INVALID.at("/redemptions", detail);
    if what.redemptions.len() > MAX_VISITS {
        return Err(invalid(format!(
            "At most {MAX_VISITS} visits, not {}.",
            what.redemptions.len()
        ))
        .into());
    }
    tx.lock(&what.locks(complaint.id));
    let visits = consume::queries::redemptions(tx, &what.redemptions)?;
    let mut refunded = 0;
    for id in &what.redemptions {
        let visit = visits
            .iter()
            .find(|visit| visit.id == *id && visit.order == complaint.order);
        let visit = visit.ok_or_else(|| invalid(format!("{id} is no visit of the order.")))?;
        if let Actor::Staff(..) = ctx.actor {
            party::require_staff(tx, ctx, visit.merchant, Some(visit.store), Role::Manager)?;
        }
        let (money, _) = consume::queries::money_of_visit(tx, visit)?;
        consume::refund_visit(tx, ctx, visit)?;
        refunded += money.cash + money.rebate_used;
    }
    if what.security_claim {
        let of = RefundSecurityClaim {
            order: complaint.order,
        };
        refunded += convert::give_back_claim(tx, ctx, &of)?.amount;
    }
    Ok(refunded)
}
