//! Bookmarks: how far something outside was read, in its own words. Whoever reads takes in twice what was read between two
//! of them.

use crate::{ReadTx, StorageError, Tx, sql};

/// Where `name` was read to. `None`: nothing was read yet.
pub fn bookmark(read: &mut ReadTx, name: &str) -> Result<Option<String>, StorageError> {
    let row = read.one(sql!("SELECT place FROM bookmark WHERE name = $1", name))?;
    row.map(|mut row| row.take()).transpose()
}

/// Notes that `name` was read to `place`. Told.
pub fn set_bookmark(tx: &mut Tx, name: &str, place: &str) -> Result<(), StorageError> {
    tx.tell(sql!(
        "INSERT INTO bookmark (name, place) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET place = excluded.place",
        name,
        place
    ))
}
