//! Security deposits: held beside the price, given back by themselves, claimed for a damage, and taken by a bank.

use consume::{Arrive, BookOvertime, MoveBooking, PlacedBooking, SettleSecurityDeposit, When};
use convert::queries::SecurityDeposit;
use convert::{EndSecurityDeposit, RefundCause, RefundSecurityClaim, RefundStatus, SecurityDepositStatus};
use kernel::{Actor, BookingId, DAY_US, HOUR_US, Money, OrderId, RedemptionId, Timestamp};
use ledger::{Account, LineKind};
use offer::testing::{dinner, karaoke, seats};
use offer::{BookingTerms, ResourceKind};
use party::OperatorRole;
use party::testing::{NOW, certified_shop, ctx_at, operator, run};
use store::Rejected;

use crate::bookings::{Restaurant, SATURDAY_SIX};
use crate::chargebacks::{charge_back, report, reverse};
use crate::refunds::pay_out;
use crate::world::{CNY, World};
use crate::{at_once, code, on_both};

const DEPOSIT: i64 = 20_000;
/// Of a table for two, which the guest pays ahead.
const PRICE: i64 = 8_000;
/// A table for two is theirs for an hour and a half; a voucher is good for a day more, and claims for another one.
const HELD_UNTIL: Timestamp = Timestamp(SATURDAY_SIX.0 + 90 * HOUR_US / 60 + 2 * DAY_US);

/// A restaurant with tables that guests pay a deposit for.
struct Tavern<'w, 's> {
    world: &'w World<'s>,
    booked: Restaurant<'w, 's>,
}

impl<'w, 's> Tavern<'w, 's> {
    fn new(world: &'w World<'s>) -> Self {
        let terms = BookingTerms {
            security_deposit: Some(DEPOSIT),
            ..dinner()
        };
        let table = |n| (ResourceKind::Table, seats(&format!("T{n}"), (1, 4), ""));
        let booked = Restaurant::new(world, terms, &[1, 2, 3, 4, 5, 6].map(table));
        Self { world, booked }
    }

    fn book(&self) -> PlacedBooking {
        self.booked.book(2, SATURDAY_SIX)
    }

    /// Booked by guests who came.
    fn visited(&self) -> PlacedBooking {
        let placed = self.book();
        self.arrive(placed.booking);
        placed
    }

    fn arrive(&self, booking: BookingId) -> RedemptionId {
        let came = self
            .world
            .run(self.world.as_cashier(), SATURDAY_SIX, move |tx, ctx| {
                consume::arrive(tx, ctx, &Arrive { booking })
            });
        came.expect("served").redemption
    }

    fn settle(&self, actor: Actor, booking: BookingId, claim: Option<i64>) -> Result<(), Rejected> {
        let settled = self.try_to_settle(actor, booking, claim);
        self.world.audit();
        settled
    }

    fn try_to_settle(&self, actor: Actor, booking: BookingId, claim: Option<i64>) -> Result<(), Rejected> {
        let cmd = SettleSecurityDeposit {
            booking,
            claim: claim.map(|amount| Money::new(amount, CNY)),
        };
        let ctx = ctx_at(SATURDAY_SIX.plus_us(HOUR_US), actor).with_reason("a broken glass".to_owned());
        run(self.world.db, ctx, move |tx, ctx| {
            consume::settle_security_deposit(tx, ctx, &cmd)
        })
    }

    fn claim(&self, booking: BookingId, amount: i64) -> Result<(), Rejected> {
        self.settle(self.world.shop.as_owner(), booking, Some(amount))
    }

    fn give_claim_back(&self, order: OrderId) -> Result<(), Rejected> {
        let support = operator(self.world.db, OperatorRole::Support, 8);
        let ctx = ctx_at(NOW, Actor::Operator(support)).with_reason("the glass was broken before".to_owned());
        let done = run(self.world.db, ctx, move |tx, ctx| {
            convert::refund_security_claim(tx, ctx, &RefundSecurityClaim { order })
        });
        self.world.audit();
        done
    }

    /// The timer's call; whether something was given back.
    fn end(&self, order: OrderId, now: Timestamp) -> bool {
        let ended = self.world.run(Actor::System, now, move |tx, ctx| {
            convert::end_security_deposit(tx, ctx, &EndSecurityDeposit { order })
        });
        ended.expect("an answer")
    }

    fn deposit(&self, order: OrderId) -> SecurityDeposit {
        let found = self
            .world
            .db
            .read_blocking(move |read| convert::queries::security_deposit(read, order));
        found.expect("an answer").expect("a deposit")
    }

    fn status(&self, order: OrderId) -> SecurityDepositStatus {
        self.deposit(order).status
    }

    /// What is held of it, and what the provider has of all that was paid.
    fn held(&self, order: OrderId) -> [i64; 2] {
        let held = self.world.credit(Account::SecurityDeposit, Some(order.uuid())).0;
        [held, -self.world.credit(Account::ProviderClearing, None).0]
    }

    /// Confirms what is on its way back of the order, and gives what that comes to by its cause.
    fn arrived(&self, order: OrderId, cause: RefundCause) -> i64 {
        let refunds = self
            .world
            .db
            .read_blocking(move |read| convert::queries::refunds_of(read, order));
        let refunds = refunds.expect("an answer").into_iter();
        let of_cause = refunds.filter(|refund| refund.cause == cause);
        let arrived = of_cause.map(|refund| {
            if refund.status == RefundStatus::Requested {
                self.world.confirm_refund(refund.id);
            }
            refund.amount
        });
        arrived.sum()
    }

    fn given_back(&self, order: OrderId) -> i64 {
        self.arrived(order, RefundCause::SecurityDeposit)
    }

    /// What a bank takes of the payment, and gives back.
    fn bank(&self, order: OrderId, amount: i64) -> convert::ChargeBack {
        let cmd = report(self.world, order, amount);
        charge_back(self.world, &cmd).expect("booked");
        cmd
    }
}

#[test]
fn a_deposit_is_paid_beside_the_price_and_goes_back_by_itself_two_days_after_the_visit() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let placed = tavern.visited();
        let (order, amounts) = (placed.order.order, placed.order.amounts);
        assert_eq!(
            (amounts.cash_due, amounts.security_deposit, amounts.to_pay()),
            (PRICE, DEPOSIT, PRICE + DEPOSIT)
        );
        assert_eq!(amounts.list_total, 10_000, "the price is without it");
        assert_eq!(tavern.held(order), [DEPOSIT, PRICE + DEPOSIT]);
        assert_eq!(
            world.escrow(order),
            (0, 0),
            "what was paid for the visit is the merchant's"
        );
        assert_eq!(
            (world.payable(), world.commission()),
            (7_650, 850),
            "of the price alone"
        );

        assert_eq!(tavern.deposit(order).held_until, HELD_UNTIL);
        assert!(
            !tavern.end(order, HELD_UNTIL.plus_us(-1)),
            "there is time for a claim"
        );
        assert_eq!(tavern.status(order), SecurityDepositStatus::Held);
        assert!(tavern.end(order, HELD_UNTIL));
        assert!(!tavern.end(order, HELD_UNTIL), "once");
        assert_eq!(tavern.status(order), SecurityDepositStatus::Returned);
        assert_eq!(tavern.given_back(order), DEPOSIT);
        assert_eq!(tavern.held(order), [0, PRICE]);
        assert_eq!(code(tavern.claim(placed.booking, 1)), "security_deposit_not_held");
    });
}

#[test]
fn a_booking_that_does_not_take_place_gives_all_of_the_deposit_back_whatever_it_costs() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let late = SATURDAY_SIX.plus_us(-HOUR_US);
        for by in [Actor::Consumer(world.buyer), world.shop.as_owner()] {
            let placed = tavern.book();
            tavern.booked.cancel(by, late, placed.booking).expect("cancelled");
            assert_eq!(tavern.given_back(placed.order.order), DEPOSIT);
            assert_eq!(tavern.held(placed.order.order)[0], 0);
        }
        let missed = tavern.book();
        let (order, booking) = (missed.order.order, missed.booking);
        let told = world.run(
            world.as_cashier(),
            SATURDAY_SIX.plus_us(HOUR_US),
            move |tx, ctx| consume::mark_no_show(tx, ctx, &consume::MarkNoShow { booking }),
        );
        told.expect("nobody came");
        assert_eq!(tavern.given_back(order), DEPOSIT);

        // Nobody said what became of it.
        let forgotten = tavern.book();
        let (order, until) = (forgotten.order.order, HELD_UNTIL);
        let voucher = world
            .db
            .read_blocking(move |read| convert::queries::order_vouchers(read, order));
        assert!(world.expire(voucher.expect("an answer")[0].voucher, until));
        assert!(tavern.end(order, until));
        assert_eq!(tavern.given_back(order), DEPOSIT);
    });
}

#[test]
fn a_damage_is_claimed_by_a_manager_who_says_why_of_guests_who_were_there_and_the_rest_goes_back() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let before = tavern.book();
        assert_eq!(code(tavern.claim(before.booking, 1)), "booking_status");
        let guest = Actor::Consumer(world.buyer);
        tavern
            .booked
            .cancel(guest, NOW, before.booking)
            .expect("cancelled");

        let placed = tavern.visited();
        let (order, booking, owner) = (placed.order.order, placed.booking, world.shop.as_owner());
        for amount in [0, -1, DEPOSIT + 1, i64::MAX] {
            assert_eq!(code(tavern.claim(booking, amount)), "security_claim_invalid");
        }
        let cashier = world.as_cashier();
        assert_eq!(code(tavern.settle(cashier, booking, Some(1))), "forbidden");
        let stranger = certified_shop(world.db, 2).as_owner();
        assert_eq!(code(tavern.settle(stranger, booking, Some(1))), "not_found");
        assert!(tavern.settle(guest, booking, Some(1)).is_err());
        let unsaid = world.run(owner, SATURDAY_SIX, move |tx, ctx| {
            let claim = Some(Money::new(1, CNY));
            consume::settle_security_deposit(tx, ctx, &SettleSecurityDeposit { booking, claim })
        });
        assert_eq!(code(unsaid), "reason_missing");

        let owed = world.payable();
        tavern.claim(booking, 5_000).expect("claimed");
        assert_eq!(world.payable() - owed, 5_000, "no commission is taken of it");
        assert_eq!(tavern.given_back(order), DEPOSIT - 5_000);
        assert_eq!(tavern.held(order)[0], 0);
        let deposit = tavern.deposit(order);
        let claim = deposit.claim.expect("a claim");
        assert_eq!(deposit.status, SecurityDepositStatus::Claimed);
        assert_eq!(
            (claim.amount.amount, claim.because.as_str()),
            (5_000, "a broken glass")
        );
        assert_eq!(code(tavern.claim(booking, 1)), "security_deposit_not_held");
        assert!(!tavern.end(order, HELD_UNTIL));
        assert_eq!(pay_out(world, HELD_UNTIL), owed + 5_000);
    });
}

#[test]
fn the_counter_gives_a_deposit_back_at_once() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let placed = tavern.visited();
        tavern
            .settle(world.as_cashier(), placed.booking, None)
            .expect("given back");
        assert_eq!(tavern.given_back(placed.order.order), DEPOSIT);
        let again = tavern.settle(world.as_cashier(), placed.booking, None);
        assert_eq!(code(again), "security_deposit_not_held");
        let without = Restaurant::tables(world, &[(1, 4, "")]).book(2, SATURDAY_SIX);
        tavern.arrive(without.booking);
        let none = tavern.settle(world.as_cashier(), without.booking, None);
        assert_eq!(code(none), "security_deposit_not_held");
    });
}

#[test]
fn a_claim_that_was_not_right_is_given_back_by_the_platform_once_also_after_the_payout() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let placed = tavern.visited();
        let order = placed.order.order;
        assert_eq!(code(tavern.give_claim_back(order)), "security_claim_not_open");
        tavern.claim(placed.booking, DEPOSIT).expect("claimed");
        assert_eq!(tavern.given_back(order), 0);
        pay_out(world, HELD_UNTIL);
        assert_eq!(world.payable(), 0);
        tavern.give_claim_back(order).expect("given back");
        assert_eq!(code(tavern.give_claim_back(order)), "security_claim_not_open");
        assert_eq!(world.payable(), -DEPOSIT, "it comes off the next payout");
        assert_eq!(tavern.given_back(order), DEPOSIT);
        assert_eq!(tavern.held(order), [0, PRICE]);
        assert_eq!(tavern.status(order), SecurityDepositStatus::Returned);
        let cmd = tavern.bank(order, PRICE);
        assert_eq!(
            tavern.status(order),
            SecurityDepositStatus::Returned,
            "there was nothing to take"
        );
        reverse(world, &cmd).expect("booked");
        assert_eq!(world.payable(), -DEPOSIT);
    });
}

#[test]
fn what_the_bank_takes_comes_from_who_has_it_and_comes_back_to_them() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        // Held: the platform had it, and the guest gets it from the bank.
        let held = tavern.visited().order.order;
        let cmd = tavern.bank(held, PRICE + DEPOSIT);
        assert_eq!(tavern.held(held), [0, 0]);
        assert_eq!(tavern.status(held), SecurityDepositStatus::ChargedBack);
        assert_eq!(world.payable(), 0);
        assert!(!tavern.end(held, HELD_UNTIL));
        reverse(world, &cmd).expect("booked");
        reverse(world, &cmd).expect("once");
        assert_eq!(tavern.status(held), SecurityDepositStatus::Returned);
        assert_eq!(tavern.arrived(held, RefundCause::ChargebackReversed), DEPOSIT);
        assert_eq!((tavern.held(held), world.payable()), ([0, PRICE], 7_650));
        assert_eq!(world.escrow(held), (0, 0));
    });
    on_both(|world| {
        let tavern = Tavern::new(world);
        // Claimed in part, and the rest has arrived: the merchant owes what it claimed.
        let placed = tavern.visited();
        let order = placed.order.order;
        tavern.claim(placed.booking, 5_000).expect("claimed");
        assert_eq!(tavern.given_back(order), 15_000);
        let cmd = tavern.bank(order, PRICE + 5_000);
        assert_eq!((tavern.held(order), world.payable()), ([0, 0], 0));
        assert_eq!(code(tavern.give_claim_back(order)), "security_claim_not_open");
        reverse(world, &cmd).expect("booked");
        assert_eq!(tavern.status(order), SecurityDepositStatus::Claimed);
        assert_eq!(
            (tavern.held(order), world.payable()),
            ([0, PRICE + 5_000], 7_650 + 5_000)
        );
        let lines = world.db.read_blocking(move |read| {
            let deposit = store::sql!("SELECT reference FROM settlement_line WHERE kind = 'security_claim'");
            let mut row = read.one(deposit)?.expect("a line");
            let id: uuid::Uuid = row.take()?;
            let kinds = [
                LineKind::SecurityClaim,
                LineKind::SecurityClaimChargedBack,
                LineKind::SecurityClaimRestored,
            ];
            let lines = kinds.map(|kind| ledger::queries::line_of(read, id, kind));
            lines.into_iter().collect::<Result<Vec<_>, _>>()
        });
        let payables: Vec<_> = lines
            .expect("an answer")
            .into_iter()
            .map(|line| line.expect("a line").0.payable)
            .collect();
        assert_eq!(payables, [5_000, -5_000, 5_000]);
    });
}

#[test]
fn a_refund_on_its_way_explains_what_the_bank_took_beyond_the_rest() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let placed = tavern.visited();
        let order = placed.order.order;
        tavern
            .settle(world.as_cashier(), placed.booking, None)
            .expect("given back");
        tavern.bank(order, PRICE + DEPOSIT);
        assert_eq!(tavern.held(order), [0, 0]);
        assert_eq!(
            world.credit(Account::ChargebackLoss, None).0,
            0,
            "nothing went back twice"
        );
    });
}

#[test]
fn an_arrival_is_not_undone_while_something_is_claimed_and_nothing_is_claimed_too_late() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let placed = tavern.book();
        let redemption = tavern.arrive(placed.booking);
        tavern.claim(placed.booking, DEPOSIT).expect("claimed");
        assert_eq!(code(world.undo(redemption, SATURDAY_SIX)), "undo_claimed");
        tavern.give_claim_back(placed.order.order).expect("given back");
        world.undo(redemption, SATURDAY_SIX).expect("a mistake");

        let late = tavern.visited();
        let cmd = SettleSecurityDeposit {
            booking: late.booking,
            claim: Some(Money::new(1, CNY)),
        };
        let ctx = ctx_at(HELD_UNTIL, world.shop.as_owner()).with_reason("a broken glass".to_owned());
        let claimed = run(world.db, ctx, move |tx, ctx| {
            consume::settle_security_deposit(tx, ctx, &cmd)
        });
        assert_eq!(code(claimed), "security_deposit_not_held");
    });
}

#[test]
fn overtime_needs_no_deposit_of_its_own_while_that_of_guests_who_are_there_is_held_and_then_is_for_longer() {
    on_both(|world| {
        let terms = BookingTerms {
            security_deposit: Some(DEPOSIT),
            ..karaoke()
        };
        let room = |n| (ResourceKind::Room, seats(&format!("Room {n}"), (1, 4), ""));
        let booked = Restaurant::new(world, terms, &[1, 2].map(room));
        let tavern = Tavern { world, booked };
        let wish = |starts_at, hours| {
            let mut wish = tavern.booked.wish(3, starts_at);
            wish.when = When::Hours { starts_at, hours };
            wish.order.quantity = hours;
            wish
        };
        let later = |hours: i64| SATURDAY_SIX.plus_us(hours * HOUR_US);
        let stay = |booking, at| {
            let order = wish(NOW, 1).order;
            let cmd = BookOvertime {
                booking,
                hours: 1,
                order,
            };
            let placed = world.run(Actor::Consumer(world.buyer), at, move |tx, ctx| {
                consume::book_overtime(tx, ctx, &cmd)
            });
            placed.expect("nobody else comes")
        };
        let held_until = |order| tavern.deposit(order).held_until;
        let visit = tavern
            .booked
            .place_as(world.buyer, wish(SATURDAY_SIX, 2))
            .expect("free");
        world.pay(world.buyer, &visit.order, "card-1");
        let order = visit.order.order;

        // Nobody has seen them.
        let unseen = stay(visit.booking, later(1));
        assert_eq!(unseen.order.amounts.security_deposit, DEPOSIT);
        let cancel = convert::CancelOrder {
            order: unseen.order.order,
        };
        let cancelled = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            convert::cancel_order(tx, ctx, &cancel)
        });
        cancelled.expect("not paid yet");

        tavern.arrive(visit.booking);
        let until = held_until(order);
        let longer = stay(visit.booking, later(1));
        assert_eq!(longer.order.amounts.security_deposit, 0);
        world.pay(world.buyer, &longer.order, "card-1");
        assert_eq!(held_until(order), until.plus_us(HOUR_US));
        // Another room of theirs, where nobody has seen them, is not covered; seen, its deposit is not held for longer.
        let other = tavern
            .booked
            .place_as(world.buyer, wish(SATURDAY_SIX, 4))
            .expect("free");
        world.pay(world.buyer, &other.order, "card-1");
        let of_other = held_until(other.order.order);
        let unseen = stay(other.booking, later(1));
        assert_eq!(unseen.order.amounts.security_deposit, DEPOSIT);
        tavern.arrive(other.booking);
        let once_more = stay(longer.booking, later(2));
        assert_eq!(once_more.order.amounts.security_deposit, 0);
        world.pay(world.buyer, &once_more.order, "card-1");
        assert_eq!(held_until(order), until.plus_us(2 * HOUR_US));

        assert_eq!(held_until(other.order.order), of_other);

        // It is for now: moved, it would be a booking without a deposit.
        let cmd = MoveBooking {
            booking: longer.booking,
            when: When::Hours {
                starts_at: later(24),
                hours: 1,
            },
            seats: None,
            resources: None,
            area: None,
        };
        let moved = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            consume::move_booking(tx, ctx, &cmd)
        });
        assert_eq!(code(moved), "booking_time");

        tavern
            .settle(world.as_cashier(), visit.booking, None)
            .expect("given back");
        let after = stay(once_more.booking, later(3));
        assert_eq!(after.order.amounts.security_deposit, DEPOSIT);
    });
}

#[test]
fn a_deposit_moves_with_its_booking() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        let placed = tavern.book();
        let (order, booking) = (placed.order.order, placed.booking);
        let cmd = MoveBooking {
            booking,
            when: When::At(SATURDAY_SIX.plus_us(HOUR_US)),
            seats: None,
            resources: None,
            area: None,
        };
        let moved = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            consume::move_booking(tx, ctx, &cmd)
        });
        moved.expect("moved");
        assert!(!tavern.end(order, HELD_UNTIL));
        assert!(tavern.end(order, HELD_UNTIL.plus_us(HOUR_US)));
    });
}

#[test]
fn a_deposit_is_settled_once_whoever_comes_first() {
    on_both(|world| {
        let tavern = Tavern::new(world);
        for round in 0..6 {
            let placed = tavern.visited();
            let order = placed.order.order;
            let (owner, cashier) = (world.shop.as_owner(), world.as_cashier());
            let outcomes = at_once(6, |n| match n % 3 {
                0 => tavern.try_to_settle(owner, placed.booking, Some(7_000)).is_ok(),
                1 => tavern.try_to_settle(cashier, placed.booking, None).is_ok(),
                _ => tavern.end(order, HELD_UNTIL),
            });
            world.audit();
            assert_eq!(outcomes.iter().filter(|done| **done).count(), 1, "round {round}");
            let claimed = tavern.deposit(order).claim.map_or(0, |claim| claim.amount.amount);
            assert_eq!(tavern.given_back(order), DEPOSIT - claimed);
            assert_eq!(tavern.held(order)[0], 0);
        }
    });
}
