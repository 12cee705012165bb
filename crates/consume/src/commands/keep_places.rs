//! A store keeps a time for somebody who called or walked in, or for nobody: a private party, a repair.

use kernel::{BookingId, Ctx, LocalText, MINUTE_US, MerchantId, ResourceId, StoreId};
use offer::place::{self, STEP_US, Stretch, steps};
use offer::{Period, ResourceKind, ResourceStatus};
use party::Role;
use store::{Fail, Lock, Tx, sql};

use crate::events::BookingPlaced;
use crate::reject::{BOOKING_FULL, BOOKING_NOT_OFFERED, BOOKING_PARTY, BOOKING_TIME};
use crate::slot::{Taken, tell_resources};

/// The most quarters of an hour that are kept at once, of all resources together.
const MAX_STEPS: i64 = 500;

/// Keep a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepPlaces {
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// What, 1 to 50: all units of each.
    pub resources: Vec<ResourceId>,
    /// When; whole quarters of an hour are kept.
    pub period: Period,
    /// How many come; 1 if nobody does.
    pub party: i64,
    /// Up to 200 characters, for the staff: a name, a reason.
    pub note: String,
}

impl KeepPlaces {
    /// The store, whose other bookings of that moment are made before or after.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store)]
    }
}

/// Keeps a time, for cashiers of the store and above. What is booked is never taken from anybody.
///
/// Rejects: `booking_not_offered`, `booking_time`, `booking_party`, `booking_full`, and as [`party::require_staff`] does.
///
/// Statements: two for each resource and three for each of its quarters of an hour.
pub fn keep_places(tx: &mut Tx, ctx: &Ctx, cmd: &KeepPlaces) -> Result<BookingId, Fail> {
    party::require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Cashier)?;
    check(cmd)?;
    tx.lock(&cmd.locks());
    let stretches = stretches(tx, cmd)?;
    let places = place::places(&stretches);
    let booking: BookingId = ctx.new_id();
    if !place::take(tx, cmd.merchant, booking.uuid(), &places)? {
        return Err(BOOKING_FULL.plain().into());
    }
    tx.tell(sql!(
        "INSERT INTO booking (id, merchant_id, store_id, party, rooms, starts_at, ends_at, place_owner, seats, note,
           created_at, version)
         VALUES ($1, $2, $3, $4, 1, $5, $6, $7, '[]', $8, $9, 1)",
        booking,
        cmd.merchant,
        cmd.store,
        cmd.party,
        cmd.period.starts_at,
        cmd.period.ends_at,
        booking,
        &cmd.note,
        ctx.now
    ))?;
    let taken = stretches.iter().map(|stretch| Taken {
        resource: stretch.resource,
        service: LocalText::default(),
        period: cmd.period,
    });
    let resources: Vec<_> = taken.collect();
    tell_resources(tx, booking, &resources)?;
    let event = BookingPlaced {
        booking,
        order: None,
        person: None,
        merchant: cmd.merchant,
        store: cmd.store,
        party: cmd.party,
        starts_at: cmd.period.starts_at.0,
        ends_at: cmd.period.ends_at.0,
    };
    tx.emit(ctx, booking, 1, &event)?;
    Ok(booking)
}

fn check(cmd: &KeepPlaces) -> Result<(), Fail> {
    party::check::text("/note", &cmd.note, 200)?;
    if !(1..=1_000).contains(&cmd.party) {
        return Err(BOOKING_PARTY.at("/party", "A party is of 1 to 1,000.").into());
    }
    let length_us = cmd.period.ends_at.since_us(cmd.period.starts_at);
    let most_us = MAX_STEPS * STEP_US / (cmd.resources.len().max(1) as i64);
    if !(STEP_US..=most_us).contains(&length_us) {
        let detail = format!(
            "Of so many resources {} to {} minutes are kept at once; for longer retire them, or close the day.",
            STEP_US / MINUTE_US,
            most_us / MINUTE_US
        );
        return Err(BOOKING_TIME.at("/ends_at", detail).into());
    }
    if !(1..=50).contains(&cmd.resources.len()) {
        return Err(BOOKING_NOT_OFFERED
            .at("/resources", "1 to 50 resources are kept at once.")
            .into());
    }
    Ok(())
}

fn stretches(tx: &mut Tx, cmd: &KeepPlaces) -> Result<Vec<Stretch>, Fail> {
    let mut wanted = cmd.resources.clone();
    wanted.sort_unstable();
    wanted.dedup();
    let mut stretches = Vec::new();
    for id in wanted {
        let resource = offer::queries::resource(tx, id)?
            .filter(|found| found.store == cmd.store && found.details.status != ResourceStatus::Retired);
        let resource = resource.ok_or_else(|| {
            BOOKING_NOT_OFFERED.at("/resources", format!("The store has no resource {id}."))
        })?;
        if resource.kind == ResourceKind::RoomType {
            let detail = "Rooms of a type are closed by their number of units.";
            return Err(BOOKING_NOT_OFFERED.at("/resources", detail).into());
        }
        let stretch = Stretch {
            resource: resource.id,
            steps: steps(cmd.period.starts_at, cmd.period.ends_at),
            units: resource.details.units,
            capacity: resource.details.units,
        };
        let used = place::used(tx, &[&resource], &stretch.steps)?;
        if used
            .iter()
            .any(|used| used.within(&stretch.steps).any(|units| units > 0))
        {
            let detail = format!("{} is taken in that time.", resource.details.name);
            return Err(BOOKING_FULL.because(detail).into());
        }
        stretches.push(stretch);
    }
    Ok(stretches)
}
