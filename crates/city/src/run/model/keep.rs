//! What is kept for a while and then forgotten, and what people are told.

use kernel::{DAY_US, Timestamp};

use super::{Answer, Model, told};

const ANSWERS_KEPT_US: i64 = 30 * DAY_US;
/// Of each sort at once.
const MOST_FORGOTTEN: usize = 500;

impl Model {
    pub(super) fn tell(&mut self, person: usize, kind: &'static str, amount: i128) {
        let (count, sum) = self.told.entry((person, kind)).or_default();
        *count += 1;
        *sum += amount;
    }

    /// Requests of nobody's that were answered at this time.
    pub fn note_own_requests(&mut self, now: Timestamp, count: usize) {
        self.keys.extend(std::iter::repeat_n((now, None), count));
    }

    pub(super) fn prune(&mut self, now: Timestamp) -> Answer {
        self.keys.sort_by_key(|(at, _)| *at);
        let old = self
            .keys
            .partition_point(|(at, _)| *at < now.plus_us(-ANSWERS_KEPT_US));
        for (_, news) in self.keys.drain(..old.min(MOST_FORGOTTEN)) {
            if let Some(news) = news {
                self.heard.remove(&news);
            }
        }
        for clerk in self.clerks.values_mut() {
            clerk.sessions.retain(|until| *until >= now);
        }
        told("")
    }
}
