//! Leases: which node does a background job at the moment. A lease only saves work; correctness never
//! rests on it. The fence grows with every change of holder.

use kernel::{Ctx, Timestamp};
use uuid::Uuid;

use crate::{StorageError, Tx, sql};

/// Takes or renews the lease `name` for `holder` until `until`. Gives the fence if it is held now.
pub fn take_lease(
    tx: &mut Tx,
    ctx: &Ctx,
    name: &str,
    holder: Uuid,
    until: Timestamp,
) -> Result<Option<i64>, StorageError> {
    let row = tx.one(sql!(
        "INSERT INTO lease (name, holder, fence, held_until) VALUES ($1, $2, 1, $3)
         ON CONFLICT (name) DO UPDATE SET
           fence = lease.fence + CASE WHEN lease.holder = excluded.holder THEN 0 ELSE 1 END,
           holder = excluded.holder, held_until = excluded.held_until
         WHERE lease.holder = excluded.holder OR lease.held_until < $4
         RETURNING fence",
        name,
        holder,
        until,
        ctx.now
    ))?;
    row.map(|mut row| row.take()).transpose()
}
