//! Another place from which people come: a poster, a map, an app outside.

use kernel::{Ctx, EntryId, MerchantId};
use party::{OperatorRole, Role};
use store::{Fail, Tx, sql};

use crate::events::EntryCreated;
use crate::model::EntryKind;
use crate::reject::ENTRY_KIND;

/// Makes an entry.
#[derive(Debug, Clone)]
pub struct CreateEntry {
    /// Whose; `None` is the platform's.
    pub merchant: Option<MerchantId>,
    /// What sort; a share link makes its own.
    pub kind: EntryKind,
    /// 1 to 80 characters.
    pub name: String,
}

/// Makes an entry, for a manager of the merchant or, for the platform's, an operator.
///
/// Rejects with `ENTRY_KIND` and [`party::TEXT_INVALID`].
pub fn create_entry(tx: &mut Tx, ctx: &Ctx, cmd: &CreateEntry) -> Result<EntryId, Fail> {
    match cmd.merchant {
        Some(merchant) => party::require_staff(tx, ctx, merchant, None, Role::Manager)?,
        None => party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?,
    };
    if cmd.kind == EntryKind::Share {
        return Err(ENTRY_KIND
            .at("/kind", "a share link makes an entry of its own")
            .into());
    }
    party::check::some_text("/name", &cmd.name, 80)?;
    let id: EntryId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO entry (id, merchant_id, kind, name, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)",
        id,
        cmd.merchant,
        cmd.kind.as_str(),
        &cmd.name,
        ctx.now
    ))?;
    let event = EntryCreated {
        entry: id,
        merchant: cmd.merchant,
        kind: cmd.kind.as_str().to_owned(),
    };
    tx.emit(ctx, id, 1, &event)?;
    Ok(id)
}
