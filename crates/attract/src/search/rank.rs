//! What results are ordered by, in whole numbers of which the smaller comes first, so that a page ends
//! at an exact place. Nothing here depends on what else is in the index: an order that drifts with
//! every commit would show things twice or never.

use kernel::Currency;

/// Distance at which an offer counts half in the order by relevance.
const HALF_DISTANCE_MM: i64 = 2_000_000;
const MILLION: i64 = 1_000_000;

/// A value by which documents can be read from the index in steps, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepKind {
    /// Price in minor units of the currency, 16 steps from one power of two to the next.
    Price(Currency),
    /// Stars times 1000, plus one; 0 without reviews. Steps of ten.
    Rating,
    /// Number of reviews, 16 steps from one power of two to the next.
    Reviews,
    /// [`quality_milli`], steps of ten.
    Quality,
}

impl StepKind {
    /// The number under which the index finds documents with this value: the kind, then the step.
    pub fn number(self, value: i64) -> u64 {
        let kind = match self {
            Self::Price(currency) => 1 << 16 | u64::from(currency.numeric()),
            Self::Rating => 2 << 16,
            Self::Reviews => 3 << 16,
            Self::Quality => 4 << 16,
        };
        let value = value.max(0) as u64;
        let step = match self {
            Self::Price(_) | Self::Reviews => logarithmic_step(value),
            Self::Rating | Self::Quality => (value / 10).min(u64::from(u32::MAX)),
        };
        kind << 32 | step
    }

    /// The smallest value with this number.
    pub fn floor(self, number: u64) -> i64 {
        let step = number & u64::from(u32::MAX);
        match self {
            Self::Price(_) | Self::Reviews => logarithmic_floor(step),
            Self::Rating | Self::Quality => step as i64 * 10,
        }
    }

    /// Whether the smallest value comes first.
    pub fn is_ascending(self) -> bool {
        matches!(self, Self::Price(_))
    }

    /// The best place in the order that a document with this value can have.
    pub fn best_order(self, value: i64, most_text_milli: i64) -> i64 {
        match self {
            Self::Price(_) => value,
            Self::Rating => rating_order(value - 1, i64::MAX),
            Self::Reviews => -value,
            Self::Quality => relevance(most_text_milli, value, None),
        }
    }
}

fn logarithmic_step(value: u64) -> u64 {
    if value < 16 {
        return value;
    }
    let shift = u64::from(value.ilog2()) - 4;
    (shift + 1) << 4 | ((value >> shift) & 15)
}

fn logarithmic_floor(step: u64) -> i64 {
    match step >> 4 {
        0 => step as i64,
        octave => ((16 | (step & 15)) << (octave - 1)) as i64,
    }
}

/// The order by rating: the better first, of equals the one with more reviews. -1 is no rating.
pub(super) fn rating_order(rating_milli: i64, review_count: i64) -> i64 {
    -(rating_milli * MILLION + review_count.min(MILLION - 1))
}

/// How good an offer is by its reviews alone, 500 to 1000 thousandths: 350 for the stars, held towards
/// 3.8 while reviews are few (as if ten people had given 3.8 before), 150 for their number, by its
/// logarithm, full at 10,000.
#[allow(clippy::float_arithmetic, reason = "ranking, not money")]
pub(super) fn quality_milli(rating_milli: Option<i64>, review_count: i64) -> i64 {
    let count = review_count as f64;
    let stars = match rating_milli {
        Some(rating) => (rating as f64 / 1000.0 * count + 38.0) / (count + 10.0),
        None => 3.8,
    };
    let known = (count.ln_1p() / 10_000_f64.ln_1p()).min(1.0);
    500 + (350.0 * (stars - 1.0).max(0.0) / 4.0 + 150.0 * known).round() as i64
}

/// The order by relevance: words × quality × nearness, each at most one, so that near and good offers
/// come first and a far one has to be much better. Negative, because the smaller comes first.
pub(super) fn relevance(text_milli: i64, quality_milli: i64, distance_mm: Option<i64>) -> i64 {
    let nearness_millionths = match distance_mm {
        Some(distance_mm) => MILLION * HALF_DISTANCE_MM / (HALF_DISTANCE_MM + distance_mm),
        None => MILLION,
    };
    -(text_milli * quality_milli * nearness_millionths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn steps_follow_the_values_and_know_their_floor(a in 0..=i64::MAX, b in 0..=i64::MAX, shift in 0..63_u32) {
            for (kind, most) in [
                (StepKind::Price(Currency::CNY), i64::MAX),
                (StepKind::Reviews, i64::MAX),
                (StepKind::Rating, 5_001),
                (StepKind::Quality, 1_000),
            ] {
                let (a, b) = ((a >> shift).min(most), (b >> shift).min(most));
                prop_assert!(kind.number(a.min(b)) <= kind.number(a.max(b)));
                prop_assert!(kind.floor(kind.number(a)) <= a);
                prop_assert_eq!(kind.number(kind.floor(kind.number(a))), kind.number(a));
            }
        }
    }

    #[test]
    fn many_good_reviews_beat_one_perfect_review() {
        let one = quality_milli(Some(5_000), 1);
        let many = quality_milli(Some(4_700), 800);
        let none = quality_milli(None, 0);
        assert!(many > one && one > none);
        assert!((500..=1_000).contains(&none) && quality_milli(Some(5_000), i64::MAX) <= 1_000);
    }

    #[test]
    fn equal_stars_are_ordered_by_the_number_of_reviews() {
        assert!(rating_order(4_500, 11) < rating_order(4_500, 10));
        assert!(rating_order(4_500, 0) < rating_order(4_499, i64::MAX));
        assert!(rating_order(1_000, 1) < rating_order(-1, 0));
    }

    #[test]
    fn relevance_never_overflows() {
        assert!(relevance(1_000, 1_000, Some(0)) < relevance(1_000, 1_000, Some(20_000_000_000)));
        assert_eq!(
            relevance(1_000, 1_000, Some(2_000_000)),
            relevance(500, 1_000, None)
        );
    }
}
