//! Money in minor units, percentages in basis points, and the one way to split an amount.
//! No float, no silent overflow, no arithmetic across currencies.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency.
pub type Currency = iso_currency::Currency;

/// An amount in minor units (fen, cents) of one currency. May be negative in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units.
    pub amount: i64,
    /// What the minor units are of.
    pub currency: Currency,
}

/// Why an amount could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    /// The result does not fit 64 bits.
    Overflow,
    /// The two amounts are of different currencies.
    CurrencyMismatch,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "the amount is too large",
            Self::CurrencyMismatch => "the amounts are of different currencies",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// `amount` minor units of `currency`.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The sum; an error across currencies or past 64 bits.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let amount = self
            .amount
            .checked_add(other.amount)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// The difference; an error across currencies or past 64 bits.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        let negated = other.amount.checked_neg().ok_or(MoneyError::Overflow)?;
        self.checked_add(Self {
            amount: negated,
            ..other
        })
    }

    /// `quantity` times this amount; an error past 64 bits.
    pub fn checked_mul(self, quantity: i64) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(quantity).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }
}

impl fmt::Display for Money {
    /// Major units with the currency's own number of decimals, and its code: `99.00 CNY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.exponent().unwrap_or(0) as usize;
        let digits = format!("{:0>width$}", self.amount.unsigned_abs(), width = decimals + 1);
        let (major, minor) = digits.split_at(digits.len() - decimals);
        let sign = if self.amount < 0 { "-" } else { "" };
        let point = if decimals == 0 { "" } else { "." };
        write!(f, "{sign}{major}{point}{minor} {}", self.currency.code())
    }
}

/// Hundredths of a percent, 0 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct BasisPoints(u16);

impl From<BasisPoints> for i64 {
    fn from(points: BasisPoints) -> Self {
        points.get()
    }
}

impl TryFrom<i64> for BasisPoints {
    type Error = &'static str;

    fn try_from(points: i64) -> Result<Self, Self::Error> {
        Self::new(points).ok_or("basis points go from 0 to 10000")
    }
}

impl BasisPoints {
    /// All of it.
    pub const WHOLE: Self = Self(10_000);
    /// None of it.
    pub const ZERO: Self = Self(0);

    /// `None` outside 0 to 10,000.
    pub const fn new(points: i64) -> Option<Self> {
        if points >= 0 && points <= 10_000 {
            Some(Self(points as u16))
        } else {
            None
        }
    }

    /// The number of basis points, 0 to 10,000.
    pub const fn get(self) -> i64 {
        self.0 as i64
    }

    /// What is left to the whole.
    pub const fn complement(self) -> Self {
        Self(10_000 - self.0)
    }

    /// This share of a non-negative amount in minor units, rounded half up.
    pub fn of(self, amount: i64) -> i64 {
        debug_assert!(amount >= 0, "a share is taken of what is there");
        let share = (i128::from(amount) * i128::from(self.0) + 5_000) / 10_000;
        share as i64
    }
}

/// Splits a non-negative `total` over `weights` by the largest remainder (Hamilton's method): the
/// parts sum to `total` exactly and each is within one minor unit of its exact share. Of equal
/// remainders the earlier wins. All-zero weights put everything on the first part.
pub fn split_by_weight(total: i64, weights: &[i64]) -> Vec<i64> {
    assert!(
        total >= 0 && !weights.is_empty() && weights.iter().all(|w| *w >= 0),
        "nothing to split"
    );
    let weight_sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    let mut parts = vec![0; weights.len()];
    if weight_sum == 0 {
        parts[0] = total;
        return parts;
    }
    let mut remainders = Vec::with_capacity(weights.len());
    for (part, weight) in parts.iter_mut().zip(weights) {
        let exact = i128::from(total) * i128::from(*weight);
        *part = (exact / weight_sum) as i64;
        remainders.push(exact % weight_sum);
    }
    let missing = total - parts.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|i| std::cmp::Reverse(remainders[*i]));
    for i in by_remainder.into_iter().take(missing as usize) {
        parts[i] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn split_parts_sum_to_the_total_and_stay_within_one_unit(
            total in 0..=i64::MAX, weights in prop::collection::vec(0..=1_000_000_i64, 1..8)
        ) {
            let parts = split_by_weight(total, &weights);
            prop_assert_eq!(parts.iter().map(|p| i128::from(*p)).sum::<i128>(), i128::from(total));
            let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            if sum > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let exact = i128::from(total) * i128::from(*weight);
                    prop_assert!((i128::from(*part) * sum - exact).abs() < sum);
                }
            }
        }

        #[test]
        fn a_share_and_its_complement_differ_from_the_whole_by_at_most_one(
            amount in 0..=i64::MAX, points in 0..=10_000_i64
        ) {
            let share = BasisPoints::new(points).unwrap();
            let off = i128::from(share.of(amount)) + i128::from(share.complement().of(amount)) - i128::from(amount);
            prop_assert!((0..=1).contains(&off));
        }
    }

    #[test]
    fn a_percentage_rounds_half_up() {
        let half = BasisPoints::new(5_000).unwrap();
        assert_eq!((half.of(0), half.of(1), half.of(2), half.of(3)), (0, 1, 1, 2));
    }

    #[test]
    fn money_shows_its_own_number_of_decimals() {
        assert_eq!(Money::new(9_905, Currency::CNY).to_string(), "99.05 CNY");
        assert_eq!(Money::new(-5, Currency::CNY).to_string(), "-0.05 CNY");
        assert_eq!(Money::new(500, Currency::JPY).to_string(), "500 JPY");
    }

    #[test]
    fn arithmetic_never_wraps_or_mixes_currencies() {
        let most = Money::new(i64::MAX, Currency::CNY);
        assert_eq!(most.checked_mul(2), Err(MoneyError::Overflow));
        assert_eq!(
            most.checked_add(Money::new(1, Currency::CNY)),
            Err(MoneyError::Overflow)
        );
        assert_eq!(
            most.checked_sub(Money::new(1, Currency::EUR)),
            Err(MoneyError::CurrencyMismatch)
        );
    }
}
