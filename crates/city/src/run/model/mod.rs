//! What must be true after each step, kept in maps: the auditor's own idea of the platform. It predicts every
//! answer, acceptance or the code of the refusal with the amounts, and every figure in the database. It shares
//! no code with the commands, knows no SQL and forgets nothing.

mod back;
mod books;
mod buy;
mod house;
pub(crate) mod money;
mod pay;
mod pay_out;
mod provider;
mod scan;
mod state;
mod visit;

use std::collections::BTreeMap;

use kernel::Timestamp;

use super::op::{Name, No, Op, Scan, Step, VoucherName};
use super::world::World;

pub(crate) use books::{Books, Owner};
pub(crate) use provider::Provider;
pub(crate) use state::*;

/// The platform as it must be.
pub(crate) struct Model {
    pub world: World,
    pub books: Books,
    pub provider: Provider,
    pub orders: BTreeMap<No, Order>,
    pub attempts: BTreeMap<No, Attempt>,
    pub refunds: BTreeMap<No, Refund>,
    pub redemptions: BTreeMap<No, Redemption>,
    pub lines: Vec<Line>,
    pub payouts: BTreeMap<No, Payout>,
    pub wallets: BTreeMap<No, Wallet>,
    /// Share links by person and good, and the step that made each.
    pub links: BTreeMap<(usize, usize), No>,
    pub timers: BTreeMap<(TimerKind, Name), Timestamp>,
    /// What people can spend of their rebates, by currency.
    pub spendable: BTreeMap<(usize, &'static str), i128>,
    pub stock: Vec<Bucket>,
    pub head_count: Vec<Bucket>,
    pub coupon_count: Vec<Bucket>,
    pub coupon_budget: Vec<Bucket>,
    claimed: BTreeMap<(usize, usize), i64>,
    coupon_stopped: Vec<bool>,
    paused: Vec<bool>,
    agreement_ended: Vec<bool>,
    suspended: Vec<bool>,
    dismissed: Vec<bool>,
    misses: BTreeMap<(usize, Typist), Misses>,
    /// What devices sent that had no network, by shop, store and the step that sent it.
    pub scans: BTreeMap<(usize, usize, No), Scanned>,
    /// Requests that were answered: one row each.
    pub keys: u64,
}

impl Model {
    pub fn new(world: World) -> Self {
        let of_goods = |capacity: fn(&super::world::Good) -> i64| {
            world
                .goods
                .iter()
                .map(|good| Bucket::of(capacity(good)))
                .collect::<Vec<_>>()
        };
        let of_coupons = |capacity: fn(&super::world::Coupon) -> i64| {
            world
                .coupons
                .iter()
                .map(|coupon| Bucket::of(capacity(coupon)))
                .collect::<Vec<_>>()
        };
        Self {
            books: Books::default(),
            provider: Provider::default(),
            orders: BTreeMap::new(),
            attempts: BTreeMap::new(),
            refunds: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            lines: Vec::new(),
            payouts: BTreeMap::new(),
            wallets: BTreeMap::new(),
            links: BTreeMap::new(),
            timers: BTreeMap::new(),
            spendable: BTreeMap::new(),
            stock: of_goods(|good| good.stock),
            head_count: of_goods(|good| good.head_count),
            coupon_count: of_coupons(|coupon| coupon.total),
            coupon_budget: of_coupons(|coupon| coupon.budget),
            claimed: BTreeMap::new(),
            coupon_stopped: vec![false; world.coupons.len()],
            paused: vec![false; world.goods.len()],
            agreement_ended: vec![false; world.goods.len()],
            suspended: vec![false; world.shops.len()],
            dismissed: vec![false; world.shops.len()],
            misses: BTreeMap::new(),
            scans: BTreeMap::new(),
            keys: 0,
            world,
        }
    }

    /// Whether everything that the step names was made.
    pub fn knows(&self, op: &Op) -> bool {
        match op {
            Op::Place(place) => {
                place
                    .wallet
                    .is_none_or(|wallet| self.wallets.contains_key(&wallet))
                    && place
                        .link
                        .is_none_or(|link| self.links.values().any(|made| *made == link))
            }
            Op::Cancel { order, .. } | Op::Start { order, .. } | Op::Release { order } => {
                self.orders.contains_key(order)
            }
            Op::PayOutside { attempt, .. } | Op::FailPayment { attempt } => {
                self.attempts.contains_key(attempt)
            }
            Op::ReportPayment { payment, .. } => self.provider.payments.contains_key(payment),
            Op::RefundVoucher { voucher, .. }
            | Op::Redeem { voucher, .. }
            | Op::Bind { voucher, .. }
            | Op::Scan { voucher, .. }
            | Op::Expire { voucher } => self.voucher(*voucher).is_some(),
            Op::Sync {
                shop,
                store,
                scan,
                again,
            } => {
                let sent = |(no, _): &(No, Scan)| self.scans.contains_key(&(*shop, *store, *no));
                self.voucher(scan.voucher).is_some() && again.as_ref().is_none_or(sent)
            }
            Op::Undo { redemption, .. }
            | Op::RefundRedeemed { redemption, .. }
            | Op::Review { redemption, .. }
            | Op::HideForRefund { redemption } => self.redemptions.contains_key(redemption),
            Op::PostRebate { redemption } => self
                .redemptions
                .get(redemption)
                .is_some_and(|redemption| redemption.rebate.is_some()),
            Op::SendRefund { refund } => self.refunds.contains_key(refund),
            Op::RefundOutside { refund, .. } => self.provider.refunds.contains_key(refund),
            Op::ReportRefund { refund, tries } => self.provider.refund_said(*refund, *tries).is_some(),
            Op::Approve { payout, .. } | Op::Retry { payout } => self.payouts.contains_key(payout),
            Op::TransferOutside { payout, .. } => self.provider.transfers.contains_key(payout),
            Op::ReportTransfer { payout, tries } => self.provider.transfer_said(*payout, *tries).is_some(),
            Op::Claim { .. }
            | Op::Share { .. }
            | Op::TypeNonsense { .. }
            | Op::Propose { .. }
            | Op::StopCoupon { .. }
            | Op::ChangeStock { .. }
            | Op::Pause { .. }
            | Op::Resume { .. }
            | Op::EndAgreement { .. }
            | Op::Suspend { .. }
            | Op::Reinstate { .. }
            | Op::Dismiss { .. } => true,
        }
    }

    /// Lives a step that [`Self::knows`] of, and says what the platform must answer. `None`: it happens outside of
    /// the platform.
    pub fn live(&mut self, step: &Step) -> Option<Answer> {
        let (no, now) = (step.no, step.at);
        let answer = match step.op {
            Op::PayOutside { attempt, amount } => return self.pay_outside(no, attempt, amount),
            Op::RefundOutside { refund, succeeds } => return self.refund_outside(refund, succeeds),
            Op::TransferOutside { payout, succeeds } => return self.transfer_outside(payout, succeeds),
            Op::Claim { person, coupon } => self.claim(no, now, person, coupon),
            Op::Share { person, good } => self.share(no, now, person, good),
            Op::Place(place) => self.place(no, now, &place),
            Op::Cancel { person, order } => self.cancel(person, order),
            Op::Start { person, order } => self.start(no, now, person, order),
            Op::ReportPayment { payment, asked } => {
                return Some(self.report_payment(no, now, payment, asked));
            }
            Op::FailPayment { attempt } => self.fail_payment(attempt),
            Op::RefundVoucher { person, voucher } => self.refund_voucher(no, now, person, voucher),
            Op::Redeem {
                shop,
                staff,
                store,
                voucher,
            } => self.redeem(no, now, (shop, staff, store), voucher),
            Op::Bind {
                person,
                voucher,
                phone,
            } => self.bind(person, voucher, phone),
            Op::Scan {
                shop,
                staff,
                store,
                voucher,
                binding,
            } => self.scan(no, now, (shop, staff, store), voucher, binding),
            Op::Sync {
                shop,
                store,
                scan,
                again,
            } => self.sync(no, now, (shop, store), &scan, again.map(|(no, _)| no)),
            Op::TypeNonsense { shop, staff } => self.type_nonsense(now, shop, staff),
            Op::Undo {
                shop,
                staff,
                redemption,
            } => self.undo(now, shop, staff, redemption),
            Op::RefundRedeemed {
                shop,
                by_operator,
                redemption,
            } => self.refund_redeemed(no, now, (shop, by_operator), redemption),
            Op::SendRefund { refund } => self.send_refund(refund),
            Op::ReportRefund { refund, tries } => self.report_refund(refund, tries),
            Op::Propose { shop, second } => self.propose(no, now, shop, second),
            Op::Approve { payout, second } => self.approve(payout, second),
            Op::ReportTransfer { payout, tries } => self.report_transfer(payout, tries),
            Op::Retry { payout } => self.retry(payout),
            Op::Release { order } => self.release(now, order),
            Op::Expire { voucher } => self.expire(no, now, voucher),
            Op::PostRebate { redemption } => self.post_rebate(now, redemption),
            Op::Review {
                person,
                redemption,
                stars,
            } => self.review(person, redemption, stars),
            Op::HideForRefund { redemption } => self.hide_for_refund(redemption),
            Op::StopCoupon { coupon } => self.stop_coupon(coupon),
            Op::ChangeStock { good, capacity } => self.change_stock(good, capacity),
            Op::Pause { good } => self.pause(good, true),
            Op::Resume { good } => self.pause(good, false),
            Op::EndAgreement { good } => self.end_agreement(good),
            Op::Suspend { shop } => self.suspend(shop),
            Op::Reinstate { shop } => self.reinstate(shop),
            Op::Dismiss { shop } => self.dismiss(shop),
        };
        self.keys += 1;
        Some(answer)
    }

    pub fn voucher(&self, (order, n): VoucherName) -> Option<&Voucher> {
        self.orders.get(&order)?.vouchers.get(usize::from(n))
    }

    fn voucher_mut(&mut self, (order, n): VoucherName) -> &mut Voucher {
        let order = self.orders.get_mut(&order).expect("a known order");
        &mut order.vouchers[usize::from(n)]
    }
}
