//! Which documents to look at, in stages, so that a search can stop as soon as nothing better is left:
//! rings outward from the searcher, steps of the value that orders, or simply all that have the words.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

use super::cells::cover;
use super::index::IndexError;
use super::judge::Ring;
use super::needs::Needs;
use super::query::{Near, Request, Sort};
use super::rank::{self, StepKind};
use super::view::View;

/// So few documents are looked at in one go; above, stages pay. Tests have few documents and need both.
const FEW_DOCS: u64 = if cfg!(test) { 10 } else { 20_000 };
/// The first ring. Each further one has twice the radius.
const FIRST_RING_MM: i64 = 250_000;
/// Documents of the first stage of steps. Each further one has twice as many.
const FIRST_STEPS_DOCS: u64 = if cfg!(test) { 4 } else { 2_000 };

/// Documents to look at together.
pub(super) struct Stage {
    pub docs: Docs,
    /// Only those in this ring, if the search is near a place.
    pub ring: Ring,
    /// No document of a later stage comes before this in the order.
    pub best_left: i64,
}

/// Where the documents of a stage come from.
pub(super) enum Docs {
    /// Everything that has what is needed.
    Matching,
    /// What lies in these stretches of cells.
    Cells(Vec<RangeInclusive<u64>>),
    /// What has one of these numbers in the field of steps and lies in these stretches, if given.
    Steps(Vec<u64>, Option<Rc<[RangeInclusive<u64>]>>),
}

/// The stages of one search.
pub(super) enum Plan {
    /// All in one.
    Once(Option<Stage>),
    /// Rings outward.
    Rings(Rings),
    /// Steps of a value.
    Steps(Steps),
}

/// Ring after ring around the searcher.
pub(super) struct Rings {
    near: Near,
    sort: Sort,
    most_text_milli: i64,
    reached_mm: i64,
}

/// Step after step, several in a stage.
pub(super) struct Steps {
    kind: StepKind,
    /// Numbers of the field with their documents; the best is the last.
    left: Vec<(u64, u64)>,
    /// Where to look, if that is much less than everywhere.
    stretches: Option<Rc<[RangeInclusive<u64>]>>,
    ring: Ring,
    most_text_milli: i64,
    stage_docs: u64,
}

impl Plan {
    /// Chooses by how many documents there are.
    pub fn choose(view: &View, request: &Request, needs: &Needs) -> Result<Self, IndexError> {
        let near = request.filter.near;
        let ring = Ring {
            inner_mm: -1,
            outer_mm: near.map_or(0, |near| near.radius_m * 1_000),
        };
        let once = |docs| {
            Ok(Self::Once(Some(Stage {
                docs,
                ring,
                best_left: i64::MAX,
            })))
        };
        if needs.fewest_docs().is_some_and(|docs| docs <= FEW_DOCS) {
            return once(Docs::Matching);
        }
        let most_text_milli = needs.most_text_milli();
        let mut stretches = None;
        if let Some(near) = near {
            if matches!(request.sort, Sort::Distance | Sort::Relevance) {
                return Ok(Self::Rings(Rings {
                    near,
                    sort: request.sort,
                    most_text_milli,
                    reached_mm: -1,
                }));
            }
            let cover = cover(near.place, ring);
            let docs = view.doc_count_in(&cover);
            if docs <= FEW_DOCS {
                return once(Docs::Cells(cover));
            }
            stretches = (docs < view.searcher.num_docs() / 2).then(|| cover.into());
        }
        match request.step_kind() {
            Some(kind) => {
                let left = steps(view, request, kind)?;
                let stage_docs = FIRST_STEPS_DOCS;
                Ok(Self::Steps(Steps {
                    kind,
                    left,
                    stretches,
                    ring,
                    most_text_milli,
                    stage_docs,
                }))
            }
            None => once(Docs::Matching),
        }
    }

    /// The next stage, `None` after the last.
    pub fn next(&mut self) -> Option<Stage> {
        match self {
            Self::Once(stage) => stage.take(),
            Self::Rings(rings) => rings.next(),
            Self::Steps(steps) => steps.next(),
        }
    }
}

impl Rings {
    fn next(&mut self) -> Option<Stage> {
        let inner_mm = self.reached_mm;
        let end_mm = self.near.radius_m * 1_000;
        if inner_mm >= end_mm {
            return None;
        }
        let outer_mm = (inner_mm * 2).max(FIRST_RING_MM).min(end_mm);
        self.reached_mm = outer_mm;
        let ring = Ring { inner_mm, outer_mm };
        let best_left = match self.sort {
            Sort::Relevance => rank::relevance(self.most_text_milli, 1_000, Some(outer_mm)),
            Sort::Distance | Sort::Price | Sort::Rating | Sort::ReviewCount => outer_mm,
        };
        Some(Stage {
            docs: Docs::Cells(cover(self.near.place, ring)),
            ring,
            best_left,
        })
    }
}

impl Steps {
    fn next(&mut self) -> Option<Stage> {
        let mut taken = Vec::new();
        let mut docs = 0;
        while docs < self.stage_docs
            && let Some((number, count)) = self.left.pop()
        {
            taken.push(number);
            docs += count;
        }
        self.stage_docs *= 2;
        let last = *taken.last()?;
        let best_value_left = match self.left.last() {
            None => None,
            Some((next, _)) if self.kind.is_ascending() => Some(self.kind.floor(*next)),
            Some(_) => Some(self.kind.floor(last) - 1),
        };
        let best_left = best_value_left.map_or(i64::MAX, |value| {
            self.kind.best_order(value, self.most_text_milli)
        });
        Some(Stage {
            docs: Docs::Steps(taken, self.stretches.clone()),
            ring: self.ring,
            best_left,
        })
    }
}

/// The steps that occur, with their documents, the best last.
fn steps(view: &View, request: &Request, kind: StepKind) -> Result<Vec<(u64, u64)>, IndexError> {
    let (low, high) = values(request, kind);
    let (low, high) = (kind.number(low).to_be_bytes(), kind.number(high).to_be_bytes());
    let mut docs_by_number = BTreeMap::<u64, u64>::new();
    for segment in &view.segments {
        let mut stream = segment.steps.terms().range().ge(low).le(high).into_stream()?;
        while let Some((key, info)) = stream.next() {
            if let Ok(bytes) = key.try_into() {
                *docs_by_number.entry(u64::from_be_bytes(bytes)).or_default() += u64::from(info.doc_freq);
            }
        }
    }
    let mut steps: Vec<(u64, u64)> = docs_by_number.into_iter().collect();
    if kind.is_ascending() {
        steps.reverse();
    }
    Ok(steps)
}

/// The lowest and highest value that the filter lets pass.
fn values(request: &Request, kind: StepKind) -> (i64, i64) {
    match kind {
        StepKind::Price(_) => {
            let range = request.filter.price;
            let min = range.and_then(|range| range.min).unwrap_or(0);
            (min, range.and_then(|range| range.max).unwrap_or(i64::MAX))
        }
        StepKind::Rating => (
            request.filter.min_rating_milli.map_or(0, |least| least + 1),
            i64::MAX,
        ),
        StepKind::Reviews | StepKind::Quality => (0, i64::MAX),
    }
}
