//! Prices below an offer's list price: in some hours of the week, on some days, from a number of units on, for members.
//! Of all that apply the lowest counts, so their order says nothing.

use jiff::civil::{Date, DateTime};
use kernel::{Money, Reject, Timestamp};
use party::hours::{Span, check_spans, local_time};
use serde::{Deserialize, Serialize};

use crate::reject::OFFER_INVALID;

const MAX_RULES: usize = 20;
const FIELD: &str = "/price_rules";

/// One price, and when and from how many units on it applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRule {
    /// Of one unit before any discount, in minor units, below the list price.
    pub price: i64,
    /// In orders of at least so many units.
    pub from_quantity: i64,
    /// In these hours of the week; at any time if there are none.
    pub hours: Vec<Span>,
    /// Not before this day.
    pub from_day: Option<Date>,
    /// Not after this day.
    pub until_day: Option<Date>,
    /// Of members of the merchant only.
    pub for_members: bool,
}

impl PriceRule {
    fn applies(&self, quantity: i64, local: DateTime, is_member: bool) -> bool {
        quantity >= self.from_quantity
            && (is_member || !self.for_members)
            && (self.hours.is_empty() || self.hours.iter().any(|span| span.contains(local)))
            && self.from_day.is_none_or(|day| day <= local.date())
            && self.until_day.is_none_or(|day| local.date() <= day)
    }

    fn is_of_days(&self) -> bool {
        self.from_day.is_some() || self.until_day.is_some()
    }

    /// Whether it depends on clocks, and so on a time zone.
    pub(crate) fn is_timed(&self) -> bool {
        self.is_of_days() || !self.hours.is_empty()
    }
}

/// The price rules of one offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRules {
    /// The IANA name of the time zone of the offer's stores when it was written.
    pub time_zone: String,
    /// At most 20.
    pub rules: Vec<PriceRule>,
}

impl PriceRules {
    /// Whether some price depends on who buys.
    pub fn ask_membership(&self) -> bool {
        self.rules.iter().any(|rule| rule.for_members)
    }

    /// What one of so many units costs at this moment, before any discount.
    pub fn unit_price(&self, list_price: Money, quantity: i64, now: Timestamp, is_member: bool) -> Money {
        if self.rules.is_empty() {
            return list_price;
        }
        let Some(local) = local_time(&self.time_zone, now) else {
            return list_price;
        };
        self.lowest(list_price, |rule| rule.applies(quantity, local, is_member))
    }

    /// The lowest price that everybody has every week, of some hours or quantity. Rules of certain days are left out:
    /// they pass, and what a list was made of them would be wrong then.
    pub fn price_from(&self, list_price: Money) -> Money {
        self.lowest(list_price, |rule| !rule.is_of_days() && !rule.for_members)
    }

    fn lowest(&self, list_price: Money, counts: impl Fn(&PriceRule) -> bool) -> Money {
        let prices = self
            .rules
            .iter()
            .filter(|rule| counts(rule))
            .map(|rule| rule.price);
        let amount = prices.fold(list_price.amount, i64::min);
        Money { amount, ..list_price }
    }
}

/// Refuses rules that could never apply, or would not lower the price.
pub(crate) fn check_price_rules(
    rules: &[PriceRule],
    list_price: Money,
    max_per_order: i64,
) -> Result<(), Reject> {
    let wrong = |detail: String| Err(OFFER_INVALID.at(FIELD, detail));
    if rules.len() > MAX_RULES {
        return wrong(format!("an offer has at most {MAX_RULES} price rules"));
    }
    for rule in rules {
        if !(1..list_price.amount).contains(&rule.price) {
            let price = Money::new(rule.price, list_price.currency);
            return wrong(format!(
                "{price} is not above zero and below the list price, {list_price}"
            ));
        }
        if !(1..=max_per_order).contains(&rule.from_quantity) {
            return wrong(format!(
                "from {} units: an order of this offer has 1 to {max_per_order}",
                rule.from_quantity
            ));
        }
        if !rule.hours.is_empty() {
            check_spans(&OFFER_INVALID, FIELD, &rule.hours)?;
        }
        if let (Some(from), Some(until)) = (rule.from_day, rule.until_day)
            && from > until
        {
            return wrong(format!("{from} is after {until}"));
        }
        if rule.from_quantity == 1 && !rule.is_timed() && !rule.for_members {
            return wrong("a price of every time and quantity for everybody is the list price".to_owned());
        }
    }
    Ok(())
}
