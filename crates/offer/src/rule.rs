//! The bounds of what agreements may say, set by the platform: by the category of the merchant's stores, with
//! one rule for every category that has none of its own. Without a rule there is no bound.

use kernel::{BasisPoints, Money, Reject};

use crate::decide::MAX_LIST_PRICE;
use crate::reject::{RULE_INVALID, TERMS_OUTSIDE_RULES};
use crate::terms::MAX_WINDOW_US;
use crate::{AgreementTerms, PlatformCap};

/// The bounds for one category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The category of stores; `None` is for all that have no rule of their own.
    pub category: Option<String>,
    /// The least commission.
    pub commission_min: BasisPoints,
    /// The highest commission.
    pub commission_max: BasisPoints,
    /// The most of a discount that the platform funds.
    pub discount_platform_max: BasisPoints,
    /// The most that the platform funds of one unit's discount; `None` where terms need no limit.
    pub platform_cap_max: Option<PlatformCap>,
    /// The highest rebate for sharers.
    pub rebate_max: BasisPoints,
    /// The shortest refund window.
    pub refund_window_us_min: i64,
}

impl Rule {
    /// Whether terms can keep to it at all.
    pub(crate) fn check(&self) -> Result<(), Reject> {
        if let Some(category) = &self.category {
            party::check::code("/category", category)?;
        }
        if self.commission_min > self.commission_max {
            let detail = "the least commission is above the highest";
            return Err(RULE_INVALID.at("/commission_bp_min", detail));
        }
        let limit = 0..=MAX_LIST_PRICE;
        if self
            .platform_cap_max
            .is_some_and(|cap| !limit.contains(&cap.amount))
        {
            let detail = format!("a limit is 0 to {MAX_LIST_PRICE} minor units");
            return Err(RULE_INVALID.at("/platform_cap_max/amount", detail));
        }
        if !(0..=MAX_WINDOW_US).contains(&self.refund_window_us_min) {
            let detail = "a refund window is between nothing and 366 days";
            return Err(RULE_INVALID.at("/refund_window_us_min", detail));
        }
        Ok(())
    }

    /// Whether the terms keep to it. The first field that does not is named.
    pub(crate) fn check_terms(&self, terms: &AgreementTerms) -> Result<(), Reject> {
        let whom = match &self.category {
            Some(category) => format!("the platform's rule for {category}"),
            None => "the platform's rule".to_owned(),
        };
        let outside = |field, bound: String| Err(TERMS_OUTSIDE_RULES.at(field, format!("{whom} is {bound}")));
        let (least, most) = (self.commission_min.get(), self.commission_max.get());
        if !(least..=most).contains(&terms.commission_bp.get()) {
            return outside("/terms/commission_bp", format!("{least} to {most} basis points"));
        }
        if terms.discount_platform_bp > self.discount_platform_max {
            let most = self.discount_platform_max.get();
            return outside(
                "/terms/discount_platform_bp",
                format!("at most {most} basis points"),
            );
        }
        if let Some(most) = self.platform_cap_max
            && !keeps_to_cap(terms, most)
        {
            let most = Money::new(most.amount, most.currency);
            return outside("/terms/platform_cap", format!("at most {most} for one unit"));
        }
        if terms.rebate_bp > self.rebate_max {
            let most = self.rebate_max.get();
            return outside("/terms/rebate_bp", format!("at most {most} basis points"));
        }
        if terms.refund_window_us < self.refund_window_us_min {
            let least = self.refund_window_us_min / kernel::HOUR_US;
            return outside("/terms/refund_window_us", format!("at least {least} hours"));
        }
        Ok(())
    }
}

/// Where the platform funds nothing, terms need no limit.
fn keeps_to_cap(terms: &AgreementTerms, most: PlatformCap) -> bool {
    terms.discount_platform_bp.get() == 0
        || terms
            .platform_cap
            .is_some_and(|cap| cap.currency == most.currency && cap.amount <= most.amount)
}
