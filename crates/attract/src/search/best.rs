//! The best offers so far, one entry for each offer, ready to say when nothing better can come.

use std::collections::HashSet;

use tantivy::DocAddress;

use super::cursor::Place;
use super::judge::Verdict;

/// A document that is its offer's best so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub place: Place,
    pub distance_mm: Option<i64>,
    pub address: DocAddress,
}

/// At most `limit` offers that come after the page before, best first.
pub(super) struct Best {
    limit: usize,
    /// The end of the page before.
    after: Option<Place>,
    /// Offers of which some document belongs to an earlier page.
    shown: HashSet<u128>,
    hits: Vec<Hit>,
}

impl Best {
    /// Nothing yet.
    pub fn new(limit: usize, after: Option<Place>, shown: HashSet<u128>) -> Self {
        Self {
            limit,
            after,
            shown,
            hits: Vec::with_capacity(limit + 1),
        }
    }

    /// The last order that could still get in.
    pub fn latest(&self) -> i64 {
        match self.hits.last() {
            Some(worst) if self.hits.len() == self.limit => worst.place.order,
            Some(_) | None => i64::MAX,
        }
    }

    /// Takes the document if it belongs among the best.
    pub fn take(&mut self, offer: u128, verdict: Verdict, address: DocAddress) {
        let place = Place {
            order: verdict.order,
            offer,
        };
        if self.after.is_some_and(|after| place <= after) || self.shown.contains(&offer) {
            return;
        }
        let hit = Hit {
            place,
            distance_mm: verdict.distance_mm,
            address,
        };
        if let Some(known) = self.hits.iter().position(|known| known.place.offer == offer) {
            if rank(&self.hits[known]) <= rank(&hit) {
                return;
            }
            self.hits.remove(known);
        }
        let at = self.hits.partition_point(|better| rank(better) < rank(&hit));
        self.hits.insert(at, hit);
        self.hits.truncate(self.limit);
    }

    /// Whether the list is full and no document whose order is `best_left` or later changes it.
    pub fn is_settled(&self, best_left: i64) -> bool {
        self.latest() < best_left
    }

    /// Best first.
    pub fn into_hits(self) -> Vec<Hit> {
        self.hits
    }
}

/// Of two documents of one offer with the same order the nearer stands for it.
fn rank(hit: &Hit) -> (Place, Option<i64>) {
    (hit.place, hit.distance_mm)
}
