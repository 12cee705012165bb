//! The stage: who is there from the start, how a step is told, and the check of every account after it.

use std::future::Future;
use std::time::Duration;

use http::shell;
use serde_json::{Value, json};

use super::actor::{Actor, text};
use super::books::{Balances, Expected, moved, provider_book, shown, to_json, trial_balance};
use crate::serve::Failure;

/// How long the story waits for something that happens by itself.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Everything that the steps share.
pub struct Stage {
    /// The address of the platform.
    pub server: String,
    /// The platform's own people: certification, and two of finance.
    pub admin: Actor,
    /// Proposes payouts.
    pub finance: Actor,
    /// Approves them.
    pub second_finance: Actor,
    /// The sandbox payment provider.
    pub provider: Actor,
    /// What each account is to have gained.
    pub expected: Expected,
    before: Balances,
    provider_before: (i64, i64),
    told: Vec<Value>,
    as_json: bool,
}

impl Stage {
    /// Signs the platform's people in and notes where every account stands.
    pub async fn open(server: &str, as_json: bool) -> Result<Self, Failure> {
        let visitor = Actor::new("visitor", server)?;
        let demo = visitor
            .get("/demo")
            .await
            .map_err(|error| format!("is this a running `qiao demo`? {error}"))?;
        let password = text(&demo, "password")?;
        let accounts = demo["accounts"].as_array().cloned().unwrap_or_default();
        let mut finance = accounts
            .iter()
            .filter(|account| account["role"].as_str().is_some_and(|r| r.contains("finance")));
        let admin = accounts
            .iter()
            .find(|account| account["role"].as_str().is_some_and(|r| r.contains("admin")));
        let login = |account: Option<&Value>| -> Result<String, Failure> {
            Ok(text(account.ok_or("the demo lacks an operator's account")?, "login")?.to_owned())
        };
        let admin = Actor::with_password("Ada of the platform", server, &login(admin)?, password).await?;
        let first = login(finance.next())?;
        let second = login(finance.next())?;
        let finance = Actor::with_password("Fang of finance", server, &first, password).await?;
        let second_finance = Actor::with_password("Gao of finance", server, &second, password).await?;
        let provider = Actor::new("the payment provider", text(&demo, "provider_url")?)?;
        let provider = provider.signed_in(text(&demo, "provider_key")?);
        let before = trial_balance(&finance).await?;
        let provider_before = provider_book(&provider).await?;
        Ok(Self {
            server: server.to_owned(),
            admin,
            finance,
            second_finance,
            provider,
            expected: Expected::default(),
            before,
            provider_before,
            told: Vec::new(),
            as_json,
        })
    }

    /// Begins a step.
    pub fn scene(&mut self, title: &str) {
        self.told.push(json!({ "scene": title, "steps": [] }));
        if !self.as_json {
            println!("\n{}. {title}", self.told.len());
        }
    }

    /// Tells what somebody did.
    pub fn tell(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.as_json {
            println!("   · {what}");
        }
        if let Some(steps) = self
            .told
            .last_mut()
            .and_then(|scene| scene["steps"].as_array_mut())
        {
            steps.push(what.into());
        }
    }

    /// Shows something that is not a sentence, such as a QR.
    pub fn show(&self, picture: &str) {
        if !self.as_json {
            println!("{picture}");
        }
    }

    /// Compares every account with the story's own figures, the sum with zero, and what the provider owes
    /// with the provider's own book. Waits for what is still on its way.
    pub async fn check_money(&mut self) -> Result<(), Failure> {
        let expected = self.expected.balances();
        let deadline = shell::instant() + PATIENCE;
        loop {
            let now = trial_balance(&self.finance).await?;
            let gained = moved(&self.before, &now);
            let sum: i64 = now.values().map(|(posted, _)| posted).sum();
            let pending_sum: i64 = now.values().map(|(_, pending)| pending).sum();
            let (held, transferred) = provider_book(&self.provider).await?;
            let held = held - self.provider_before.0;
            let transferred = transferred - self.provider_before.1;
            let agrees =
                held == self.expected.of("provider_clearing") && -transferred == self.expected.of("bank");
            if gained == expected && sum == 0 && pending_sum == 0 && agrees {
                self.tell("every account has its figure, the sum is zero, and the provider's book agrees");
                self.show(&shown(&gained));
                if let Some(scene) = self.told.last_mut() {
                    scene["accounts"] = to_json(&gained);
                }
                return Ok(());
            }
            if shell::instant() > deadline {
                return Err(format!(
                    "the money is wrong.\n    expected:\n{}    found:\n{}    sum {sum}, pending {pending_sum}; the provider \
                     holds {held} and transferred {transferred}",
                    shown(&expected),
                    shown(&gained)
                )
                .into());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Prints the whole story as JSON, if that was asked for.
    pub fn close(&self, well: bool) {
        if self.as_json {
            println!("{}", json!({ "ok": well, "scenes": self.told }));
        } else if well {
            println!("\nThe story ends well: every step and every figure was as expected.");
        }
    }
}

/// Looks again and again until there is something to see.
pub async fn eventually<T, F: Future<Output = Result<Option<T>, Failure>>>(
    what: &str,
    look: impl Fn() -> F,
) -> Result<T, Failure> {
    let deadline = shell::instant() + PATIENCE;
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if shell::instant() > deadline {
            return Err(format!("{what} did not happen within {} s", PATIENCE.as_secs()).into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
