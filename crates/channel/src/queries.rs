//! What others may ask about entries, visits and share links. Lists are newest first; `after` is the last
//! id of the page before, `limit` is held to 1 to 200. Who may ask is not checked here.

use kernel::{DAY_US, EntryId, MerchantId, OfferId, PersonId, ShareLinkId, Timestamp};
use store::{Fail, ReadTx, Row, StorageError, sql};

use crate::model::{Entry, EntryKind, ShareLink};

fn all<T>(rows: Vec<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Vec<T>, Fail> {
    Ok(rows
        .into_iter()
        .map(|mut row| read_row(&mut row))
        .collect::<Result<_, _>>()?)
}

fn first<T>(row: Option<Row>, read_row: fn(&mut Row) -> Result<T, StorageError>) -> Result<Option<T>, Fail> {
    Ok(row.map(|mut row| read_row(&mut row)).transpose()?)
}

fn take_kind(row: &mut Row) -> Result<EntryKind, StorageError> {
    let name: String = row.take()?;
    EntryKind::from_name(&name).ok_or_else(|| StorageError::bug("a stored entry is of no kind"))
}

fn read_entry(row: &mut Row) -> Result<Entry, StorageError> {
    Ok(Entry {
        id: row.take()?,
        merchant: row.take()?,
        kind: take_kind(row)?,
        name: row.take()?,
        created_at: row.take()?,
        closed_at: row.take()?,
    })
}

/// An entry.
pub fn entry(read: &mut ReadTx, entry: EntryId) -> Result<Option<Entry>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, kind, name, created_at, closed_at FROM entry WHERE id = $1",
        entry
    ))?;
    first(row, read_entry)
}

/// A merchant's entries, or the platform's own, without those of share links.
pub fn entries_of(
    read: &mut ReadTx,
    merchant: Option<MerchantId>,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<Entry>, Fail> {
    let below = after.map_or([0xff; 16], |id| id.uuid().into_bytes());
    let limit = limit.clamp(1, 200);
    let query = match merchant {
        Some(merchant) => sql!(
            "SELECT id, merchant_id, kind, name, created_at, closed_at FROM entry
             WHERE merchant_id = $1 AND kind <> 'share' AND id < $2 ORDER BY id DESC LIMIT $3",
            merchant,
            below,
            limit
        ),
        None => sql!(
            "SELECT id, merchant_id, kind, name, created_at, closed_at FROM entry
             WHERE merchant_id IS NULL AND kind <> 'share' AND id < $1 ORDER BY id DESC LIMIT $2",
            below,
            limit
        ),
    };
    all(read.many(query)?, read_entry)
}

/// Visits through each of the merchant's entries (or the platform's own) from `since` on, before
/// `until`. Entries without a visit are left out.
pub fn visit_counts(
    read: &mut ReadTx,
    merchant: Option<MerchantId>,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<(EntryId, i64)>, Fail> {
    let query = match merchant {
        Some(merchant) => sql!(
            "SELECT v.entry_id, CAST(COUNT(*) AS BIGINT) FROM entry e JOIN visit v ON v.entry_id = e.id
             WHERE e.merchant_id = $1 AND v.at >= $2 AND v.at < $3 GROUP BY v.entry_id ORDER BY v.entry_id",
            merchant,
            since,
            until
        ),
        None => sql!(
            "SELECT v.entry_id, CAST(COUNT(*) AS BIGINT) FROM entry e JOIN visit v ON v.entry_id = e.id
             WHERE e.merchant_id IS NULL AND v.at >= $1 AND v.at < $2 GROUP BY v.entry_id ORDER BY v.entry_id",
            since,
            until
        ),
    };
    all(read.many(query)?, |row| Ok((row.take()?, row.take()?)))
}

/// Visits through somebody's entries: by day, and by entry. Links of friends count together, as one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitFigures {
    /// The day from 0, and how many.
    pub by_day: Vec<(i64, i64)>,
    /// Of which kind, which entry where it is told apart, and how many.
    pub by_entry: Vec<(EntryKind, Option<EntryId>, i64)>,
}

/// Visits from `since` on, before `until`, through the merchant's entries, which are told apart; or through
/// everybody's, of which the platform's own are. Days are of 24 hours and begin at `since`. Each entry's
/// visits of the time are a range of the key.
pub fn visit_figures(
    read: &mut ReadTx,
    merchant: Option<MerchantId>,
    since: Timestamp,
    until: Timestamp,
) -> Result<VisitFigures, Fail> {
    let questions = match merchant {
        Some(merchant) => [
            sql!(
                "SELECT (v.at - $1) / $2, CAST(COUNT(*) AS BIGINT) FROM entry e JOIN visit v ON v.entry_id = e.id
                 WHERE e.merchant_id = $3 AND v.at >= $1 AND v.at < $4 GROUP BY 1 ORDER BY 1",
                since,
                DAY_US,
                merchant,
                until
            ),
            sql!(
                "SELECT e.kind, CASE WHEN e.kind <> 'share' THEN e.id END, CAST(COUNT(*) AS BIGINT)
                 FROM entry e JOIN visit v ON v.entry_id = e.id
                 WHERE e.merchant_id = $1 AND v.at >= $2 AND v.at < $3 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
                merchant,
                since,
                until
            ),
        ],
        None => [
            sql!(
                "SELECT (v.at - $1) / $2, CAST(COUNT(*) AS BIGINT) FROM entry e JOIN visit v ON v.entry_id = e.id
                 WHERE v.at >= $1 AND v.at < $3 GROUP BY 1 ORDER BY 1",
                since,
                DAY_US,
                until
            ),
            sql!(
                "SELECT e.kind, CASE WHEN e.merchant_id IS NULL AND e.kind <> 'share' THEN e.id END,
                        CAST(COUNT(*) AS BIGINT)
                 FROM entry e JOIN visit v ON v.entry_id = e.id
                 WHERE v.at >= $1 AND v.at < $2 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
                since,
                until
            ),
        ],
    };
    let [by_day, by_entry] = read.ask(questions)?;
    Ok(VisitFigures {
        by_day: all(by_day, |row| Ok((row.take()?, row.take()?)))?,
        by_entry: all(by_entry, |row| Ok((take_kind(row)?, row.take()?, row.take()?)))?,
    })
}

fn read_share_link(row: &mut Row) -> Result<ShareLink, StorageError> {
    Ok(ShareLink {
        id: row.take()?,
        sharer: row.take()?,
        merchant: row.take()?,
        offer: row.take()?,
        entry: row.take()?,
        token: row.take()?,
        created_at: row.take()?,
    })
}

/// The link that has this token.
pub fn share_link(read: &mut ReadTx, token: &str) -> Result<Option<ShareLink>, Fail> {
    // A token comes from a stranger, and not every text can be asked for: PostgreSQL knows no NUL.
    if !token.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let row = read.one(sql!(
        "SELECT id, sharer_id, merchant_id, offer_id, entry_id, token, created_at FROM share_link WHERE token = $1",
        token
    ))?;
    first(row, read_share_link)
}

/// A link by its id.
pub fn share_link_by_id(read: &mut ReadTx, link: ShareLinkId) -> Result<Option<ShareLink>, Fail> {
    let row = read.one(sql!(
        "SELECT id, sharer_id, merchant_id, offer_id, entry_id, token, created_at FROM share_link WHERE id = $1",
        link
    ))?;
    first(row, read_share_link)
}

/// The links with which a person shares.
pub fn share_links_of(
    read: &mut ReadTx,
    sharer: PersonId,
    after: Option<ShareLinkId>,
    limit: i64,
) -> Result<Vec<ShareLink>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, sharer_id, merchant_id, offer_id, entry_id, token, created_at FROM share_link
         WHERE sharer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        sharer,
        after.map_or([0xff; 16], |id| id.uuid().into_bytes()),
        limit.clamp(1, 200)
    ))?;
    all(rows, read_share_link)
}

/// The link with which this person shares this offer.
pub fn share_link_of(read: &mut ReadTx, sharer: PersonId, offer: OfferId) -> Result<Option<ShareLink>, Fail> {
    let row = read.one(sql!(
        "SELECT id, sharer_id, merchant_id, offer_id, entry_id, token, created_at FROM share_link
         WHERE sharer_id = $1 AND offer_id = $2",
        sharer,
        offer
    ))?;
    first(row, read_share_link)
}
