//! What can be asked and what is answered, and the check that turns a question into a request that
//! cannot fail any more. Text is never refused; numbers outside their range are.

use kernel::{Currency, GeoPoint, Reject, Timestamp};

use super::cursor::{self, Place};
use super::document::OfferDoc;
use super::rank::StepKind;
use super::words::{Word, query_words};
use crate::reject::{SEARCH_FIELD_MISSING, SEARCH_FIELD_OUT_OF_RANGE};

const MAX_RADIUS_M: i64 = 40_000;
const MAX_PAGE_SIZE: usize = 50;

/// What somebody looks for. Everything that is given must hold of every hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words in any language; all of them must occur in the title, the names, the category or the names of the
    /// store's dishes. Only the first 200 characters and 12 words count. Without a word in it: everything.
    pub text: String,
    /// Only what is near here.
    pub near: Option<Near>,
    /// Only this category, by its exact code.
    pub category: Option<String>,
    /// Only prices in this currency and range.
    pub price: Option<PriceRange>,
    /// Only offers with at least this mean rating, in stars times 1000, 0 to 5000.
    pub min_rating_milli: Option<i64>,
    /// What comes first.
    pub sort: Sort,
    /// How many hits at most, 1 to 50.
    pub page_size: usize,
    /// [`SearchPage::next`] of the page before, for the same question.
    pub cursor: Option<String>,
}

/// A circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// The centre; distances are from here.
    pub place: GeoPoint,
    /// In metres, 1 to 40,000, the rim included.
    pub radius_m: i64,
}

/// Prices of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    /// Offers in another currency are left out.
    pub currency: Currency,
    /// Lowest price in minor units, included.
    pub min: Option<i64>,
    /// Highest price in minor units, included.
    pub max: Option<i64>,
}

/// What comes first. Equals are ordered by the offer's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Words, quality and nearness together.
    #[default]
    Relevance,
    /// Nearest first; needs `near`.
    Distance,
    /// Cheapest first; needs `price`, because amounts of different currencies have no order.
    Price,
    /// Best mean rating first, of equals the one with more reviews; unrated last.
    Rating,
    /// Most reviews first.
    ReviewCount,
}

impl Default for SearchQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            near: None,
            category: None,
            price: None,
            min_rating_milli: None,
            sort: Sort::default(),
            page_size: 20,
            cursor: None,
        }
    }
}

/// One page of hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    /// Best first, at most one of each offer: in the store that comes first in the order, the nearest
    /// of those that are equal.
    pub hits: Vec<SearchHit>,
    /// Where the next page starts, if there is one. Pages end after 10,000 offers.
    pub next: Option<String>,
    /// Nothing had all the words, so these have only the rarer half of them, or more.
    pub relaxed: bool,
}

/// An offer that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// The offer in that store, as of the index: a moment old.
    pub doc: OfferDoc,
    /// How far the store is, in whole metres, if the search was near a place.
    pub distance_m: Option<i64>,
}

/// A question that has been checked.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub words: Vec<Word>,
    pub category: Option<String>,
    pub filter: Filter,
    pub sort: Sort,
    pub page_size: usize,
    /// Where the page before ended, and whether it was relaxed.
    pub after: Option<(Place, bool)>,
    pub fingerprint: u64,
}

/// What is judged on each document.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub now: Timestamp,
    pub near: Option<Near>,
    pub price: Option<PriceRange>,
    pub min_rating_milli: Option<i64>,
}

impl Request {
    /// Checks `query`; rejects numbers out of range, an order without what it needs, and a cursor of
    /// another question.
    pub fn check(query: &SearchQuery, now: Timestamp) -> Result<Self, Reject> {
        check_ranges(query)?;
        if query.sort == Sort::Distance && query.near.is_none() {
            return Err(
                SEARCH_FIELD_MISSING.at("/near", "The order by distance needs a place to be near to.")
            );
        }
        if query.sort == Sort::Price && query.price.is_none() {
            return Err(SEARCH_FIELD_MISSING.at("/price", "The order by price needs a currency."));
        }
        let words = query_words(&query.text);
        let fingerprint = cursor::fingerprint(query, &words);
        let after = match &query.cursor {
            Some(text) => Some(cursor::read(text, fingerprint)?),
            None => None,
        };
        Ok(Self {
            words,
            category: query.category.clone(),
            filter: Filter {
                now,
                near: query.near,
                price: query.price,
                min_rating_milli: query.min_rating_milli,
            },
            sort: query.sort,
            page_size: query.page_size,
            after,
            fingerprint,
        })
    }

    /// The value by which this order can be read from the index in steps. Without a place, relevance
    /// falls and rises with quality.
    pub fn step_kind(&self) -> Option<StepKind> {
        match self.sort {
            Sort::Distance => None,
            Sort::Relevance => Some(StepKind::Quality),
            Sort::Price => self.filter.price.map(|price| StepKind::Price(price.currency)),
            Sort::Rating => Some(StepKind::Rating),
            Sort::ReviewCount => Some(StepKind::Reviews),
        }
    }
}

fn check_ranges(query: &SearchQuery) -> Result<(), Reject> {
    let refuse = |field, detail: String| Err(SEARCH_FIELD_OUT_OF_RANGE.at(field, detail));
    if !(1..=MAX_PAGE_SIZE).contains(&query.page_size) {
        return refuse(
            "/page_size",
            format!("A page has 1 to {MAX_PAGE_SIZE} hits, not {}.", query.page_size),
        );
    }
    if let Some(near) = query.near
        && !(1..=MAX_RADIUS_M).contains(&near.radius_m)
    {
        return refuse(
            "/near/radius_m",
            format!("A radius is 1 to {MAX_RADIUS_M} m, not {}.", near.radius_m),
        );
    }
    if let Some(rating) = query.min_rating_milli
        && !(0..=5_000).contains(&rating)
    {
        return refuse(
            "/min_rating_milli",
            format!("A rating is 0 to 5000 thousandths, not {rating}."),
        );
    }
    if let Some(PriceRange {
        min: Some(min),
        max: Some(max),
        ..
    }) = query.price
        && min > max
    {
        return refuse(
            "/price/min",
            format!("The lowest price {min} is above the highest price {max}."),
        );
    }
    Ok(())
}
