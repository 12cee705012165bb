//! A person puts a coupon into the wallet, by its id or by one of its unique codes. Four limits hold under any number
//! of claims at once: how many there are (a bucket), how many one person may have, in all and a day, and how many are
//! claimed on one device (a guarded row each), and one for each code (a row of its own).

use kernel::{CouponId, Ctx, PersonId, WalletCouponId};
use offer::bucket;
use store::{Fail, StorageError, Tx, sql};

use crate::decide::TypedCode;
use crate::events::CouponClaimed;
use crate::model::{CouponStatus, Distribution, Stored, WalletCouponStatus};
use crate::queries::{Coupon, coupon, coupon_of_batch};
use crate::reject::{
    COUPON_ALL_CLAIMED, COUPON_AUTOMATIC, COUPON_CODE_USED, COUPON_CODE_WRONG, COUPON_DEVICE_LIMIT,
    COUPON_DEVICE_UNKNOWN, COUPON_NEEDS_CODE, COUPON_NOT_FOUND, COUPON_NOT_LIVE,
};

/// What [`claim_coupon`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimCoupon {
    /// Which.
    pub coupon: CouponId,
    /// The hash of the device on which it is claimed, if that is known.
    pub device: Option<[u8; 32]>,
}

/// What [`claim_code`] is told.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimCode {
    /// As it was typed.
    pub code: String,
    /// The hash of the device on which it is claimed, if that is known.
    pub device: Option<[u8; 32]>,
}

/// Claims one for the consumer who acts.
pub fn claim_coupon(tx: &mut Tx, ctx: &Ctx, cmd: &ClaimCoupon) -> Result<WalletCouponId, Fail> {
    let person = party::require_consumer(ctx)?;
    let claimed = coupon(tx, cmd.coupon)?.ok_or_else(|| COUPON_NOT_FOUND.plain())?;
    match claimed.distribution {
        Distribution::Claimed => {}
        Distribution::ByCode => return Err(COUPON_NEEDS_CODE.plain().into()),
        Distribution::Automatic => return Err(COUPON_AUTOMATIC.plain().into()),
    }
    claim(tx, ctx, (person, cmd.device), &claimed, ctx.new_id())
}

/// Claims the one that this code stands for, for the consumer who acts.
pub fn claim_code(tx: &mut Tx, ctx: &Ctx, cmd: &ClaimCode) -> Result<WalletCouponId, Fail> {
    let person = party::require_consumer(ctx)?;
    let wrong = || COUPON_CODE_WRONG.at("/code", COUPON_CODE_WRONG.title);
    let typed = TypedCode::read(&cmd.code).ok_or_else(wrong)?;
    let coupon_id = coupon_of_batch(tx, typed.batch)?.ok_or_else(wrong)?;
    let claimed = coupon(tx, coupon_id)?.ok_or_else(wrong)?;
    let number = claimed.codes.as_ref().and_then(|codes| codes.number(&typed));
    let total = bucket::level(tx, claimed.count_bucket)?.map_or(0, |level| level.capacity);
    let number = number.filter(|number| *number < total || claimed.status == CouponStatus::Stopped);
    let number = number.ok_or_else(wrong)?;
    let wallet_coupon = ctx.new_id();
    let taken = tx.claim(sql!(
        "INSERT INTO coupon_code (coupon_id, number, wallet_coupon_id) VALUES ($1, $2, $3)
         ON CONFLICT (coupon_id, number) DO NOTHING",
        coupon_id,
        number,
        wallet_coupon
    ))?;
    if taken == 0 {
        return Err(COUPON_CODE_USED.at("/code", COUPON_CODE_USED.title).into());
    }
    claim(tx, ctx, (person, cmd.device), &claimed, wallet_coupon)
}

fn claim(
    tx: &mut Tx,
    ctx: &Ctx,
    (person, device): (PersonId, Option<[u8; 32]>),
    claimed: &Coupon,
    id: WalletCouponId,
) -> Result<WalletCouponId, Fail> {
    let window = claimed.terms.starts_at..claimed.terms.ends_at;
    if claimed.status != CouponStatus::Live || !window.contains(&ctx.now) {
        return Err(COUPON_NOT_LIVE.plain().into());
    }
    let limit = claimed.limit();
    if !limit.count(tx, ctx, person)? {
        return Err(limit.reached().into());
    }
    if let Some(limit) = claimed.per_device {
        count_for_device(tx, person, device, (claimed.id, limit))?;
    }
    if bucket::hold(tx, id.uuid(), &[(claimed.count_bucket, 1)])?.is_some() {
        return Err(COUPON_ALL_CLAIMED.plain().into());
    }
    if !bucket::take(tx, id.uuid())? {
        return Err(StorageError::bug("what was just held cannot be taken").into());
    }
    tx.tell(sql!(
        "INSERT INTO wallet_coupon (id, coupon_id, person_id, status, claimed_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        claimed.id,
        person,
        WalletCouponStatus::Claimed.as_str(),
        ctx.now,
        claimed.terms.ends_at
    ))?;
    let event = CouponClaimed {
        wallet_coupon: id,
        coupon: claimed.id,
        person,
    };
    tx.emit(ctx, id, 1, &event)?;
    Ok(id)
}

/// Counts it for the device, which is one that the person signed in on.
fn count_for_device(
    tx: &mut Tx,
    person: PersonId,
    device: Option<[u8; 32]>,
    (coupon, limit): (CouponId, i64),
) -> Result<(), Fail> {
    let unknown = || COUPON_DEVICE_UNKNOWN.plain();
    let device = device.ok_or_else(unknown)?;
    if !party::queries::signed_in_on(tx, person, device)? {
        return Err(unknown().into());
    }
    let counted = tx.claim(sql!(
        "INSERT INTO coupon_device (coupon_id, device_hash, claimed) VALUES ($1, $2, 1)
         ON CONFLICT (coupon_id, device_hash) DO UPDATE SET claimed = coupon_device.claimed + 1
         WHERE coupon_device.claimed < $3",
        coupon,
        device.to_vec(),
        limit
    ))?;
    if counted == 0 {
        let detail = format!("On one device nobody may claim more than {limit} of this coupon.");
        return Err(COUPON_DEVICE_LIMIT.because(detail).into());
    }
    Ok(())
}
