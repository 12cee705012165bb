//! One state of the index, opened for searching: the segments with their dictionaries and columns at
//! hand. Made once after each commit, because opening columns by name costs more than a search.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::{DocId, Searcher};

use super::columns::Columns;
use super::index::IndexError;
use super::schema::Layout;

/// All segments, in the searcher's order.
pub(super) struct View {
    pub searcher: Searcher,
    pub segments: Vec<SegmentView>,
}

/// One segment: documents in the order of their finest cell.
pub(super) struct SegmentView {
    pub grams: Arc<InvertedIndexReader>,
    pub category: Arc<InvertedIndexReader>,
    pub steps: Arc<InvertedIndexReader>,
    pub columns: Columns,
}

impl View {
    /// Opens every segment of `searcher`.
    pub fn open(searcher: Searcher, layout: &Layout) -> Result<Self, IndexError> {
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for reader in searcher.segment_readers() {
            segments.push(SegmentView {
                grams: reader.inverted_index(layout.grams)?,
                category: reader.inverted_index(layout.category)?,
                steps: reader.inverted_index(layout.steps)?,
                columns: Columns::open(reader)?,
            });
        }
        Ok(Self { searcher, segments })
    }

    /// How many documents lie in these stretches of cells.
    pub fn doc_count_in(&self, stretches: &[RangeInclusive<u64>]) -> u64 {
        let ranges = self
            .segments
            .iter()
            .flat_map(|segment| segment.docs_in(stretches));
        ranges.map(|range| u64::from(range.end - range.start)).sum()
    }
}

impl SegmentView {
    /// The documents in these stretches of cells; neighbours joined.
    pub fn docs_in(&self, stretches: &[RangeInclusive<u64>]) -> Vec<Range<DocId>> {
        let mut found: Vec<Range<DocId>> = Vec::new();
        let mut from = 0;
        for stretch in stretches {
            let start = self.columns.first_at_or_after(*stretch.start(), from);
            let end = self
                .columns
                .first_at_or_after(stretch.end().saturating_add(1), start);
            from = end;
            match found.last_mut() {
                Some(last) if last.end == start => last.end = end,
                Some(_) | None if start < end => found.push(start..end),
                Some(_) | None => {}
            }
        }
        found
    }
}
