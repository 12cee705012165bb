//! The columns of a segment: what is known of a document by its number alone, and where in the order of
//! places a cell begins. They say what is; what is wanted is judged in `judge.rs`.

use std::sync::Arc;

use tantivy::columnar::{Column, ColumnIndex, ColumnValues};
use tantivy::fastfield::AliveBitSet;
use tantivy::{DocId, SegmentReader};

use super::index::IndexError;
use super::schema::column;

/// The columns of one segment.
pub(super) struct Columns {
    doc_count: DocId,
    pub alive: Option<AliveBitSet>,
    cell: Arc<dyn ColumnValues<u64>>,
    pub lat: Arc<dyn ColumnValues<i64>>,
    pub lon: Arc<dyn ColumnValues<i64>>,
    pub live_from: Arc<dyn ColumnValues<i64>>,
    pub live_until: Arc<dyn ColumnValues<i64>>,
    pub currency: Arc<dyn ColumnValues<i64>>,
    pub price: Arc<dyn ColumnValues<i64>>,
    pub rating: Arc<dyn ColumnValues<i64>>,
    pub reviews: Arc<dyn ColumnValues<i64>>,
    pub quality: Arc<dyn ColumnValues<i64>>,
    offer_high: Arc<dyn ColumnValues<u64>>,
    offer_low: Arc<dyn ColumnValues<u64>>,
}

impl Columns {
    /// Opens all columns of the segment.
    pub fn open(reader: &SegmentReader) -> Result<Self, IndexError> {
        let columns = reader.fast_fields();
        let unsigned = |name| columns.u64(name).map(values);
        let signed = |name| columns.i64(name).map(values);
        Ok(Self {
            doc_count: reader.max_doc(),
            alive: reader.alive_bitset().cloned(),
            cell: unsigned(column::CELL)?,
            lat: signed(column::LAT)?,
            lon: signed(column::LON)?,
            live_from: signed(column::LIVE_FROM)?,
            live_until: signed(column::LIVE_UNTIL)?,
            currency: signed(column::CURRENCY)?,
            price: signed(column::PRICE)?,
            rating: signed(column::RATING)?,
            reviews: signed(column::REVIEWS)?,
            quality: signed(column::QUALITY)?,
            offer_high: unsigned(column::OFFER_HIGH)?,
            offer_low: unsigned(column::OFFER_LOW)?,
        })
    }

    /// The first document from `from` on whose finest cell is not below `cell`.
    pub fn first_at_or_after(&self, cell: u64, from: DocId) -> DocId {
        // What is asked for is mostly close to where the last answer was.
        let (mut low, mut high, mut stride) = (from, self.doc_count, 1);
        while low + stride < high {
            if self.cell.get_val(low + stride) >= cell {
                high = low + stride;
            } else {
                low += stride;
                stride *= 2;
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.cell.get_val(middle) < cell {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The offer's id, as a number.
    pub fn offer(&self, doc: DocId) -> u128 {
        u128::from(self.offer_high.get_val(doc)) << 64 | u128::from(self.offer_low.get_val(doc))
    }
}

/// Every document has every column; then the values can be read without asking whether there is one.
fn values<T>(column: Column<T>) -> Arc<dyn ColumnValues<T>>
where
    T: PartialOrd + Copy + Default + std::fmt::Debug + Send + Sync + 'static,
{
    match column.index {
        ColumnIndex::Full => column.values,
        ColumnIndex::Empty { .. } | ColumnIndex::Optional(_) | ColumnIndex::Multivalued(_) => {
            column.first_or_default_col(T::default())
        }
    }
}
