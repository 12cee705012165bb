//! How a document lies in the index: terms to find it by, columns to judge it by, and the kept bytes to
//! show it. The order of the documents is their place (see `cells.rs`).

use tantivy::index::{IndexSettings, IndexSortByField, Order};
use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::Compressor;
use tantivy::{TantivyDocument, Term};

use kernel::{MerchantId, OfferId, StaticType, StoreId, TypeSafeId};

use super::cells::finest_cell;
use super::document::OfferDoc;
use super::points::{POINTS, Points};
use super::rank::{self, StepKind};

/// Changes whenever an index written before could be read wrongly. The index lies in a folder of this
/// number, so that a new format starts from nothing and is fed again.
pub(super) const FORMAT: u32 = 1;

/// Names of the columns.
pub(super) mod column {
    pub(in super::super) const CELL: &str = "cell";
    pub(in super::super) const LAT: &str = "lat";
    pub(in super::super) const LON: &str = "lon";
    pub(in super::super) const LIVE_FROM: &str = "live_from";
    pub(in super::super) const LIVE_UNTIL: &str = "live_until";
    pub(in super::super) const CURRENCY: &str = "currency";
    pub(in super::super) const PRICE: &str = "price";
    /// Mean stars times 1000; -1 without reviews.
    pub(in super::super) const RATING: &str = "rating";
    pub(in super::super) const REVIEWS: &str = "reviews";
    pub(in super::super) const QUALITY: &str = "quality";
    pub(in super::super) const OFFER_HIGH: &str = "offer_high";
    pub(in super::super) const OFFER_LOW: &str = "offer_low";
}

/// The schema and its fields.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub schema: Schema,
    /// Grams of all texts, with points as frequencies.
    pub grams: Field,
    /// The category, whole.
    pub category: Field,
    /// What a document is removed by: a kind and an id.
    pub keys: Field,
    /// Values that results are ordered by, in steps (see `rank.rs`).
    pub steps: Field,
    /// The bytes of [`OfferDoc::to_kept`].
    pub kept: Field,
}

impl Layout {
    pub fn new() -> Self {
        let mut schema = Schema::builder();
        let terms = |tokenizer, option| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_fieldnorms(false);
            TextOptions::default().set_indexing_options(indexing.set_index_option(option))
        };
        let grams = schema.add_text_field("grams", terms(POINTS, IndexRecordOption::WithFreqs));
        let category = schema.add_text_field("category", terms("raw", IndexRecordOption::Basic));
        let keys = schema.add_bytes_field("keys", tantivy::schema::INDEXED);
        let steps = schema.add_u64_field("steps", NumericOptions::default().set_indexed());
        let kept = schema.add_bytes_field("kept", STORED);
        let fast = || NumericOptions::default().set_fast();
        for name in [column::CELL, column::OFFER_HIGH, column::OFFER_LOW] {
            schema.add_u64_field(name, fast());
        }
        for name in [
            column::LAT,
            column::LON,
            column::LIVE_FROM,
            column::LIVE_UNTIL,
            column::CURRENCY,
            column::PRICE,
            column::RATING,
            column::REVIEWS,
            column::QUALITY,
        ] {
            schema.add_i64_field(name, fast());
        }
        Self {
            schema: schema.build(),
            grams,
            category,
            keys,
            steps,
            kept,
        }
    }

    /// Ordered by place; kept bytes in small blocks, because a page of hits reads a few from everywhere.
    pub fn settings() -> IndexSettings {
        IndexSettings {
            sort_by_field: Some(IndexSortByField {
                field: column::CELL.to_owned(),
                order: Order::Asc,
            }),
            docstore_compression: Compressor::Lz4,
            docstore_compress_dedicated_thread: false,
            docstore_blocksize: 4_096,
            ..IndexSettings::default()
        }
    }

    /// The document as the index takes it.
    pub fn to_tantivy(&self, doc: &OfferDoc) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        out.add_text(self.grams, Points::of(doc).to_text());
        out.add_text(self.category, &doc.category);
        for key in [
            offer_key(doc.offer),
            store_key(doc.store),
            merchant_key(doc.merchant),
        ] {
            out.add_bytes(self.keys, &key);
        }
        out.add_bytes(self.keys, &offer_in_store_key(doc.offer, doc.store));
        self.add_columns(doc, &mut out);
        out.add_bytes(self.kept, &doc.to_kept());
        out
    }

    fn add_columns(&self, doc: &OfferDoc, out: &mut TantivyDocument) {
        let rating = doc.rating_milli.map_or(-1, |rating| rating.clamp(0, 5_000));
        let reviews = doc.review_count.max(0);
        let quality = rank::quality_milli(doc.rating_milli.map(|_| rating), reviews);
        let currency = i64::from(doc.price.currency.numeric());
        let (offer_high, offer_low) = doc.offer.uuid().as_u64_pair();
        for (kind, value) in [
            (StepKind::Price(doc.price.currency), doc.price.amount),
            (StepKind::Rating, rating + 1),
            (StepKind::Reviews, reviews),
            (StepKind::Quality, quality),
        ] {
            out.add_u64(self.steps, kind.number(value));
        }
        for (name, value) in [
            (column::CELL, finest_cell(doc.place)),
            (column::OFFER_HIGH, offer_high),
            (column::OFFER_LOW, offer_low),
        ] {
            out.add_u64(self.column(name), value);
        }
        for (name, value) in [
            (column::LAT, doc.place.lat_microdegrees()),
            (column::LON, doc.place.lon_microdegrees()),
            (column::LIVE_FROM, doc.live_from.0),
            (column::LIVE_UNTIL, doc.live_until.0),
            (column::CURRENCY, currency),
            (column::PRICE, doc.price.amount),
            (column::QUALITY, quality),
            (column::RATING, rating),
            (column::REVIEWS, reviews),
        ] {
            out.add_i64(self.column(name), value);
        }
    }

    fn column(&self, name: &str) -> Field {
        self.schema
            .get_field(name)
            .expect("the schema was built with every column")
    }

    /// The term of a removal key.
    pub fn key_term(&self, key: &[u8]) -> Term {
        Term::from_field_bytes(self.keys, key)
    }
}

pub(super) fn offer_key(offer: OfferId) -> Vec<u8> {
    key(b'o', offer)
}

pub(super) fn store_key(store: StoreId) -> Vec<u8> {
    key(b's', store)
}

pub(super) fn merchant_key(merchant: MerchantId) -> Vec<u8> {
    key(b'm', merchant)
}

pub(super) fn offer_in_store_key(offer: OfferId, store: StoreId) -> Vec<u8> {
    let mut bytes = key(b'k', offer);
    bytes.extend(store.uuid().as_bytes());
    bytes
}

fn key<K: StaticType>(kind: u8, id: TypeSafeId<K>) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(id.uuid().as_bytes());
    bytes
}
