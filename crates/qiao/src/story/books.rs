//! The story's own books: what each account must have gained since the story began. Written figure by
//! figure in the script, and compared with the platform's trial balance and the provider's own book.

use std::collections::BTreeMap;

use serde_json::Value;

use super::actor::{Actor, number, text};
use crate::serve::Failure;

/// Balances by account, posted and pending; debits are positive.
pub type Balances = BTreeMap<String, (i64, i64)>;

/// The trial balance of one currency.
pub async fn trial_balance(finance: &Actor) -> Result<Balances, Failure> {
    let rows = finance.get("/v1/platform/trial-balance").await?;
    let rows = rows.as_array().ok_or("the trial balance is a list")?;
    let cny = rows.iter().filter(|row| row["posted"]["currency"] == "CNY");
    let amounts = |row: &Value| -> Result<_, Failure> {
        Ok((
            number(&row["posted"], "amount")?,
            number(&row["pending"], "amount")?,
        ))
    };
    cny.map(|row| Ok((text(row, "account")?.to_owned(), amounts(row)?)))
        .collect()
}

/// What the provider holds and has paid out, by its own book: `(captured - refunded, transferred)`.
pub async fn provider_book(provider: &Actor) -> Result<(i64, i64), Failure> {
    let page = provider.get("/v1/book").await?;
    let totals = page["totals"].as_array().cloned().unwrap_or_default();
    let Some(cny) = totals.iter().find(|total| total["currency"] == "CNY") else {
        return Ok((0, 0));
    };
    Ok((
        number(cny, "captured")? - number(cny, "refunded")?,
        number(cny, "transferred")?,
    ))
}

/// `now` less `before`, without the accounts that did not move.
pub fn moved(before: &Balances, now: &Balances) -> Balances {
    let mut moved = now.clone();
    for (account, (posted, pending)) in before {
        let balance = moved.entry(account.clone()).or_default();
        *balance = (balance.0 - posted, balance.1 - pending);
    }
    moved.retain(|_, balance| *balance != (0, 0));
    moved
}

/// What the story expects.
#[derive(Debug, Default)]
pub struct Expected(Balances);

impl Expected {
    /// Moves an account's posted balance by minor units; debits are positive.
    pub fn posted(&mut self, account: &str, amount: i64) -> &mut Self {
        self.0.entry(account.to_owned()).or_default().0 += amount;
        self
    }

    /// The same for what is pending.
    pub fn pending(&mut self, account: &str, amount: i64) -> &mut Self {
        self.0.entry(account.to_owned()).or_default().1 += amount;
        self
    }

    /// The accounts that are to have moved.
    pub fn balances(&self) -> Balances {
        let moved = self.0.iter().filter(|(_, balance)| **balance != (0, 0));
        moved
            .map(|(account, balance)| (account.clone(), *balance))
            .collect()
    }

    /// What `account` is to have gained.
    pub fn of(&self, account: &str) -> i64 {
        self.0.get(account).map_or(0, |balance| balance.0)
    }
}

/// A table for people.
pub fn shown(balances: &Balances) -> String {
    let row = |(account, (posted, pending)): (&String, &(i64, i64))| {
        let pending = if *pending == 0 {
            String::new()
        } else {
            format!("   pending {:+.2}", Yuan(*pending))
        };
        format!(
            "      {account:<20} {:>12}{pending}\n",
            format!("{:+.2}", Yuan(*posted))
        )
    };
    balances.iter().map(row).collect()
}

struct Yuan(i64);

impl std::fmt::Display for Yuan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(
            f,
            "{sign}{}.{:02}",
            self.0.unsigned_abs() / 100,
            self.0.unsigned_abs() % 100
        )
    }
}

/// Serialises balances for `--json`.
pub fn to_json(balances: &Balances) -> Value {
    let rows = balances.iter().map(|(account, (posted, pending))| {
        (
            account.clone(),
            serde_json::json!({ "posted": posted, "pending": pending }),
        )
    });
    Value::Object(rows.collect())
}
