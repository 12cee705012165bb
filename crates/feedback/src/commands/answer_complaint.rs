//! The merchant answers a complaint, and gives something back if it likes.

use kernel::{ComplaintId, Ctx};
use party::Role;
use store::{Fail, Lock, Tx};

use super::give_back;
use crate::complaint::{NewStep, take_step};
use crate::{
    COMPLAINT_OF_YOURS, COMPLAINT_STATUS, Complaint, ComplaintSide, ComplaintStatus, GiveBack, Statement,
    queries,
};

/// Answer this complaint.
#[derive(Debug, Clone)]
pub struct AnswerComplaint {
    /// Which.
    pub complaint: ComplaintId,
    /// What the merchant says.
    pub says: Statement,
    /// What it gives back.
    pub give_back: GiveBack,
}

impl AnswerComplaint {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        self.give_back.locks(self.complaint)
    }
}

/// Answers for the merchant, once: a manager of the store, or of the whole merchant if the order was used at several or none. What
/// is given back goes at once, if it was settled to this merchant; the buyer has a week to ask the platform whether that is
/// enough. After three days it is the platform's turn, and an answer is a word to that.
///
/// Rejects: `complaint_invalid`, `complaint_status`, `complaint_of_yours`, `not_found` (another merchant's too),
/// `redemption_not_live`, `security_deposit_not_held`, `security_claim_not_open`, and `party`'s for those without the right.
///
/// Statements: 5, and those of `refund_redeemed` for each visit.
pub fn answer_complaint(tx: &mut Tx, ctx: &Ctx, cmd: &AnswerComplaint) -> Result<(), Fail> {
    let (person, merchant) = party::staff_actor(ctx)?;
    let complaint = Complaint::locked(tx, cmd.complaint)?;
    party::require_staff(tx, ctx, complaint.merchant, complaint.store, Role::Manager)?;
    if complaint.person == person {
        return Err(COMPLAINT_OF_YOURS.plain().into());
    }
    let says = cmd.says.checked(tx, &[person.uuid(), merchant.uuid()])?;
    let step = NewStep {
        by: (ComplaintSide::Merchant, Some(person)),
        becomes: after_answer(tx, &complaint)?,
        says,
        refunded: give_back(tx, ctx, &complaint, &cmd.give_back)?,
    };
    take_step(tx, ctx, &complaint, &step)
}

/// What a complaint is once the merchant has answered.
fn after_answer(tx: &mut Tx, complaint: &Complaint) -> Result<ComplaintStatus, Fail> {
    complaint.require(&[ComplaintStatus::Open, ComplaintStatus::Escalated])?;
    if complaint.status == ComplaintStatus::Open {
        return Ok(ComplaintStatus::Answered);
    }
    let steps = queries::complaint_steps(tx, complaint.id)?;
    if steps.iter().any(|step| step.side == ComplaintSide::Merchant) || complaint.decided_by.is_some() {
        let detail = "You answered it before: the platform decides.";
        return Err(COMPLAINT_STATUS.because(detail.to_owned()).into());
    }
    Ok(ComplaintStatus::Escalated)
}
