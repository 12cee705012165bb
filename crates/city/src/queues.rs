//! Who waits without a booking at the door of the demo merchant's first store.

use consume::queue::QueueLine;
use consume::{CallQueue, EndQueueTicket, JoinQueue, SetQueue, Whom};
use kernel::{Actor, Ctx, MINUTE_US, PersonId, Timestamp};
use store::{Fail, Tx};

use crate::CityError;
use crate::shops::{Counter, Shop};
use crate::works::{Works, acting};

/// What [`wait_at_the_door`] is of the whole.
pub(crate) const WORK: u64 = 1;

/// Their lines: name, largest party, minutes.
const LINES: [(&str, i64, i64); 3] = [("A", 2, 8), ("B", 4, 12), ("C", 10, 20)];
/// Who came how many minutes ago, how many, and whether they took their number by phone.
const PARTIES: [(i64, i64, bool); 9] = [
    (48, 2, false),
    (45, 4, true),
    (41, 2, true),
    (33, 6, false),
    (30, 2, true),
    (22, 3, true),
    (17, 2, false),
    (9, 4, false),
    (4, 1, true),
];
/// Who was called how many minutes ago, in which line, and whether they sit.
const CALLS: [(i64, &str, bool); 4] = [(24, "A", true), (20, "B", true), (15, "A", true), (6, "A", false)];

/// Opens a queue in which some wait, some were called and some sit.
pub(crate) fn wait_at_the_door(
    works: &mut Works,
    shop: &Shop,
    consumers: &[PersonId],
) -> Result<(), CityError> {
    let calendar = works.calendar;
    let merchant = shop.merchant;
    let Counter { store, clerk, .. } = shop.counters[0];
    let clerk = Actor::Staff(clerk, merchant);
    let guests: Vec<PersonId> = consumers.iter().rev().take(PARTIES.len()).copied().collect();
    // Numbers are of one day, which starts at four.
    let day_starts = calendar.at(0, 4 * 60);
    let ago = move |minutes: i64| -> Timestamp {
        let at = calendar.now.plus_us(-minutes * MINUTE_US);
        if calendar.now < day_starts {
            at
        } else {
            at.max(day_starts)
        }
    };
    works.run(
        "a queue",
        store,
        WORK,
        move |tx: &mut Tx, ctx: &Ctx| -> Result<(), Fail> {
            let set = SetQueue {
                merchant,
                store,
                is_open: true,
                lines: LINES
                    .map(|(name, party_up_to, minutes)| QueueLine {
                        name: name.to_owned(),
                        party_up_to,
                        minutes,
                    })
                    .into(),
            };
            consume::set_queue(tx, &acting(ctx, clerk, ago(50)), &set)?;
            for (n, (minutes, party, by_phone)) in PARTIES.into_iter().enumerate() {
                let who = match guests.get(n) {
                    Some(guest) if by_phone => Actor::Consumer(*guest),
                    Some(_) | None => clerk,
                };
                consume::join_queue(tx, &acting(ctx, who, ago(minutes)), &JoinQueue { store, party })?;
            }
            for (minutes, line, sits) in CALLS {
                let call = CallQueue {
                    merchant,
                    store,
                    whom: Whom::Next(line.to_owned()),
                };
                let called = consume::call_queue(tx, &acting(ctx, clerk, ago(minutes)), &call)?;
                if sits {
                    let end = EndQueueTicket {
                        ticket: called.id,
                        seated: true,
                    };
                    consume::end_queue_ticket(tx, &acting(ctx, clerk, ago(minutes)), &end)?;
                }
            }
            Ok(())
        },
    )
}
