//! `qiao city load`: simulated people as HTTP clients of a running demo on this machine. They trade at merchants of
//! the load's own and some of them cheat; each keeps a small model of what it has and judges every answer by it.
//! It looks into no database.

mod guest;
mod judge;
mod shops;
mod tally;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use http::shell;
use kernel::{Actor as Who, Ctx};
use reqwest::Url;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};

use crate::serve::Failure;
use crate::story::actor::Actor;
use crate::story::books::{provider_book, trial_balance};
use crate::story::stage::{Stage, eventually};
use guest::Guest;
use shops::Market;
use tally::Tally;

/// Requests on the wire at once.
const MOST_AT_ONCE: usize = 64;
/// People who come from one address: fewer than an address may ask for one-time codes at once.
const PEOPLE_AN_ADDRESS: u32 = 50;
const MOST_PEOPLE: u32 = 100_000;

/// Who comes, and for how long.
#[derive(Debug, Args)]
pub struct Load {
    /// A running `qiao demo` on this machine.
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:8080", value_parser = on_this_machine)]
    server: Url,
    /// People.
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PEOPLE)))]
    people: u32,
    /// For so long.
    #[arg(long, default_value_t = 30, value_name = "N")]
    seconds: u64,
    /// What the people do next is drawn from it.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

/// What all people share.
struct World {
    market: Market,
    /// The sandbox payment provider, as those who pay see it.
    provider: Actor,
    tally: Tally,
    permits: Semaphore,
    until: Instant,
}

impl Load {
    /// Loads the server and prints what came of it. An error if any answer was wrong.
    pub async fn run(self) -> Result<(), Failure> {
        let server = self.server.as_str().trim_end_matches('/');
        let stage = Stage::open(server, true).await?;
        let market = shops::open(&stage).await?;
        let before = held(&stage).await?;
        let started = shell::instant();
        let world = Arc::new(World {
            market,
            provider: stage.provider.clone(),
            tally: Tally::default(),
            permits: Semaphore::new(MOST_AT_ONCE),
            until: started + Duration::from_secs(self.seconds),
        });
        LocalSet::new().run_until(self.let_live(&world)).await?;
        let took = started.elapsed();
        if let Err(problem) = check_books(&stage, before).await {
            world.tally.wrong("getTrialBalance", &problem.to_string());
        }
        let wrong = world.tally.print(took);
        match wrong {
            0 => Ok(()),
            _ => Err(format!("{wrong} wrong answers").into()),
        }
    }

    /// Everybody lives, all of them on this thread.
    async fn let_live(&self, world: &Arc<World>) -> Result<(), Failure> {
        let server = self.server.as_str().trim_end_matches('/');
        let mut lives = JoinSet::new();
        for (group, first) in (0..self.people).step_by(PEOPLE_AN_ADDRESS as usize).enumerate() {
            let visitor = visitor(&self.server, server, group as u32)?;
            for number in first..self.people.min(first + PEOPLE_AN_ADDRESS) {
                let dice = dice(self.seed, number);
                lives.spawn_local(Guest::new(number, Arc::clone(world), visitor.clone(), dice).live());
            }
        }
        while let Some(life) = lives.join_next().await {
            life?;
        }
        Ok(())
    }
}

/// Somebody who has not signed in. The server holds back who writes too much from one address before signing in, so
/// people come from many: all of 127.0.0.0/8 is this machine.
fn visitor(url: &Url, server: &str, group: u32) -> Result<Actor, Failure> {
    let visitor = Actor::new("a guest", server)?;
    let is_v4 = matches!(url.host_str(), Some(host) if host.starts_with("127."));
    // Other systems than Linux have to be given these addresses one by one.
    if !cfg!(target_os = "linux") || !is_v4 {
        return Ok(visitor);
    }
    let (own, least) = (u32::from_be_bytes(shell::random_bytes()) % 0x8000, 0x7f01_0000);
    visitor.coming_from(IpAddr::V4(Ipv4Addr::from_bits(least + own * 0x100 + group)))
}

fn dice(seed: u64, number: u32) -> Ctx {
    let mut hash = Sha256::new();
    hash.update(b"load");
    hash.update(seed.to_le_bytes());
    hash.update(number.to_le_bytes());
    Ctx::new(shell::now(), Who::System, hash.finalize().into())
}

/// What the provider holds for the platform: by the platform's journal, and by the provider's own book.
async fn held(stage: &Stage) -> Result<(i64, i64), Failure> {
    let balances = trial_balance(&stage.finance).await?;
    let by_journal = balances.get("provider_clearing").map_or(0, |(posted, _)| *posted);
    Ok((by_journal, provider_book(&stage.provider).await?.0))
}

/// The journal sums to zero, and the provider holds as much more as the journal says. Waits for what is on its way.
async fn check_books(stage: &Stage, before: (i64, i64)) -> Result<(), Failure> {
    let agree = async || {
        let balances = trial_balance(&stage.finance).await?;
        let sum: i64 = balances.values().map(|(posted, pending)| posted + pending).sum();
        let now = held(stage).await?;
        let agrees = sum == 0 && now.0 - before.0 == now.1 - before.1;
        Ok(agrees.then_some(()))
    };
    eventually(
        "that the journal sums to zero and agrees with the provider's book",
        agree,
    )
    .await
}

/// The address of a server on this machine.
fn on_this_machine(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match gateway::http_client::is_loopback(&url) {
        true => Ok(url),
        false => Err("only a server on this machine is loaded: http://127.0.0.1:PORT".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loaded() {
        assert!(on_this_machine("http://127.0.0.1:8080").is_ok());
        for other in [
            "http://example.com",
            "http://10.0.0.1:8080",
            "http://127.0.0.1.example",
        ] {
            assert!(
                on_this_machine(other).unwrap_err().contains("on this machine"),
                "{other}"
            );
        }
    }
}
