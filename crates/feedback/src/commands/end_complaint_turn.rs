//! Nobody went on with a complaint in time.

use kernel::{ComplaintId, Ctx};
use store::{Fail, Lock, Tx};

use super::END_COMPLAINT_TURN;
use crate::complaint::{NewStep, take_step};
use crate::{Complaint, ComplaintSide, ComplaintStatus, Statement};

/// End whose turn it is.
#[derive(Debug, Clone, Copy)]
pub struct EndComplaintTurn {
    /// Of which complaint.
    pub complaint: ComplaintId,
}

impl EndComplaintTurn {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        Complaint::locks(self.complaint)
    }
}

/// Ends a turn whose time has run out, and says whether it was this call that did: what no merchant answered the platform
/// decides, what no buyer took further stands. Called by the timer `end_complaint_turn`.
pub fn end_complaint_turn(tx: &mut Tx, ctx: &Ctx, cmd: &EndComplaintTurn) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    let complaint = Complaint::locked(tx, cmd.complaint)?;
    if complaint.due_at.is_none_or(|due_at| due_at > ctx.now) {
        return Ok(false);
    }
    let becomes = match complaint.status {
        ComplaintStatus::Open => ComplaintStatus::Escalated,
        ComplaintStatus::Answered => ComplaintStatus::Settled,
        // The decision stands as it is.
        ComplaintStatus::Dismissed
        | ComplaintStatus::Escalated
        | ComplaintStatus::Settled
        | ComplaintStatus::Upheld
        | ComplaintStatus::Withdrawn => return Ok(tx.clear_timer(END_COMPLAINT_TURN, complaint.id)?),
    };
    let step = NewStep {
        by: (ComplaintSide::System, None),
        becomes,
        says: Statement::default(),
        refunded: 0,
    };
    take_step(tx, ctx, &complaint, &step)?;
    Ok(true)
}
