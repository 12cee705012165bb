//! What a merchant calls itself, and its logo.

use kernel::{Ctx, LocalText, MediaId, MerchantId};
use store::{Fail, Lock, Tx, sql, to_json};

use crate::events::MerchantUpdated;
use crate::model::Role;
use crate::{MEDIA_INVALID, NOT_FOUND, check, queries, require_staff};

/// What is said of a merchant, anew.
#[derive(Debug, Clone)]
pub struct UpdateMerchant {
    /// Which.
    pub merchant: MerchantId,
    /// 1 to 120 characters in each language.
    pub name: LocalText,
    /// A picture that was uploaded for it; none: without one.
    pub logo: Option<MediaId>,
}

impl UpdateMerchant {
    /// The merchant.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// For owners of the whole merchant. Its certification is about the business, whatever it calls itself; the
/// event tells the platform that the name is another.
pub fn update_merchant(tx: &mut Tx, ctx: &Ctx, cmd: &UpdateMerchant) -> Result<(), Fail> {
    require_staff(tx, ctx, cmd.merchant, None, Role::Owner)?;
    check::local_text("/name", &cmd.name, check::MAX_NAME)?;
    if let Some(logo) = cmd.logo {
        let media = queries::media(tx, logo)?;
        if media.is_none_or(|media| media.owner != cmd.merchant.uuid()) {
            let detail = "the merchant has not uploaded such a picture";
            return Err(MEDIA_INVALID.at("/logo", detail).into());
        }
    }
    let row = tx.one(sql!(
        "UPDATE merchant SET name = $1, logo_id = $2, version = version + 1 WHERE id = $3 RETURNING version",
        to_json(&cmd.name)?,
        cmd.logo,
        cmd.merchant
    ))?;
    let mut row = row.ok_or_else(|| NOT_FOUND.plain())?;
    let event = MerchantUpdated {
        merchant: cmd.merchant,
    };
    tx.emit(ctx, cmd.merchant, row.take()?, &event)?;
    Ok(())
}
