//! What the tests of whole processes share: starting and ending the program, calling its API, filling a
//! database through commands, and looking at it afterwards. It knows no particular test.

pub mod audit;
pub mod client;
pub mod market;
pub mod news;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod servers;
pub mod trade;

use std::time::Duration;

use http::shell;
use tokio::runtime::{Builder, Runtime};

/// How long anything may take before a test gives up. Far more than it takes, because the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Looks again and again until there is something to see.
pub fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = shell::instant() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(
            shell::instant() < deadline,
            "{what} did not happen within {PATIENCE:?}"
        );
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The same with a look that has to wait itself.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = shell::instant() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(
            shell::instant() < deadline,
            "{what} did not happen within {PATIENCE:?}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Where the clients of a test run.
pub fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// How often or how many, unless the environment says otherwise: a few in every run of the tests, very many
/// in a long one.
pub fn count_from(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |count| count.replace('_', "").parse().unwrap())
}

/// A number below `end` that nobody foresees.
pub fn random_below(end: u64) -> u64 {
    u64::from_le_bytes(shell::random_bytes()) % end
}
