//! A search at work: stage after stage, segment after segment, each document judged, the best kept.
//! Knows nothing of how results are shown.

use std::collections::HashSet;
use std::ops::Range;
use std::slice;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, TERMINATED, Term};

use super::best::{Best, Hit};
use super::cursor::Place;
use super::index::IndexError;
use super::judge::{Judge, Verdict};
use super::needs::{Matcher, Needs};
use super::plan::{Docs, Plan, Stage};
use super::query::{Request, Sort};
use super::schema::Layout;
use super::view::{SegmentView, View};

/// Nobody reads further than this many offers, and what was shown has to be found again for each page:
/// a cursor that lies further, which need not be honest, ends the search instead.
pub(super) const MOST_SHOWN: usize = if cfg!(test) { 100 } else { 10_000 };

/// One search over one state of the index.
pub(super) struct Scan<'a> {
    pub view: &'a View,
    pub layout: &'a Layout,
    pub request: &'a Request,
    pub needs: &'a Needs,
}

impl Scan<'_> {
    /// The best `limit` offers after the page that ended at `after`.
    pub fn best(&self, limit: usize, after: Option<Place>) -> Result<Vec<Hit>, IndexError> {
        let shown = match after {
            Some(after) => self.shown_until(after)?,
            None => HashSet::new(),
        };
        if shown.len() >= MOST_SHOWN {
            return Ok(Vec::new());
        }
        let mut best = Best::new(limit, after, shown);
        let mut plan = Plan::choose(self.view, self.request, self.needs)?;
        while let Some(stage) = plan.next() {
            self.visit(&stage, best.latest(), |segment, address, verdict| {
                best.take(segment.columns.offer(address.doc_id), verdict, address);
                best.latest()
            })?;
            if best.is_settled(stage.best_left) {
                break;
            }
        }
        Ok(best.into_hits())
    }

    /// The offers of all pages until `after`, or [`MOST_SHOWN`] of them. An offer in several stores has
    /// documents on both sides of it and must not come again.
    fn shown_until(&self, after: Place) -> Result<HashSet<u128>, IndexError> {
        let mut shown = HashSet::new();
        let mut plan = Plan::choose(self.view, self.request, self.needs)?;
        while let Some(stage) = plan.next() {
            self.visit(&stage, after.order, |segment, address, verdict| {
                let offer = segment.columns.offer(address.doc_id);
                if (Place {
                    order: verdict.order,
                    offer,
                }) <= after
                {
                    shown.insert(offer);
                }
                if shown.len() < MOST_SHOWN {
                    after.order
                } else {
                    i64::MIN
                }
            })?;
            if after.order < stage.best_left || shown.len() >= MOST_SHOWN {
                break;
            }
        }
        Ok(shown)
    }

    /// Calls `found` with every document of the stage that is wanted and whose order is not after
    /// `latest`, which `found` sets anew.
    fn visit(
        &self,
        stage: &Stage,
        mut latest: i64,
        mut found: impl FnMut(&SegmentView, DocAddress, Verdict) -> i64,
    ) -> Result<(), IndexError> {
        let Request { filter, sort, .. } = self.request;
        let mut preselected = Vec::new();
        for (number, segment) in self.view.segments.iter().enumerate() {
            let Some(judge) = Judge::new(&segment.columns, filter, *sort, stage.ring) else {
                continue;
            };
            let Some(mut matcher) = self.needs.matcher(number, segment)? else {
                continue;
            };
            let mut see = |matcher: &mut Matcher, doc| {
                let text_milli = if *sort == Sort::Relevance {
                    matcher.text_milli(doc)
                } else {
                    0
                };
                if let Some(verdict) = judge.judge(doc, text_milli, latest) {
                    latest = found(segment, DocAddress::new(number as u32, doc), verdict);
                }
            };
            match &stage.docs {
                Docs::Matching => walk(&mut matcher, 0..TERMINATED, &mut see),
                Docs::Cells(stretches) if matcher.takes_all() => {
                    for docs in segment.docs_in(stretches) {
                        judge.preselect(docs, &mut preselected);
                        preselected.iter().for_each(|doc| see(&mut matcher, *doc));
                    }
                }
                Docs::Cells(stretches) => {
                    for docs in segment.docs_in(stretches) {
                        walk(&mut matcher, docs, &mut see);
                    }
                }
                Docs::Steps(numbers, stretches) => {
                    let within = stretches.as_ref().map(|stretches| segment.docs_in(stretches));
                    for doc in self.docs_with(segment, numbers, within.as_deref())? {
                        if matcher.seek(doc) == doc {
                            see(&mut matcher, doc);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The documents with one of these numbers in the field of steps, in order.
    fn docs_with(
        &self,
        segment: &SegmentView,
        numbers: &[u64],
        within: Option<&[Range<DocId>]>,
    ) -> Result<Vec<DocId>, IndexError> {
        let everywhere = 0..TERMINATED;
        let mut docs = Vec::new();
        for number in numbers {
            let term = Term::from_field_u64(self.layout.steps, *number);
            let Some(mut postings) = segment.steps.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            for range in within.unwrap_or(slice::from_ref(&everywhere)) {
                let mut doc = if postings.doc() < range.start {
                    postings.seek(range.start)
                } else {
                    postings.doc()
                };
                while doc < range.end {
                    docs.push(doc);
                    doc = postings.advance();
                }
            }
        }
        docs.sort_unstable();
        Ok(docs)
    }
}

/// All matching documents in the range.
fn walk(matcher: &mut Matcher, docs: Range<DocId>, see: &mut impl FnMut(&mut Matcher, DocId)) {
    let mut doc = matcher.seek(docs.start);
    while doc < docs.end {
        see(matcher, doc);
        doc = matcher.seek(doc + 1);
    }
}
