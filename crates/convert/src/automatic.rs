//! Coupons that nobody claims: whoever orders something that they fit gets them, as far as the best combination has
//! them. The order holds one of how many there are, what it takes of the budget, and one of what its buyer may have; all
//! three are free again when a coupon of a wallet would be back in it.

use kernel::{BucketId, CouponId, Ctx, DAY_US, LocalText, OfferId, OrderId, PersonId, Reject, Timestamp};
use store::{Query, Row, StorageError, Tx, sql};

use crate::decide::{COUPONS_FIELD, Candidate, CouponTerms, OrderPrice};
use crate::queries::read_terms;
use crate::reject::{COUPON_ALL_CLAIMED, COUPON_LIMIT_REACHED};

/// The most that are looked at for one order.
const MOST: i64 = 10;

/// An automatic coupon of the offer's merchant or of the platform, inside its window.
#[derive(Debug)]
pub(crate) struct AutomaticCoupon {
    pub coupon: CouponId,
    pub title: LocalText,
    pub terms: CouponTerms,
    pub count_bucket: BucketId,
    pub budget_bucket: BucketId,
    pub limit: PersonLimit,
    /// What is left of the budget, in minor units.
    budget_left: i64,
    /// How many are left.
    left: i64,
    /// How many more this buyer may have.
    left_for_buyer: i64,
}

/// How many of a coupon one person may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PersonLimit {
    pub coupon: CouponId,
    pub starts_at: Timestamp,
    pub per_person: i64,
    pub per_day: i64,
}

impl PersonLimit {
    /// The day of its own that a coupon has then, counted from its start.
    fn day(&self, at: Timestamp) -> i64 {
        at.since_us(self.starts_at) / DAY_US
    }

    /// Counts one for the person; `false` if that would be too many.
    pub(crate) fn count(&self, tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<bool, StorageError> {
        let counted = tx.claim(sql!(
            "INSERT INTO coupon_person (coupon_id, person_id, claimed, day, claimed_on_day) VALUES ($1, $2, 1, $3, 1)
             ON CONFLICT (coupon_id, person_id) DO UPDATE SET claimed = coupon_person.claimed + 1,
               claimed_on_day = CASE WHEN coupon_person.day = $3 THEN coupon_person.claimed_on_day + 1 ELSE 1 END,
               day = $3
             WHERE coupon_person.claimed < $4 AND (coupon_person.day <> $3 OR coupon_person.claimed_on_day < $5)",
            self.coupon,
            person,
            self.day(ctx.now),
            self.per_person,
            self.per_day
        ))?;
        Ok(counted > 0)
    }

    /// What is said to who has as many.
    pub(crate) fn reached(&self) -> Reject {
        COUPON_LIMIT_REACHED.because(format!(
            "Of this coupon nobody may have more than {} in all and {} a day.",
            self.per_person, self.per_day
        ))
    }
}

impl AutomaticCoupon {
    /// The same for the rules of prices.
    pub fn candidate(&self) -> Candidate<'_> {
        Candidate {
            coupon: self.coupon,
            terms: &self.terms,
            budget_left: self.budget_left,
            is_required: false,
        }
    }

    /// Why this buyer cannot have it, whatever the order is of.
    pub fn why_not(&self) -> Option<Reject> {
        if self.left_for_buyer < 1 {
            Some(self.limit.reached())
        } else if self.left < 1 {
            Some(COUPON_ALL_CLAIMED.at(COUPONS_FIELD, COUPON_ALL_CLAIMED.title))
        } else {
            None
        }
    }

    /// Leaves what an order at this price does not use of it.
    pub fn draw(&mut self, price: &OrderPrice) {
        if let Some([(_, one), (_, amount)]) = self.claims(price) {
            self.left_for_buyer -= one;
            self.left -= one;
            self.budget_left -= amount;
        }
    }

    /// The buckets of it that an order draws on, and how much of each; `None` if the price does without.
    pub fn claims(&self, price: &OrderPrice) -> Option<[(BucketId, i64); 2]> {
        let (_, amount) = price.coupons().find(|(used, _)| *used == self.coupon)?;
        Some([(self.count_bucket, 1), (self.budget_bucket, amount)])
    }
}

/// Those that an order of this offer could have.
pub(crate) fn automatic_query(offer: OfferId, buyer: PersonId, now: Timestamp) -> Query {
    sql!(
        "SELECT c.id, c.title, c.count_bucket, c.budget_bucket, c.per_person, c.per_day,
                c.merchant_id, c.offer_id, c.currency, c.min_spend, c.platform_bp, c.starts_at, c.ends_at, c.kind, c.conditions,
                b.capacity - b.held - b.taken, k.capacity - k.held - k.taken, p.claimed, p.day, p.claimed_on_day
         FROM coupon c JOIN bucket b ON b.id = c.budget_bucket JOIN bucket k ON k.id = c.count_bucket
         LEFT JOIN coupon_person p ON p.coupon_id = c.id AND p.person_id = $1
         WHERE c.distribution = 'automatic' AND c.status = 'live' AND c.starts_at <= $2 AND c.ends_at > $2
           AND (c.merchant_id IS NULL OR c.merchant_id = (SELECT o.merchant_id FROM offer o WHERE o.id = $3))
         ORDER BY c.ends_at, c.id LIMIT $4",
        buyer,
        now,
        offer,
        MOST
    )
}

/// Reads the answer to [`automatic_query`].
pub(crate) fn read_automatic(rows: Vec<Row>, now: Timestamp) -> Result<Vec<AutomaticCoupon>, StorageError> {
    let read = |mut row: Row| {
        let (coupon, title) = (row.take()?, row.take_json()?);
        let (count_bucket, budget_bucket) = (row.take()?, row.take()?);
        let (per_person, per_day) = (row.take()?, row.take()?);
        let terms = read_terms(&mut row)?;
        let limit = PersonLimit {
            coupon,
            starts_at: terms.starts_at,
            per_person,
            per_day,
        };
        let (budget_left, left): (i64, i64) = (row.take()?, row.take()?);
        let (had, day, had_on_day): (Option<i64>, Option<i64>, Option<i64>) =
            (row.take()?, row.take()?, row.take()?);
        let on_day = had_on_day.filter(|_| day == Some(limit.day(now)));
        let left_in_all = per_person - had.unwrap_or_default();
        let left_for_buyer = left_in_all.min(per_day - on_day.unwrap_or_default());
        Ok(AutomaticCoupon {
            coupon,
            title,
            terms,
            count_bucket,
            budget_bucket,
            limit,
            budget_left,
            left,
            left_for_buyer,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Lets the buyer of an order have its automatic coupons again, while the order's claims still name them.
pub(crate) fn uncount(tx: &mut Tx, order: OrderId) -> Result<(), StorageError> {
    tx.claim(sql!(
        "UPDATE coupon_person SET claimed = claimed - 1, claimed_on_day = claimed_on_day - CASE WHEN day =
             (SELECT (o.placed_at - c.starts_at) / $1 FROM orders o JOIN coupon c ON c.id = coupon_person.coupon_id
              WHERE o.id = $2) THEN 1 ELSE 0 END
         WHERE person_id = (SELECT person_id FROM orders WHERE id = $2) AND coupon_id IN
             (SELECT c.id FROM claim t JOIN coupon c ON c.count_bucket = t.bucket_id WHERE t.owner_id = $2)",
        DAY_US,
        order
    ))?;
    Ok(())
}
