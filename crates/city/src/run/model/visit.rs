//! What happens at the counter: uses of vouchers, wrong codes, uses taken back, rebates.

use kernel::{HOUR_US, MINUTE_US, Timestamp};

use super::money::{Paid, Split};
use super::scan::refusal;
use super::{
    Answer, AttemptStatus, Line, Misses, Model, Name, No, Owner, RebateStatus, Redemption, RedemptionStatus,
    TimerKind, Typist, VoucherStatus, made, told,
};
use crate::run::op::{Staff, VoucherName};

const MOST_MISSES: i128 = 10;
const MISS_WINDOW_US: i64 = HOUR_US;
const LOCK_US: i64 = 15 * MINUTE_US;

impl Model {
    pub(super) fn redeem(
        &mut self,
        no: No,
        now: Timestamp,
        (shop, staff, store): (usize, Staff, usize),
        (name, asked): (VoucherName, Option<i64>),
    ) -> Answer {
        self.may_stand(shop, staff, store)?;
        let typists = [Typist::Person(staff), Typist::Device(store)];
        let tries = self.check_locks(shop, typists, now)?;
        let good = &self.world.goods[self.orders[&name.0].good];
        if good.shop != shop {
            return self.miss(shop, typists, now, tries);
        }
        let kept = self.check_use((shop, store), name, None, now).map_err(refusal)?;
        self.require_seats(name)?;
        self.use_asked(no, now, store, name, (kept, asked))
    }

    pub(super) fn type_nonsense(&mut self, now: Timestamp, shop: usize, staff: Staff) -> Answer {
        self.may_stand(shop, staff, 0)?;
        let typists = [Typist::Person(staff), Typist::Device(0)];
        let tries = self.check_locks(shop, typists, now)?;
        self.miss(shop, typists, now, tries)
    }

    /// How many misses there would be with this try, unless somebody is locked.
    fn check_locks(&self, shop: usize, typists: [Typist; 2], now: Timestamp) -> Result<i128, &'static str> {
        let mut highest = 0;
        for typist in typists {
            match self.misses.get(&(shop, typist)) {
                Some(misses) if misses.locked_until > now => return Err("redeem_codes_locked"),
                Some(misses) if counts_on(misses, now) => highest = highest.max(misses.count + 1),
                Some(_) | None => highest = highest.max(1),
            }
        }
        Ok(highest)
    }

    fn count_miss(&mut self, shop: usize, typist: Typist, now: Timestamp) {
        let fresh = Misses {
            since: now,
            count: 0,
            locked_until: Timestamp(0),
        };
        let misses = self.misses.entry((shop, typist)).or_insert(fresh);
        if !counts_on(misses, now) {
            *misses = fresh;
        }
        misses.count += 1;
        if misses.count >= MOST_MISSES {
            misses.locked_until = now.plus_us(LOCK_US);
        }
    }

    fn miss(&mut self, shop: usize, typists: [Typist; 2], now: Timestamp, tries: i128) -> Answer {
        for typist in typists {
            self.count_miss(shop, typist, now);
        }
        told(format!("declined {}", (MOST_MISSES - tries).max(0)))
    }

    /// What is kept for a booking, or so many uses as are asked for.
    pub(super) fn use_asked(
        &mut self,
        no: No,
        now: Timestamp,
        store: usize,
        name: VoucherName,
        (kept, asked): (Option<No>, Option<i64>),
    ) -> Answer {
        if let Some(booking) = kept {
            self.rarities.insert("CardScanned");
            return self.use_kept(no, (now, now), booking);
        }
        let uses = self.uses_asked((name, now), asked)?;
        self.note_period((name, now), uses);
        self.use_up(no, (now, now), store, name, uses)
    }

    /// So many uses that were scanned at one time and are heard of at another.
    pub(super) fn use_up(
        &mut self,
        no: No,
        (scanned_at, now): (Timestamp, Timestamp),
        store: usize,
        name: VoucherName,
        uses: i128,
    ) -> Answer {
        let order = &self.orders[&name.0];
        let good = self.world.goods[order.good].clone();
        let (sharer, holder) = (order.sharer, order.person);
        let earns = sharer.is_some() && !self.is_self_dealing(name.0);
        let rebate_bp = if earns { good.rebate_bp } else { 0 };
        let of = i128::from(good.uses);
        let voucher = self.voucher_mut(name);
        voucher.uses_left -= uses;
        if voucher.uses_left == 0 {
            voucher.status = VoucherStatus::Used;
        }
        let (use_no, left, whole) = (of - voucher.uses_left, voucher.uses_left, voucher.paid);
        let (paid, split) = whole.use_of(
            of,
            (use_no - uses, use_no),
            good.commission_bp.into(),
            rebate_bp.into(),
        );
        let refund_until = now.plus_us(good.refund_window_us);
        self.book_use(name.0, good.shop, &split, 1);
        let rebate = sharer.filter(|_| split.rebate > 0).map(|sharer| {
            self.books.reserve(
                self.currency_of_order(name.0),
                &rebate_legs(name.0, sharer, split.rebate),
            );
            self.timers
                .insert((TimerKind::PostRebate, Name::Redemption(no)), refund_until);
            RebateStatus::Pending
        });
        self.add_line(good.shop, now, Some(no), paid, split);
        let redemption = Redemption {
            voucher: name,
            use_no,
            uses,
            shop: good.shop,
            store,
            missed: false,
            status: RedemptionStatus::Live,
            scanned_at,
            undo_until: now.plus_us(good.undo_window_us),
            refund_until,
            paid,
            split,
            rebate,
            review: None,
        };
        self.redemptions.insert(no, redemption);
        let spent = if good.is_stored_value() { uses } else { 0 };
        self.tell(holder, "voucher_redeemed", spent);
        let (worth, at_store) = (paid.escrow(), paid.at_store);
        if good.is_stored_value() {
            let is_spent = left == 0;
            self.rarities
                .insert(if is_spent { "AmountSpent" } else { "AmountTaken" });
        } else if uses > 1 {
            self.rarities.insert("SeveralUses");
        }
        let text = format!("{uses} to use {use_no}, {left} left, worth {worth} and {at_store} at the store");
        made(text, vec![Name::Redemption(no)])
    }

    /// Whether the sharer gains by an order of their own card, or of a friend by whose link they bought here.
    fn is_self_dealing(&self, order_no: No) -> bool {
        let order = &self.orders[&order_no];
        let Some(sharer) = order.sharer else { return false };
        let paid_by_card = |order: &super::Order| {
            order
                .attempts
                .iter()
                .any(|attempt| self.attempts[attempt].status == AttemptStatus::Paid)
        };
        let shop_of = |order: &super::Order| self.world.goods[order.good].shop;
        let same_card = self.world.cards[order.person] == self.world.cards[sharer];
        let of_sharer = || self.orders.values().filter(|order| order.person == sharer);
        let by_own_card = same_card && paid_by_card(order) && of_sharer().any(paid_by_card);
        let in_a_circle = of_sharer().any(|back| {
            back.sharer == Some(order.person) && shop_of(back) == shop_of(order) && back.was_paid
        });
        by_own_card || in_a_circle
    }

    /// Out of escrow to merchant and platform, or back with a negative sign.
    pub(super) fn book_use(&mut self, order: No, shop: usize, split: &Split, sign: i128) {
        let legs = [
            (
                "escrow",
                Owner::Order(order),
                sign * (split.payable + split.commission),
            ),
            ("merchant_payable", Owner::Shop(shop), -sign * split.payable),
            ("commission", Owner::Platform, -sign * split.commission),
        ];
        self.books.post(self.currency_of_order(order), &legs);
    }

    fn add_line(&mut self, shop: usize, at: Timestamp, redemption: Option<No>, paid: Paid, split: Split) {
        self.lines.push(Line {
            shop,
            at,
            redemption,
            paid,
            split,
            payout: None,
        });
    }

    pub(super) fn undo(&mut self, now: Timestamp, shop: usize, staff: Staff, no: No) -> Answer {
        let redemption = self.redemptions[&no].clone();
        if redemption.shop != shop {
            return Err("not_found");
        }
        self.may_stand(shop, staff, redemption.store)?;
        if redemption.status != RedemptionStatus::Live {
            return Err("redemption_not_live");
        }
        if now > redemption.undo_until {
            return Err("undo_too_late");
        }
        if self
            .lines
            .iter()
            .any(|line| line.redemption == Some(no) && line.payout.is_some())
        {
            return Err("undo_settled");
        }
        let stands = |other: &&Redemption| {
            other.voucher == redemption.voucher && other.status != RedemptionStatus::Undone
        };
        let last = self
            .redemptions
            .values()
            .filter(stands)
            .map(|other| other.use_no)
            .max();
        if last != Some(redemption.use_no) {
            return Err("undo_not_last");
        }
        let voucher = self.voucher_mut(redemption.voucher);
        if matches!(voucher.status, VoucherStatus::Refunded | VoucherStatus::Expired) {
            return Err("undo_voucher_closed");
        }
        voucher.uses_left += redemption.uses;
        voucher.status = VoucherStatus::Live;
        let valid_until = voucher.valid_until;
        let name = Name::Voucher(redemption.voucher.0, redemption.voucher.1);
        self.timers.insert((TimerKind::Expire, name), valid_until);
        self.keep_again(no);
        self.reverse(now, no, RedemptionStatus::Undone);
        if redemption.uses > 1 {
            self.rarities.insert("SeveralUsesUndone");
        }
        self.tell(self.orders[&redemption.voucher.0].person, "redemption_undone", 0);
        told("")
    }

    pub(super) fn refund_redeemed(
        &mut self,
        no: No,
        now: Timestamp,
        (shop, by_operator): (usize, bool),
        name: No,
    ) -> Answer {
        let redemption = self.redemptions[&name].clone();
        if !by_operator && redemption.shop != shop {
            return Err("not_found");
        }
        if !by_operator && now > redemption.refund_until {
            return Err("refund_redeemed_too_late");
        }
        if redemption.status != RedemptionStatus::Live {
            return Err("redemption_not_live");
        }
        self.reverse(now, name, RedemptionStatus::Refunded);
        if redemption.uses > 1 {
            self.rarities.insert("SeveralUsesRefunded");
        }
        self.open_refund(no, redemption.voucher.0, redemption.paid, None);
        made("", vec![Name::Refund(no)])
    }

    /// What uses came to goes back into escrow, with a line of the opposite sign and the rebate as far as it reaches.
    pub(super) fn reverse(&mut self, now: Timestamp, no: No, status: RedemptionStatus) {
        let redemption = self.redemptions.get_mut(&no).expect("a known redemption");
        redemption.status = status;
        let (order, shop, split) = (redemption.voucher.0, redemption.shop, redemption.split);
        let paid = redemption.paid;
        let rebate = redemption.rebate;
        self.take_rebate_back(no, rebate);
        self.book_use(order, shop, &split, -1);
        self.add_line(shop, now, None, paid.times(-1), split.times(-1));
    }

    fn take_rebate_back(&mut self, no: No, rebate: Option<RebateStatus>) {
        let redemption = &self.redemptions[&no];
        let (order, amount) = (redemption.voucher.0, redemption.split.rebate);
        let (currency, sharer) = (self.currency_of_order(order), self.orders[&order].sharer);
        let Some(sharer) = sharer else { return };
        self.timers.remove(&(TimerKind::PostRebate, Name::Redemption(no)));
        let after = match rebate {
            Some(RebateStatus::Pending) => {
                self.books.void(currency, &rebate_legs(order, sharer, amount));
                RebateStatus::Voided
            }
            Some(RebateStatus::Posted) => {
                let has = self
                    .spendable
                    .get(&(sharer, currency))
                    .copied()
                    .unwrap_or_default();
                let from_balance = has.min(amount);
                self.give_rebate(sharer, currency, -from_balance);
                let legs = [
                    ("rebate_payable", Owner::Person(sharer), from_balance),
                    ("sharer_receivable", Owner::Person(sharer), amount - from_balance),
                    ("escrow", Owner::Order(order), -amount),
                ];
                self.books.post(currency, &legs);
                RebateStatus::Reversed
            }
            Some(RebateStatus::Voided | RebateStatus::Reversed) | None => return,
        };
        self.redemptions.get_mut(&no).expect("a known redemption").rebate = Some(after);
    }

    pub(super) fn post_rebate(&mut self, now: Timestamp, no: No) -> Answer {
        let redemption = self.redemptions.get_mut(&no).expect("a known redemption");
        if redemption.rebate != Some(RebateStatus::Pending) || redemption.refund_until > now {
            return told("false");
        }
        redemption.rebate = Some(RebateStatus::Posted);
        let (order, amount) = (redemption.voucher.0, redemption.split.rebate);
        let sharer = self.orders[&order]
            .sharer
            .expect("a rebate has somebody who earned it");
        let currency = self.currency_of_order(order);
        self.books.settle(currency, &rebate_legs(order, sharer, amount));
        self.give_rebate(sharer, currency, amount);
        self.tell(sharer, "rebate_earned", amount);
        self.timers.remove(&(TimerKind::PostRebate, Name::Redemption(no)));
        told("true")
    }
}

/// Whether these misses count on, or the next one begins anew.
fn counts_on(misses: &Misses, now: Timestamp) -> bool {
    misses.since > now.plus_us(-MISS_WINDOW_US) && misses.locked_until == Timestamp(0)
}

fn rebate_legs(order: No, sharer: usize, amount: i128) -> [super::books::Leg; 2] {
    [
        ("escrow", Owner::Order(order), amount),
        ("rebate_payable", Owner::Person(sharer), -amount),
    ]
}
