//! Redeems a voucher by its 12-digit code. The code is a number to look up, not a secret: whoever types
//! ten wrong ones within an hour is locked, the person and the device both.

use kernel::{Ctx, DeviceId, HOUR_US, MINUTE_US, MerchantId, PersonId, StoreId, Timestamp};
use store::{Fail, Lock, Tx, sql};

use crate::decide::MAX_MISSES;
use crate::redeeming::{Counter, Presented, refuse, take_uses};
use crate::{CODES_LOCKED, CodesLocked, Redeemed, RedemptionMode, VOUCHER_UNKNOWN};

/// Misses are counted within this time.
const MISS_WINDOW_US: i64 = HOUR_US;

/// How long the lock lasts.
const LOCK_US: i64 = 15 * MINUTE_US;

/// Take uses of the voucher with this code.
#[derive(Debug, Clone)]
pub struct RedeemCode {
    /// Whose staff types.
    pub merchant: MerchantId,
    /// In which store.
    pub store: StoreId,
    /// On which registered device.
    pub device: Option<DeviceId>,
    /// What was typed, as [`voucher::CodeKey`] reads it.
    pub number: i64,
    /// As in [`crate::RedeemScan`].
    pub uses: Option<i64>,
}

/// What became of a typed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeAnswer {
    /// Uses were taken.
    Redeemed(Redeemed),
    /// No voucher of this merchant has the code. The miss was counted.
    Declined {
        /// How many more misses there may be before the lock.
        tries_left: i64,
    },
}

impl RedeemCode {
    /// The rows that it will claim when this person types: who is held to the misses, so that tries at the same time
    /// are counted one after another.
    pub fn locks(&self, staff: PersonId) -> Vec<Lock> {
        let device = self.device.map(|device| Lock::row("device", device));
        [Lock::row("person", staff)].into_iter().chain(device).collect()
    }
}

/// Takes uses of the voucher with this code and settles their money.
///
/// Rejects: `redeem_codes_locked`, and those of [`crate::redeem_scan`] that are not about the QR.
///
/// Statements: 13 with a device and without a sharer, 20 with one: those of a scan, the look for the
/// code, and whether person or device is locked.
pub fn redeem_code(tx: &mut Tx, ctx: &Ctx, cmd: &RedeemCode) -> Result<CodeAnswer, Fail> {
    let place = (cmd.merchant, cmd.store);
    let counter = Counter::of_actor(tx, ctx, place, cmd.device, RedemptionMode::Code)?;
    tx.lock(&cmd.locks(counter.staff));
    check_not_locked(tx, ctx, &counter)?;
    let Some(found) = voucher::queries::find_by_number(tx, cmd.merchant, cmd.number)? else {
        return miss(tx, ctx, &counter);
    };
    let presented = Presented::at_counter(tx, &counter, found.id, None, ctx.now)?;
    let presented = presented.ok_or_else(|| VOUCHER_UNKNOWN.plain())?;
    if let Err(reason) = presented.check() {
        return Err(refuse(tx, &presented, reason)?.into());
    }
    presented.require_seats()?;
    let uses = presented.uses(cmd.uses)?;
    let redeemed = take_uses(tx, ctx, &counter, &presented, uses)?;
    Ok(CodeAnswer::Redeemed(redeemed))
}

/// Who is held to the misses: the person and the device; without one, the person twice.
fn subjects(counter: &Counter) -> [[u8; 16]; 2] {
    let staff = counter.staff.uuid();
    let device = counter.device.map_or(staff, |device| device.uuid());
    [staff, device].map(|id| id.into_bytes())
}

fn check_not_locked(tx: &mut Tx, ctx: &Ctx, counter: &Counter) -> Result<(), Fail> {
    let [staff, device] = subjects(counter);
    let locked = tx.one(sql!(
        "SELECT MAX(locked_until) FROM code_miss WHERE subject IN ($1, $2)",
        staff,
        device
    ))?;
    let until: Option<Timestamp> = locked.map_or(Ok(None), |mut row| row.take())?;
    match until.filter(|until| *until > ctx.now) {
        None => Ok(()),
        Some(until) => Err(CODES_LOCKED
            .because(format!("No code counts until {until}."))
            .with("locked_until", until.to_string())
            .into()),
    }
}

fn miss(tx: &mut Tx, ctx: &Ctx, counter: &Counter) -> Result<CodeAnswer, Fail> {
    let tries_left = (MAX_MISSES - count_miss(tx, ctx, counter)?).max(0);
    if tries_left == 0 {
        let event = CodesLocked {
            merchant: counter.merchant,
            store: counter.store,
            staff: counter.staff,
            device: counter.device,
        };
        tx.emit(ctx, counter.store, 0, &event)?;
    }
    Ok(CodeAnswer::Declined { tries_left })
}

/// Gives the higher count of person and device.
fn count_miss(tx: &mut Tx, ctx: &Ctx, counter: &Counter) -> Result<i64, Fail> {
    let mut subjects = subjects(counter).to_vec();
    subjects.dedup();
    let counts = subjects.into_iter().map(|subject| {
        sql!(
            "INSERT INTO code_miss (subject, since, misses, locked_until) VALUES ($1, $2, 1, 0)
             ON CONFLICT (subject) DO UPDATE SET
               misses = CASE WHEN code_miss.since <= $3 OR code_miss.locked_until > 0 THEN 1
                             ELSE code_miss.misses + 1 END,
               since = CASE WHEN code_miss.since <= $3 OR code_miss.locked_until > 0 THEN excluded.since
                            ELSE code_miss.since END,
               locked_until = CASE WHEN code_miss.since > $3 AND code_miss.locked_until = 0
                                        AND code_miss.misses + 1 >= $4 THEN CAST($5 AS BIGINT) ELSE 0 END
             RETURNING misses",
            subject,
            ctx.now,
            ctx.now.plus_us(-MISS_WINDOW_US),
            MAX_MISSES,
            ctx.now.plus_us(LOCK_US)
        )
    });
    let mut highest = 0;
    for rows in tx.ask_all(counts.collect())? {
        for mut row in rows {
            highest = highest.max(row.take()?);
        }
    }
    Ok(highest)
}
