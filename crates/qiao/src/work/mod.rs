//! What goes on without being asked: timers, effects on the outside, the search index, the keys, balances, pruning.
//! Each is a plain `step` that does what is due and says how much that was; here they are repeated.

mod balances;
pub mod feed;
mod follow;
pub mod keys;
mod live;
mod messages;
mod outward;
mod prune;
mod reconcile;
mod reviews;
mod timers;
mod waitlist;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use consume::OfferPlace;
use feedback::HideForRefund;
use http::App;
use retain::WriteMessages;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a worker that found nothing waits for news before it looks again.
const IDLE: Duration = Duration::from_millis(200);
const EVERY_SECOND: Duration = Duration::from_secs(1);
const RARELY: Duration = Duration::from_secs(60);

/// Who follows the event log with a cursor in the database.
pub const CONSUMERS: [&str; 3] = [
    WriteMessages::CONSUMER,
    HideForRefund::CONSUMER,
    OfferPlace::CONSUMER,
];

/// Starts every worker. They end soon after `stop` becomes true.
pub fn start(app: &App, stop: watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    vec![
        repeat("timers", app, &stop, IDLE, timers::step),
        repeat("outward", app, &stop, IDLE, outward::step),
        repeat("outward follow-up", app, &stop, EVERY_SECOND, outward::follow_up),
        repeat("search feed", app, &stop, IDLE, feed::step),
        repeat("live", app, &stop, IDLE, live::step),
        repeat("messages", app, &stop, IDLE, messages::step),
        repeat("waiting lists", app, &stop, IDLE, waitlist::step),
        repeat("reviews", app, &stop, IDLE, reviews::step),
        repeat("balances", app, &stop, EVERY_SECOND, balances::step),
        repeat("keys", app, &stop, EVERY_SECOND, keys::step),
        repeat("reconcile", app, &stop, RARELY, reconcile::step),
        repeat("prune", app, &stop, RARELY, prune::step),
    ]
}

fn repeat<F: Future<Output = Result<usize, String>> + Send + 'static>(
    name: &'static str,
    app: &App,
    stop: &watch::Receiver<bool>,
    idle: Duration,
    step: impl Fn(App) -> F + Send + 'static,
) -> JoinHandle<()> {
    let (app, mut stop) = (Arc::clone(app), stop.clone());
    tokio::spawn(async move {
        while !*stop.borrow() {
            let done = step(Arc::clone(&app)).await;
            if let Err(problem) = &done {
                tracing::warn!(worker = name, problem, "a worker failed and will try again");
            }
            if !matches!(done, Ok(1..)) {
                // Either the time passes or the program stops; both are fine.
                let _ = tokio::time::timeout(idle, stop.wait_for(|stopped| *stopped)).await;
            }
        }
    })
}

/// A failed question or command as text for the log.
fn text(fail: store::Fail) -> String {
    match fail {
        store::Fail::Reject(reject) => reject.to_string(),
        store::Fail::Storage(error) => error.to_string(),
    }
}
