//! What merchants and sharers are paid.

use convert::PlaceOrder;
use kernel::{Actor, Currency, DAY_US, PayoutId, PersonId, RebateId, RedemptionId, Timestamp};
use ledger::{
    AccrueRebate, ApprovePayout, CloseDay, ConfirmPayout, DayClosed, FailPayout, PayoutProposal,
    PayoutStatus, PostRebate, ProposePayout, RebateStatus, RecordPayIn, RetryPayout, ReturnPayout, Reversal,
    ReverseRebate, queries,
};
use party::testing::{NOW, Shop, ctx, ctx_at};

use super::act::{Act, act};
use super::machine::Machine;
use super::orders::order_of;
use super::world::World;

/// When the refund window of what is redeemed now is closed.
const WINDOW_CLOSED: Timestamp = Timestamp(NOW.0 + 7 * DAY_US);

/// A rebate that somebody earned by sharing.
#[derive(Clone)]
pub struct Earned {
    sharer: PersonId,
    redemption: RedemptionId,
    rebate: RebateId,
    /// When it came to its state.
    at: Timestamp,
}

pub const PAYOUT: Machine<PayoutStatus, PayoutId> = Machine {
    name: "Payout",
    states: &PayoutStatus::ALL,
    named: PayoutStatus::as_str,
    bring: |w, status| {
        let payout = w.proposed_payout();
        let approve = || w.done(w.approve_payout(payout));
        match status {
            PayoutStatus::Proposed => {}
            PayoutStatus::Approved => approve(),
            PayoutStatus::Failed => {
                approve();
                w.done(w.fail_payout(payout));
            }
            PayoutStatus::Paid => {
                approve();
                w.done(w.confirm_payout(payout));
            }
            PayoutStatus::Returned => {
                approve();
                w.done(w.confirm_payout(payout));
                w.done(w.return_payout(payout));
            }
        }
        payout
    },
    look: |read, payout| Ok(queries::payout(read, *payout)?.unwrap().status),
    tries: &[
        |w, payout| w.approve_payout(*payout).probe(),
        |w, payout| w.confirm_payout(*payout).probe(),
        |w, payout| w.fail_payout(*payout).probe(),
        |w, payout| w.retry_payout(*payout).probe(),
        |w, payout| w.return_payout(*payout).probe(),
    ],
};

pub const REBATE: Machine<RebateStatus, Earned> = Machine {
    name: "Rebate",
    states: &RebateStatus::ALL,
    named: RebateStatus::as_str,
    bring: |w, status| {
        let earned = w.earned();
        let late = Earned {
            at: WINDOW_CLOSED,
            ..earned.clone()
        };
        match status {
            RebateStatus::Pending => earned,
            RebateStatus::Posted => {
                w.done(w.post_rebate(earned.rebate, late.at));
                late
            }
            RebateStatus::Voided => {
                w.done(w.undo_redemption(earned.redemption, NOW));
                earned
            }
            RebateStatus::Reversed => {
                w.done(w.post_rebate(earned.rebate, late.at));
                w.done(w.refund_redeemed(earned.redemption, late.at));
                late
            }
        }
    },
    look: |read, earned| Ok(queries::rebates_of(read, earned.sharer, None, 1)?[0].status),
    tries: &[
        |w, e| {
            let early = WINDOW_CLOSED.plus_us(-1);
            w.post_rebate(e.rebate, early).with("too early").probe()
        },
        |w, e| w.post_rebate(e.rebate, WINDOW_CLOSED).probe(),
        |w, e| w.undo_redemption(e.redemption, e.at).probe(),
        |w, e| w.refund_redeemed(e.redemption, e.at).probe(),
        |w, e| w.reverse_rebate(e.redemption).probe(),
    ],
};

impl World {
    /// All that the merchant has open.
    pub fn propose_payout(&self, shop: Shop) -> Act<PayoutProposal> {
        let input = ProposePayout {
            merchant: shop.merchant,
            currency: Currency::CNY,
            until: NOW,
        };
        act(ctx(self.admin), ledger::propose_payout, input)
    }

    /// Of what was refunded after it was paid out.
    pub fn record_pay_in(&self) -> Act<PayoutId> {
        let redemption = self.redemption();
        let paid = self.done(self.propose_payout(self.shop));
        self.done(self.approve_payout(paid.payout));
        self.done(self.confirm_payout(paid.payout));
        self.done(self.refund_redeemed(redemption, NOW));
        let input = RecordPayIn {
            merchant: self.shop.merchant,
            amount: paid.amount,
            until: NOW,
        };
        act(ctx(self.admin), ledger::record_pay_in, input)
    }

    pub fn proposed_payout(&self) -> PayoutId {
        self.redemption();
        self.done(self.propose_payout(self.shop)).payout
    }

    pub fn approved_payout(&self) -> PayoutId {
        let payout = self.proposed_payout();
        self.done(self.approve_payout(payout));
        payout
    }

    /// Of one merchant.
    pub fn close_day(&self) -> Act<DayClosed> {
        self.redemption();
        let input = CloseDay {
            until: NOW,
            after: None,
        };
        act(ctx(self.admin), ledger::close_day, input)
    }

    /// Of one entry.
    pub fn carry_forward(&self) -> Act<u64> {
        let carry = || Act {
            path: "ledger::carry_forward",
            variant: "",
            ctx: ctx(Actor::System),
            run: Box::new(ledger::carry_forward),
        };
        while self.done(carry()) > 0 {}
        self.new_voucher();
        carry()
    }

    pub fn approve_payout(&self, payout: PayoutId) -> Act<()> {
        act(
            ctx(self.second_admin),
            ledger::approve_payout,
            ApprovePayout { payout },
        )
    }

    pub fn confirm_payout(&self, payout: PayoutId) -> Act<bool> {
        act(
            ctx(Actor::Provider(1)),
            ledger::confirm_payout,
            ConfirmPayout { payout },
        )
    }

    pub fn fail_payout(&self, payout: PayoutId) -> Act<bool> {
        let detail = "no such account".to_owned();
        act(
            ctx(Actor::Provider(1)),
            ledger::fail_payout,
            FailPayout {
                payout,
                sent_version: 2,
                detail,
            },
        )
    }

    pub fn retry_payout(&self, payout: PayoutId) -> Act<()> {
        act(ctx(self.admin), ledger::retry_payout, RetryPayout { payout })
    }

    pub fn return_payout(&self, payout: PayoutId) -> Act<()> {
        act(ctx(self.admin), ledger::return_payout, ReturnPayout { payout })
    }

    /// A rebate by a friend's visit.
    pub fn earned(&self) -> Earned {
        let sharer = self.consumer();
        let link = self.done(self.create_share_link(sharer, self.offer));
        let bought = self.bought(PlaceOrder {
            share_token: Some(link.token),
            ..order_of(self.offer)
        });
        let redemption = self.redeemed(bought.vouchers[0]);
        Earned {
            sharer,
            redemption,
            rebate: self.read(move |read| queries::rebates_of(read, sharer, None, 1))[0].id,
            at: NOW,
        }
    }

    /// A second one, as a redemption does it.
    pub fn accrue_rebate(&self) -> Act<Option<RebateId>> {
        let bought = self.bought(order_of(self.offer));
        let ctx = ctx(Actor::System);
        let input = AccrueRebate {
            redemption: ctx.new_id(),
            order: bought.order,
            sharer: self.consumer(),
            merchant: self.shop.merchant,
            currency: Currency::CNY,
            amount: 200,
            due_at: WINDOW_CLOSED,
        };
        act(ctx, ledger::accrue_rebate, input)
    }

    pub fn post_rebate(&self, rebate: RebateId, at: Timestamp) -> Act<bool> {
        act(
            ctx_at(at, Actor::System),
            ledger::post_rebate,
            PostRebate { rebate },
        )
    }

    /// When it is due.
    pub fn post_new_rebate(&self) -> Act<bool> {
        self.post_rebate(self.earned().rebate, WINDOW_CLOSED)
    }

    pub fn reverse_rebate(&self, redemption: RedemptionId) -> Act<Reversal> {
        act(
            ctx(Actor::System),
            ledger::reverse_rebate,
            ReverseRebate { redemption },
        )
    }

    /// While it is pending.
    pub fn reverse_new_rebate(&self) -> Act<Reversal> {
        self.reverse_rebate(self.earned().redemption)
    }
}
