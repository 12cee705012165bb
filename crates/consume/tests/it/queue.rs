//! Numbers for those who come without a booking.

use consume::queue::{QueueLine, QueueStatus};
use consume::{
    CallQueue, EndQueueTicket, JoinQueue, JoinedQueue, LeaveQueue, SetQueue, Whom, call_queue,
    end_queue_ticket, join_queue, leave_queue, queries, set_queue,
};
use kernel::{Actor, DAY_US, MINUTE_US, PersonId, QueueTicketId, Timestamp};
use party::testing::{NOW, certified_shop, consumer};
use store::Rejected;

use crate::world::World;
use crate::{at_once, code, on_both};

fn line(name: &str, party_up_to: i64, minutes: i64) -> QueueLine {
    QueueLine {
        name: name.to_owned(),
        party_up_to,
        minutes,
    }
}

impl World<'_> {
    fn set_queue(&self, is_open: bool, lines: &[QueueLine]) -> Result<(), Rejected> {
        let cmd = SetQueue {
            merchant: self.shop.merchant,
            store: self.shop.store,
            is_open,
            lines: lines.to_vec(),
        };
        self.run(self.as_cashier(), NOW, move |tx, ctx| set_queue(tx, ctx, &cmd))
    }

    /// Two lines: of pairs every 10 minutes, of up to six every 20.
    fn open_queue(&self) {
        self.set_queue(true, &[line("A", 2, 10), line("B", 6, 20)])
            .expect("the queue opens");
    }

    fn join(&self, actor: Actor, party: i64, now: Timestamp) -> Result<JoinedQueue, Rejected> {
        let cmd = JoinQueue {
            store: self.shop.store,
            party,
        };
        self.run(actor, now, move |tx, ctx| join_queue(tx, ctx, &cmd))
    }

    fn call(&self, whom: Whom, now: Timestamp) -> Result<QueueTicketId, Rejected> {
        let cmd = CallQueue {
            merchant: self.shop.merchant,
            store: self.shop.store,
            whom,
        };
        self.run(self.as_cashier(), now, move |tx, ctx| {
            Ok(call_queue(tx, ctx, &cmd)?.id)
        })
    }

    fn end(&self, ticket: QueueTicketId, seated: bool) -> Result<(), Rejected> {
        let cmd = EndQueueTicket { ticket, seated };
        self.run(self.as_cashier(), NOW, move |tx, ctx| {
            end_queue_ticket(tx, ctx, &cmd)
        })
    }

    fn leave(&self, person: PersonId, ticket: QueueTicketId) -> Result<(), Rejected> {
        let cmd = LeaveQueue { ticket };
        self.run(Actor::Consumer(person), NOW, move |tx, ctx| {
            leave_queue(tx, ctx, &cmd)
        })
    }

    fn status(&self, ticket: QueueTicketId) -> QueueStatus {
        let found = self
            .db
            .read_blocking(move |read| queries::queue_ticket(read, ticket));
        found.expect("an answer").expect("a ticket").status
    }

    /// Of each line: who waits, and how many minutes somebody who came now would.
    fn lines(&self, now: Timestamp) -> Vec<(usize, i64)> {
        let store = self.shop.store;
        let found = self.db.read_blocking(move |read| {
            let queue = queries::queue(read, store)?.expect("a queue");
            let day = queries::day_of_queue(read, store, now)?;
            queries::lines_now(read, &queue, day)
        });
        let found = found.expect("an answer").into_iter();
        found
            .map(|there| (there.waiting.len(), there.wait_us(now) / MINUTE_US))
            .collect()
    }

    fn guest(&self, n: u64) -> Actor {
        Actor::Consumer(consumer(self.db, 700 + n))
    }
}

fn numbered(joined: &JoinedQueue) -> String {
    format!("{}{}", joined.line, joined.number)
}

#[test]
fn parties_are_called_in_their_line_in_the_order_of_their_numbers() {
    on_both(|world| {
        world.open_queue();
        let staff = world.as_cashier();
        let joined: Vec<_> = [2, 5, 1, 2]
            .map(|party| world.join(staff, party, NOW).expect("a number"))
            .into();
        let numbers: Vec<_> = joined.iter().map(numbered).collect();
        assert_eq!(numbers, ["A1", "B1", "A2", "A3"]);
        assert_eq!(world.lines(NOW), [(3, 40), (1, 40)], "as the store says");
        let next =
            |line: &str, minute| world.call(Whom::Next(line.to_owned()), NOW.plus_us(minute * MINUTE_US));
        assert_eq!(next("A", 1), Ok(joined[0].ticket));
        assert_eq!(next("A", 4), Ok(joined[2].ticket));
        assert_eq!(next("A", 7), Ok(joined[3].ticket));
        assert_eq!(next("B", 7), Ok(joined[1].ticket));
        assert_eq!(code(next("A", 8)), "queue_empty");
        let now = NOW.plus_us(8 * MINUTE_US);
        assert_eq!(
            world.lines(now),
            [(0, 2), (0, 19)],
            "as the calls of three minutes say"
        );
        world.end(joined[0].ticket, true).expect("they sit");
        assert_eq!(code(world.end(joined[0].ticket, true)), "queue_status");
        let again = world.call(Whom::Ticket(joined[0].ticket), NOW);
        assert_eq!(code(again), "queue_status");
    });
}

#[test]
fn who_misses_a_call_can_be_called_again_unless_they_took_another_number() {
    on_both(|world| {
        world.open_queue();
        let person = world.buyer;
        let guest = Actor::Consumer(person);
        let first = world.join(guest, 2, NOW).expect("a number").ticket;
        let refused = world.join(guest, 4, NOW).expect_err("one at a time");
        assert_eq!(refused.code, "queue_already_in");
        assert_eq!(
            code(world.end(first, false)),
            "queue_status",
            "nobody called them"
        );
        let call = |ticket| world.call(Whom::Ticket(ticket), NOW);
        call(first).expect("called");
        call(first).expect("and once more");
        world.end(first, false).expect("they did not come");
        call(first).expect("they come after all");
        world.end(first, false).expect("or not");
        let second = world.join(guest, 2, NOW).expect("another number").ticket;
        assert_eq!(code(call(first)), "queue_status");
        assert_eq!(code(world.leave(consumer(world.db, 2), second)), "not_found");
        world.leave(person, second).expect("they give up");
        assert_eq!(world.status(second), QueueStatus::Left);
        call(first).expect("it is their only number");
    });
}

#[test]
fn a_queue_is_the_stores_own_and_of_one_day() {
    on_both(|world| {
        let guest = world.guest(1);
        assert_eq!(code(world.join(guest, 2, NOW)), "queue_closed", "there is none");
        assert_eq!(code(world.set_queue(true, &[])), "queue_invalid");
        world.open_queue();
        assert_eq!(code(world.join(guest, 7, NOW)), "queue_party");
        assert_eq!(code(world.join(guest, 0, NOW)), "queue_party");
        let joined = world.join(guest, 4, NOW).expect("a number");
        let others = certified_shop(world.db, 9).as_owner();
        assert_eq!(code(world.join(others, 2, NOW)), "not_found");
        assert_eq!(
            code(world.set_queue(true, &[line("A", 6, 10)])),
            "queue_invalid",
            "somebody waits in line B"
        );
        let lines = [line("A", 2, 10), line("B", 6, 20)];
        world.set_queue(false, &lines).expect("no more numbers");
        assert_eq!(code(world.join(world.guest(2), 2, NOW)), "queue_closed");
        let tomorrow = NOW.plus_us(DAY_US);
        let late = world.call(Whom::Ticket(joined.ticket), tomorrow);
        assert_eq!(code(late), "queue_status");
        world.set_queue(true, &lines).expect("open again");
        let next_day = world.join(guest, 4, tomorrow).expect("a number");
        assert_eq!(numbered(&next_day), "B1", "numbers begin again");
        assert_eq!(world.lines(tomorrow), [(0, 10), (1, 40)]);
    });
}

#[test]
fn of_many_at_once_each_has_a_number_and_each_is_called_once() {
    on_both(|world| {
        world.open_queue();
        let staff = world.as_cashier();
        let joined = at_once(12, |_| world.join(staff, 2, NOW).expect("a number").number);
        let mut numbers = joined;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
        let called = at_once(16, |_| world.call(Whom::Next("A".to_owned()), NOW));
        let mut tickets: Vec<_> = called.iter().flatten().collect();
        assert_eq!(tickets.len(), 12, "{called:?}");
        tickets.sort_unstable();
        tickets.dedup();
        assert_eq!(tickets.len(), 12, "nobody is called by two");
    });
}
