//! A hall gets a seat map, or another.

use std::collections::BTreeMap;

use kernel::{Ctx, ResourceId};
use party::Role;
use store::{Fail, Lock, Tx, sql, to_json};

use crate::events::HallSet;
use crate::reject::{HALL_CHANGED, HALL_INVALID, HALL_SEATS_SOLD};
use crate::{Resource, ResourceKind, SeatMap, UsedSeats, place, queries, showing};

/// The seats of a hall.
#[derive(Debug, Clone)]
pub struct SetHall {
    /// Which hall.
    pub resource: ResourceId,
    /// The version that the change starts from; 0 for a hall without a map.
    pub version: i64,
    /// Its seats.
    pub map: SeatMap,
    /// Whether a choice that leaves a single seat alone is refused, where another is possible.
    pub no_single_seats: bool,
    /// How long it is cleaned after a showing, up to 240.
    pub cleaning_minutes: i64,
}

/// Sets the seats of a hall, for managers of its store. Seats that are held, sold or kept for a showing that is not
/// over stay where they are and are called the same.
///
/// Rejects with `HALL_INVALID`, `HALL_CHANGED`, `HALL_SEATS_SOLD`, [`party::NOT_FOUND`] and as
/// [`party::require_staff`] does.
///
/// Statements: eight, and one for each coming showing of the hall, in one round trip.
pub fn set_hall(tx: &mut Tx, ctx: &Ctx, cmd: &SetHall) -> Result<i64, Fail> {
    let resource = queries::resource(tx, cmd.resource)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    party::require_staff(tx, ctx, resource.merchant, Some(resource.store), Role::Manager)?;
    check(cmd, &resource)?;
    tx.lock(&[place::lock(resource.store)]);
    let coming = queries::coming_showings(tx, resource.id, ctx.now)?;
    let showings: Vec<Lock> = coming.iter().map(|id| showing::lock(*id)).collect();
    tx.lock(&showings);
    let before = queries::hall(tx, resource.id)?;
    if before.as_ref().map_or(0, |hall| hall.version) != cmd.version {
        return Err(HALL_CHANGED.plain().into());
    }
    if let Some(before) = before {
        let called: BTreeMap<i64, String> = cmd.map.in_order().map(|(seat, name, _)| (seat, name)).collect();
        let moved = |(seat, name, _): &(i64, String, _)| called.get(seat) != Some(name);
        let moved: BTreeMap<_, _> = before
            .map
            .seats()
            .filter(moved)
            .map(|(seat, name, _)| (seat, name))
            .collect();
        let mut used = queries::used_seats(tx, &coming)?
            .into_iter()
            .flat_map(UsedSeats::all);
        if let Some(name) = used.find_map(|seat| moved.get(&seat)) {
            let detail = format!("{name} is held, sold or kept for a coming showing.");
            return Err(HALL_SEATS_SOLD.at("/map/rows", detail).into());
        }
    }
    let version = cmd.version + 1;
    tx.tell(sql!(
        "INSERT INTO hall (resource_id, seat_map, no_single_seats, cleaning_minutes, version) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (resource_id) DO UPDATE SET seat_map = excluded.seat_map, no_single_seats = excluded.no_single_seats,
           cleaning_minutes = excluded.cleaning_minutes, version = excluded.version",
        resource.id,
        to_json(&cmd.map)?,
        cmd.no_single_seats,
        cmd.cleaning_minutes,
        version
    ))?;
    let event = HallSet {
        resource: resource.id,
        merchant: resource.merchant,
        store: resource.store,
        version,
    };
    tx.emit(ctx, resource.id, resource.version, &event)?;
    Ok(version)
}

fn check(cmd: &SetHall, resource: &Resource) -> Result<(), Fail> {
    if resource.kind != ResourceKind::Hall {
        let detail = format!("{} is a {}.", resource.details.name, resource.kind.as_str());
        return Err(HALL_INVALID.because(detail).into());
    }
    cmd.map.check()?;
    if !(0..=240).contains(&cmd.cleaning_minutes) {
        return Err(HALL_INVALID
            .at("/cleaning_minutes", "It is cleaned for 0 to 240 minutes.")
            .into());
    }
    Ok(())
}
