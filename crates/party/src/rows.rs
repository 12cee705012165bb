//! How this crate's values lie in columns. No statement of its own.

use kernel::StoreId;
use store::{Row, StorageError};

/// The `store_id` of a role at every store of the merchant.
pub(crate) const EVERY_STORE: [u8; 16] = [0; 16];

/// The `store_id` of a role: at one store, or at every store (`None`).
pub(crate) fn stored_store(store: Option<StoreId>) -> [u8; 16] {
    store.map_or(EVERY_STORE, |store| store.uuid().into_bytes())
}

/// The store of a role; `None` is every store.
pub(crate) fn take_staff_store(row: &mut Row) -> Result<Option<StoreId>, StorageError> {
    let store: StoreId = row.take()?;
    Ok((store.uuid().into_bytes() != EVERY_STORE).then_some(store))
}

/// The next column, a state's stored name.
pub(crate) fn named<T>(row: &mut Row, from_name: fn(&str) -> Option<T>) -> Result<T, StorageError> {
    let name: String = row.take()?;
    from_name(&name).ok_or_else(|| StorageError::bug(format!("a stored state is called {name:?}")))
}
