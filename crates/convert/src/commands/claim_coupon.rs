//! A person puts a coupon into the wallet. Two limits hold under any number of claims at once: how many
//! there are (a bucket) and how many one person may have (a guarded row of its own).

use kernel::{CouponId, Ctx, PersonId, WalletCouponId};
use offer::bucket;
use store::{Fail, StorageError, Tx, sql};

use crate::events::CouponClaimed;
use crate::model::{CouponStatus, Stored, WalletCouponStatus};
use crate::queries::{Coupon, coupon};
use crate::reject::{COUPON_ALL_CLAIMED, COUPON_LIMIT_REACHED, COUPON_NOT_FOUND, COUPON_NOT_LIVE};

/// What [`claim_coupon`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimCoupon {
    /// Which.
    pub coupon: CouponId,
}

/// Claims one for the consumer who acts.
pub fn claim_coupon(tx: &mut Tx, ctx: &Ctx, cmd: &ClaimCoupon) -> Result<WalletCouponId, Fail> {
    let person = party::require_consumer(ctx)?;
    let claimed = coupon(tx, cmd.coupon)?.ok_or_else(|| COUPON_NOT_FOUND.plain())?;
    let window = claimed.terms.starts_at..claimed.terms.ends_at;
    if claimed.status != CouponStatus::Live || !window.contains(&ctx.now) {
        return Err(COUPON_NOT_LIVE.plain().into());
    }
    let id: WalletCouponId = ctx.new_id();
    count_for_person(tx, person, &claimed)?;
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
        cmd.coupon,
        person,
        WalletCouponStatus::Claimed.as_str(),
        ctx.now,
        claimed.terms.ends_at
    ))?;
    let event = CouponClaimed {
        wallet_coupon: id,
        coupon: cmd.coupon,
        person,
    };
    tx.emit(ctx, id, 1, &event)?;
    Ok(id)
}

fn count_for_person(tx: &mut Tx, person: PersonId, coupon: &Coupon) -> Result<(), Fail> {
    let counted = tx.claim(sql!(
        "INSERT INTO coupon_person (coupon_id, person_id, claimed) VALUES ($1, $2, 1)
         ON CONFLICT (coupon_id, person_id) DO UPDATE SET claimed = coupon_person.claimed + 1
         WHERE coupon_person.claimed < $3",
        coupon.id,
        person,
        coupon.per_person
    ))?;
    if counted == 0 {
        let detail = format!(
            "You have claimed this coupon {} times, and nobody may more.",
            coupon.per_person
        );
        return Err(COUPON_LIMIT_REACHED.because(detail).into());
    }
    Ok(())
}
