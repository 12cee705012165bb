//! Records an uploaded file whose bytes are stored already. Its owner alone may use it.

use kernel::{Ctx, DAY_US, MediaId, PersonId};
use store::{Fail, Tx, sql};

use crate::events::MediaRecorded;
use crate::model::MediaOwner;
use crate::{MEDIA_EXISTS, MEDIA_INVALID, MEDIA_TOO_MANY, require_any_staff, require_person};

/// What is kept: pictures without scripts.
const CONTENT_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
/// The most bytes that one file has.
const MAX_BYTES: i64 = 10 * 1024 * 1024;
/// The most files that a person records in a day.
const MAX_A_DAY: i64 = 40;

/// A file.
#[derive(Debug, Clone)]
pub struct RecordMedia {
    /// The id under which the bytes are stored.
    pub id: MediaId,
    /// Whose.
    pub owner: MediaOwner,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// As found in the bytes, not as the uploader said.
    pub content_type: String,
    /// Number of bytes.
    pub size: i64,
}

/// For the merchant's staff, or the person themself. Rejects other kinds of files and an id that is taken.
pub fn record_media(tx: &mut Tx, ctx: &Ctx, cmd: &RecordMedia) -> Result<MediaId, Fail> {
    if !CONTENT_TYPES.contains(&cmd.content_type.as_str()) {
        return Err(MEDIA_INVALID.at("/content_type", MEDIA_INVALID.remedy).into());
    }
    if !(1..=MAX_BYTES).contains(&cmd.size) {
        return Err(MEDIA_INVALID.at("/size", MEDIA_INVALID.remedy).into());
    }
    match cmd.owner {
        MediaOwner::Merchant(merchant) => {
            require_any_staff(tx, ctx, merchant)?;
        }
        MediaOwner::Person(person) => {
            require_person(ctx, person)?;
            check_count(tx, ctx, person)?;
        }
    }
    let recorded = tx.claim(sql!(
        "INSERT INTO media (id, owner_id, sha256, content_type, size_bytes, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        cmd.id,
        cmd.owner.uuid(),
        cmd.sha256,
        &cmd.content_type,
        cmd.size,
        ctx.now
    ))?;
    if recorded == 0 {
        return Err(MEDIA_EXISTS.plain().into());
    }
    let event = MediaRecorded {
        media: cmd.id,
        merchant: match cmd.owner {
            MediaOwner::Merchant(merchant) => Some(merchant),
            MediaOwner::Person(_) => None,
        },
        size: cmd.size,
    };
    tx.emit(ctx, cmd.id, 1, &event)?;
    Ok(cmd.id)
}

/// Enough for every visit of a day. Who sends many at the same moment may get in a few more.
fn check_count(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<(), Fail> {
    let row = tx.one(sql!(
        "SELECT COUNT(*) FROM media WHERE owner_id = $1 AND created_at > $2",
        person,
        ctx.now.plus_us(-DAY_US)
    ))?;
    let recorded: i64 = row.map_or(Ok(0), |mut row| row.take())?;
    if recorded < MAX_A_DAY {
        return Ok(());
    }
    Err(MEDIA_TOO_MANY.plain().into())
}
