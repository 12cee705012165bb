//! Who waits for a table that is booked.

use consume::waitlist::WaitlistStatus;
use consume::{EndWaiting, JoinWaitlist, LeaveWaitlist, OfferPlace, PlacedBooking, TakePlace, When};
use kernel::{Actor, PersonId, WaitlistEntryId};
use party::testing::{ctx, ctx_at};

use super::act::{Act, act};
use super::bookings::{Booked, DINNER};
use super::machine::Machine;
use super::orders::order_of;
use super::world::World;

/// An entry, and the booking that keeps it waiting.
#[derive(Clone)]
pub struct Waiting {
    person: PersonId,
    pub entry: WaitlistEntryId,
    booked: Booked,
}

pub const WAITLIST_ENTRY: Machine<WaitlistStatus, Waiting> = Machine {
    name: "Waitlist entry",
    states: &WaitlistStatus::ALL,
    named: WaitlistStatus::as_str,
    bring: |w, status| {
        let waiting = w.waiting_guest();
        if ![WaitlistStatus::Waiting, WaitlistStatus::Over].contains(&status) {
            w.done(w.cancel_booking(&waiting.booked));
            w.done(w.offer_place(&waiting));
        }
        match status {
            WaitlistStatus::Waiting | WaitlistStatus::Offered => {}
            WaitlistStatus::Booked => drop(w.done(w.take_place(&waiting))),
            WaitlistStatus::Missed | WaitlistStatus::Over => assert!(w.done(w.end_waiting(&waiting))),
            WaitlistStatus::Left => w.done(w.leave_waitlist(&waiting)),
        }
        waiting
    },
    look: |read, waiting| {
        Ok(consume::queries::waitlist_entry(read, waiting.entry)?
            .unwrap()
            .status)
    },
    tries: &[
        |w, e| w.offer_place(e).with("nothing is free").probe(),
        |w, e| {
            w.free(e);
            w.offer_place(e).with("it is free").probe()
        },
        |w, e| w.take_place(e).probe(),
        |w, e| w.leave_waitlist(e).probe(),
        |w, e| w.end_waiting(e).probe(),
        |w, e| w.join_waitlist(e.person, &e.booked).with("once more").probe(),
    ],
};

impl World {
    pub fn waiting_guest(&self) -> Waiting {
        let booked = self.confirmed_booking();
        let person = self.consumer();
        let entry = self.done(self.join_waitlist(person, &booked));
        Waiting {
            person,
            entry,
            booked,
        }
    }

    pub fn offered_guest(&self) -> Waiting {
        let waiting = self.waiting_guest();
        self.done(self.cancel_booking(&waiting.booked));
        self.done(self.offer_place(&waiting));
        waiting
    }

    /// Sees to it that nobody is at the table any more.
    pub fn free(&self, waiting: &Waiting) {
        let cancel = self.cancel_booking(&waiting.booked).probe();
        drop(cancel.map(|cancel| self.attempt(cancel)));
    }

    pub fn join_waitlist(&self, person: PersonId, booked: &Booked) -> Act<WaitlistEntryId> {
        let cmd = JoinWaitlist {
            offer: booked.offer,
            store: self.shop.store,
            when: When::At(DINNER),
            starts_until: None,
            party: 2,
            area: None,
            resources: Vec::new(),
        };
        act(ctx(Actor::Consumer(person)), consume::join_waitlist, cmd)
    }

    pub fn offer_place(&self, waiting: &Waiting) -> Act<bool> {
        let cmd = OfferPlace { entry: waiting.entry };
        act(ctx(Actor::System), consume::offer_place, cmd)
    }

    pub fn take_place(&self, waiting: &Waiting) -> Act<PlacedBooking> {
        let cmd = TakePlace {
            entry: waiting.entry,
            order: order_of(waiting.booked.offer),
        };
        act(ctx(Actor::Consumer(waiting.person)), consume::take_place, cmd)
    }

    pub fn leave_waitlist(&self, waiting: &Waiting) -> Act<()> {
        let cmd = LeaveWaitlist { entry: waiting.entry };
        act(ctx(Actor::Consumer(waiting.person)), consume::leave_waitlist, cmd)
    }

    /// Once nothing can be booked any more.
    pub fn end_waiting(&self, waiting: &Waiting) -> Act<bool> {
        let cmd = EndWaiting { entry: waiting.entry };
        act(ctx_at(DINNER, Actor::System), consume::end_waiting, cmd)
    }
}
