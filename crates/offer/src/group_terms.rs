//! What an offer costs for those who buy it together (拼团).

use kernel::{DAY_US, HOUR_US, Money, Reject};
use serde::{Deserialize, Serialize};

use crate::reject::OFFER_INVALID;

/// So many buyers of one unit each pay this, if all of them have paid in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupTerms {
    /// Of one unit before any discount, in minor units, below the list price.
    pub price: i64,
    /// How many buyers complete a group: 2 to 10.
    pub size: i64,
    /// How long a group is open after its leader has paid, µs: 1 hour to 7 days.
    pub window_us: i64,
}

impl GroupTerms {
    pub(crate) fn check(&self, list_price: Money) -> Result<(), Reject> {
        let wrong = |field, detail: String| Err(OFFER_INVALID.at(field, detail));
        if !(1..list_price.amount).contains(&self.price) {
            let price = Money::new(self.price, list_price.currency);
            let detail = format!("{price} is not above zero and below the list price, {list_price}");
            return wrong("/group/price", detail);
        }
        if !(2..=10).contains(&self.size) {
            return wrong(
                "/group/size",
                format!("a group is of 2 to 10 buyers, not {}", self.size),
            );
        }
        if !(HOUR_US..=7 * DAY_US).contains(&self.window_us) {
            return wrong(
                "/group/window_us",
                "a group is open for 1 hour to 7 days".to_owned(),
            );
        }
        Ok(())
    }
}
