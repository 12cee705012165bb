//! A security deposit goes back: by itself, because the merchant says so, less what it claims, or because an operator
//! finds that a claim was not right.

use kernel::{Ctx, MerchantId, Money, OrderId};
use party::OperatorRole;
use store::{Fail, Lock, Tx};

use crate::model::SecurityDepositStatus;
use crate::reject::{SECURITY_CLAIM_INVALID, SECURITY_CLAIM_NOT_OPEN, SECURITY_DEPOSIT_NOT_HELD};
use crate::security_deposit::{self, Deposit};

/// What [`settle_security_deposit`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettleSecurityDeposit {
    /// Of which order.
    pub order: OrderId,
    /// What the merchant keeps of it, more than zero; `None` gives all of it back.
    pub claim: Option<Money>,
}

/// What [`end_security_deposit`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndSecurityDeposit {
    /// Of which order.
    pub order: OrderId,
}

/// What [`refund_security_claim`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundSecurityClaim {
    /// Of which order.
    pub order: OrderId,
}

impl EndSecurityDeposit {
    /// The order's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("orders", self.order)]
    }
}

impl RefundSecurityClaim {
    /// The order's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("orders", self.order)]
    }
}

/// Gives a deposit back that is held, less what is claimed of it: that is the merchant's at once, for what [`Ctx::reason`]
/// says. A step inside the caller's command, which has checked the actor and that the guest was there.
pub fn settle_security_deposit(tx: &mut Tx, ctx: &Ctx, cmd: &SettleSecurityDeposit) -> Result<(), Fail> {
    tx.lock(&[Lock::row("orders", cmd.order)]);
    let deposit = deposit_of(tx, cmd.order)?;
    if cmd.claim.is_some() && deposit.held_until <= ctx.now {
        let detail = format!("Something could be claimed until {}.", deposit.held_until);
        return Err(SECURITY_DEPOSIT_NOT_HELD.because(detail).into());
    }
    let all = Money::new(deposit.amount, deposit.currency);
    if let Some(claim) = cmd.claim
        && (claim.currency != all.currency || !(1..=all.amount).contains(&claim.amount))
    {
        let detail = format!("{claim} is claimed of {all}.");
        return Err(SECURITY_CLAIM_INVALID.at("/claim", detail).into());
    }
    let because = ctx.reason.as_deref().unwrap_or_default();
    let claim = cmd.claim.map(|claim| (claim.amount, because));
    if !security_deposit::settle(tx, ctx, &deposit, claim)? {
        return Err(SECURITY_DEPOSIT_NOT_HELD.plain().into());
    }
    Ok(())
}

/// Gives back a deposit of which nothing was claimed in time, and says whether it was this call that did. Called by the
/// timer `end_security_deposit`.
pub fn end_security_deposit(tx: &mut Tx, ctx: &Ctx, cmd: &EndSecurityDeposit) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    tx.lock(&cmd.locks());
    let deposit = deposit_of(tx, cmd.order)?;
    if deposit.status == SecurityDepositStatus::Held && deposit.held_until > ctx.now {
        return Ok(false);
    }
    tx.clear_timer(super::END_SECURITY_DEPOSIT, cmd.order)?;
    security_deposit::settle(tx, ctx, &deposit, None)
}

/// Gives the guest what the merchant had claimed, all of it: operators (admin or support), who say why in [`Ctx::reason`].
/// It comes off the merchant's next statement, whoever was paid meanwhile.
pub fn refund_security_claim(tx: &mut Tx, ctx: &Ctx, cmd: &RefundSecurityClaim) -> Result<(), Fail> {
    party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    party::require_reason(ctx)?;
    let cmd = GiveBackClaim {
        order: cmd.order,
        settled_to: None,
    };
    give_back_claim(tx, ctx, &cmd).map(drop)
}

/// What [`give_back_claim`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GiveBackClaim {
    /// Of which order.
    pub order: OrderId,
    /// Only if it was settled to this merchant.
    pub settled_to: Option<MerchantId>,
}

/// Gives the guest all that was claimed, and how much that was. A step inside the caller's command, which has checked the
/// actor. Nothing is written before it is rejected.
pub fn give_back_claim(tx: &mut Tx, ctx: &Ctx, cmd: &GiveBackClaim) -> Result<Money, Fail> {
    tx.lock(&[Lock::row("orders", cmd.order)]);
    let deposit = deposit_of(tx, cmd.order)?;
    if let Some(merchant) = cmd.settled_to
        && deposit.claimant(tx)?.is_some_and(|claimant| claimant != merchant)
    {
        let detail = "It was settled to who ran the store then: that is the platform's to give back.";
        return Err(SECURITY_CLAIM_NOT_OPEN.because(detail.to_owned()).into());
    }
    if !security_deposit::refund_claim(tx, ctx, &deposit)? {
        return Err(SECURITY_CLAIM_NOT_OPEN.plain().into());
    }
    Ok(deposit.claimed())
}

fn deposit_of(tx: &mut Tx, order: OrderId) -> Result<Deposit, Fail> {
    Ok(security_deposit::load(tx, order)?.ok_or_else(|| SECURITY_DEPOSIT_NOT_HELD.plain())?)
}
