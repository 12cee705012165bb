//! The pure rules: what a unit costs, what may follow from a state, what an offer may say. No SQL.

use kernel::{DAY_US, HOUR_US, Money, Reject};
use party::check;

use crate::price_rule::check_price_rules;
use crate::reject::{
    AGREEMENT_CHANGED, AGREEMENT_NOT_ACCEPTED, AGREEMENT_NOT_YOUR_TURN, AGREEMENT_SETTLED, OFFER_INVALID,
    OFFER_STATUS,
};
use crate::{Agreement, AgreementStatus, AgreementTerms, CreateOffer, OfferStatus, Side};

/// What one unit costs under an agreement, and who funds its discount. `due` and both shares sum to `list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitPrice {
    /// Before any discount.
    pub list: Money,
    /// What the platform funds. It belongs to the price that is settled.
    pub discount_platform: Money,
    /// What the merchant funds. It lowers the price that is settled.
    pub discount_merchant: Money,
    /// What the buyer pays.
    pub due: Money,
}

/// The price of one unit: the discount is rounded half up, so is the platform's share of it, which its
/// cap then limits; the merchant funds the rest. An order multiplies, it never rounds again.
pub fn prices(terms: &AgreementTerms, list_price: Money) -> UnitPrice {
    let money = |amount| Money { amount, ..list_price };
    let discount = terms.discount_bp.of(list_price.amount);
    let share = terms.discount_platform_bp.of(discount);
    let platform = terms.platform_cap.map_or(share, |cap| share.min(cap.amount));
    UnitPrice {
        list: list_price,
        discount_platform: money(platform),
        discount_merchant: money(discount - platform),
        due: money(list_price.amount - discount),
    }
}

/// What a friend's link takes off an amount that is due after the agreement's discount, in minor units,
/// rounded half up. All of it is funded by the merchant.
pub fn friend_discount(terms: &AgreementTerms, due: i64) -> i64 {
    terms.friend_discount_bp.of(due)
}

/// What can be done with an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgreementStep {
    Counter,
    Accept,
    Decline,
    End,
}

/// The state after a step, or `None` where the step is impossible.
pub(crate) fn agreement_after(status: AgreementStatus, step: AgreementStep) -> Option<AgreementStatus> {
    use AgreementStatus::{Accepted, Declined, Ended, Negotiating};
    match (status, step) {
        (Negotiating, AgreementStep::Counter) => Some(Negotiating),
        (Negotiating, AgreementStep::Accept) => Some(Accepted),
        (Negotiating, AgreementStep::Decline) => Some(Declined),
        (Accepted, AgreementStep::End) => Some(Ended),
        (Negotiating, AgreementStep::End)
        | (Accepted, AgreementStep::Counter | AgreementStep::Accept | AgreementStep::Decline)
        | (Declined | Ended, _) => None,
    }
}

/// The same, refused in words.
pub(crate) fn step_agreement(agreement: &Agreement, step: AgreementStep) -> Result<AgreementStatus, Reject> {
    agreement_after(agreement.status, step).ok_or_else(|| match agreement.status {
        // Only an end is impossible here.
        AgreementStatus::Negotiating => {
            AGREEMENT_NOT_ACCEPTED.because("the agreement is negotiating; it can be declined")
        }
        AgreementStatus::Accepted | AgreementStatus::Declined | AgreementStatus::Ended => {
            AGREEMENT_SETTLED.because(format!("the agreement is {} already", agreement.status.as_str()))
        }
    })
}

/// Whether `side` may answer the terms of `version`: they are still the last ones, and not its own.
pub(crate) fn may_answer(agreement: &Agreement, side: Side, version: i64) -> Result<(), Reject> {
    if version != agreement.terms_version {
        let detail = format!(
            "version {} is on the table, not {version}",
            agreement.terms_version
        );
        return Err(AGREEMENT_CHANGED.at("/version", detail));
    }
    if side == agreement.proposed_by {
        return Err(AGREEMENT_NOT_YOUR_TURN.plain());
    }
    Ok(())
}

/// What a merchant can do with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfferStep {
    Publish,
    Pause,
    Resume,
}

/// The state after a step, or `None` where the step is impossible.
pub(crate) fn offer_after(status: OfferStatus, step: OfferStep) -> Option<OfferStatus> {
    use OfferStatus::{Draft, Paused, Published};
    match (status, step) {
        (Draft, OfferStep::Publish) | (Paused, OfferStep::Resume) => Some(Published),
        (Published, OfferStep::Pause) => Some(Paused),
        (Draft, OfferStep::Pause | OfferStep::Resume)
        | (Published, OfferStep::Publish | OfferStep::Resume)
        | (Paused, OfferStep::Publish | OfferStep::Pause) => None,
    }
}

/// The same, refused in words.
pub(crate) fn step_offer(status: OfferStatus, step: OfferStep) -> Result<OfferStatus, Reject> {
    offer_after(status, step).ok_or_else(|| OFFER_STATUS.because(format!("the offer is {}", status.as_str())))
}

/// Whether the offer was never published, so that nothing names it yet.
pub(crate) fn require_draft(status: OfferStatus) -> Result<(), Reject> {
    match status {
        OfferStatus::Draft => Ok(()),
        OfferStatus::Published | OfferStatus::Paused => {
            Err(OFFER_STATUS.because(format!("the offer is {}", status.as_str())))
        }
    }
}

/// Ten thousand million major units of a two-decimal currency: so many times 100 units fits 64 bits.
pub(crate) const MAX_LIST_PRICE: i64 = 1_000_000_000_000;
/// A voucher's QR counts uses in 16 bits; nobody sells a card of more than a thousand visits.
pub(crate) const MAX_USES: i64 = 1_000;
const MAX_VALID_US: i64 = 3_660 * DAY_US;
const MAX_PER_ORDER: i64 = 100;
const MAX_STORES: usize = 200;

/// Whether an offer's own fields are within bounds. Stores and media are looked up elsewhere.
pub(crate) fn check_offer(offer: &CreateOffer) -> Result<(), Reject> {
    check::local_text("/title", &offer.title, 120)?;
    check::local_prose("/description", &offer.description, 10_000)?;
    check::code("/category", &offer.category)?;
    check_number("/list_price/amount", offer.list_price.amount, 1, MAX_LIST_PRICE)?;
    check_number("/stock", offer.stock, 0, i64::from(i32::MAX))?;
    match &offer.card {
        Some(card) => card.check(offer.uses, offer.list_price, offer.deposit)?,
        None => check_number("/uses", offer.uses, 1, MAX_USES)?,
    }
    check_number("/valid_us", offer.valid_us, HOUR_US, MAX_VALID_US)?;
    check_number("/max_per_order", offer.max_per_order, 1, MAX_PER_ORDER)?;
    check_price_rules(&offer.price_rules, offer.list_price, offer.max_per_order)?;
    if let Some(group) = &offer.group {
        group.check(offer.list_price)?;
    }
    if let Some(deposit) = &offer.deposit {
        deposit.check()?;
    }
    if !(1..=MAX_STORES).contains(&offer.stores.len()) {
        let detail = format!("an offer names 1 to {MAX_STORES} stores");
        return Err(OFFER_INVALID.at("/stores", detail));
    }
    Ok(())
}

pub(crate) fn check_number(field: &'static str, value: i64, least: i64, most: i64) -> Result<(), Reject> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(OFFER_INVALID.at(field, format!("{value} is not between {least} and {most}")))
}
