//! What can be asked of reviews. Everybody may see the shown ones; who may see the rest is decided by
//! whoever asks.

mod complaints;

pub(crate) use complaints::running_complaints;
pub use complaints::{
    complaint, complaint_of_order, complaint_steps, complaints, complaints_of_merchant, complaints_of_person,
    complaints_waiting, is_shown_to,
};

use std::collections::BTreeSet;

use kernel::{MerchantId, OfferId, PersonId, RedemptionId, ReviewId, StoreId};
use store::{Fail, ReadTx, Row, StorageError, sql};
use uuid::Uuid;

use crate::{Rating, Review, ReviewStatus};

/// One review, shown or not.
pub fn review(read: &mut ReadTx, id: ReviewId) -> Result<Option<Review>, Fail> {
    let row = read.one(sql!(
        "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                hidden_because, reply, replied_at, created_at, version
         FROM review WHERE id = $1",
        id
    ))?;
    row.map(read_review).transpose()
}

/// The review of a visit, shown or not.
pub fn review_of(read: &mut ReadTx, redemption: RedemptionId) -> Result<Option<Review>, Fail> {
    let row = read.one(sql!(
        "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                hidden_because, reply, replied_at, created_at, version
         FROM review WHERE redemption_id = $1",
        redemption
    ))?;
    row.map(read_review).transpose()
}

/// Which of these visits were reviewed, whether that is shown or not, in one round trip.
pub fn reviewed(read: &mut ReadTx, visits: &[RedemptionId]) -> Result<BTreeSet<RedemptionId>, Fail> {
    let questions = visits.iter().map(|visit| {
        sql!(
            "SELECT redemption_id FROM review WHERE redemption_id = $1",
            *visit
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    Ok(rows.map(|mut row| row.take()).collect::<Result<_, _>>()?)
}

/// The shown reviews of a store, newest first, at most `limit` older than `after`.
pub fn reviews_of_store(
    read: &mut ReadTx,
    store: StoreId,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<Review>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                hidden_because, reply, replied_at, created_at, version
         FROM review WHERE store_id = $1 AND id < $2 AND status = 'shown' ORDER BY id DESC LIMIT $3",
        store,
        before(after.map(|id| id.uuid())),
        limit
    ))?;
    rows.into_iter().map(read_review).collect()
}

/// The shown reviews of an offer, newest first, at most `limit` older than `after`.
pub fn reviews_of_offer(
    read: &mut ReadTx,
    offer: OfferId,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<Review>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                hidden_because, reply, replied_at, created_at, version
         FROM review WHERE offer_id = $1 AND id < $2 AND status = 'shown' ORDER BY id DESC LIMIT $3",
        offer,
        before(after.map(|id| id.uuid())),
        limit
    ))?;
    rows.into_iter().map(read_review).collect()
}

/// The shown reviews of a merchant, newest first, at most `limit` older than `after`.
pub fn reviews_of_merchant(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<Review>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                hidden_because, reply, replied_at, created_at, version
         FROM review WHERE merchant_id = $1 AND id < $2 AND status = 'shown' ORDER BY id DESC LIMIT $3",
        merchant,
        before(after.map(|id| id.uuid())),
        limit
    ))?;
    rows.into_iter().map(read_review).collect()
}

/// Whether a review that is shown shows the file of its author, so that everybody may see it.
pub fn is_shown(read: &mut ReadTx, media: &party::Media) -> Result<bool, Fail> {
    let rows = read.many(sql!(
        "SELECT media FROM review WHERE person_id = $1 AND status = 'shown' AND media <> '[]'",
        media.owner
    ))?;
    let id = media.id.to_string();
    for mut row in rows {
        // Ids are of one length and end in a quote, so that none is a part of another.
        if row.take::<String>()?.contains(&id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a person said, shown or not, newest first, at most `limit` older than `after`.
pub fn reviews_of_person(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<Review>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                hidden_because, reply, replied_at, created_at, version
         FROM review WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        person,
        before(after.map(|id| id.uuid())),
        limit
    ))?;
    rows.into_iter().map(read_review).collect()
}

/// Everybody's reviews of one status or of any, newest first, at most `limit` older than `after`.
pub fn reviews(
    read: &mut ReadTx,
    status: Option<ReviewStatus>,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<Review>, Fail> {
    let query = match status {
        Some(status) => sql!(
            "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                    hidden_because, reply, replied_at, created_at, version
             FROM review WHERE status = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            status.as_str(),
            before(after.map(|id| id.uuid())),
            limit
        ),
        None => sql!(
            "SELECT id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text, media, status,
                    hidden_because, reply, replied_at, created_at, version
             FROM review WHERE id < $1 ORDER BY id DESC LIMIT $2",
            before(after.map(|id| id.uuid())),
            limit
        ),
    };
    read.many(query)?.into_iter().map(read_review).collect()
}

/// What a store's shown reviews come to.
pub fn rating(read: &mut ReadTx, store: StoreId) -> Result<Rating, Fail> {
    let row = read.one(sql!(
        "SELECT stars_sum, review_count FROM store_rating WHERE store_id = $1",
        store
    ))?;
    let Some(mut row) = row else {
        return Ok(Rating::default());
    };
    Ok(Rating {
        stars_sum: row.take()?,
        review_count: row.take()?,
    })
}

/// What the shown reviews of several stores come to, in the order of `stores`, in one round trip.
pub fn ratings(read: &mut ReadTx, stores: &[StoreId]) -> Result<Vec<Rating>, Fail> {
    let questions = stores.iter().map(|store| {
        sql!(
            "SELECT stars_sum, review_count FROM store_rating WHERE store_id = $1",
            *store
        )
    });
    let answers = read.ask_all(questions.collect())?;
    let ratings = answers.into_iter().map(|rows| match rows.into_iter().next() {
        Some(mut row) => Ok(Rating {
            stars_sum: row.take()?,
            review_count: row.take()?,
        }),
        None => Ok(Rating::default()),
    });
    ratings.collect()
}

/// A cursor's bound: ids are time-ordered, and no id is above all ones.
fn before(after: Option<Uuid>) -> Uuid {
    after.unwrap_or(Uuid::max())
}

fn read_review(mut row: Row) -> Result<Review, Fail> {
    let (id, redemption, person) = (row.take()?, row.take()?, row.take()?);
    let (merchant, store, offer, stars) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (aspects, text) = (row.take_json()?, row.take()?);
    let (media, status) = (row.take_json()?, row.take::<String>()?);
    let hidden_because = row.take()?;
    let (reply, replied_at) = (row.take::<Option<String>>()?, row.take::<Option<_>>()?);
    let unreadable = || StorageError::bug("a stored review cannot be read");
    Ok(Review {
        id,
        redemption,
        person,
        merchant,
        store,
        offer,
        stars,
        aspects,
        text,
        media,
        status: ReviewStatus::from_text(&status).ok_or_else(unreadable)?,
        hidden_because,
        reply: reply.zip(replied_at),
        created_at: row.take()?,
        version: row.take()?,
    })
}
