//! Vouchers shown as QRs: bound to a phone, scanned with a network, and scanned without one to be sent later.

use kernel::{DAY_US, Timestamp};

use super::{Answer, Model, Name, No, RedemptionStatus, Scanned, VoucherStatus, made, told};
use crate::run::op::{Scan, Staff, VoucherName};
use crate::run::world::{OFFLINE_MAX_AMOUNT, OFFLINE_MAX_USES};

impl Model {
    pub(super) fn bind(&mut self, person: usize, name: VoucherName, phone: usize) -> Answer {
        if self.orders[&name.0].person != person {
            return Err("not_found");
        }
        let voucher = self.voucher_mut(name);
        if voucher.status != VoucherStatus::Live {
            return Err("voucher_not_live");
        }
        if voucher.phone != Some(phone) {
            voucher.phone = Some(phone);
            voucher.binding += 1;
        }
        told(voucher.binding.to_string())
    }

    /// Why a use may not be taken, what the staff may not know of first; or the booking for which uses are kept that is now.
    pub(super) fn check_use(
        &self,
        (shop, store): (usize, usize),
        name: VoucherName,
        binding: Option<u32>,
        at: Timestamp,
    ) -> Result<Option<No>, &'static str> {
        self.check_voucher((shop, store), name, binding, at)?;
        let kept = self.kept_at((shop, store), name, at);
        if kept.is_none() {
            self.check_free_uses(name, at)?;
        }
        Ok(kept)
    }

    pub(super) fn check_voucher(
        &self,
        (shop, store): (usize, usize),
        name: VoucherName,
        binding: Option<u32>,
        at: Timestamp,
    ) -> Result<(), &'static str> {
        let order = &self.orders[&name.0];
        let good = &self.world.goods[order.good];
        let voucher = &order.vouchers[usize::from(name.1)];
        if good.shop != shop {
            return Err("unknown_voucher");
        }
        if store >= good.stores {
            return Err("wrong_store");
        }
        if binding.is_some_and(|binding| binding != voucher.binding) {
            return Err("rebound");
        }
        match voucher.status {
            VoucherStatus::Used => Err("used_up"),
            VoucherStatus::Refunded => Err("refunded"),
            VoucherStatus::Expired => Err("expired"),
            VoucherStatus::Live if voucher.valid_until <= at => Err("expired"),
            VoucherStatus::Live => Ok(()),
        }
    }

    /// How many uses are taken if so many are asked for; of what is worth an amount one has to be.
    pub(super) fn uses_asked(
        &self,
        (name, at): (VoucherName, Timestamp),
        asked: Option<i64>,
    ) -> Result<i128, &'static str> {
        let order = &self.orders[&name.0];
        let left = order.vouchers[usize::from(name.1)].uses_left - self.held(name);
        let most = self
            .left_in_period(name, at, None)
            .map_or(left, |most| most.min(left));
        match asked.map(i128::from) {
            None if self.world.goods[order.good].is_stored_value() => Err("redeem_amount_missing"),
            None => Ok(1),
            Some(uses) if uses < 1 || uses > most => Err("redeem_uses_left"),
            Some(uses) => Ok(uses),
        }
    }

    /// A scan without a network names no amount.
    fn require_no_amount(&mut self, name: VoucherName) -> Result<(), &'static str> {
        if !self.world.goods[self.orders[&name.0].good].is_stored_value() {
            return Ok(());
        }
        self.rarities.insert("AmountMissingOffline");
        Err("amount_missing")
    }

    /// Nobody goes in whose seats are not chosen; a scanner without a network does not know of that.
    pub(super) fn require_seats(&self, name: VoucherName) -> Result<(), &'static str> {
        match self.orders[&name.0].open_ticket {
            true => Err("redeem_ticket_needs_seats"),
            false => Ok(()),
        }
    }

    pub(super) fn scan(
        &mut self,
        no: No,
        now: Timestamp,
        (shop, staff, store): (usize, Staff, usize),
        (name, asked): (VoucherName, Option<i64>),
        binding: u32,
    ) -> Answer {
        self.may_stand(shop, staff, store)?;
        let kept = self
            .check_use((shop, store), name, Some(binding), now)
            .map_err(refusal)?;
        self.require_seats(name)?;
        self.use_asked(no, now, store, name, (kept, asked))
    }

    /// A scanner sends what it accepted without a network: a new scan, and perhaps one that it sent before.
    pub(super) fn sync(
        &mut self,
        no: No,
        now: Timestamp,
        (shop, store): (usize, usize),
        scan: &Scan,
        again: Option<No>,
    ) -> Answer {
        let amount = self.worth(scan.voucher);
        let outcome = if self.fits((shop, store), now, amount) {
            self.check_use((shop, store), scan.voucher, Some(scan.binding), scan.at)
        } else {
            Err("over_cap")
        };
        let outcome = outcome.and_then(|kept| self.require_no_amount(scan.voucher).map(|()| kept));
        let (said, name) = match outcome {
            Ok(kept) => {
                if self.orders[&scan.voucher.0].open_ticket {
                    self.rarities.insert("OpenTicketTaken");
                }
                match kept {
                    Some(booking) => {
                        self.rarities.insert("CardScannedOffline");
                        self.use_kept(no, (scan.at, now), booking)?
                    }
                    None => self.use_up(no, (scan.at, now), store, scan.voucher, 1)?,
                };
                ("redeemed", Some(no))
            }
            Err("used_up") => ("used_up", self.last_use(scan.voucher)),
            Err(reason) => {
                match reason {
                    "period_full" => _ = self.rarities.insert("PeriodFullOffline"),
                    "uses_held" => _ = self.rarities.insert("UsesHeldOffline"),
                    _ => {}
                }
                (reason, None)
            }
        };
        let scanned = Scanned {
            scan: *scan,
            said,
            name,
            amount,
            synced_at: now,
        };
        self.scans.insert((shop, store, no), scanned);
        let answered = [Some(no), again]
            .into_iter()
            .flatten()
            .map(|no| &self.scans[&(shop, store, no)]);
        let said: Vec<_> = answered.clone().map(|scanned| scanned.said).collect();
        let names = answered
            .filter_map(|scanned| scanned.name)
            .map(Name::Redemption)
            .collect();
        made(said.join(", "), names)
    }

    /// The voucher's last use that was not undone.
    fn last_use(&self, voucher: VoucherName) -> Option<No> {
        let uses = self.redemptions.iter().filter(|(_, redemption)| {
            redemption.voucher == voucher && redemption.status != RedemptionStatus::Undone
        });
        uses.max_by_key(|(_, redemption)| redemption.use_no)
            .map(|(no, _)| *no)
    }

    /// What the next use is worth, or the last one if all are taken.
    fn worth(&self, name: VoucherName) -> i128 {
        let order = &self.orders[&name.0];
        let uses = i128::from(self.world.goods[order.good].uses);
        let voucher = &order.vouchers[usize::from(name.1)];
        let next = (uses - voucher.uses_left).min(uses - 1);
        voucher.paid.rest(uses, next).escrow() - voucher.paid.rest(uses, next + 1).escrow()
    }

    /// Whether the device may accept one more, by what it brought in within a day.
    fn fits(&self, (shop, store): (usize, usize), now: Timestamp, amount: i128) -> bool {
        let of_device = self
            .scans
            .range((shop, store, 0)..=(shop, store, No::MAX))
            .map(|(_, scanned)| scanned);
        let counted = of_device
            .filter(|scanned| scanned.said != "over_cap" && scanned.synced_at > now.plus_us(-DAY_US));
        let (uses, sum) = counted.fold((1, amount), |(uses, sum), scanned| {
            (uses + 1, sum + scanned.amount)
        });
        uses <= OFFLINE_MAX_USES && sum <= OFFLINE_MAX_AMOUNT.into()
    }
}

/// The code with which a loss is refused to somebody who waits for the answer.
pub(super) fn refusal(reason: &'static str) -> &'static str {
    match reason {
        "unknown_voucher" => "redeem_voucher_unknown",
        "wrong_store" => "redeem_wrong_store",
        "rebound" => "redeem_voucher_rebound",
        "used_up" => "redeem_voucher_used_up",
        "refunded" => "redeem_voucher_refunded",
        "period_full" => "redeem_period_full",
        "uses_held" => "redeem_uses_held",
        _ => "redeem_voucher_expired",
    }
}
