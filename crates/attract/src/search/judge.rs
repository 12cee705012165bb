//! Judging a document by its columns: whether it is alive, live, near, in the price range and well
//! enough rated, and where it comes in the order. One judge for each segment and stage, which leaves out
//! the questions that every document of the segment would pass.

use std::ops::{Range, RangeInclusive};

use kernel::GeoPoint;
use tantivy::DocId;
use tantivy::columnar::ColumnValues;

use super::columns::Columns;
use super::query::{Filter, Sort};
use super::rank;

/// A microdegree of latitude is at least this long everywhere (111.19 mm on the sphere in use).
const LATITUDE_MM: i64 = 111;

/// A ring around the searcher: further than the inner and at most the outer distance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    /// Negative where the centre itself belongs to it.
    pub inner_mm: i64,
    pub outer_mm: i64,
}

/// What the order rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The smaller comes first.
    pub order: i64,
    /// `None` if the search is not near a place.
    pub distance_mm: Option<i64>,
}

/// A column and what it must hold.
struct Check<'a> {
    values: &'a dyn ColumnValues<i64>,
    wanted: RangeInclusive<i64>,
}

impl Check<'_> {
    /// How many of a thousand values would pass if they were spread evenly.
    fn passing_permille(&self) -> u64 {
        let (least, most) = (self.values.min_value(), self.values.max_value());
        let passing = most
            .min(*self.wanted.end())
            .abs_diff(least.max(*self.wanted.start()));
        let all = most.abs_diff(least).max(1);
        (u128::from(passing) * 1_000 / u128::from(all)) as u64
    }
}

/// Judges the documents of one segment.
pub(super) struct Judge<'a> {
    columns: &'a Columns,
    checks: Vec<Check<'a>>,
    sort: Sort,
    center: Option<GeoPoint>,
    ring: Ring,
}

impl<'a> Judge<'a> {
    /// A judge of this segment, `None` if no document in it can pass.
    pub fn new(columns: &'a Columns, filter: &Filter, sort: Sort, ring: Ring) -> Option<Self> {
        let center = filter.near.map(|near| near.place);
        let mut judge = Self {
            columns,
            checks: Vec::new(),
            sort,
            center,
            ring,
        };
        let now = filter.now.0;
        let mut possible = judge.check(&*columns.live_from, i64::MIN..=now)
            && judge.check(&*columns.live_until, now.saturating_add(1)..=i64::MAX);
        if let Some(center) = center {
            let (lat, reach) = (center.lat_microdegrees(), ring.outer_mm / LATITUDE_MM + 1);
            possible &= judge.check(&*columns.lat, lat - reach..=lat + reach);
        }
        if let Some(least) = filter.min_rating_milli {
            possible &= judge.check(&*columns.rating, least..=i64::MAX);
        }
        if let Some(price) = filter.price {
            let currency = i64::from(price.currency.numeric());
            possible &= judge.check(&*columns.currency, currency..=currency);
            let range = price.min.unwrap_or(i64::MIN)..=price.max.unwrap_or(i64::MAX);
            possible &= judge.check(&*columns.price, range);
        }
        judge.checks.sort_by_key(Check::passing_permille);
        possible.then_some(judge)
    }

    /// Puts the documents of the range into `docs` that pass the hardest check, in their order. Much
    /// faster than one by one, because the column is read in stretches.
    pub fn preselect(&self, range: Range<DocId>, docs: &mut Vec<DocId>) {
        docs.clear();
        match self.checks.first() {
            Some(check) => check
                .values
                .get_row_ids_for_value_range(check.wanted.clone(), range, docs),
            None => docs.extend(range),
        }
    }

    /// Notes the check unless all values pass; `false` if none does.
    fn check(&mut self, values: &'a dyn ColumnValues<i64>, wanted: RangeInclusive<i64>) -> bool {
        let (least, most) = (values.min_value(), values.max_value());
        if !(wanted.contains(&least) && wanted.contains(&most)) {
            self.checks.push(Check {
                values,
                wanted: wanted.clone(),
            });
        }
        least <= *wanted.end() && *wanted.start() <= most
    }

    /// Where the document comes in the order, `None` if it is not wanted or comes after `latest`.
    /// `text_milli` is how well the words fit. What takes the least reading and refuses the most is
    /// asked first.
    pub fn judge(&self, doc: DocId, text_milli: i64, latest: i64) -> Option<Verdict> {
        let nearest_mm = self.center.map(|_| self.ring.inner_mm.max(0));
        let best = self.order(doc, text_milli, nearest_mm);
        let passes = |check: &Check<'_>| check.wanted.contains(&check.values.get_val(doc));
        if best > latest
            || self
                .columns
                .alive
                .as_ref()
                .is_some_and(|alive| !alive.is_alive(doc))
            || !self.checks.iter().all(passes)
        {
            return None;
        }
        let Some(center) = self.center else {
            return Some(Verdict {
                order: best,
                distance_mm: None,
            });
        };
        let distance_mm = self.distance_mm(doc, center)?;
        if distance_mm <= self.ring.inner_mm || distance_mm > self.ring.outer_mm {
            return None;
        }
        let order = self.order(doc, text_milli, Some(distance_mm));
        (order <= latest).then_some(Verdict {
            order,
            distance_mm: Some(distance_mm),
        })
    }

    fn order(&self, doc: DocId, text_milli: i64, distance_mm: Option<i64>) -> i64 {
        let columns = self.columns;
        match self.sort {
            Sort::Relevance => rank::relevance(text_milli, columns.quality.get_val(doc), distance_mm),
            Sort::Distance => distance_mm.unwrap_or(0),
            Sort::Price => columns.price.get_val(doc),
            Sort::Rating => rank::rating_order(columns.rating.get_val(doc), columns.reviews.get_val(doc)),
            Sort::ReviewCount => -columns.reviews.get_val(doc),
        }
    }

    #[allow(clippy::float_arithmetic, reason = "geometry, not money")]
    fn distance_mm(&self, doc: DocId, center: GeoPoint) -> Option<i64> {
        let place =
            GeoPoint::from_microdegrees(self.columns.lat.get_val(doc), self.columns.lon.get_val(doc))?;
        Some((center.distance_m(place) * 1_000.0).round() as i64)
    }
}
