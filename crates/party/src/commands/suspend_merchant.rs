//! The platform stops a merchant from selling, and lets it sell again. What was sold before is served and
//! refunded as ever.

use kernel::{Ctx, MerchantId};
use store::{Fail, Lock, Tx, sql};

use super::decide_certification::certified_or_registered;
use crate::events::{MerchantReinstated, MerchantSuspended};
use crate::model::{MerchantStatus, OperatorRole};
use crate::{
    MERCHANT_NOT_SUSPENDED, MERCHANT_SUSPENDED, NOT_FOUND, queries, require_operator, require_reason,
};

/// A merchant that is to sell nothing.
#[derive(Debug, Clone, Copy)]
pub struct SuspendMerchant {
    /// Which.
    pub merchant: MerchantId,
}

impl SuspendMerchant {
    /// The merchant.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// For administrators and support, who say why in [`Ctx::reason`].
pub fn suspend_merchant(tx: &mut Tx, ctx: &Ctx, cmd: &SuspendMerchant) -> Result<(), Fail> {
    require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    require_reason(ctx)?;
    let suspended = tx.one(sql!(
        "UPDATE merchant SET status = 'suspended', version = version + 1
         WHERE id = $1 AND status <> 'suspended' RETURNING version",
        cmd.merchant
    ))?;
    let Some(mut row) = suspended else {
        queries::merchant(tx, cmd.merchant)?.ok_or_else(|| NOT_FOUND.plain())?;
        return Err(MERCHANT_SUSPENDED.plain().into());
    };
    let event = MerchantSuspended {
        merchant: cmd.merchant,
    };
    tx.emit(ctx, cmd.merchant, row.take()?, &event)?;
    Ok(())
}

/// A merchant that is suspended no longer.
#[derive(Debug, Clone, Copy)]
pub struct ReinstateMerchant {
    /// Which.
    pub merchant: MerchantId,
}

impl ReinstateMerchant {
    /// The merchant.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// For administrators and support, who say why in [`Ctx::reason`]. The merchant is certified again if it has
/// a valid certification, else registered.
pub fn reinstate_merchant(tx: &mut Tx, ctx: &Ctx, cmd: &ReinstateMerchant) -> Result<MerchantStatus, Fail> {
    require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    require_reason(ctx)?;
    tx.lock(&cmd.locks());
    let status = certified_or_registered(tx, ctx, cmd.merchant)?;
    let reinstated = tx.one(sql!(
        "UPDATE merchant SET status = $1, version = version + 1
         WHERE id = $2 AND status = 'suspended' RETURNING version",
        status.as_str(),
        cmd.merchant
    ))?;
    let Some(mut row) = reinstated else {
        queries::merchant(tx, cmd.merchant)?.ok_or_else(|| NOT_FOUND.plain())?;
        return Err(MERCHANT_NOT_SUSPENDED.plain().into());
    };
    let certified = status == MerchantStatus::Certified;
    let event = MerchantReinstated {
        merchant: cmd.merchant,
        certified,
    };
    tx.emit(ctx, cmd.merchant, row.take()?, &event)?;
    Ok(status)
}
