//! Orders, the tries at paying them, and refunds.

use convert::{
    AttemptStatus, CancelOrder, ChargeBack, ClosePaymentConflict, ConfirmPayment, ConfirmRefund,
    ConfirmedPayment, ExpireVoucher, FailPayment, FailRefund, MarkRefundSent, OrderStatus, PlaceCart,
    PlaceOrder, PlacedOrder, RefundStatus, RefundVoucher, RefundedVoucher, ReleaseOrder, StartPayment,
    StartPayments, StartedPayment, Stored, queries,
};
use kernel::{
    Actor, Currency, DAY_US, MINUTE_US, OfferId, OrderId, PaymentAttemptId, PaymentConflictId, PersonId,
    RefundId, VoucherId, WalletCouponId,
};
use party::testing::{NOW, ctx, ctx_at};

use super::act::{Act, act};
use super::machine::Machine;
use super::world::World;

const PROVIDER: &str = "acme";

/// An order whose payment was begun.
#[derive(Clone)]
pub struct Purchase {
    pub buyer: PersonId,
    pub order: OrderId,
    attempt: PaymentAttemptId,
    cash: i64,
    pub wallet_coupon: Option<WalletCouponId>,
    /// Once it is paid.
    pub vouchers: Vec<VoucherId>,
}

/// A refund of an order.
#[derive(Clone)]
pub struct Refunded {
    of: Purchase,
    refund: RefundId,
}

pub const ORDER: Machine<OrderStatus, Purchase> = Machine {
    name: "Order",
    states: OrderStatus::ALL,
    named: OrderStatus::as_str,
    bring: |w, status| {
        let placed = w.placed(order_of(w.offer));
        match status {
            OrderStatus::Placed => placed,
            OrderStatus::InGroup => w.bought(w.opening()),
            OrderStatus::Paid => w.paid(placed),
            OrderStatus::Cancelled => {
                w.done(w.cancel_order(&placed));
                placed
            }
            OrderStatus::Released => {
                w.done(w.release_order(&placed));
                placed
            }
            OrderStatus::Refunded => {
                let paid = w.paid(placed);
                w.done(w.refund_voucher(paid.buyer, paid.vouchers[0]));
                paid
            }
            OrderStatus::ChargedBack => {
                let paid = w.paid(placed);
                w.done(w.charge_back(&paid));
                paid
            }
        }
    },
    look: |read, purchase| Ok(queries::order(read, purchase.order)?.unwrap().status),
    tries: &[
        |w, p| w.start_payment(p.buyer, p.order, "other").probe(),
        |w, p| w.start_payments(p.buyer, vec![p.order]).probe(),
        |w, p| w.fail_payment(p).probe(),
        |w, p| w.confirm_payment(p).probe(),
        |w, p| w.charge_back(p).probe(),
        |w, p| w.reverse_chargeback(p).probe(),
        |w, p| w.cancel_order(p).probe(),
        |w, p| w.release_order(p).probe(),
        |w, p| w.refund_voucher(p.buyer, *p.vouchers.first()?).probe(),
        |w, p| w.expire_voucher(*p.vouchers.first()?).probe(),
    ],
};

pub const ATTEMPT: Machine<AttemptStatus, Purchase> = Machine {
    name: "Try at a payment",
    states: AttemptStatus::ALL,
    named: AttemptStatus::as_str,
    bring: |w, status| {
        let placed = w.placed(order_of(w.offer));
        match status {
            AttemptStatus::Open => {}
            AttemptStatus::Failed => w.done(w.fail_payment(&placed)),
            AttemptStatus::Paid => drop(w.done(w.confirm_payment(&placed))),
            AttemptStatus::Refunded => {
                w.done(w.cancel_order(&placed));
                w.done(w.confirm_payment(&placed));
            }
        }
        placed
    },
    look: |read, purchase| Ok(queries::attempt(read, purchase.attempt)?.unwrap().status),
    tries: &[
        |w, p| w.start_payment(p.buyer, p.order, PROVIDER).with("again").probe(),
        |w, p| w.fail_payment(p).probe(),
        |w, p| w.confirm_payment(p).probe(),
        |w, p| w.charge_back(p).probe(),
        |w, p| w.reverse_chargeback(p).probe(),
        |w, p| {
            let report = ConfirmPayment {
                amount: p.cash - 1,
                ..report_of(p)
            };
            w.confirm(report).with("of a wrong amount").probe()
        },
        |w, p| {
            let report = ConfirmPayment {
                provider_payment: "another".to_owned(),
                ..report_of(p)
            };
            w.confirm(report).with("under another reference").probe()
        },
        |w, p| {
            // A wish that comes too late for a settled order.
            let _ = w.attempt(w.cancel_order(p));
            w.confirm_payment(p).with("after `cancel_order`").probe()
        },
    ],
};

pub const REFUND: Machine<RefundStatus, Refunded> = Machine {
    name: "Refund",
    states: RefundStatus::ALL,
    named: RefundStatus::as_str,
    bring: |w, status| {
        let refunded = w.refunded();
        match status {
            RefundStatus::Requested => {}
            RefundStatus::Sent => w.done(w.mark_refund_sent(&refunded)),
            RefundStatus::Succeeded => w.done(w.confirm_refund(&refunded)),
            RefundStatus::Failed => w.done(w.fail_refund(&refunded)),
            RefundStatus::TakenBack => {
                w.done(w.mark_refund_sent(&refunded));
                w.done(w.charge_back(&refunded.of));
            }
        }
        refunded
    },
    look: |read, refunded| Ok(queries::refunds_of(read, refunded.of.order)?[0].status),
    tries: &[
        |w, r| w.mark_refund_sent(r).probe(),
        |w, r| w.confirm_refund(r).probe(),
        |w, r| w.fail_refund(r).probe(),
        |w, r| w.charge_back(&r.of).probe(),
    ],
};

/// One unit and nothing else.
pub fn order_of(offer: OfferId) -> PlaceOrder {
    PlaceOrder {
        offer,
        quantity: 1,
        wallet_coupons: Vec::new(),
        share_token: None,
        entry: None,
        use_rebate: false,
        group: None,
        seats: None,
        expected_cash: None,
    }
}

/// What the provider says when all is well.
fn whole_of(purchase: &Purchase) -> ChargeBack {
    ChargeBack {
        payment: report_of(purchase),
        amount: purchase.cash,
    }
}

fn report_of(purchase: &Purchase) -> ConfirmPayment {
    ConfirmPayment {
        attempt: purchase.attempt,
        provider: PROVIDER.to_owned(),
        provider_payment: "p-1".to_owned(),
        amount: purchase.cash,
        currency: Currency::CNY,
        instrument: None,
    }
}

impl World {
    pub fn place_order(&self, buyer: PersonId, order: PlaceOrder) -> Act<PlacedOrder> {
        act(ctx(Actor::Consumer(buyer)), convert::place_order, order)
    }

    pub fn place_cart(&self, buyer: PersonId, orders: Vec<PlaceOrder>) -> Act<Vec<PlacedOrder>> {
        act(
            ctx(Actor::Consumer(buyer)),
            convert::place_cart,
            PlaceCart { orders },
        )
    }

    pub fn start_payments(&self, buyer: PersonId, orders: Vec<OrderId>) -> Act<Vec<StartedPayment>> {
        let provider = "other".to_owned();
        let cmd = StartPayments { orders, provider };
        act(ctx(Actor::Consumer(buyer)), convert::start_payments, cmd)
    }

    pub fn start_payment(&self, buyer: PersonId, order: OrderId, provider: &str) -> Act<StartedPayment> {
        let provider = provider.to_owned();
        act(
            ctx(Actor::Consumer(buyer)),
            convert::start_payment,
            StartPayment { order, provider },
        )
    }

    pub fn placed_by(&self, buyer: PersonId, order: PlaceOrder) -> Purchase {
        let wallet_coupon = order.wallet_coupons.first().copied();
        let placed = self.done(self.place_order(buyer, order));
        Purchase {
            wallet_coupon,
            ..self.awaiting_payment(buyer, &placed)
        }
    }

    /// A placed order whose payment was begun.
    pub fn awaiting_payment(&self, buyer: PersonId, placed: &PlacedOrder) -> Purchase {
        Purchase {
            buyer,
            order: placed.order,
            attempt: self
                .done(self.start_payment(buyer, placed.order, PROVIDER))
                .attempt,
            cash: placed.amounts.to_pay(),
            wallet_coupon: None,
            vouchers: Vec::new(),
        }
    }

    pub fn placed(&self, order: PlaceOrder) -> Purchase {
        self.placed_by(self.consumer(), order)
    }

    pub fn paid(&self, placed: Purchase) -> Purchase {
        self.done(self.confirm_payment(&placed));
        let order = placed.order;
        let vouchers = self.read(move |read| queries::order_vouchers(read, order));
        Purchase {
            vouchers: vouchers.iter().map(|of| of.voucher).collect(),
            ..placed
        }
    }

    pub fn bought(&self, order: PlaceOrder) -> Purchase {
        self.paid(self.placed(order))
    }

    pub fn confirm_payment(&self, purchase: &Purchase) -> Act<ConfirmedPayment> {
        self.confirm(report_of(purchase))
    }

    fn confirm(&self, report: ConfirmPayment) -> Act<ConfirmedPayment> {
        act(ctx(Actor::Provider(1)), convert::confirm_payment, report)
    }

    /// The payer's bank took all of it back.
    pub fn charge_back(&self, purchase: &Purchase) -> Act<()> {
        act(ctx(Actor::Provider(1)), consume::charge_back, whole_of(purchase))
    }

    /// And gave it back.
    pub fn reverse_chargeback(&self, purchase: &Purchase) -> Act<()> {
        act(
            ctx(Actor::Provider(1)),
            consume::reverse_chargeback,
            whole_of(purchase),
        )
    }

    /// A settled payment that was reported with another amount afterwards.
    pub fn payment_conflict(&self) -> PaymentConflictId {
        let purchase = self.placed(order_of(self.offer));
        self.done(self.confirm_payment(&purchase));
        self.done(self.confirm(ConfirmPayment {
            amount: purchase.cash + 1,
            ..report_of(&purchase)
        }));
        let attempt = purchase.attempt;
        let conflicts = self.read(|read| queries::payment_conflicts(read, None, 200));
        let mut conflicts = conflicts.into_iter();
        conflicts.find(|conflict| conflict.attempt == attempt).unwrap().id
    }

    pub fn close_payment_conflict(&self, conflict: PaymentConflictId) -> Act<()> {
        let input = ClosePaymentConflict { conflict };
        act(ctx(self.admin), convert::close_payment_conflict, input)
    }

    pub fn fail_payment(&self, purchase: &Purchase) -> Act<()> {
        let (attempt, provider) = (purchase.attempt, PROVIDER.to_owned());
        act(
            ctx(Actor::Provider(1)),
            convert::fail_payment,
            FailPayment { attempt, provider },
        )
    }

    pub fn cancel_order(&self, purchase: &Purchase) -> Act<()> {
        let order = purchase.order;
        act(
            ctx(Actor::Consumer(purchase.buyer)),
            convert::cancel_order,
            CancelOrder { order },
        )
    }

    /// When its hold ran out.
    pub fn release_order(&self, purchase: &Purchase) -> Act<bool> {
        let order = purchase.order;
        let later = ctx_at(NOW.plus_us(15 * MINUTE_US), Actor::System);
        act(later, convert::release_order, ReleaseOrder { order })
    }

    pub fn refund_voucher(&self, buyer: PersonId, voucher: VoucherId) -> Act<RefundedVoucher> {
        act(
            ctx(Actor::Consumer(buyer)),
            convert::refund_voucher,
            RefundVoucher { voucher },
        )
    }

    /// When it ran out.
    pub fn expire_voucher(&self, voucher: VoucherId) -> Act<bool> {
        let later = ctx_at(NOW.plus_us(90 * DAY_US), Actor::System);
        act(later, convert::expire_voucher, ExpireVoucher { voucher })
    }

    /// A refund that the provider does not know of yet.
    pub fn refunded(&self) -> Refunded {
        let bought = self.bought(order_of(self.offer));
        Refunded {
            refund: self
                .done(self.refund_voucher(bought.buyer, bought.vouchers[0]))
                .refund,
            of: bought,
        }
    }

    pub fn mark_refund_sent(&self, refunded: &Refunded) -> Act<()> {
        let refund = refunded.refund;
        act(
            ctx(Actor::System),
            convert::mark_refund_sent,
            MarkRefundSent { refund },
        )
    }

    pub fn confirm_refund(&self, refunded: &Refunded) -> Act<()> {
        let (refund, provider) = (refunded.refund, PROVIDER.to_owned());
        act(
            ctx(Actor::Provider(1)),
            convert::confirm_refund,
            ConfirmRefund { refund, provider },
        )
    }

    pub fn fail_refund(&self, refunded: &Refunded) -> Act<()> {
        let (refund, provider) = (refunded.refund, PROVIDER.to_owned());
        act(
            ctx(Actor::Provider(1)),
            convert::fail_refund,
            FailRefund {
                refund,
                provider,
                tries: 1,
            },
        )
    }
}
