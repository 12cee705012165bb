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

use consume::{Redemption, RedemptionStatus};
use convert::GiveBackClaim;
use kernel::{Actor, ComplaintId, Ctx};
use party::Role;
use store::{Fail, Lock, TimerKind, Tx};

use crate::{COMPLAINT_INVALID, Complaint, GiveBack, MAX_VISITS};

/// Ends whose turn it is in a complaint.
pub const END_COMPLAINT_TURN: TimerKind = TimerKind("end_complaint_turn");

/// The complaint, locked, if it is the acting buyer's.
fn own_complaint(tx: &mut Tx, ctx: &Ctx, id: ComplaintId) -> Result<Complaint, Fail> {
    let person = party::require_open_account(tx, ctx)?;
    let complaint = Complaint::locked(tx, id)?;
    if complaint.person != person {
        return Err(party::NOT_FOUND.plain().into());
    }
    Ok(complaint)
}

impl GiveBack {
    /// The rows that are claimed when it is given back because of a complaint; of more visits than there may be it is refused.
    fn locks(&self, complaint: ComplaintId) -> Vec<Lock> {
        let visits = self.redemptions.iter().take(MAX_VISITS);
        let visits = visits.map(|visit| Lock::row("redemption", *visit));
        Complaint::locks(complaint).into_iter().chain(visits).collect()
    }
}

/// Gives back what was paid for these visits of the complaint's order, and what was claimed of its security deposit, and how much
/// that is in minor units. All is judged before anything is written.
fn give_back(tx: &mut Tx, ctx: &Ctx, complaint: &Complaint, what: &GiveBack) -> Result<i64, Fail> {
    let (visits, mut refunded) = visits_to_refund(tx, ctx, complaint, what)?;
    if what.security_claim {
        let of = GiveBackClaim {
            order: complaint.order,
            settled_to: matches!(ctx.actor, Actor::Staff(..)).then_some(complaint.merchant),
        };
        refunded += convert::give_back_claim(tx, ctx, &of)?.amount;
    }
    for visit in &visits {
        consume::refund_visit(tx, ctx, visit)?;
    }
    Ok(refunded)
}

/// The visits that go back, and what was paid for them. Staff give back what was at their own stores and settled to them.
fn visits_to_refund(
    tx: &mut Tx,
    ctx: &Ctx,
    complaint: &Complaint,
    what: &GiveBack,
) -> Result<(Vec<Redemption>, i64), Fail> {
    let invalid = |detail: String| COMPLAINT_INVALID.at("/redemptions", detail);
    let mut ids = what.redemptions.clone();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < what.redemptions.len() || ids.len() > MAX_VISITS {
        return Err(invalid(format!("At most {MAX_VISITS} visits, each once.")).into());
    }
    tx.lock(&what.locks(complaint.id));
    let visits = consume::queries::redemptions(tx, &ids)?;
    let terms = convert::queries::voucher_moneys(tx, visits.iter().map(|visit| visit.voucher))?;
    let mut refunded = 0;
    for id in &ids {
        let visit = visits
            .iter()
            .find(|visit| visit.id == *id && visit.order == complaint.order);
        let visit = visit.ok_or_else(|| invalid(format!("{id} is no visit of the order.")))?;
        if let Actor::Staff(_, merchant) = ctx.actor {
            party::require_staff(tx, ctx, merchant, Some(visit.store), Role::Manager)?;
            if consume::queries::payee_of_visit(tx, *id)? != Some(merchant) {
                let detail =
                    format!("{id} was settled to who ran the store: that is the platform's to give back.");
                return Err(invalid(detail).into());
            }
        }
        if visit.status != RedemptionStatus::Live {
            return Err(consume::REDEMPTION_NOT_LIVE
                .because(format!("{id} was given back before."))
                .into());
        }
        let paid = terms.get(&visit.voucher).map(|terms| visit.paid(terms));
        let paid = paid.map_or(0, |paid| paid.cash + paid.rebate_used);
        if paid == 0 {
            return Err(invalid(format!("Nothing was paid for {id}.")).into());
        }
        refunded += paid;
    }
    Ok((visits, refunded))
}
