//! The merchant answers a complaint, and gives something back if it likes.

use kernel::{ComplaintId, Ctx};
use party::Role;
use store::{Fail, Lock, Tx};

use super::give_back;
use crate::complaint::{NewStep, take_step};
use crate::{Complaint, ComplaintSide, ComplaintStatus, GiveBack, Statement};

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

/// Answers for the merchant while it is its turn: a manager of the store, or of the whole merchant if the order was used at
/// several or none. What is given back goes at once; the buyer has a week to ask the platform whether that is enough.
///
/// Rejects: `complaint_invalid`, `complaint_status`, `not_found` (another merchant's too), `redemption_not_live`,
/// `security_deposit_not_held`, `security_claim_not_open`, and `party`'s for those without the right.
///
/// Statements: 5, and those of `refund_redeemed` for each visit.
pub fn answer_complaint(tx: &mut Tx, ctx: &Ctx, cmd: &AnswerComplaint) -> Result<(), Fail> {
    let (person, merchant) = party::staff_actor(ctx)?;
    let complaint = Complaint::locked(tx, cmd.complaint)?;
    party::require_staff(tx, ctx, complaint.merchant, complaint.store, Role::Manager)?;
    let says = cmd.says.checked(tx, &[person.uuid(), merchant.uuid()])?;
    complaint.require(&[ComplaintStatus::Open])?;
    let step = NewStep {
        by: (ComplaintSide::Merchant, Some(person)),
        becomes: ComplaintStatus::Answered,
        says: &says,
        refunded: give_back(tx, ctx, &complaint, &cmd.give_back)?,
    };
    take_step(tx, ctx, &complaint, &step)
}
