//! Two tables that are seen by running the real commands, on both engines, and kept under docs/generated:
//! what every command does in every state of every machine, and how many statements each command takes.
//! With `QIAO_BLESS=1` the tests write them anew.

mod act;
mod bookings;
mod complaints;
mod conversations;
mod coupons;
mod groups;
mod house;
mod machine;
mod menus;
mod merchants;
mod messages;
mod money;
mod offers;
mod orders;
mod people;
mod queues;
mod security_deposits;
mod showings;
mod statements;
mod visits;
mod vouchers;
mod waitlists;
mod world;

use store::testing::{TestDatabase, assert_committed};

use house::Command;
use machine::Table;
use world::World;

/// Commands that meet no state: they make people, grants or records that have none, or work through many
/// subjects at once.
const MEET_NO_STATE: &[&str] = &[
    "channel::record_visits",
    "consume::set_calendar_feed",
    "consume::set_queue",
    "convert::close_payment_conflict",
    "ledger::accrue_rebate",
    "ledger::carry_forward",
    "ledger::close_day",
    "ledger::record_pay_in",
    "offer::add_resource",
    "offer::set_dish_sold_out",
    "offer::set_rule",
    "offer::set_store_day",
    "offer::update_resource",
    "party::count_password_miss",
    "party::end_session",
    "party::end_sessions",
    "party::grant_operator",
    "party::import_merchants",
    "party::join_membership",
    "party::leave_membership",
    "party::prune_sessions",
    "party::register_merchant",
    "party::request_code",
    "party::revoke_operator",
    "party::sign_in_with_code",
    "party::sign_in_with_password",
    "party::sign_out",
    "party::update_person",
    "retain::erase_person",
    "retain::write_messages",
    "voucher::add_signing_key",
    "voucher::retire_signing_key",
];

const PREFACE: &str = "\
# What every command does in every state

Written by the tests in `crates/qiao/tests/it/states`, which bring a subject into each state by the real commands,
run each command against it and look; the same on SQLite and PostgreSQL. Do not edit: see CONTRIBUTING.md.

A row is a state. A column is a command that names the subject, or something on which the subject hangs or that hangs
on it. The actor may always do what is tried.

- `→ state`: it was done, and there the subject stands now. If that is the same state, something else changed.
- `–`: accepted; the state stays and no event is emitted. A repetition, or a report that changes nothing any more.
- A code is the reason for the refusal, as in [problems.md](problems.md). Nothing has changed then.
- *Slanted*: the answer of a command that notes what it could not do.
- Empty: in this state there is nothing that the command could name.

The intent to be paid (`payment.status`) is left out: it moves with its order and nothing looks at it.
";

fn tables(world: &World) -> Vec<Table> {
    vec![
        merchants::MERCHANT.table(world),
        merchants::FRANCHISE.table(world),
        merchants::CERTIFICATION.table(world),
        offers::AGREEMENT.table(world),
        offers::OFFER.table(world),
        coupons::COUPON.table(world),
        coupons::WALLET_COUPON.table(world),
        orders::ORDER.table(world),
        orders::ATTEMPT.table(world),
        groups::GROUP.table(world),
        orders::REFUND.table(world),
        vouchers::VOUCHER.table(world),
        bookings::BOOKING.table(world),
        bookings::BOOKING_BY_HOUR.table(world),
        bookings::CARD_BOOKING.table(world),
        security_deposits::SECURITY_DEPOSIT.table(world),
        waitlists::WAITLIST_ENTRY.table(world),
        queues::QUEUE_TICKET.table(world),
        showings::SHOWING.table(world),
        visits::REDEMPTION.table(world),
        visits::REVIEW.table(world),
        complaints::COMPLAINT.table(world),
        money::PAYOUT.table(world),
        money::REBATE.table(world),
        messages::MESSAGE.table(world),
        conversations::CONVERSATION.table(world),
    ]
}

#[test]
fn every_command_does_in_every_state_what_is_committed() {
    let [on_sqlite, on_postgres] = TestDatabase::both().map(|database| tables(&World::open(&database.url)));
    let text = |tables: &[Table]| tables.iter().map(Table::markdown).collect::<String>();
    assert_eq!(text(&on_sqlite), text(&on_postgres), "SQLite and PostgreSQL");
    let tried = on_sqlite.iter().flat_map(Table::commands);
    let others = MEET_NO_STATE.iter().map(|path| Command::at(path));
    house::assert_all(tried.chain(others), "the machines' tries, or MEET_NO_STATE");
    assert_committed("states.md", &format!("{PREFACE}{}", text(&on_sqlite)));
}

#[test]
fn every_command_takes_the_statements_that_are_committed() {
    let [on_sqlite, on_postgres] =
        TestDatabase::both().map(|database| statements::measure(&World::open(&database.url)));
    house::assert_all(on_postgres.keys().cloned(), "the ORDINARY cases");
    for (command, cost) in &on_sqlite {
        let other = on_postgres[command];
        assert_eq!(
            (cost.asked, cost.told, cost.round_trips),
            (other.asked, other.told, 0),
            "{command:?}: SQLite and PostgreSQL"
        );
    }
    assert_committed("statements.md", &statements::markdown(&on_postgres));
}
