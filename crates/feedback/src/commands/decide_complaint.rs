//! An operator decides a complaint, and money follows.

use kernel::{ComplaintId, Ctx, PersonId};
use party::OperatorRole;
use store::{Fail, Lock, Tx};

use super::give_back;
use crate::complaint::{NewStep, take_step};
use crate::{
    COMPLAINT_DECIDED_BY_YOU, COMPLAINT_INVALID, COMPLAINT_OF_YOURS, Complaint, ComplaintSide,
    ComplaintStatus, GiveBack, Statement,
};

/// Decide this complaint.
#[derive(Debug, Clone)]
pub struct DecideComplaint {
    /// Which.
    pub complaint: ComplaintId,
    /// Whether the buyer is right.
    pub uphold: bool,
    /// Why, for both sides to read.
    pub text: String,
    /// What goes back; nothing if the buyer is wrong.
    pub give_back: GiveBack,
}

impl DecideComplaint {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        self.give_back.locks(self.complaint)
    }
}

/// Decides for the platform (admin or support). What is given back comes off the merchant's next statement, whoever was paid
/// meanwhile. An appeal is decided by another operator than the first if there is one, and that stands.
///
/// Rejects: `complaint_invalid`, `complaint_status`, `complaint_decided_by_you`, `complaint_of_yours`, `not_found`, `redemption_not_live`,
/// `security_deposit_not_held`, `security_claim_not_open`, and `party`'s for those without the right.
///
/// Statements: 5, and those of `refund_redeemed` for each visit.
pub fn decide_complaint(tx: &mut Tx, ctx: &Ctx, cmd: &DecideComplaint) -> Result<(), Fail> {
    let person = party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    let complaint = Complaint::locked(tx, cmd.complaint)?;
    let says = Statement::of_words(&cmd.text)?;
    complaint.require(&[ComplaintStatus::Escalated])?;
    require_impartial(tx, &complaint, person)?;
    if !cmd.uphold && cmd.give_back != GiveBack::default() {
        let detail = "Nothing is given back to a buyer who is found wrong.";
        return Err(COMPLAINT_INVALID.at("/uphold", detail).into());
    }
    let becomes = if cmd.uphold {
        ComplaintStatus::Upheld
    } else {
        ComplaintStatus::Dismissed
    };
    let step = NewStep {
        by: (ComplaintSide::Operator, Some(person)),
        becomes,
        says,
        refunded: give_back(tx, ctx, &complaint, &cmd.give_back)?,
    };
    take_step(tx, ctx, &complaint, &step)
}

/// Refuses who is a side of it, and who decided it before if somebody else could decide now.
fn require_impartial(tx: &mut Tx, complaint: &Complaint, person: PersonId) -> Result<(), Fail> {
    let grants = party::queries::grants(tx, person)?;
    let is_staff = grants
        .staff
        .iter()
        .any(|grant| grant.merchant == complaint.merchant);
    if is_staff || complaint.person == person {
        return Err(COMPLAINT_OF_YOURS.plain().into());
    }
    if complaint.decided_by != Some(person) {
        return Ok(());
    }
    let operators = party::queries::operators(tx)?;
    let may = |role| matches!(role, OperatorRole::Admin | OperatorRole::Support);
    if operators
        .iter()
        .any(|other| other.person != person && may(other.role))
    {
        return Err(COMPLAINT_DECIDED_BY_YOU.plain().into());
    }
    Ok(())
}
