//! A cap on the one-time codes of all addresses together: each costs the platform something, and who floods it uses
//! many addresses.

use kernel::{Ctx, DAY_US, HOUR_US};
use store::{Fail, Tx, sql};

use crate::CODES_EXHAUSTED;

/// How many codes are sent to all addresses together, in windows that start with the first code in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeCap {
    /// Within an hour, one or more.
    pub per_hour: i64,
    /// Within a day, one or more.
    pub per_day: i64,
}

/// Counts a code that is about to be sent, or rejects with `CODES_EXHAUSTED`. A step inside the caller's command, after
/// [`crate::request_code`].
pub fn count_code(tx: &mut Tx, ctx: &Ctx, cap: CodeCap) -> Result<(), Fail> {
    let counted = tx.claim(sql!(
        "INSERT INTO codes_sent (id, hour_start, hour_count, day_start, day_count) VALUES (1, $1, 1, $1, 1)
         ON CONFLICT (id) DO UPDATE SET
           hour_count = CASE WHEN codes_sent.hour_start <= $2 THEN 1 ELSE codes_sent.hour_count + 1 END,
           hour_start = CASE WHEN codes_sent.hour_start <= $2 THEN $1 ELSE codes_sent.hour_start END,
           day_count = CASE WHEN codes_sent.day_start <= $3 THEN 1 ELSE codes_sent.day_count + 1 END,
           day_start = CASE WHEN codes_sent.day_start <= $3 THEN $1 ELSE codes_sent.day_start END
         WHERE (codes_sent.hour_start <= $2 OR codes_sent.hour_count < $4)
           AND (codes_sent.day_start <= $3 OR codes_sent.day_count < $5)",
        ctx.now,
        ctx.now.plus_us(-HOUR_US),
        ctx.now.plus_us(-DAY_US),
        cap.per_hour,
        cap.per_day
    ))?;
    if counted == 0 {
        return Err(CODES_EXHAUSTED.plain().into());
    }
    Ok(())
}
