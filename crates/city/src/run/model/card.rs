//! Cards of which not more is taken than so much in a period: what counts in it, by clocks that stand still at eight hours
//! before UTC.

use kernel::{DAY_US, Timestamp};

use super::slots::AHEAD_US;
use super::{Model, Redemption, RedemptionStatus};
use crate::run::op::VoucherName;
use crate::run::world::{Card, Period};

impl Model {
    /// How many more uses of a voucher its good allows in the period of this moment, if it limits them.
    pub(super) fn left_in_period(&self, name: VoucherName, at: Timestamp) -> Option<i128> {
        let Some(Card::Paced { uses, per }) = self.world.goods[self.orders[&name.0].good].card else {
            return None;
        };
        let stands = |redemption: &Redemption| redemption.status != RedemptionStatus::Undone;
        Some(i128::from(uses) - self.uses_within(per, (name, at), stands))
    }

    fn uses_within(
        &self,
        per: Period,
        (name, at): (VoucherName, Timestamp),
        counts: fn(&Redemption) -> bool,
    ) -> i128 {
        let within = |redemption: &&Redemption| {
            let is_then = number_of(per, redemption.scanned_at) == number_of(per, at);
            redemption.voucher == name && is_then && counts(redemption)
        };
        let within = self.redemptions.values().filter(within);
        within.map(|redemption| redemption.uses).sum()
    }

    /// Notes it if uses are only taken because others were undone.
    pub(super) fn note_period(&mut self, (name, at): (VoucherName, Timestamp), uses: i128) {
        let card = self.world.goods[self.orders[&name.0].good].card;
        if let Some(Card::Paced { uses: most, per }) = card
            && self.uses_within(per, (name, at), |_| true) + uses > most.into()
        {
            self.rarities.insert("PeriodFreedByUndo");
        }
    }
}

/// Which period a moment is in.
fn number_of(per: Period, at: Timestamp) -> i64 {
    let day = (at.0 + AHEAD_US).div_euclid(DAY_US);
    match per {
        Period::Day => day,
        // The epoch was a Thursday.
        Period::Week => (day + 3).div_euclid(7),
        Period::Month => month_of(day),
    }
}

/// Months since 1970.
fn month_of(day: i64) -> i64 {
    let (mut month, mut first) = (0, 0);
    while first + days_in(month) <= day {
        first += days_in(month);
        month += 1;
    }
    month
}

fn days_in(month: i64) -> i64 {
    match month % 12 {
        1 if month / 12 % 4 == 2 => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}
