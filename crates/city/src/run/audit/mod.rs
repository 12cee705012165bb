//! The auditor: writes down every figure of the database and every figure of the model under the same words, and
//! says where they differ. What the model has no word for (gaps, loose ends, entries that do not sum to zero) is
//! counted as a flaw, of which there must be none.

mod expected;
mod flaws;
mod found;
mod search;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use store::{Fail, ReadTx};

use super::directory::Directory;
use super::model::Model;
use super::platform::Platform;

pub(crate) use search::audit_search;

/// What is known of a thing, by its name.
pub(crate) type Figures = BTreeMap<String, String>;

/// Compares everything. The error names the first few differences.
pub(crate) fn audit(platform: &mut Platform, model: &Model, directory: &Directory) -> Result<(), String> {
    let expected = Expected::of(model);
    platform.read(|read| expected.compare(read, directory))?
}

/// What must be found.
#[derive(Clone)]
struct Expected {
    figures: Figures,
    keys: u64,
}

impl Expected {
    fn of(model: &Model) -> Self {
        Self {
            figures: expected::figures(model),
            keys: model.keys.len() as u64,
        }
    }

    fn compare(&self, read: &mut ReadTx, directory: &Directory) -> Result<Result<(), String>, Fail> {
        let found = found::figures(read, directory)?;
        let flaws = flaws::flaws(read, self.keys)?;
        Ok(match flaws.first() {
            Some(flaw) => Err(flaw.clone()),
            None => compare(&self.figures, &found),
        })
    }
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
/// what it paid out, less what shops paid in, is what the bank account is short of.
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

/// What the auditor says of a damage, which is taken back with its transaction, and whether a key is left of it.
#[cfg(test)]
pub(crate) fn audit_damaged(
    platform: &mut Platform,
    model: &Model,
    directory: &Directory,
    damage: &[store::Query],
    ctx: kernel::Ctx,
) -> (String, bool) {
    use std::sync::{Arc, Mutex};

    let (expected, directory, damage) = (Expected::of(model), directory.clone(), damage.to_vec());
    let heard = Arc::new(Mutex::new(String::new()));
    let lane: kernel::RequestId = ctx.request;
    let job = {
        let heard = Arc::clone(&heard);
        store::Job::new("damage", lane, ctx, move |tx, _| {
            let mut touched = Ok(1);
            for query in &damage {
                touched = touched.and_then(|_| tx.claim(query.clone()));
            }
            let says = match touched {
                Ok(0) => "nothing was there to be damaged".to_owned(),
                Ok(_) => expected.compare(tx, &directory)?.err().unwrap_or_default(),
                Err(refused) => refused.to_string(),
            };
            *heard.lock().expect("one thread") = says;
            Err(store::KEY_REUSED.plain().into())
        })
    };
    let kept = platform.send(&[job]).is_ok();
    let says = heard.lock().expect("one thread").clone();
    (says, kept)
}
