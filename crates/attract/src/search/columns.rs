//! The columns of a segment: what is known of a document by its number alone. Here a document is
//! judged: whether it is alive, live, near, in the price range and well enough rated, and where it
//! comes in the order.

use std::sync::Arc;

use kernel::GeoPoint;
use tantivy::columnar::{Column, ColumnIndex, ColumnValues};
use tantivy::fastfield::AliveBitSet;
use tantivy::{DocId, SegmentReader};

use super::index::IndexError;
use super::query::{Filter, Sort};
use super::rank;
use super::schema::column;

/// A micro-degree of latitude is at least this long everywhere (111.19 mm on the sphere in use).
const LATITUDE_MM: u64 = 111;

/// The columns of one segment.
pub(super) struct Columns {
    doc_count: DocId,
    alive: Option<AliveBitSet>,
    cell: Arc<dyn ColumnValues<u64>>,
    lat: Arc<dyn ColumnValues<i64>>,
    lon: Arc<dyn ColumnValues<i64>>,
    live_from: Arc<dyn ColumnValues<i64>>,
    live_until: Arc<dyn ColumnValues<i64>>,
    currency: Arc<dyn ColumnValues<u64>>,
    price: Arc<dyn ColumnValues<i64>>,
    rating: Arc<dyn ColumnValues<i64>>,
    reviews: Arc<dyn ColumnValues<i64>>,
    quality: Arc<dyn ColumnValues<u64>>,
    offer_high: Arc<dyn ColumnValues<u64>>,
    offer_low: Arc<dyn ColumnValues<u64>>,
}

/// A ring around the searcher: further than the inner and at most the outer distance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    /// Negative where the centre itself belongs to it.
    pub inner_mm: i64,
    pub outer_mm: i64,
}

/// What is to be found, and how good it must be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub filter: &'a Filter,
    pub sort: Sort,
    pub ring: Ring,
    /// What comes later in the order is of no use any more.
    pub latest: i64,
}

/// What the order rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The smaller comes first.
    pub order: i64,
    /// `None` if the search is not near a place.
    pub distance_mm: Option<i64>,
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
            currency: unsigned(column::CURRENCY)?,
            price: signed(column::PRICE)?,
            rating: signed(column::RATING)?,
            reviews: signed(column::REVIEWS)?,
            quality: unsigned(column::QUALITY)?,
            offer_high: unsigned(column::OFFER_HIGH)?,
            offer_low: unsigned(column::OFFER_LOW)?,
        })
    }

    /// The first document from `from` on whose finest cell is not below `cell`.
    pub fn first_at_or_after(&self, cell: u64, from: DocId) -> DocId {
        let (mut low, mut high) = (from, self.doc_count);
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

    /// Where the document comes in the order, `None` if it is not wanted. `text_milli` is how well the
    /// words fit. What takes the least reading and refuses the most is asked first.
    pub fn judge(&self, doc: DocId, text_milli: i64, wanted: Wanted<'_>) -> Option<Verdict> {
        let Wanted {
            filter,
            sort,
            ring,
            latest,
        } = wanted;
        let nearest_mm = filter.near.map(|_| ring.inner_mm.max(0));
        if self.order(doc, sort, text_milli, nearest_mm) > latest
            || self.alive.as_ref().is_some_and(|alive| !alive.is_alive(doc))
            || !self.passes(doc, filter)
        {
            return None;
        }
        let Some(near) = filter.near else {
            return Some(Verdict {
                order: self.order(doc, sort, text_milli, None),
                distance_mm: None,
            });
        };
        let outer_mm = if sort == Sort::Distance {
            ring.outer_mm.min(latest)
        } else {
            ring.outer_mm
        };
        let distance_mm = self.distance_mm(doc, near.place, Ring { outer_mm, ..ring })?;
        let order = self.order(doc, sort, text_milli, Some(distance_mm));
        Some(Verdict {
            order,
            distance_mm: Some(distance_mm),
        })
    }

    fn order(&self, doc: DocId, sort: Sort, text_milli: i64, distance_mm: Option<i64>) -> i64 {
        match sort {
            Sort::Relevance => rank::relevance(text_milli, self.quality.get_val(doc) as i64, distance_mm),
            Sort::Distance => distance_mm.unwrap_or(0),
            Sort::Price => self.price.get_val(doc),
            Sort::Rating => rank::rating_order(self.rating.get_val(doc), self.reviews.get_val(doc)),
            Sort::ReviewCount => -self.reviews.get_val(doc),
        }
    }

    fn passes(&self, doc: DocId, filter: &Filter) -> bool {
        if self.live_from.get_val(doc) > filter.now.0 || self.live_until.get_val(doc) <= filter.now.0 {
            return false;
        }
        if filter
            .min_rating_milli
            .is_some_and(|least| self.rating.get_val(doc) < least)
        {
            return false;
        }
        filter.price.is_none_or(|range| {
            let price = self.price.get_val(doc);
            self.currency.get_val(doc) == u64::from(range.currency.numeric())
                && range.min.is_none_or(|min| price >= min)
                && range.max.is_none_or(|max| price <= max)
        })
    }

    /// The distance from `center`, `None` outside the ring.
    #[allow(clippy::float_arithmetic, reason = "geometry, not money")]
    fn distance_mm(&self, doc: DocId, center: GeoPoint, ring: Ring) -> Option<i64> {
        let lat = self.lat.get_val(doc);
        if lat.abs_diff(center.lat_microdegrees()) * LATITUDE_MM > ring.outer_mm.unsigned_abs() {
            return None;
        }
        let place = GeoPoint::from_microdegrees(lat, self.lon.get_val(doc))?;
        let distance_mm = (center.distance_m(place) * 1000.0).round() as i64;
        (ring.inner_mm < distance_mm && distance_mm <= ring.outer_mm).then_some(distance_mm)
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
