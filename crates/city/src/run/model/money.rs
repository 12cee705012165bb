//! The arithmetic of `docs/domain/money.md`, written a second time and plainly, in 128 bits. Shares no code
//! with the commands, so that a mistake has to be made twice to stay unseen.

/// What was paid for a voucher or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Paid {
    pub price: i128,
    pub platform: i128,
    pub merchant: i128,
    pub rebate: i128,
    pub cash: i128,
    /// What the buyer pays to the merchant at the store.
    pub at_store: i128,
}

/// Who gets what was held for a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Split {
    pub commission: i128,
    pub rebate: i128,
    pub payable: i128,
}

impl Paid {
    /// What the merchant is to have for it before commission.
    fn value(&self) -> i128 {
        self.price - self.merchant
    }

    /// What is held of that.
    pub fn escrow(&self) -> i128 {
        self.value() - self.at_store
    }

    /// What the buyer paid ahead.
    pub fn paid_ahead(&self) -> i128 {
        self.cash + self.rebate
    }

    /// With every amount negated, or not.
    pub fn times(&self, sign: i128) -> Self {
        Self {
            price: sign * self.price,
            platform: sign * self.platform,
            merchant: sign * self.merchant,
            rebate: sign * self.rebate,
            cash: sign * self.cash,
            at_store: sign * self.at_store,
        }
    }

    /// What the first so many of equal vouchers, or uses of one, come to.
    pub fn first(&self, count: i128, of: i128) -> Self {
        let price = (self.price * count + of - 1) / of;
        let whole = [
            self.merchant,
            self.cash,
            self.rebate,
            self.platform,
            self.at_store,
        ];
        let [merchant, cash, rebate, platform, at_store] = in_proportion(whole, price);
        Self {
            price,
            platform,
            merchant,
            rebate,
            cash,
            at_store,
        }
    }

    fn minus(&self, other: &Self) -> Self {
        Self {
            price: self.price - other.price,
            platform: self.platform - other.platform,
            merchant: self.merchant - other.merchant,
            rebate: self.rebate - other.rebate,
            cash: self.cash - other.cash,
            at_store: self.at_store - other.at_store,
        }
    }

    /// So many vouchers that come to this in sum.
    pub fn parts(&self, count: i128) -> Vec<Self> {
        (0..count)
            .map(|n| self.first(n + 1, count).minus(&self.first(n, count)))
            .collect()
    }

    /// What is kept of it as a fee, and what goes back: of a deposit only what the buyer paid can be kept.
    pub fn fee(&self, is_deposit: bool, bp: i128) -> (Self, Self) {
        let kept = if is_deposit {
            let kept = share(self.paid_ahead(), bp);
            let [cash, rebate] = in_proportion([self.cash, self.rebate], kept);
            Self {
                price: kept,
                rebate,
                cash,
                ..Self::default()
            }
        } else {
            let price = share(self.price, bp);
            let held = [self.cash, self.rebate, self.platform];
            let [cash, rebate, platform] = in_proportion(held, share(self.escrow(), bp));
            Self {
                price,
                platform,
                merchant: price - cash - rebate - platform,
                rebate,
                cash,
                at_store: 0,
            }
        };
        let back = self.minus(&kept);
        (kept, back)
    }

    /// What is left once the first `used` of `uses` are gone.
    pub fn rest(&self, uses: i128, used: i128) -> Self {
        self.minus(&self.first(used, uses))
    }

    /// The uses that bring the number of those gone from one to another, and who gets their money.
    pub fn use_of(
        &self,
        uses: i128,
        (before, after): (i128, i128),
        commission_bp: i128,
        rebate_bp: i128,
    ) -> (Self, Split) {
        let whole = split(self.value(), commission_bp, rebate_bp);
        let whole = [whole.commission, whole.rebate, whole.payable];
        let (before, after) = (self.first(before, uses), self.first(after, uses));
        let (had, has) = (
            in_proportion(whole, before.value()),
            in_proportion(whole, after.value()),
        );
        let part = after.minus(&before);
        let commission = has[0] - had[0];
        let rebate = (has[1] - had[1]).min((part.escrow() - commission).max(0));
        let split = Split {
            commission,
            rebate,
            payable: part.escrow() - commission - rebate,
        };
        (part, split)
    }
}

impl Split {
    /// With every amount negated, or not.
    pub fn times(&self, sign: i128) -> Self {
        Self {
            commission: sign * self.commission,
            rebate: sign * self.rebate,
            payable: sign * self.payable,
        }
    }
}

/// A percentage of an amount, rounded half up.
pub(crate) fn share(amount: i128, basis_points: i128) -> i128 {
    (2 * amount * basis_points + 10_000) / 20_000
}

/// What is held, divided between platform, sharer and merchant.
pub(crate) fn split(escrow: i128, commission_bp: i128, rebate_bp: i128) -> Split {
    let rebate_bp = rebate_bp.min(10_000 - commission_bp);
    let weights = [commission_bp, rebate_bp, 10_000 - commission_bp - rebate_bp];
    let parts = largest_remainder(escrow, &weights);
    Split {
        commission: parts[0],
        rebate: parts[1],
        payable: parts[2],
    }
}

/// Everybody gets the exact share rounded down; the units that are missing go one each to those who lost most
/// by it, the earlier one first.
pub(crate) fn largest_remainder(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return (0..weights.len())
            .map(|i| if i == 0 { total } else { 0 })
            .collect();
    }
    let mut parts: Vec<i128> = weights.iter().map(|weight| total * weight / sum).collect();
    let mut lost: Vec<i128> = weights.iter().map(|weight| total * weight % sum).collect();
    while parts.iter().sum::<i128>() < total {
        let most = (0..lost.len()).rev().max_by_key(|i| lost[*i]).unwrap_or(0);
        parts[most] += 1;
        lost[most] = -1;
    }
    parts
}

/// The first so much of what these come to in sum: one after the other has its share of what is left, half a unit rounded up.
fn in_proportion<const N: usize>(whole: [i128; N], amount: i128) -> [i128; N] {
    let mut shares = [0; N];
    for i in 0..N {
        let (left, of) = (
            amount - shares.iter().sum::<i128>(),
            whole[i..].iter().sum::<i128>(),
        );
        if of > 0 {
            shares[i] = (2 * whole[i] * left + of) / (2 * of);
        }
    }
    shares
}
