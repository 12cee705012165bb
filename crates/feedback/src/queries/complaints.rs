//! What can be asked of complaints. Who may see one is decided by whoever asks.

use kernel::{ComplaintId, MerchantId, OrderId, PersonId, StoreId};
use party::Media;
use store::{Fail, ReadTx, Row, StorageError, sql};

use super::before;
use crate::{Complaint, ComplaintKind, ComplaintSide, ComplaintStatus, ComplaintStep};

/// One complaint.
pub fn complaint(read: &mut ReadTx, id: ComplaintId) -> Result<Option<Complaint>, Fail> {
    let row = read.one(sql!(
        "SELECT id, order_id, person_id, merchant_id, offer_id, store_id, kind, status, due_at, decided_by, created_at, version
         FROM complaint WHERE id = $1",
        id
    ))?;
    row.map(read_complaint).transpose()
}

/// The newest complaint about an order.
pub fn complaint_of_order(read: &mut ReadTx, order: OrderId) -> Result<Option<Complaint>, Fail> {
    let row = read.one(sql!(
        "SELECT id, order_id, person_id, merchant_id, offer_id, store_id, kind, status, due_at, decided_by, created_at, version
         FROM complaint WHERE order_id = $1 ORDER BY id DESC LIMIT 1",
        order
    ))?;
    row.map(read_complaint).transpose()
}

/// What was said and done in a complaint, oldest first.
pub fn complaint_steps(read: &mut ReadTx, id: ComplaintId) -> Result<Vec<ComplaintStep>, Fail> {
    let rows = read.many(sql!(
        "SELECT n, side, person_id, status, text, media, refunded, at FROM complaint_step
         WHERE complaint_id = $1 ORDER BY n",
        id
    ))?;
    rows.into_iter().map(read_step).collect()
}

/// A person's complaints, newest first, at most `limit` older than `after`.
pub fn complaints_of_person(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<ComplaintId>,
    limit: i64,
) -> Result<Vec<Complaint>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, order_id, person_id, merchant_id, offer_id, store_id, kind, status, due_at, decided_by, created_at, version
         FROM complaint WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        person,
        before(after.map(|id| id.uuid())),
        limit
    ))?;
    rows.into_iter().map(read_complaint).collect()
}

/// Complaints about a merchant, newest first, at most `limit` older than `after`.
pub fn complaints_of_merchant(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<ComplaintId>,
    limit: i64,
) -> Result<Vec<Complaint>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, order_id, person_id, merchant_id, offer_id, store_id, kind, status, due_at, decided_by, created_at, version
         FROM complaint WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        merchant,
        before(after.map(|id| id.uuid())),
        limit
    ))?;
    rows.into_iter().map(read_complaint).collect()
}

/// Everybody's complaints of a status, newest first, at most `limit` older than `after`.
pub fn complaints(
    read: &mut ReadTx,
    status: ComplaintStatus,
    after: Option<ComplaintId>,
    limit: i64,
) -> Result<Vec<Complaint>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, order_id, person_id, merchant_id, offer_id, store_id, kind, status, due_at, decided_by, created_at, version
         FROM complaint WHERE status = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        status.as_str(),
        before(after.map(|id| id.uuid())),
        limit
    ))?;
    rows.into_iter().map(read_complaint).collect()
}

/// A person's complaints that nobody has ended.
pub(crate) fn running_complaints(read: &mut ReadTx, person: PersonId) -> Result<Vec<ComplaintId>, Fail> {
    let rows = read.many(sql!(
        "SELECT id FROM complaint WHERE person_id = $1 AND status IN ('open', 'answered', 'escalated') ORDER BY id",
        person
    ))?;
    Ok(rows
        .into_iter()
        .map(|mut row| row.take())
        .collect::<Result<_, _>>()?)
}

/// How many the platform is to decide.
pub fn complaints_waiting(read: &mut ReadTx) -> Result<i64, Fail> {
    let row = read.one(sql!("SELECT COUNT(*) FROM complaint WHERE status = 'escalated'"))?;
    Ok(row.map_or(Ok(0), |mut row| row.take())?)
}

/// Whether the file was shown in a complaint of this person, or in one that one of these managers' grants covers.
pub fn is_shown_to(
    read: &mut ReadTx,
    media: &Media,
    person: PersonId,
    managed: &[(MerchantId, Option<StoreId>)],
) -> Result<bool, Fail> {
    // Ids are of one length and end in a quote, so that none is a part of another.
    let shown = format!("%\"{}\"%", media.id);
    let of_person = sql!(
        "SELECT c.id FROM complaint c JOIN complaint_step s ON s.complaint_id = c.id
         WHERE c.person_id = $1 AND s.media LIKE $2 LIMIT 1",
        person,
        shown.clone()
    );
    let of_managers = managed.iter().map(|(merchant, store)| match store {
        None => sql!(
            "SELECT c.id FROM complaint c JOIN complaint_step s ON s.complaint_id = c.id
             WHERE c.merchant_id = $1 AND s.media LIKE $2 LIMIT 1",
            *merchant,
            shown.clone()
        ),
        Some(store) => sql!(
            "SELECT c.id FROM complaint c JOIN complaint_step s ON s.complaint_id = c.id
             WHERE c.merchant_id = $1 AND c.store_id = $2 AND s.media LIKE $3 LIMIT 1",
            *merchant,
            *store,
            shown.clone()
        ),
    });
    let questions = std::iter::once(of_person).chain(of_managers).collect();
    Ok(read.ask_all(questions)?.iter().any(|rows| !rows.is_empty()))
}

fn read_complaint(mut row: Row) -> Result<Complaint, Fail> {
    let (id, order, person) = (row.take()?, row.take()?, row.take()?);
    let (merchant, offer, store) = (row.take()?, row.take()?, row.take()?);
    let (kind, status) = (row.take::<String>()?, row.take::<String>()?);
    Ok(Complaint {
        id,
        order,
        person,
        merchant,
        offer,
        store,
        kind: ComplaintKind::from_text(&kind).ok_or_else(unreadable)?,
        status: ComplaintStatus::from_text(&status).ok_or_else(unreadable)?,
        due_at: row.take()?,
        decided_by: row.take()?,
        created_at: row.take()?,
        version: row.take()?,
    })
}

fn read_step(mut row: Row) -> Result<ComplaintStep, Fail> {
    let (n, side) = (row.take()?, row.take::<String>()?);
    let (person, status) = (row.take()?, row.take::<String>()?);
    Ok(ComplaintStep {
        n,
        side: ComplaintSide::from_text(&side).ok_or_else(unreadable)?,
        person,
        status: ComplaintStatus::from_text(&status).ok_or_else(unreadable)?,
        text: row.take()?,
        media: row.take_json()?,
        refunded: row.take()?,
        at: row.take()?,
    })
}

fn unreadable() -> StorageError {
    StorageError::bug("a stored complaint cannot be read")
}
