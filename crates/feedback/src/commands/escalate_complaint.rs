//! The buyer goes on with a complaint: to the platform, or to another operator.

use kernel::{ComplaintId, Ctx};
use store::{Fail, Lock, Tx};

use super::own_complaint;
use crate::complaint::{NewStep, take_step};
use crate::{COMPLAINT_STATUS, Complaint, ComplaintSide, ComplaintStatus, Statement};

/// Have the platform decide.
#[derive(Debug, Clone)]
pub struct EscalateComplaint {
    /// Which.
    pub complaint: ComplaintId,
    /// Why what was answered is not enough.
    pub says: Statement,
}

impl EscalateComplaint {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        Complaint::locks(self.complaint)
    }
}

/// Has the platform decide, within a week of the merchant's answer; or, as an appeal, another operator, within a week of the
/// first decision.
///
/// Rejects: `complaint_invalid`, `complaint_status`, `not_found` (another's too).
pub fn escalate_complaint(tx: &mut Tx, ctx: &Ctx, cmd: &EscalateComplaint) -> Result<(), Fail> {
    let complaint = own_complaint(tx, ctx, cmd.complaint)?;
    let says = cmd.says.checked(tx, &[complaint.person.uuid()])?;
    complaint.require(&[ComplaintStatus::Answered, ComplaintStatus::Dismissed])?;
    if complaint.due_at.is_none_or(|due_at| due_at <= ctx.now) {
        let detail = match complaint.due_at {
            Some(due_at) => format!("It was possible until {due_at}."),
            None => "What was decided after an appeal stands.".to_owned(),
        };
        return Err(COMPLAINT_STATUS.because(detail).into());
    }
    let step = NewStep {
        by: (ComplaintSide::Guest, Some(complaint.person)),
        becomes: ComplaintStatus::Escalated,
        says,
        refunded: 0,
    };
    take_step(tx, ctx, &complaint, &step)
}
