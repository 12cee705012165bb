//! Somebody waits for a time that is full, and gives up.

use kernel::{Ctx, MerchantId, OfferId, PersonId, ResourceId, StoreId, Timestamp, WaitlistEntryId};
use offer::{Bookable, Day, place};
use store::{Fail, Lock, StorageError, TimerKind, Tx, sql, to_json};

use crate::events::{WaitlistEnded, WaitlistJoined};
use crate::queries;
use crate::reject::{
    BOOKING_NOT_OFFERED, BOOKING_TIME, WAITLIST_ALREADY_IN, WAITLIST_NOT_FULL, WAITLIST_STATUS,
    WAITLIST_TOO_MANY,
};
use crate::slot::{When, check_wish};
use crate::waitlist::{MAX_EACH, WaitlistEntry, WaitlistStatus, bookable_until};

/// Ends an entry whose time is over. Its subject is the entry.
pub const END_WAITING: TimerKind = TimerKind("end_waiting");

/// What somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinWaitlist {
    /// Of what.
    pub offer: OfferId,
    /// Where.
    pub store: StoreId,
    /// When they would come; of a visit the first time.
    pub when: When,
    /// Of a visit the last time, on the same day; the same if `None`.
    pub starts_until: Option<Timestamp>,
    /// How many come.
    pub party: i64,
    /// Only there, if it matters.
    pub area: Option<String>,
    /// Service by service: only with this person or in this room. What is not named is any.
    pub resources: Vec<Option<ResourceId>>,
}

/// What [`leave_waitlist`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveWaitlist {
    /// Which entry.
    pub entry: WaitlistEntryId,
}

/// What [`end_waiting`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndWaiting {
    /// Whose.
    pub entry: WaitlistEntryId,
}

impl JoinWaitlist {
    /// The store, where nothing becomes free unseen between looking and waiting.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store)]
    }
}

/// Puts the consumer who acts on the waiting list of a day. They wait once for the same offer there on a day, and for 20
/// things in all.
///
/// Rejects: `booking_not_offered`, `booking_party`, `booking_time`, `waitlist_not_full` (with the times that are free as
/// `alternatives`), `waitlist_already_in`, `waitlist_too_many`, and what is not on sale.
pub fn join_waitlist(tx: &mut Tx, ctx: &Ctx, cmd: &JoinWaitlist) -> Result<WaitlistEntryId, Fail> {
    let person = party::require_consumer(ctx)?;
    if let Some(area) = &cmd.area {
        party::check::text("/area", area, 80)?;
    }
    tx.lock(&cmd.locks());
    let merchant = offer::queries::for_sale(tx, cmd.offer, ctx.now)?.merchant;
    let (bookable, entry) = new_entry(tx, ctx, (person, merchant), cmd)?;
    require_room(tx, &entry)?;
    let free = entry.free(tx, &bookable, ctx.now)?;
    if let Some((first, _)) = free.first() {
        let free: Vec<_> = free
            .iter()
            .map(|(period, _)| period.starts_at.to_string())
            .collect();
        let detail = format!("It can be booked for {}.", first.starts_at);
        return Err(WAITLIST_NOT_FULL
            .because(detail)
            .with("alternatives", free)
            .into());
    }
    insert(tx, &entry)?;
    tx.set_timer(END_WAITING, entry.id, entry.stands_until)?;
    let event = WaitlistJoined {
        waitlist_entry: entry.id,
        person,
        merchant: entry.merchant,
        store: entry.store,
        offer: entry.offer,
        party: entry.party,
    };
    tx.emit(ctx, entry.id, 1, &event)?;
    Ok(entry.id)
}

/// The entry, if what is waited for can be booked at all.
fn new_entry(
    tx: &mut Tx,
    ctx: &Ctx,
    (person, merchant): (PersonId, MerchantId),
    cmd: &JoinWaitlist,
) -> Result<(Bookable, WaitlistEntry), Fail> {
    let day = cmd.when.about();
    let bookable = offer::queries::bookable(tx, cmd.offer, cmd.store, (day.plus(-1), day.plus(1)))?;
    let bookable = bookable.ok_or_else(|| BOOKING_NOT_OFFERED.plain())?;
    let from = |at| {
        let until = cmd.starts_until.unwrap_or(at);
        (Day::at(at, &bookable.zone), at, until)
    };
    let ((day, starts_from, starts_until), nights, hours) = match cmd.when {
        When::At(at) => (from(at), None, None),
        When::Hours { starts_at, hours } => (from(starts_at), None, Some(hours)),
        When::Nights { from, nights, .. } => {
            let at_any_time = (from, Timestamp(i64::MIN), Timestamp(i64::MAX));
            (at_any_time, Some(nights), None)
        }
    };
    let mut entry = WaitlistEntry {
        id: ctx.new_id(),
        offer: cmd.offer,
        merchant,
        store: cmd.store,
        person,
        day,
        nights,
        hours,
        rooms: cmd.when.rooms(),
        starts_from,
        starts_until,
        party: cmd.party,
        area: cmd.area.clone(),
        resources: cmd.resources.clone(),
        status: WaitlistStatus::Waiting,
        stands_until: ctx.now,
        period: None,
        joined_at: ctx.now,
        version: 1,
    };
    check_wish(&bookable, &entry.wish())?;
    let periods = entry.periods(&bookable, ctx.now);
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        let detail = "Nothing starts in that time of one day that can still be booked; the availability lists the times.";
        return Err(BOOKING_TIME.at("/when", detail).into());
    };
    entry.starts_from = first.starts_at;
    entry.starts_until = last.starts_at;
    entry.stands_until = bookable_until(&bookable.terms, *last);
    Ok((bookable, entry))
}

/// Refuses who waits for the same day already, or for too much.
fn require_room(tx: &mut Tx, entry: &WaitlistEntry) -> Result<(), Fail> {
    let own = queries::waiting_of_person(tx, entry.person)?;
    let same = |other: &&WaitlistEntry| {
        (other.offer, other.store, other.day) == (entry.offer, entry.store, entry.day)
    };
    if let Some(other) = own.iter().find(same) {
        return Err(WAITLIST_ALREADY_IN
            .plain()
            .with("entry", other.id.to_string())
            .into());
    }
    if own.len() >= MAX_EACH {
        let detail = format!("You wait for {MAX_EACH} things.");
        return Err(WAITLIST_TOO_MANY.because(detail).into());
    }
    Ok(())
}

fn insert(tx: &mut Tx, entry: &WaitlistEntry) -> Result<(), StorageError> {
    tx.tell(sql!(
        "INSERT INTO waitlist_entry (id, offer_id, merchant_id, store_id, person_id, day, nights, hours, rooms, starts_from,
           starts_until, party, area, resources, status, stands_until, joined_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1)",
        entry.id,
        entry.offer,
        entry.merchant,
        entry.store,
        entry.person,
        entry.day.0,
        entry.nights,
        entry.hours,
        entry.rooms,
        entry.starts_from,
        entry.starts_until,
        entry.party,
        entry.area.clone(),
        to_json(&entry.resources)?,
        entry.status.as_str(),
        entry.stands_until,
        entry.joined_at
    ))
}

/// The consumer who acts waits no longer, or does not want what is held for them.
///
/// Rejects: `not_found`, `waitlist_status`.
pub fn leave_waitlist(tx: &mut Tx, ctx: &Ctx, cmd: &LeaveWaitlist) -> Result<(), Fail> {
    let entry = own_entry(tx, ctx, cmd.entry)?;
    end(tx, ctx, &entry, WaitlistStatus::Left)
}

/// Ends an entry whose time is over; what is held for it is free again. Called by the timer `end_waiting`. Says whether
/// it did.
pub fn end_waiting(tx: &mut Tx, ctx: &Ctx, cmd: &EndWaiting) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    let entry = lock_entry(tx, cmd.entry)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    if ctx.now < entry.stands_until {
        return Ok(false);
    }
    let outcome = match entry.status {
        WaitlistStatus::Waiting => WaitlistStatus::Over,
        WaitlistStatus::Offered => WaitlistStatus::Missed,
        WaitlistStatus::Booked | WaitlistStatus::Missed | WaitlistStatus::Left | WaitlistStatus::Over => {
            return Ok(false);
        }
    };
    end(tx, ctx, &entry, outcome)?;
    Ok(true)
}

/// Closes the account of the consumer who acts, as [`convert::erase_person`] does, and they wait for nothing any more.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx, cmd: &convert::ErasePerson) -> Result<PersonId, Fail> {
    let person = convert::erase_person(tx, ctx, cmd)?;
    for found in queries::waiting_of_person(tx, person)? {
        let entry = own_entry(tx, ctx, found.id)?;
        end(tx, ctx, &entry, WaitlistStatus::Left)?;
    }
    Ok(person)
}

/// The entry, locked with its store.
pub(super) fn lock_entry(tx: &mut Tx, id: WaitlistEntryId) -> Result<Option<WaitlistEntry>, Fail> {
    let Some(found) = queries::waitlist_entry(tx, id)? else {
        return Ok(None);
    };
    tx.lock(&[place::lock(found.store), Lock::row("waitlist_entry", id)]);
    queries::waitlist_entry(tx, id)
}

/// The same, if it is the actor's.
pub(super) fn own_entry(tx: &mut Tx, ctx: &Ctx, id: WaitlistEntryId) -> Result<WaitlistEntry, Fail> {
    let person = party::require_consumer(ctx)?;
    let entry = lock_entry(tx, id)?.filter(|entry| entry.person == person);
    Ok(entry.ok_or_else(|| party::NOT_FOUND.plain())?)
}

/// Ends an entry that waits or that a place is held for, which is free again.
pub(super) fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    entry: &WaitlistEntry,
    outcome: WaitlistStatus,
) -> Result<(), Fail> {
    let ended = tx.claim(sql!(
        "UPDATE waitlist_entry SET status = $1, version = version + 1
         WHERE id = $2 AND version = $3 AND status IN ('waiting', 'offered')",
        outcome.as_str(),
        entry.id,
        entry.version
    ))?;
    if ended == 0 {
        let detail = format!("It is {}.", entry.status.as_str());
        return Err(WAITLIST_STATUS.because(detail).into());
    }
    let is_held = entry.status == WaitlistStatus::Offered;
    if is_held && !offer::bucket::release(tx, entry.id.uuid())? {
        return Err(StorageError::bug("nothing is held for who was offered a place").into());
    }
    tx.clear_timer(END_WAITING, entry.id)?;
    let event = WaitlistEnded {
        waitlist_entry: entry.id,
        person: entry.person,
        merchant: entry.merchant,
        store: entry.store,
        outcome: outcome.as_str().to_owned(),
    };
    Ok(tx.emit(ctx, entry.id, entry.version + 1, &event)?)
}
