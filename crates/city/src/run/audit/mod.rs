//! The auditor: writes down every figure of the database and every figure of the model under the same words, and
//! says where they differ. What the model has no word for (gaps, loose ends, entries that do not sum to zero) is
//! counted as a flaw, of which there must be none.

mod expected;
mod flaws;
mod found;
mod search;

use std::collections::BTreeMap;

use store::ReadTx;

use super::directory::Directory;
use super::model::Model;
use super::platform::Platform;

pub(crate) use search::audit_search;

/// What is known of a thing, by its name.
pub(crate) type Figures = BTreeMap<String, String>;

/// Compares everything. The error names the first few differences.
pub(crate) fn audit(
    platform: &mut Platform,
    model: &Model,
    directory: &Directory,
    founding: u64,
) -> Result<(), String> {
    let keys = founding + model.keys;
    let (found, flaws) = platform
        .read(|read: &mut ReadTx| Ok((found::figures(read, model, directory)?, flaws::flaws(read, keys)?)))?;
    if let Some(flaw) = flaws.first() {
        return Err(flaw.clone());
    }
    compare(&expected::figures(model), &found)
}

fn compare(expected: &Figures, found: &Figures) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let nothing = "nothing".to_owned();
    let mut differences: Vec<String> = expected
        .keys()
        .chain(found.keys().filter(|key| !expected.contains_key(*key)))
        .filter(|key| expected.get(*key) != found.get(*key))
        .map(|key| {
            let (should, is) = (
                expected.get(key).unwrap_or(&nothing),
                found.get(key).unwrap_or(&nothing),
            );
            format!("{key}: {is}, and should be {should}")
        })
        .collect();
    let count = differences.len();
    differences.truncate(6);
    Err(format!("{count} figures differ: {}", differences.join("; ")))
}

/// Once everything is said that the provider has to say, what it holds is what the books say that it holds, and
/// what it paid out is what the bank account is short of.
pub(crate) fn audit_provider(platform: &mut Platform, model: &Model) -> Result<(), String> {
    let books = platform.read(found::cash)?;
    for (account, held) in [
        ("provider_clearing", &model.provider.holds),
        ("bank", &model.provider.paid_out),
    ] {
        for (currency, amount) in held {
            let amount = if account == "bank" { -amount } else { *amount };
            let booked = books.get(&(account.to_owned(), (*currency).to_owned()));
            let booked = booked.copied().unwrap_or_default();
            if booked != amount {
                return Err(format!(
                    "{account} has {booked} {currency} by the books and {amount} by the provider's own"
                ));
            }
        }
    }
    Ok(())
}
