//! Groups of buyers.

use kernel::{BucketId, GroupId, MerchantId, OfferId, PersonId, Timestamp};
use store::{Fail, ReadTx, Row, StorageError, sql};

use super::{all, first, page};
use crate::model::{GroupStatus, Stored};

/// Buyers who buy an offer together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Of what.
    pub offer: OfferId,
    /// Who sells.
    pub merchant: MerchantId,
    /// Who opened it.
    pub leader: PersonId,
    /// How many buyers complete it.
    pub size: i64,
    /// How many have paid.
    pub paid: i64,
    /// Counts the places beside the leader's.
    pub places: BucketId,
    /// How many places are neither taken nor kept for somebody who is paying.
    pub places_left: i64,
    /// Where it stands.
    pub status: GroupStatus,
    /// When its leader had paid.
    pub opened_at: Timestamp,
    /// When its time is over.
    pub closes_at: Timestamp,
}

fn read_group(row: &mut Row) -> Result<Group, StorageError> {
    Ok(Group {
        id: row.take()?,
        offer: row.take()?,
        merchant: row.take()?,
        leader: row.take()?,
        size: row.take()?,
        paid: row.take()?,
        places: row.take()?,
        places_left: row.take()?,
        status: GroupStatus::from_stored(&row.take::<String>()?)?,
        opened_at: row.take()?,
        closes_at: row.take()?,
    })
}

/// A group.
pub fn group(read: &mut ReadTx, group: GroupId) -> Result<Option<Group>, Fail> {
    let row = read.one(sql!(
        "SELECT g.id, g.offer_id, g.merchant_id, g.leader_id, g.size, g.paid, g.place_bucket,
                b.capacity - b.held - b.taken, g.status, g.opened_at, g.closes_at
         FROM purchase_group g JOIN bucket b ON b.id = g.place_bucket WHERE g.id = $1",
        group
    ))?;
    first(row, read_group)
}

/// The open groups of an offer that somebody could join now, the oldest first.
pub fn open_groups(
    read: &mut ReadTx,
    offer: OfferId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Group>, Fail> {
    let rows = read.many(sql!(
        "SELECT g.id, g.offer_id, g.merchant_id, g.leader_id, g.size, g.paid, g.place_bucket,
                b.capacity - b.held - b.taken, g.status, g.opened_at, g.closes_at
         FROM purchase_group g JOIN bucket b ON b.id = g.place_bucket
         WHERE g.offer_id = $1 AND g.status = 'open' AND g.closes_at > $2 AND b.held + b.taken < b.capacity
         ORDER BY g.id LIMIT $3",
        offer,
        now,
        page(limit)
    ))?;
    all(rows, read_group)
}
