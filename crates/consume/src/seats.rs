//! Judging the seats of a showing that a guest chose.

use std::collections::BTreeSet;

use kernel::{Ctx, LocalText, Reject, RejectKind, ShowingId};
use offer::{ChosenSeats, Hall, SeatChoice, Seating, ShowingStatus, Stay, UsedSeats};
use store::{Fail, Tx};

use crate::reject::{BOOKING_NOT_OFFERED, BOOKING_PARTY, BOOKING_TIME, SEAT_LEFT_ALONE, SEATS_TAKEN};
use crate::slot::{Asked, Slot, Taken, When, check_in_time};

/// The seats that a booking names, which are free. The showing's row is locked, so they stay so. `field` is where the
/// choice stands in the input.
pub(crate) fn find_seats(
    tx: &mut Tx,
    ctx: &Ctx,
    asked: &Asked,
    (field, choice): (&str, &SeatChoice),
) -> Result<ChosenSeats, Fail> {
    tx.lock(&[offer::showing::lock(choice.showing)]);
    let in_input = |fail| match fail {
        Fail::Reject(no) => Fail::from(no.within(field)),
        Fail::Storage(_) => fail,
    };
    let chosen = offer::queries::chosen_seats(tx, asked.offer, choice).map_err(in_input)?;
    let (showing, wish) = (&chosen.showing, &asked.wish);
    if showing.store != asked.store {
        let no = BOOKING_NOT_OFFERED.at("/showing", "The showing is not there.");
        return Err(no.within(field).into());
    }
    if asked.when != When::At(showing.period.starts_at) {
        let detail = format!("The showing starts at {}.", showing.period.starts_at);
        return Err(BOOKING_TIME.at("/when/starts_at", detail).into());
    }
    let only_seats = "Of a showing only seats are chosen.";
    if !wish.resources.is_empty() {
        return Err(BOOKING_NOT_OFFERED.at("/resources", only_seats).into());
    }
    if wish.area.is_some() {
        return Err(BOOKING_NOT_OFFERED.at("/area", only_seats).into());
    }
    give_seats(tx, ctx, (wish.party, wish.for_store), &chosen).map_err(in_input)?;
    Ok(chosen)
}

/// Refuses seats that so many cannot have, of a showing whose row is locked. A store may leave a seat alone, and give what
/// it keeps for the box office, which it keeps no more then. What is wrong is said by the fields of the choice.
pub(crate) fn give_seats(
    tx: &mut Tx,
    ctx: &Ctx,
    (party, for_store): (i64, bool),
    chosen: &ChosenSeats,
) -> Result<(), Fail> {
    check(ctx, (party, for_store), chosen)?;
    let used = used_seats(tx, chosen.showing.id)?;
    if for_store {
        check_free(chosen, &used.claimed)?;
        let kept = chosen.numbers.intersection(&used.kept);
        return offer::showing::free(tx, chosen.showing.id, kept);
    }
    let used = used.all();
    check_free(chosen, &used)?;
    let seating = chosen.hall.seating(&used);
    if seating.may_choose(&chosen.numbers) {
        return Ok(());
    }
    let detail = "A seat beside these would have no free seat beside it.";
    Err(refuse(&SEAT_LEFT_ALONE, detail, chosen, &seating).into())
}

/// What is not free of a showing.
pub(crate) fn used_seats(tx: &mut Tx, showing: ShowingId) -> Result<UsedSeats, Fail> {
    let mut used = offer::queries::used_seats(tx, &[showing])?;
    Ok(used.pop().unwrap_or_default())
}

/// Refuses seats that are gone, with the nearest that are not.
pub(crate) fn check_free(chosen: &ChosenSeats, gone: &BTreeSet<i64>) -> Result<(), Reject> {
    let seating = chosen.hall.seating(gone);
    if seating.are_free(&chosen.numbers) {
        return Ok(());
    }
    let taken = chosen.hall.names(chosen.numbers.intersection(gone));
    let detail = format!("Taken by somebody else: {}.", taken.join(", "));
    let refusal = refuse(&SEATS_TAKEN, &detail, chosen, &seating);
    Err(refusal.with("taken", taken))
}

/// What a booking of these seats takes.
pub(crate) fn seat_slot(chosen: &ChosenSeats) -> Slot {
    Slot {
        policy: chosen.terms.policy,
        period: chosen.showing.period,
        places: chosen.places(),
        resources: vec![Taken {
            resource: chosen.hall.resource,
            service: LocalText::default(),
            period: chosen.showing.period,
        }],
        quantity: chosen.numbers.len() as i64,
        surcharges: chosen.surcharges.clone(),
    }
}

fn check(ctx: &Ctx, (party, for_store): (i64, bool), chosen: &ChosenSeats) -> Result<(), Reject> {
    let (showing, terms) = (&chosen.showing, &chosen.terms);
    if terms.stay != Stay::Showings {
        return Err(BOOKING_NOT_OFFERED.at("/showing", "The offer has no showings any more."));
    }
    if showing.status != ShowingStatus::Scheduled {
        return Err(offer::SHOWING_STATUS.plain());
    }
    if !for_store {
        check_in_time(terms, showing.period, ctx.now, "/showing")?;
    }
    if showing.period.ends_at <= ctx.now {
        return Err(BOOKING_TIME.at("/showing", "The showing is over."));
    }
    let seats = chosen.numbers.len() as i64;
    if party != seats {
        let detail = format!("For {party} people, {seats} seats are chosen: each has one.");
        return Err(BOOKING_PARTY.at("/seats", detail));
    }
    Ok(())
}

/// A refusal with as many seats side by side that are nearest to those that were chosen.
fn refuse(kind: &'static RejectKind, detail: &str, chosen: &ChosenSeats, seating: &Seating) -> Reject {
    let instead = seating.instead_of(&chosen.numbers);
    let instead: Vec<String> = name(&chosen.hall, instead);
    let detail = match instead.is_empty() {
        true => format!(
            "{detail} There are no {} side by side any more.",
            chosen.numbers.len()
        ),
        false => format!("{detail} Nearest to them are {}.", instead.join(", ")),
    };
    kind.because(detail).with("alternatives", instead)
}

fn name(hall: &Hall, seats: Option<Vec<i64>>) -> Vec<String> {
    seats.map_or(Vec::new(), |seats| hall.names(&seats))
}
