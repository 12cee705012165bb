//! An operator approves or refuses a certification; an approved one runs out by itself. The merchant's
//! status follows.

use kernel::{CertificationId, Ctx, MerchantId};
use store::{Fail, Lock, StorageError, TimerKind, Tx, sql};

use crate::decide::status_by_certification;
use crate::events::{CertificationDecided, CertificationExpired, MerchantCertified, MerchantDecertified};
use crate::model::{CertificationStatus, MerchantStatus, OperatorRole};
use crate::{
    CERTIFICATION_DECIDED, CERTIFICATION_NOTE_MISSING, NOT_FOUND, check, queries, require_operator,
    require_system,
};

/// Fires when an approved certification runs out; its command is [`expire_certification`].
pub const CERTIFICATION_EXPIRES: TimerKind = TimerKind("certification_expires");

/// What the operator found.
#[derive(Debug, Clone)]
pub struct DecideCertification {
    /// Which.
    pub certification: CertificationId,
    /// Whether it is good.
    pub approve: bool,
    /// For the merchant to read. A refusal needs one.
    pub note: String,
}

impl DecideCertification {
    /// The certification.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("certification", self.certification)]
    }
}

/// For administrators and support. An approval makes a registered merchant a certified one; a suspended
/// one stays suspended. Each certification is decided once. Gives the merchant's status afterwards.
pub fn decide_certification(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &DecideCertification,
) -> Result<MerchantStatus, Fail> {
    let operator = require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    check::text("/note", &cmd.note, 500)?;
    if !cmd.approve && cmd.note.trim().is_empty() {
        return Err(CERTIFICATION_NOTE_MISSING
            .at("/note", CERTIFICATION_NOTE_MISSING.remedy)
            .into());
    }
    let found = queries::certification(tx, cmd.certification)?.ok_or_else(|| NOT_FOUND.plain())?;
    if cmd.approve {
        check::valid_until(found.valid_until, ctx.now)?;
    }
    let status = if cmd.approve {
        CertificationStatus::Approved
    } else {
        CertificationStatus::Refused
    };
    // Certifications of one merchant are decided and run out one at a time.
    tx.lock(&[Lock::row("merchant", found.merchant)]);
    let claimed = tx.claim(sql!(
        "UPDATE certification SET status = $1, decided_by = $2, decided_at = $3, note = $4, version = version + 1
         WHERE id = $5 AND status = 'submitted' AND version = $6",
        status.as_str(),
        operator,
        ctx.now,
        &cmd.note,
        cmd.certification,
        found.version
    ))?;
    if claimed == 0 {
        return Err(CERTIFICATION_DECIDED.plain().into());
    }
    let decided = CertificationDecided {
        certification: cmd.certification,
        merchant: found.merchant,
        approved: cmd.approve,
    };
    tx.emit(ctx, cmd.certification, found.version + 1, &decided)?;
    if cmd.approve {
        tx.set_timer(CERTIFICATION_EXPIRES, cmd.certification, found.valid_until)?;
        certify(tx, ctx, found.merchant)?;
    }
    let merchant = queries::merchant(tx, found.merchant)?;
    Ok(merchant
        .ok_or_else(|| StorageError::bug("a certification without its merchant"))?
        .status)
}

fn certify(tx: &mut Tx, ctx: &Ctx, merchant: MerchantId) -> Result<(), Fail> {
    let changed = tx.one(sql!(
        "UPDATE merchant SET status = 'certified', version = version + 1
         WHERE id = $1 AND status = 'registered' RETURNING version",
        merchant
    ))?;
    if let Some(mut row) = changed {
        tx.emit(ctx, merchant, row.take()?, &MerchantCertified { merchant })?;
    }
    Ok(())
}

/// An approved certification has run out.
#[derive(Debug, Clone, Copy)]
pub struct ExpireCertification {
    /// Which.
    pub certification: CertificationId,
}

impl ExpireCertification {
    /// The certification.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("certification", self.certification)]
    }
}

/// For the timer alone. A merchant without another valid certification may not sell any more. `false` if
/// there was nothing to do.
pub fn expire_certification(tx: &mut Tx, ctx: &Ctx, cmd: &ExpireCertification) -> Result<bool, Fail> {
    require_system(ctx)?;
    let Some(found) = queries::certification(tx, cmd.certification)? else {
        tx.clear_timer(CERTIFICATION_EXPIRES, cmd.certification)?;
        return Ok(false);
    };
    tx.lock(&[Lock::row("merchant", found.merchant)]);
    let expired = tx.claim(sql!(
        "UPDATE certification SET status = 'expired', version = version + 1
         WHERE id = $1 AND status = 'approved' AND valid_until <= $2",
        cmd.certification,
        ctx.now
    ))?;
    if expired == 0 {
        if found.valid_until <= ctx.now {
            tx.clear_timer(CERTIFICATION_EXPIRES, cmd.certification)?;
        }
        return Ok(false);
    }
    tx.clear_timer(CERTIFICATION_EXPIRES, cmd.certification)?;
    let merchant = found.merchant;
    let event = CertificationExpired {
        certification: cmd.certification,
        merchant,
    };
    tx.emit(ctx, cmd.certification, found.version + 1, &event)?;
    if certified_or_registered(tx, ctx, merchant)? == MerchantStatus::Registered {
        decertify(tx, ctx, merchant)?;
    }
    Ok(true)
}

fn decertify(tx: &mut Tx, ctx: &Ctx, merchant: MerchantId) -> Result<(), Fail> {
    let changed = tx.one(sql!(
        "UPDATE merchant SET status = 'registered', version = version + 1
         WHERE id = $1 AND status = 'certified' RETURNING version",
        merchant
    ))?;
    if let Some(mut row) = changed {
        tx.emit(ctx, merchant, row.take()?, &MerchantDecertified { merchant })?;
    }
    Ok(())
}

/// What the merchant is, suspension aside. The caller holds the merchant's lock.
pub(crate) fn certified_or_registered(
    tx: &mut Tx,
    ctx: &Ctx,
    merchant: MerchantId,
) -> Result<MerchantStatus, Fail> {
    let valid = tx.one(sql!(
        "SELECT id FROM certification
         WHERE merchant_id = $1 AND status = 'approved' AND valid_until > $2 LIMIT 1",
        merchant,
        ctx.now
    ))?;
    Ok(status_by_certification(valid.is_some()))
}
