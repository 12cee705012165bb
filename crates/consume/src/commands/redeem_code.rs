//! Redeems a voucher by its 12-digit code. The code is a number to look up, not a secret: whoever types
//! ten wrong ones within an hour is locked, the person and the device both.

use kernel::{Ctx, DeviceId, HOUR_US, MINUTE_US, MerchantId, Reject, StoreId, Timestamp};
use store::{Fail, Tx, sql};
use voucher::VoucherCode;

use crate::decide::MAX_MISSES;
use crate::redeeming::{Counter, Presented, refuse, take_use};
use crate::{CODES_LOCKED, CodesLocked, Redeemed, RedemptionMode, VOUCHER_UNKNOWN};

/// Misses are counted within this time.
const MISS_WINDOW_US: i64 = HOUR_US;

/// How long the lock lasts.
const LOCK_US: i64 = 15 * MINUTE_US;

/// Take one use of the voucher with this code.
#[derive(Debug, Clone)]
pub struct RedeemCode {
    /// Whose staff types.
    pub merchant: MerchantId,
    /// In which store.
    pub store: StoreId,
    /// On which registered device.
    pub device: Option<DeviceId>,
    /// What was typed.
    pub code: VoucherCode,
}

/// What became of a typed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeAnswer {
    /// A use was taken.
    Redeemed(Redeemed),
    /// No voucher of this merchant has the code. The miss was counted.
    Declined {
        /// How many more misses there may be before the lock.
        tries_left: i64,
    },
}

/// Takes one use of the voucher with this code and settles its money.
///
/// Rejects: `redeem_codes_locked`, and those of [`crate::redeem_scan`] that are not about the QR. Why a
/// voucher is live no longer is known for some days; later its code is nobody's.
///
/// Statements: 18 with a device and without a sharer, 25 with one: those of a scan, the look for the
/// code, and the try's count for person and device.
pub fn redeem_code(tx: &mut Tx, ctx: &Ctx, cmd: &RedeemCode) -> Result<CodeAnswer, Fail> {
    let place = (cmd.merchant, cmd.store);
    let counter = Counter::of_actor(tx, ctx, place, cmd.device, RedemptionMode::Code)?;
    let tries = count_try(tx, ctx, &counter)?;
    let Some(found) = voucher::queries::find_by_code(tx, cmd.merchant, cmd.code)? else {
        return miss(tx, ctx, &counter, tries);
    };
    let presented = Presented::load(tx, &counter, found.id, None, ctx.now)?;
    let presented = presented.ok_or_else(|| VOUCHER_UNKNOWN.plain())?;
    if let Err(reason) = presented.check() {
        return Err(refuse(tx, &presented, reason)?.into());
    }
    for subject in subjects(&counter) {
        tx.tell(sql!(
            "UPDATE code_miss SET misses = misses - 1, locked_until = 0 WHERE subject = $1",
            subject
        ))?;
    }
    Ok(CodeAnswer::Redeemed(take_use(tx, ctx, &counter, &presented)?))
}

/// Who is held to the misses: the person, and the device if there is one, in the order of their ids.
fn subjects(counter: &Counter) -> Vec<[u8; 16]> {
    let ids = [
        Some(counter.staff.uuid()),
        counter.device.map(|device| device.uuid()),
    ];
    let mut subjects: Vec<[u8; 16]> = ids.into_iter().flatten().map(|id| id.into_bytes()).collect();
    subjects.sort_unstable();
    subjects
}

/// Counts a try as a miss before the code is looked up, so that parallel tries cannot exceed the limit,
/// and gives the higher of the two counts. A hit takes its own try back, and no miss before it; so does a
/// voucher that is refused, because its count is undone with the command.
fn count_try(tx: &mut Tx, ctx: &Ctx, counter: &Counter) -> Result<i64, Fail> {
    let counts = subjects(counter).into_iter().map(|subject| {
        sql!(
            "INSERT INTO code_miss (subject, since, misses, locked_until) VALUES ($1, $2, 1, 0)
             ON CONFLICT (subject) DO UPDATE SET
               misses = CASE WHEN code_miss.since <= $3 OR code_miss.locked_until > 0 THEN 1
                             ELSE code_miss.misses + 1 END,
               since = CASE WHEN code_miss.since <= $3 OR code_miss.locked_until > 0 THEN excluded.since
                            ELSE code_miss.since END,
               locked_until = CASE WHEN code_miss.since > $3 AND code_miss.locked_until = 0
                                        AND code_miss.misses + 1 >= $4 THEN CAST($5 AS BIGINT) ELSE 0 END
             WHERE code_miss.locked_until <= excluded.since
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
        let Some(mut row) = rows.into_iter().next() else {
            return Err(locked(tx, counter)?.into());
        };
        highest = highest.max(row.take()?);
    }
    Ok(highest)
}

fn locked(tx: &mut Tx, counter: &Counter) -> Result<Reject, Fail> {
    let mut until = Timestamp(0);
    for subject in subjects(counter) {
        let row = tx.one(sql!(
            "SELECT locked_until FROM code_miss WHERE subject = $1",
            subject
        ))?;
        until = until.max(row.map_or(Ok(until), |mut row| row.take())?);
    }
    let until = until.to_string();
    Ok(CODES_LOCKED
        .because(format!("No code counts until {until}."))
        .with("locked_until", until))
}

fn miss(tx: &mut Tx, ctx: &Ctx, counter: &Counter, tries: i64) -> Result<CodeAnswer, Fail> {
    let tries_left = (MAX_MISSES - tries).max(0);
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
