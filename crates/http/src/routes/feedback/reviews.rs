//! Reviews: posted by guests, answered by the merchant, hidden by the platform, read by everybody.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use feedback::{HideReview, PostReview, ReplyReview, Review, ReviewStatus, ShowReview, short_name};
use kernel::{LocalText, MediaId, MerchantId, OfferId, PersonId, RedemptionId, ReviewId, StoreId};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Consumer, Manager, OfMerchant, Operator, Staff, Support};
use crate::app::App;
use crate::body::{Because, Path, Query, Write};
use crate::labels::Names;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::routes::offer::OfOffer;
use crate::routes::party::OfStore;
use crate::wire::{After, Created, PAGE_SIZE, Page, named};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(post_review))
        .routes(routes!(reply_review))
        .routes(routes!(hide_review))
        .routes(routes!(show_review))
        .routes(routes!(list_reviews))
        .routes(routes!(list_reviews_of_offer))
        .routes(routes!(list_reviews_of_store))
        .routes(routes!(list_reviews_of_merchant))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfRedemption {
    /// Which visit.
    #[param(value_type = String)]
    redemption: RedemptionId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReview {
    /// 1 to 5.
    stars: i64,
    /// 1 to 5 by aspect, at most 8.
    #[serde(default)]
    #[schema(example = json!({"taste": 5, "service": 4}))]
    aspects: BTreeMap<String, i64>,
    /// In the guest's own words, at most 2,000 characters.
    #[serde(default)]
    text: String,
    /// The guest's own pictures, at most 6.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 6)]
    media: Vec<MediaId>,
}

/// Reviews a visit: its guest alone, once, while the redemption stands.
#[utoipa::path(post, path = "/v1/redemptions/{redemption}/review", operation_id = "postReview", tag = "feedback",
    params(OfRedemption), security(("session" = ["consumer"])), request_body = NewReview,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn post_review(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfRedemption>,
    write: Write<NewReview>,
) -> Result<Response, Problem> {
    let cmd = PostReview {
        redemption: of.redemption,
        stars: write.body.stars,
        aspects: write.body.aspects,
        text: write.body.text,
        media: write.body.media,
    };
    app.command("postReview", of.redemption, consumer.actor(), write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| Ok(Created::of(feedback::post_review(tx, ctx, &cmd)?)))
        .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfReview {
    /// Which review.
    #[param(value_type = String)]
    review: ReviewId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reply {
    /// What the merchant says.
    text: String,
}

/// Answers a review of the merchant's own store, once.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/reviews/{review}/reply", operation_id = "replyReview",
    tag = "feedback", params(OfMerchant, OfReview), security(("session" = ["staff:manager"])), request_body = Reply,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn reply_review(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfReview>,
    write: Write<Reply>,
) -> Result<Response, Problem> {
    let cmd = ReplyReview {
        review: of.review,
        text: write.body.text,
    };
    app.command("replyReview", of.review, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| feedback::reply_review(tx, ctx, &cmd))
        .await
}

/// Hides a review that breaks the rules, for administrators and support.
#[utoipa::path(post, path = "/v1/platform/reviews/{review}/hide", operation_id = "hideReview", tag = "feedback",
    params(OfReview), security(("session" = ["operator:support"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn hide_review(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfReview>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = HideReview { review: of.review };
    app.command("hideReview", of.review, operator.actor(), write.key)
        .because(&write.body.reason)?
        .locking(cmd.locks())
        .run(move |tx, ctx| feedback::hide_review(tx, ctx, &cmd))
        .await
}

/// Shows a review again that an operator hid, for administrators and support.
#[utoipa::path(post, path = "/v1/platform/reviews/{review}/show", operation_id = "showReview", tag = "feedback",
    params(OfReview), security(("session" = ["operator:support"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn show_review(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfReview>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = ShowReview { review: of.review };
    app.command("showReview", of.review, operator.actor(), write.key)
        .because(&write.body.reason)?
        .locking(cmd.locks())
        .run(move |tx, ctx| feedback::show_review(tx, ctx, &cmd))
        .await
}

/// A review as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct PublicReview {
    #[schema(value_type = String)]
    id: ReviewId,
    #[schema(value_type = String)]
    store: StoreId,
    #[schema(value_type = String)]
    offer: OfferId,
    /// 1 to 5.
    stars: i64,
    /// 1 to 5 by aspect.
    aspects: BTreeMap<String, i64>,
    text: String,
    /// The guest's pictures.
    #[schema(value_type = Vec<String>)]
    media: Vec<MediaId>,
    /// Who wrote it, in part: `李**`; absent where they gave no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    author_name: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// What the merchant answered.
    reply: Option<PublicReply>,
}

#[derive(Serialize, ToSchema)]
pub struct PublicReply {
    text: String,
    /// RFC 3339.
    at: String,
}

/// A review with the name of who wrote it.
pub struct Signed {
    pub review: Review,
    author_name: Option<String>,
}

/// The reviews with the names of who wrote them, shortened.
pub fn signed(read: &mut ReadTx, reviews: Vec<Review>) -> Result<Vec<Signed>, Fail> {
    let authors: Vec<PersonId> = reviews.iter().map(|review| review.person).collect();
    let names = short_names(read, &authors)?;
    let sign = |review: Review| Signed {
        author_name: names.get(&review.person).cloned(),
        review,
    };
    Ok(reviews.into_iter().map(sign).collect())
}

/// The names of these people, shortened.
pub fn short_names(read: &mut ReadTx, people: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Fail> {
    let names = party::queries::names_of(read, people)?.into_iter();
    Ok(names.map(|(person, name)| (person, short_name(&name))).collect())
}

impl From<Signed> for PublicReview {
    fn from(Signed { review, author_name }: Signed) -> Self {
        Self {
            author_name,
            id: review.id,
            store: review.store,
            offer: review.offer,
            stars: review.stars,
            aspects: review.aspects,
            text: review.text,
            media: review.media,
            created_at: review.created_at.to_string(),
            reply: review.reply.map(|(text, at)| PublicReply {
                text,
                at: at.to_string(),
            }),
        }
    }
}

/// A review, shown or not.
#[derive(Serialize, ToSchema)]
pub struct ReviewDetails {
    #[serde(flatten)]
    review: PublicReview,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// Of which visit.
    #[schema(value_type = String)]
    redemption: RedemptionId,
    /// `shown`, `hidden` (by the platform) or `withdrawn` (the visit was taken back).
    status: String,
    /// What the operator said who hid it.
    hidden_because: Option<String>,
}

impl From<Signed> for ReviewDetails {
    fn from(signed: Signed) -> Self {
        Self {
            merchant: signed.review.merchant,
            redemption: signed.review.redemption,
            status: signed.review.status.as_str().to_owned(),
            hidden_because: signed.review.hidden_because.clone(),
            review: signed.into(),
        }
    }
}

/// A review as the platform sees it.
#[derive(Serialize, ToSchema)]
struct ReviewListed {
    #[serde(flatten)]
    review: ReviewDetails,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
}

fn page_of(found: Vec<Signed>) -> axum::Json<Page<PublicReview>> {
    axum::Json(Page::of(
        found,
        |signed| signed.review.id.to_string(),
        PublicReview::from,
    ))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReviewsAsked {
    /// `shown`, `hidden` or `withdrawn`; absent for all.
    status: Option<String>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<ReviewId>,
}

/// Everybody's reviews, newest first; for administrators and support.
#[utoipa::path(get, path = "/v1/platform/reviews", operation_id = "listReviews", tag = "feedback",
    params(ReviewsAsked), security(("session" = ["operator:support"])),
    responses((status = 200, body = Page<ReviewListed>), (status = "4XX", body = Problem)))]
async fn list_reviews(
    State(app): State<App>,
    _operator: Operator<Support>,
    Query(asked): Query<ReviewsAsked>,
) -> Result<axum::Json<Page<ReviewListed>>, Problem> {
    let by_name = |name: &str| named(&QUERY_MALFORMED, "/status", name, ReviewStatus::from_text);
    let status = asked.status.as_deref().map(by_name).transpose()?;
    let found = app.read(move |read| {
        let found = feedback::queries::reviews(read, status, asked.after, PAGE_SIZE + 1)?;
        let names = Names::of(read, found.iter().map(|review| review.merchant), [])?;
        let listed = signed(read, found)?.into_iter().map(|signed| ReviewListed {
            merchant_name: names.merchant(signed.review.merchant),
            review: signed.into(),
        });
        Ok(listed.collect::<Vec<_>>())
    });
    Ok(axum::Json(Page::of(
        found.await?,
        |listed| listed.review.review.id.to_string(),
        |listed| listed,
    )))
}

/// Reviews of an offer, newest first.
#[utoipa::path(get, path = "/v1/offers/{offer}/reviews", operation_id = "listReviewsOfOffer", tag = "feedback",
    params(OfOffer, After<kernel::Review>),
    responses((status = 200, body = Page<PublicReview>), (status = "4XX", body = Problem)))]
async fn list_reviews_of_offer(
    State(app): State<App>,
    Path(of): Path<OfOffer>,
    Query(asked): Query<After<kernel::Review>>,
) -> Result<axum::Json<Page<PublicReview>>, Problem> {
    let found = app.read(move |read| {
        let found = feedback::queries::reviews_of_offer(read, of.offer, asked.after, PAGE_SIZE + 1)?;
        signed(read, found)
    });
    Ok(page_of(found.await?))
}

/// Reviews of a store, newest first.
#[utoipa::path(get, path = "/v1/stores/{store}/reviews", operation_id = "listReviewsOfStore", tag = "feedback",
    params(OfStore, After<kernel::Review>),
    responses((status = 200, body = Page<PublicReview>), (status = "4XX", body = Problem)))]
async fn list_reviews_of_store(
    State(app): State<App>,
    Path(of): Path<OfStore>,
    Query(asked): Query<After<kernel::Review>>,
) -> Result<axum::Json<Page<PublicReview>>, Problem> {
    let found = app.read(move |read| {
        let found = feedback::queries::reviews_of_store(read, of.store, asked.after, PAGE_SIZE + 1)?;
        signed(read, found)
    });
    Ok(page_of(found.await?))
}

/// Reviews of all of a merchant's stores, newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/reviews", operation_id = "listReviewsOfMerchant",
    tag = "feedback", params(OfMerchant, After<kernel::Review>),
    responses((status = 200, body = Page<PublicReview>), (status = "4XX", body = Problem)))]
async fn list_reviews_of_merchant(
    State(app): State<App>,
    Path(of): Path<OfMerchant>,
    Query(asked): Query<After<kernel::Review>>,
) -> Result<axum::Json<Page<PublicReview>>, Problem> {
    let found = app.read(move |read| {
        let found = feedback::queries::reviews_of_merchant(read, of.merchant, asked.after, PAGE_SIZE + 1)?;
        signed(read, found)
    });
    Ok(page_of(found.await?))
}
