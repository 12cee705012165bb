//! The bookings of a store are given to calendar programs.

use kernel::{Ctx, MerchantId, StoreId};
use party::Role;
use store::{Fail, StorageError, Tx, sql};

use crate::events::CalendarFeedSet;

/// What [`set_calendar_feed`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetCalendarFeed {
    /// Whose.
    pub merchant: MerchantId,
    /// Of which store.
    pub store: StoreId,
    /// Whether there is one.
    pub is_open: bool,
}

/// Opens a feed of a store's bookings, for its managers and above, at an address that nobody knew before; or closes it.
/// Rejects as [`party::require_staff`] does.
pub fn set_calendar_feed(tx: &mut Tx, ctx: &Ctx, cmd: &SetCalendarFeed) -> Result<(), Fail> {
    party::require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Manager)?;
    let version = tx.one(sql!(
        "INSERT INTO calendar_feed (store_id, is_open, version) VALUES ($1, $2, 1)
         ON CONFLICT (store_id) DO UPDATE SET is_open = excluded.is_open, version = calendar_feed.version + 1
         RETURNING version",
        cmd.store,
        i64::from(cmd.is_open)
    ))?;
    let mut version = version.ok_or_else(|| StorageError::bug("a feed without a version"))?;
    let event = CalendarFeedSet {
        merchant: cmd.merchant,
        store: cmd.store,
        is_open: cmd.is_open,
    };
    tx.emit(ctx, cmd.store, version.take()?, &event)?;
    Ok(())
}
