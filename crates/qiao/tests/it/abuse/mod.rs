//! What the network and other people's programs do to an API, in any number: requests that come twenty times and
//! across crashes, a provider's news that is repeated, shuffled and forged, codes that are guessed, and requests that are none.

mod deliveries;
mod guesses;
mod malformed;
mod repeats;

use futures_util::{Stream, StreamExt};

use crate::support::random_below;

/// Requests that are under way at once.
const CONNECTIONS: usize = 64;

/// Runs these, many at a time, and gives what they come to as it comes.
fn at_a_time<T>(running: impl IntoIterator<Item: Future<Output = T>>) -> impl Stream<Item = T> {
    futures_util::stream::iter(running).buffer_unordered(CONNECTIONS)
}

fn below(end: usize) -> usize {
    random_below(end as u64) as usize
}

/// Into any order whatever.
fn shuffle<T>(items: &mut [T]) {
    for n in (1..items.len()).rev() {
        items.swap(n, below(n + 1));
    }
}
