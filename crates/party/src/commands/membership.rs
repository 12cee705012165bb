//! A consumer becomes a member of a merchant, for free, and leaves. Either may be said again: it changes nothing then.

use kernel::{Ctx, MerchantId};
use store::{Fail, Tx, sql};

use crate::events::{MembershipJoined, MembershipLeft};
use crate::{require_consumer, require_not_suspended};

/// What [`join_membership`] is told.
#[derive(Debug, Clone, Copy)]
pub struct JoinMembership {
    /// Of whom.
    pub merchant: MerchantId,
}

/// What [`leave_membership`] is told.
#[derive(Debug, Clone, Copy)]
pub struct LeaveMembership {
    /// Of whom.
    pub merchant: MerchantId,
}

/// Makes the acting consumer a member. Rejects with `NOT_FOUND` and `MERCHANT_SUSPENDED`.
pub fn join_membership(tx: &mut Tx, ctx: &Ctx, cmd: &JoinMembership) -> Result<(), Fail> {
    let person = require_consumer(ctx)?;
    let merchant = cmd.merchant;
    require_not_suspended(tx, merchant)?;
    let joined = tx.claim(sql!(
        "INSERT INTO member (person_id, merchant_id, joined_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id, merchant_id) DO NOTHING",
        person,
        merchant,
        ctx.now
    ))?;
    if joined > 0 {
        tx.emit(ctx, person, ctx.now.0, &MembershipJoined { person, merchant })?;
    }
    Ok(())
}

/// The acting consumer is a member no longer.
pub fn leave_membership(tx: &mut Tx, ctx: &Ctx, cmd: &LeaveMembership) -> Result<(), Fail> {
    let person = require_consumer(ctx)?;
    let merchant = cmd.merchant;
    let left = tx.claim(sql!(
        "DELETE FROM member WHERE person_id = $1 AND merchant_id = $2",
        person,
        merchant
    ))?;
    if left > 0 {
        tx.emit(ctx, person, ctx.now.0, &MembershipLeft { person, merchant })?;
    }
    Ok(())
}
