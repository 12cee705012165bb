//! The buyer takes a complaint back.

use kernel::{ComplaintId, Ctx};
use store::{Fail, Lock, Tx};

use super::own_complaint;
use crate::complaint::{NewStep, take_step};
use crate::{COMPLAINT_STATUS, Complaint, ComplaintSide, ComplaintStatus, Statement};

/// Take this complaint back.
#[derive(Debug, Clone, Copy)]
pub struct WithdrawComplaint {
    /// Which.
    pub complaint: ComplaintId,
}

impl WithdrawComplaint {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        Complaint::locks(self.complaint)
    }
}

/// Takes a complaint back of which nothing was decided, also not before an appeal. What was given back stays so. Another may be
/// opened if nobody had answered, or after another visit.
///
/// Rejects: `complaint_status`, `not_found` (another's too).
pub fn withdraw_complaint(tx: &mut Tx, ctx: &Ctx, cmd: &WithdrawComplaint) -> Result<(), Fail> {
    let complaint = own_complaint(tx, ctx, cmd.complaint)?;
    complaint.require(&ComplaintStatus::RUNNING)?;
    if complaint.decided_by.is_some() {
        let detail = "An appeal is decided: nobody can begin anew after a decision.";
        return Err(COMPLAINT_STATUS.because(detail.to_owned()).into());
    }
    take_step(tx, ctx, &complaint, &withdrawal(&complaint))
}

/// The step with which a buyer takes a complaint back.
pub(super) fn withdrawal(complaint: &Complaint) -> NewStep {
    NewStep {
        by: (ComplaintSide::Guest, Some(complaint.person)),
        becomes: ComplaintStatus::Withdrawn,
        says: Statement::default(),
        refunded: 0,
    }
}
