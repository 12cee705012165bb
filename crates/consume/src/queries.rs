//! What can be asked of redemptions. Reads this crate's tables; others' through their own queries.

mod bookings;
mod figures;
mod queue;
mod waitlist;

pub use bookings::{
    Availability, MAX_DAYS, availability, booking, bookings_of_person, bookings_of_showing,
    bookings_of_store, bookings_of_vouchers, calendar_feed, deposit_for_overtime, seats_of_bookings,
    seats_of_person,
};
pub(crate) use bookings::{bookings_to_refund, bookings_with_card, needs_no_deposit};
pub use figures::{UseFigures, Uses, use_figures};
pub use queue::{
    LineNow, ahead_of, day_of_queue, lines_now, queue, queue_ticket, stores_with_queue, tickets_of_person,
};
pub(crate) use queue::{last_number, lines_with_waiting, next_in_line, ticket_of_person};
pub use waitlist::{store_of_booked_order, waitlist_entry, waitlist_of_person, waitlist_of_store};
pub(crate) use waitlist::{stores_where_waited_for, waiting_at_store, waiting_of_person};

use std::collections::BTreeMap;
use std::ops::Range;

use convert::{SelfDealing, Stored};
use kernel::{
    ConflictId, DeviceId, HOUR_US, MerchantId, OrderId, RedemptionId, StoreId, Timestamp, VoucherId,
};
use store::{Fail, ReadTx, Row, StorageError, sql};
use voucher::StoreSetDigest;

use crate::redeeming::KeptUses;
use crate::{
    Conflict, LossReason, Redemption, RedemptionMode, RedemptionStatus, ScannerAllowance, ScannerKit,
};

/// One redemption.
pub fn redemption(read: &mut ReadTx, id: RedemptionId) -> Result<Option<Redemption>, Fail> {
    let row = read.one(sql!(
        "SELECT id, voucher_id, use_no, uses, currency, order_id, offer_id, merchant_id, store_id, person_id, staff_id,
                device_id, mode, status, scanned_at, recorded_at, undo_until, refund_until,
                rebate_refused, version
         FROM redemption WHERE id = $1",
        id
    ))?;
    row.map(read_redemption).transpose()
}

/// The redemptions of these ids, in one round trip. Unknown ones are left out.
pub fn redemptions(read: &mut ReadTx, ids: &[RedemptionId]) -> Result<Vec<Redemption>, Fail> {
    let questions = ids.iter().map(|id| {
        sql!(
            "SELECT id, voucher_id, use_no, uses, currency, order_id, offer_id, merchant_id, store_id, person_id, staff_id,
                    device_id, mode, status, scanned_at, recorded_at, undo_until, refund_until,
                rebate_refused, version
             FROM redemption WHERE id = $1",
            *id
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    rows.map(read_redemption).collect()
}

/// The redemptions in a store that were recorded from `since` on, newest first, at most `limit` older than
/// `after`.
pub fn redemptions_of_store(
    read: &mut ReadTx,
    store: StoreId,
    since: Timestamp,
    after: Option<RedemptionId>,
    limit: i64,
) -> Result<Vec<Redemption>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, voucher_id, use_no, uses, currency, order_id, offer_id, merchant_id, store_id, person_id, staff_id,
                device_id, mode, status, scanned_at, recorded_at, undo_until, refund_until,
                rebate_refused, version
         FROM redemption WHERE store_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        store,
        kernel::first_id_at(since),
        before(after.map(|id| id.uuid())),
        page(limit)
    ))?;
    rows.into_iter().map(read_redemption).collect()
}

/// Every redemption of a voucher, undone ones too, oldest first.
pub fn redemptions_of_voucher(read: &mut ReadTx, voucher: VoucherId) -> Result<Vec<Redemption>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, voucher_id, use_no, uses, currency, order_id, offer_id, merchant_id, store_id, person_id, staff_id,
                device_id, mode, status, scanned_at, recorded_at, undo_until, refund_until,
                rebate_refused, version
         FROM redemption WHERE voucher_id = $1 ORDER BY id",
        voucher
    ))?;
    rows.into_iter().map(read_redemption).collect()
}

/// The newest redemptions of what was bought with an order, undone ones too, at most `limit`.
pub fn redemptions_of_order(read: &mut ReadTx, order: OrderId, limit: i64) -> Result<Vec<Redemption>, Fail> {
    let rows = read.many(sql!(
        "SELECT r.id, r.voucher_id, r.use_no, r.uses, r.currency, r.order_id, r.offer_id, r.merchant_id, r.store_id, r.person_id,
                r.staff_id, r.device_id, r.mode, r.status, r.scanned_at, r.recorded_at, r.undo_until, r.refund_until,
                r.rebate_refused, r.version
         FROM order_voucher w JOIN redemption r ON r.voucher_id = w.voucher_id WHERE w.order_id = $1
         ORDER BY r.id DESC LIMIT $2",
        order,
        limit
    ))?;
    rows.into_iter().map(read_redemption).collect()
}

/// To whom what was paid for a visit was settled: who ran the store then.
pub fn payee_of_visit(read: &mut ReadTx, visit: RedemptionId) -> Result<Option<MerchantId>, Fail> {
    let line = ledger::queries::line_of(read, visit.uuid(), ledger::LineKind::Redemption)?;
    Ok(line.map(|(line, _)| line.merchant))
}

/// Every redemption of these vouchers, in one round trip.
pub fn redemptions_of_vouchers(read: &mut ReadTx, vouchers: &[VoucherId]) -> Result<Vec<Redemption>, Fail> {
    let questions = vouchers.iter().map(|voucher| {
        sql!(
            "SELECT id, voucher_id, use_no, uses, currency, order_id, offer_id, merchant_id, store_id, person_id, staff_id,
                    device_id, mode, status, scanned_at, recorded_at, undo_until, refund_until,
                rebate_refused, version
             FROM redemption WHERE voucher_id = $1 ORDER BY id",
            *voucher
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    rows.map(read_redemption).collect()
}

/// The redemption that took the highest use of a voucher, undone ones aside.
pub fn last_use(read: &mut ReadTx, voucher: VoucherId) -> Result<Option<Redemption>, Fail> {
    let row = read.one(sql!(
        "SELECT id, voucher_id, use_no, uses, currency, order_id, offer_id, merchant_id, store_id, person_id, staff_id,
                device_id, mode, status, scanned_at, recorded_at, undo_until, refund_until,
                rebate_refused, version
         FROM redemption WHERE voucher_id = $1 AND status <> 'undone' ORDER BY use_no DESC LIMIT 1",
        voucher
    ))?;
    row.map(read_redemption).transpose()
}

/// How many uses of a voucher were taken within a time, undone ones aside, or are kept for bookings then.
pub(crate) fn uses_within(
    read: &mut ReadTx,
    voucher: VoucherId,
    time: &Range<Timestamp>,
) -> Result<i64, Fail> {
    let answers = read.ask([
        sql!(
            "SELECT CAST(COALESCE(SUM(uses), 0) AS BIGINT) FROM redemption
             WHERE voucher_id = $1 AND status <> 'undone' AND scanned_at >= $2 AND scanned_at < $3",
            voucher,
            time.start,
            time.end
        ),
        sql!(
            "SELECT CAST(COALESCE(SUM(card_uses), 0) AS BIGINT) FROM booking
             WHERE card_id = $1 AND outcome IS NULL AND redemption_id IS NULL AND starts_at >= $2 AND starts_at < $3",
            voucher,
            time.start,
            time.end
        ),
    ])?;
    let sums = answers.into_iter().flatten().map(|mut row| row.take::<i64>());
    Ok(sums.sum::<Result<i64, _>>()?)
}

/// How long before its time a guest is taken to come for a booking.
const EARLY_US: i64 = 2 * HOUR_US;

/// The uses of a card that are kept for what is booked with it at a store now.
pub(crate) fn kept_uses(
    read: &mut ReadTx,
    card: VoucherId,
    store: StoreId,
    at: Timestamp,
) -> Result<Option<KeptUses>, Fail> {
    let row = read.one(sql!(
        "SELECT id, card_uses FROM booking
         WHERE card_id = $1 AND store_id = $2 AND outcome IS NULL AND redemption_id IS NULL
           AND starts_at <= $3 AND ends_at > $4
         ORDER BY starts_at, id LIMIT 1",
        card,
        store,
        at.plus_us(EARLY_US),
        at
    ))?;
    let kept = row.map(|mut row| {
        Ok::<_, StorageError>(KeptUses {
            booking: row.take()?,
            uses: row.take()?,
        })
    });
    Ok(kept.transpose()?)
}

/// The offline scans of a merchant that lost, newest first, at most `limit` older than `after`.
pub fn conflicts_of(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<ConflictId>,
    limit: i64,
) -> Result<Vec<Conflict>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, voucher_id, won_redemption_id, lost_store_id, lost_device_id, lost_staff_id,
                lost_scanned_at, reason, recorded_at
         FROM redemption_conflict WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        merchant,
        before(after.map(|id| id.uuid())),
        page(limit)
    ))?;
    rows.into_iter().map(read_conflict).collect()
}

/// The offline scans of everybody that lost, newest first, at most `limit` older than `after`.
pub fn conflicts(read: &mut ReadTx, after: Option<ConflictId>, limit: i64) -> Result<Vec<Conflict>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, voucher_id, won_redemption_id, lost_store_id, lost_device_id, lost_staff_id,
                lost_scanned_at, reason, recorded_at
         FROM redemption_conflict WHERE id < $1 ORDER BY id DESC LIMIT $2",
        before(after.map(|id| id.uuid())),
        page(limit)
    ))?;
    rows.into_iter().map(read_conflict).collect()
}

/// How many offline scans of everybody's lost from `since` on.
pub fn conflicts_since(read: &mut ReadTx, since: Timestamp) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM redemption_conflict WHERE id >= $1",
        kernel::first_id_at(since)
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a count gave no row"))?;
    Ok(row.take()?)
}

/// What a device brought in from its offline queue in the last 24 hours, which counts against what its
/// store lets it accept.
pub fn offline_accepted(
    read: &mut ReadTx,
    device: DeviceId,
    now: Timestamp,
) -> Result<ScannerAllowance, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM offline_scan
         WHERE device_id = $1 AND synced_at > $2 AND outcome <> 'over_cap'",
        device,
        now.plus_us(-kernel::DAY_US)
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a count gave no row"))?;
    Ok(ScannerAllowance {
        uses: row.take()?,
        amount: row.take()?,
    })
}

/// When each of these devices last sent what it had queued, in one round trip. Those that never did are left out.
pub fn last_syncs(read: &mut ReadTx, devices: &[DeviceId]) -> Result<BTreeMap<DeviceId, Timestamp>, Fail> {
    let questions = devices.iter().map(|device| {
        sql!(
            "SELECT device_id, synced_at FROM offline_scan WHERE device_id = $1 ORDER BY synced_at DESC LIMIT 1",
            *device
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    rows.map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// What a scanner of this store needs. `None`: there is no such store.
pub fn scanner_kit(read: &mut ReadTx, store: StoreId) -> Result<Option<ScannerKit>, Fail> {
    let Some(store) = party::queries::store(read, store)? else {
        return Ok(None);
    };
    let store_sets = offer::queries::store_sets_of(read, store.merchant)?;
    let store_sets = store_sets
        .into_iter()
        .map(|(digest, stores)| (StoreSetDigest(digest), stores));
    Ok(Some(ScannerKit {
        store_sets: store_sets.collect(),
        public_keys: voucher::queries::public_keys(read)?,
        offline_max_uses: store.details.offline_max_uses,
        offline_max_amount: store.details.offline_max_amount,
        currency: store.details.currency,
    }))
}

fn page(limit: i64) -> i64 {
    limit.clamp(1, 200)
}

/// A cursor's bound: ids are time-ordered, and no id is above all ones.
fn before(after: Option<uuid::Uuid>) -> uuid::Uuid {
    after.unwrap_or(uuid::Uuid::max())
}

fn read_redemption(mut row: Row) -> Result<Redemption, Fail> {
    Ok(Redemption {
        id: row.take()?,
        voucher: row.take()?,
        use_no: row.take()?,
        uses: row.take()?,
        currency: row.take()?,
        order: row.take()?,
        offer: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        person: row.take()?,
        staff: row.take()?,
        device: row.take()?,
        mode: known(RedemptionMode::from_text(&row.take::<String>()?))?,
        status: known(RedemptionStatus::from_text(&row.take::<String>()?))?,
        scanned_at: row.take()?,
        recorded_at: row.take()?,
        undo_until: row.take()?,
        refund_until: row.take()?,
        rebate_refused: refused(row.take()?)?,
        version: row.take()?,
    })
}

fn refused(stored: Option<String>) -> Result<Option<SelfDealing>, StorageError> {
    stored.map(|text| SelfDealing::from_stored(&text)).transpose()
}

fn read_conflict(mut row: Row) -> Result<Conflict, Fail> {
    Ok(Conflict {
        id: row.take()?,
        merchant: row.take()?,
        voucher: row.take()?,
        won: row.take()?,
        lost_store: row.take()?,
        lost_device: row.take()?,
        lost_staff: row.take()?,
        lost_scanned_at: row.take()?,
        reason: known(LossReason::from_text(&row.take::<String>()?))?,
        recorded_at: row.take()?,
    })
}

fn known<T>(state: Option<T>) -> Result<T, StorageError> {
    state.ok_or_else(|| StorageError::bug("a stored state has no name here"))
}
