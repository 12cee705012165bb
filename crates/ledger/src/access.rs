//! Who may move the platform's money.

use kernel::{Actor, Ctx, PersonId};
use party::OperatorRole;
use store::{Fail, Tx};

/// The operators who may.
const FINANCE: &[OperatorRole] = &[OperatorRole::Admin, OperatorRole::Finance];

/// An operator of finance, by the grant as it stands now.
pub(crate) fn require_finance(tx: &mut Tx, ctx: &Ctx) -> Result<PersonId, Fail> {
    party::require_operator(tx, ctx, FINANCE)
}

/// A provider or Qiao itself, which report what happened outside, or an operator of finance who does it
/// for them.
pub(crate) fn require_outside_or_finance(tx: &mut Tx, ctx: &Ctx) -> Result<(), Fail> {
    match ctx.actor {
        Actor::Provider(_) | Actor::System => Ok(()),
        Actor::Anonymous | Actor::Consumer(_) | Actor::Staff(..) | Actor::Operator(_) => {
            require_finance(tx, ctx).map(drop)
        }
    }
}
