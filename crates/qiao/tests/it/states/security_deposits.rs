//! What is held for damages of a booking.

use consume::SettleSecurityDeposit;
use convert::{EndSecurityDeposit, RefundSecurityClaim, SecurityDepositStatus, Stored};
use kernel::{Actor, Currency, DAY_US, Money};
use offer::BookingTerms;
use offer::testing::dinner;
use party::testing::{NOW, ctx, ctx_at};

use super::act::{Act, act};
use super::bookings::{Booked, DINNER};
use super::machine::Machine;
use super::world::World;

/// Of a table whose guests came.
pub const SECURITY_DEPOSIT: Machine<SecurityDepositStatus, Booked> = Machine {
    name: "Security deposit",
    states: SecurityDepositStatus::ALL,
    named: |status| status.as_str(),
    bring: |w, status| {
        let visited = w.visited_with_deposit();
        match status {
            SecurityDepositStatus::Held => {}
            SecurityDepositStatus::Returned => w.done(w.return_security_deposit(&visited)),
            SecurityDepositStatus::Claimed => w.done(w.claim_security_deposit(&visited)),
            SecurityDepositStatus::ChargedBack => w.done(w.charge_back(&visited.purchase)),
        }
        visited
    },
    look: |read, visited| {
        let order = visited.purchase.order;
        Ok(convert::queries::security_deposit(read, order)?.unwrap().status)
    },
    tries: &[
        |w, v| w.return_security_deposit(v).with("all of it back").probe(),
        |w, v| w.claim_security_deposit(v).with("for a damage").probe(),
        |w, v| w.end_security_deposit(v).probe(),
        |w, v| w.refund_security_claim(v).probe(),
        |w, v| w.charge_back(&v.purchase).probe(),
        |w, v| w.reverse_chargeback(&v.purchase).probe(),
    ],
};

impl World {
    pub fn visited_with_deposit(&self) -> Booked {
        let terms = BookingTerms {
            security_deposit: Some(20_000),
            ..dinner()
        };
        let held = self.held_booking_by(terms);
        let visited = Booked {
            purchase: self.paid(held.purchase),
            ..held
        };
        self.done(self.arrive(visited.booking));
        visited
    }

    pub fn return_security_deposit(&self, visited: &Booked) -> Act<()> {
        self.settle_security_deposit(visited, None)
    }

    pub fn claim_security_deposit(&self, visited: &Booked) -> Act<()> {
        self.settle_security_deposit(visited, Some(5_000))
    }

    fn settle_security_deposit(&self, visited: &Booked, claim: Option<i64>) -> Act<()> {
        let cmd = SettleSecurityDeposit {
            booking: visited.booking,
            claim: claim.map(|amount| Money::new(amount, Currency::CNY)),
        };
        let ctx = ctx_at(DINNER, self.shop.as_owner()).with_reason("a broken glass".to_owned());
        act(ctx, consume::settle_security_deposit, cmd)
    }

    pub fn end_security_deposit(&self, visited: &Booked) -> Act<bool> {
        let cmd = EndSecurityDeposit {
            order: visited.purchase.order,
        };
        act(
            ctx_at(NOW.plus_us(9 * DAY_US), Actor::System),
            convert::end_security_deposit,
            cmd,
        )
    }

    pub fn refund_security_claim(&self, visited: &Booked) -> Act<()> {
        let cmd = RefundSecurityClaim {
            order: visited.purchase.order,
        };
        let ctx = ctx(self.admin).with_reason("the glass was broken before".to_owned());
        act(ctx, convert::refund_security_claim, cmd)
    }
}
