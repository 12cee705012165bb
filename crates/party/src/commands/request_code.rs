//! Notes the one-time code that is about to be sent to an address. The code itself never comes here.

use kernel::{Ctx, DAY_US, HOUR_US, MINUTE_US, Timestamp};
use store::{Fail, StorageError, Tx, sql};

use crate::decide::{CODE_LIFE_US, CODE_TRIES, CODES_PER_DAY, CODES_PER_HOUR, Sends};
use crate::{CODE_TOO_OFTEN, Contact};

/// Replaces the address's code. The caller sends the code once this is committed.
#[derive(Debug, Clone)]
pub struct RequestCode {
    /// Where the code goes.
    pub contact: Contact,
    /// A keyed hash of the code, of 32 bytes: six digits alone can be guessed from a bare one.
    pub code_hash: [u8; 32],
}

/// The code may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeSent {
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// Rejects when the address had a code within the last minute, 5 within the hour or 10 within the day.
/// The answer is the same whether or not the address belongs to somebody.
pub fn request_code(tx: &mut Tx, ctx: &Ctx, cmd: &RequestCode) -> Result<CodeSent, Fail> {
    let expires_at = ctx.now.plus_us(CODE_LIFE_US);
    // One guarded statement, so that requests at the same time cannot all pass.
    let claimed = tx.claim(sql!(
        "INSERT INTO one_time_code (kind, address, code_hash, tries_left, expires_at, sent_at,
                                    hour_start, hour_count, day_start, day_count)
         VALUES ($1, $2, $3, $4, $5, $6, $6, 1, $6, 1)
         ON CONFLICT (kind, address) DO UPDATE SET
           code_hash = excluded.code_hash, tries_left = excluded.tries_left,
           expires_at = excluded.expires_at, sent_at = excluded.sent_at,
           hour_count = CASE WHEN one_time_code.hour_start <= $7 THEN 1 ELSE one_time_code.hour_count + 1 END,
           hour_start = CASE WHEN one_time_code.hour_start <= $7 THEN $6 ELSE one_time_code.hour_start END,
           day_count = CASE WHEN one_time_code.day_start <= $8 THEN 1 ELSE one_time_code.day_count + 1 END,
           day_start = CASE WHEN one_time_code.day_start <= $8 THEN $6 ELSE one_time_code.day_start END
         WHERE one_time_code.sent_at <= $9
           AND (one_time_code.hour_start <= $7 OR one_time_code.hour_count < $10)
           AND (one_time_code.day_start <= $8 OR one_time_code.day_count < $11)",
        cmd.contact.kind().as_str(),
        cmd.contact.address(),
        cmd.code_hash,
        CODE_TRIES,
        expires_at,
        ctx.now,
        ctx.now.plus_us(-HOUR_US),
        ctx.now.plus_us(-DAY_US),
        ctx.now.plus_us(-MINUTE_US),
        CODES_PER_HOUR,
        CODES_PER_DAY
    ))?;
    if claimed == 1 {
        return Ok(CodeSent { expires_at });
    }
    let next_at = sends(tx, &cmd.contact)?.next_at();
    let seconds = next_at.since_us(ctx.now).max(0) / kernel::SECOND_US + 1;
    Err(CODE_TOO_OFTEN
        .at(
            "/contact",
            format!("the next code can be sent in {seconds} seconds"),
        )
        .into())
}

fn sends(tx: &mut Tx, contact: &Contact) -> Result<Sends, Fail> {
    let row = tx.one(sql!(
        "SELECT sent_at, hour_start, hour_count, day_start, day_count FROM one_time_code
         WHERE kind = $1 AND address = $2",
        contact.kind().as_str(),
        contact.address()
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("an address without codes cannot have too many"))?;
    Ok(Sends {
        last: row.take()?,
        hour_start: row.take()?,
        hour_count: row.take()?,
        day_start: row.take()?,
        day_count: row.take()?,
    })
}
