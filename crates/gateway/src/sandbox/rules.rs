//! What the sandbox takes as input: names, amounts and addresses, each with its own sentence of refusal.

use std::collections::HashSet;

use kernel::Currency;
use reqwest::Url;

use super::error::ApiError;
use crate::protocol::{MOST_AMOUNT, MOST_TOGETHER, NewPayment, NewRefund, NewTransfer};

const MOST_DESCRIPTION_CHARS: usize = 127;
const MOST_NAME_BYTES: usize = 64;
const MOST_URL_BYTES: usize = 512;

pub(super) fn payment(new: &NewPayment) -> Result<(), ApiError> {
    reference(&new.reference)?;
    amount(new.amount)?;
    let description = &new.description;
    if description.chars().count() > MOST_DESCRIPTION_CHARS || description.chars().any(char::is_control) {
        let rule = format!("description: at most {MOST_DESCRIPTION_CHARS} characters, none of them control");
        return Err(ApiError::invalid(rule));
    }
    for (field, url) in [("webhook_url", &new.webhook_url), ("return_url", &new.return_url)] {
        if let Some(url) = url {
            web_address(field, url)?;
        }
    }
    Ok(())
}

/// What can be paid at once: each once, all of one currency.
pub(super) fn together(new: &[NewPayment]) -> Result<(), ApiError> {
    let references: HashSet<&str> = new.iter().map(|payment| payment.reference.as_str()).collect();
    let currencies: HashSet<Currency> = new.iter().map(|payment| payment.currency).collect();
    if (1..=MOST_TOGETHER).contains(&references.len())
        && references.len() == new.len()
        && currencies.len() == 1
    {
        return Ok(());
    }
    let rule = format!("payments: 1 to {MOST_TOGETHER}, each reference once, all of one currency");
    Err(ApiError::invalid(rule))
}

pub(super) fn refund(new: &NewRefund) -> Result<(), ApiError> {
    reference(&new.reference)?;
    name("payment", &new.payment)?;
    amount(new.amount)
}

pub(super) fn transfer(new: &NewTransfer) -> Result<(), ApiError> {
    reference(&new.reference)?;
    name("account", &new.account)?;
    amount(new.amount)
}

/// A comma stands between references that are looked up together.
pub(super) fn reference(text: &str) -> Result<(), ApiError> {
    name("reference", text)?;
    match text.contains(',') {
        true => Err(ApiError::invalid("reference: without a comma")),
        false => Ok(()),
    }
}

/// 1 to 64 visible ASCII characters.
pub(super) fn name(field: &str, text: &str) -> Result<(), ApiError> {
    if (1..=MOST_NAME_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    let rule = format!("{field}: 1 to {MOST_NAME_BYTES} visible ASCII characters");
    Err(ApiError::invalid(rule))
}

/// An `http` or `https` address.
pub(super) fn web_address(field: &str, text: &str) -> Result<(), ApiError> {
    let web = |url: Url| matches!(url.scheme(), "http" | "https");
    if text.len() <= MOST_URL_BYTES && Url::parse(text).is_ok_and(web) {
        return Ok(());
    }
    let rule = format!("{field}: an http or https address of at most {MOST_URL_BYTES} bytes");
    Err(ApiError::invalid(rule))
}

fn amount(minor_units: i64) -> Result<(), ApiError> {
    if (1..=MOST_AMOUNT).contains(&minor_units) {
        return Ok(());
    }
    let rule = format!("amount: 1 to {MOST_AMOUNT} minor units");
    Err(ApiError::invalid(rule))
}
