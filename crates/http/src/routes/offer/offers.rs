//! Offers, as their merchant's managers make and run them.

use axum::extract::State;
use axum::response::Response;
use kernel::{AgreementId, LocalText, MediaId, MerchantId, OfferId, StoreId};
use offer::{
    ChangeStock, CreateOffer, DiscardOffer, Offer, OfferPage, PauseOffer, PublishOffer, ResumeOffer,
    UpdateOffer,
};
use party::NOT_FOUND;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::resources::BookingTermsSaid;
use super::{OfOffer, WireCard, WireDeposit, WireGroupTerms, WirePriceRule};
use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Nothing, Object, Path, Query, Write};
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::shell;
use crate::wire::{After, Created, PAGE_SIZE, Page, WireMoney, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_offer))
        .routes(routes!(get_own_offer))
        .routes(routes!(update_offer))
        .routes(routes!(discard_offer))
        .routes(routes!(publish_offer))
        .routes(routes!(pause_offer))
        .routes(routes!(resume_offer))
        .routes(routes!(change_stock))
        .routes(routes!(list_own_offers))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferSaid {
    /// The version that a change was made from. A new offer has none.
    version: Option<i64>,
    /// Under which agreement.
    #[schema(value_type = String)]
    agreement: AgreementId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: LocalText,
    /// By language, with lines.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    description: LocalText,
    /// Code of the category, 1 to 64 of a-z, 0-9 and _.
    category: String,
    /// Of one unit, before any discount.
    #[schema(value_type = WireMoney)]
    list_price: Object<WireMoney>,
    /// Prices below it, by time and quantity; at most 20.
    #[serde(default)]
    #[schema(value_type = Vec<WirePriceRule>)]
    price_rules: Vec<Object<WirePriceRule>>,
    /// For those who buy it together.
    #[schema(value_type = Option<WireGroupTerms>)]
    group: Option<Object<WireGroupTerms>>,
    /// What is paid ahead, if the rest is paid at the store.
    #[schema(value_type = Option<WireDeposit>)]
    deposit: Option<Object<WireDeposit>>,
    /// Units in stock of a new offer. Later its stock is set by itself.
    stock: Option<i64>,
    /// How often one voucher can be used; of a stored-value card what it is worth, in minor units of the price's currency.
    uses: i64,
    /// How, if it is a card.
    #[schema(value_type = Option<WireCard>)]
    card: Option<Object<WireCard>>,
    /// How long after the purchase a voucher is valid, in microseconds.
    valid_us: i64,
    /// The most units in one order.
    max_per_order: i64,
    /// Where it is redeemed.
    #[schema(value_type = Vec<String>)]
    stores: Vec<StoreId>,
    /// Its picture, uploaded for this merchant.
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
}

impl OfferSaid {
    /// The offer as it would be made, of this merchant and with this stock.
    fn create(self, merchant: MerchantId, stock: i64) -> CreateOffer {
        CreateOffer {
            merchant,
            agreement: self.agreement,
            title: self.title,
            description: self.description,
            category: self.category,
            list_price: self.list_price.0.into(),
            price_rules: self
                .price_rules
                .into_iter()
                .map(|Object(rule)| rule.into())
                .collect(),
            group: self.group.map(|Object(group)| group.into()),
            deposit: self.deposit.map(|Object(deposit)| deposit.into()),
            stock,
            uses: self.uses,
            card: self.card.map(|Object(card)| card.into()),
            valid_us: self.valid_us,
            max_per_order: self.max_per_order,
            stores: self.stores,
            media: self.media,
        }
    }
}

/// Makes the draft of an offer. What it sells never changes once it is published.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/offers", operation_id = "createOffer", tag = "offer",
    params(OfMerchant), security(("session" = ["staff:manager"])), request_body = OfferSaid,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn create_offer(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<OfferSaid>,
) -> Result<Response, Problem> {
    if write.body.version.is_some() {
        return Err(malformed(
            &BODY_MALFORMED,
            "/version",
            "a new offer has no version",
        ));
    }
    let stock = write.body.stock;
    let stock = stock.ok_or_else(|| malformed(&BODY_MALFORMED, "/stock", "a new offer has a stock"))?;
    let cmd = write.body.create(staff.merchant, stock);
    app.command("createOffer", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(offer::create_offer(tx, ctx, &cmd)?)))
        .await
}

#[derive(Serialize, ToSchema)]
struct OfferChanged {
    /// The offer's version now.
    version: i64,
}

/// Writes an offer anew. Once it was published, what it sells stays as it is.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/offers/{offer}", operation_id = "updateOffer", tag = "offer",
    params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])), request_body = OfferSaid,
    responses((status = 200, body = OfferChanged), (status = "4XX", body = Problem)))]
async fn update_offer(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
    write: Write<OfferSaid>,
) -> Result<Response, Problem> {
    if write.body.stock.is_some() {
        return Err(malformed(&BODY_MALFORMED, "/stock", "the stock is set by itself"));
    }
    let version = write.body.version;
    let cmd = UpdateOffer {
        offer: of.offer,
        version: version
            .ok_or_else(|| malformed(&BODY_MALFORMED, "/version", "a change names its version"))?,
        to: write.body.create(staff.merchant, 0),
    };
    app.command("updateOffer", of.offer, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            Ok(OfferChanged {
                version: offer::update_offer(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// Throws a draft away.
#[utoipa::path(delete, path = "/v1/merchants/{merchant}/offers/{offer}", operation_id = "discardOffer",
    tag = "offer", params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])),
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn discard_offer(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = DiscardOffer { offer: of.offer };
    app.command("discardOffer", of.offer, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::discard_offer(tx, ctx, &cmd))
        .await
}

/// Puts a draft on sale. It sells once its agreement's window opens.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/offers/{offer}/publish", operation_id = "publishOffer",
    tag = "offer", params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn publish_offer(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = PublishOffer { offer: of.offer };
    app.command("publishOffer", of.offer, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::publish_offer(tx, ctx, &cmd))
        .await
}

/// Takes a published offer off for now.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/offers/{offer}/pause", operation_id = "pauseOffer",
    tag = "offer", params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn pause_offer(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = PauseOffer { offer: of.offer };
    app.command("pauseOffer", of.offer, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::pause_offer(tx, ctx, &cmd))
        .await
}

/// Puts a paused offer on sale again.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/offers/{offer}/resume", operation_id = "resumeOffer",
    tag = "offer", params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn resume_offer(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = ResumeOffer { offer: of.offer };
    app.command("resumeOffer", of.offer, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::resume_offer(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Stock {
    /// All units, sold ones included.
    capacity: i64,
}

#[derive(Serialize, ToSchema)]
struct StockChanged {
    /// Units that were sold or are held beyond the capacity. With an excess nothing more is sold.
    excess: i64,
}

/// Sets an offer's stock.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/offers/{offer}/stock", operation_id = "changeStock",
    tag = "offer", params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])), request_body = Stock,
    responses((status = 200, body = StockChanged), (status = "4XX", body = Problem)))]
async fn change_stock(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
    write: Write<Stock>,
) -> Result<Response, Problem> {
    let cmd = ChangeStock {
        offer: of.offer,
        capacity: write.body.capacity,
    };
    app.command("changeStock", of.offer, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            Ok(StockChanged {
                excess: offer::change_stock(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// An offer as its merchant's list shows it.
#[derive(Serialize, ToSchema)]
struct OwnOffer {
    #[schema(value_type = String)]
    id: OfferId,
    #[schema(value_type = String)]
    agreement: AgreementId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: LocalText,
    category: String,
    /// Before any discount.
    list_price: WireMoney,
    /// What is paid ahead, if the rest is paid at the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<WireDeposit>,
    uses: i64,
    /// How it is used, if it is a card.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<WireCard>,
    valid_us: i64,
    max_per_order: i64,
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
    /// `draft`, `published` or `paused`.
    status: String,
    /// RFC 3339.
    created_at: String,
}

impl From<Offer> for OwnOffer {
    fn from(offer: Offer) -> Self {
        Self {
            id: offer.id,
            agreement: offer.agreement,
            title: offer.title,
            category: offer.category,
            list_price: offer.list_price.into(),
            deposit: offer.deposit.map(Into::into),
            uses: offer.uses,
            card: offer.card.map(Into::into),
            valid_us: offer.valid_us,
            max_per_order: offer.max_per_order,
            media: offer.media,
            status: offer.status.as_str().to_owned(),
            created_at: offer.created_at.to_string(),
        }
    }
}

/// An offer with all that its merchant can change.
#[derive(Serialize, ToSchema)]
struct OwnOfferDetails {
    #[serde(flatten)]
    offer: OwnOffer,
    /// By language, with lines.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    description: LocalText,
    /// Prices below the list price, by time and quantity.
    price_rules: Vec<WirePriceRule>,
    /// For those who buy it together.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<WireGroupTerms>,
    /// How it is booked, and of what, if it is sold for a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking: Option<BookingTermsSaid>,
    /// Where it is redeemed.
    #[schema(value_type = Vec<String>)]
    stores: Vec<StoreId>,
    /// Units in stock, sold ones included.
    capacity: i64,
    /// Units that were sold and did not come back.
    sold: i64,
    /// Units that orders hold until they are paid.
    held: i64,
    /// Rises with every change.
    version: i64,
}

impl OwnOfferDetails {
    fn of(page: OfferPage, booking: Option<BookingTermsSaid>) -> Self {
        Self {
            booking,
            description: page.offer.description.clone(),
            price_rules: page
                .offer
                .price_rules
                .rules
                .iter()
                .cloned()
                .map(Into::into)
                .collect(),
            group: page.offer.group.map(Into::into),
            stores: page.stores,
            capacity: page.stock.capacity,
            sold: page.stock.taken,
            held: page.stock.held,
            version: page.offer.version,
            offer: page.offer.into(),
        }
    }
}

/// One of the merchant's offers, a draft too.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/offers/{offer}", operation_id = "getOwnOffer", tag = "offer",
    params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])),
    responses((status = 200, body = OwnOfferDetails), (status = "4XX", body = Problem)))]
async fn get_own_offer(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
) -> Result<axum::Json<OwnOfferDetails>, Problem> {
    let (merchant, now) = (staff.merchant, shell::now());
    let page = app.read(move |read| {
        let page = offer::queries::offer_page(read, of.offer, now)?;
        let page = page.filter(|page| page.offer.merchant == merchant);
        let page = page.ok_or_else(|| NOT_FOUND.plain())?;
        let booking = BookingTermsSaid::of(read, of.offer)?;
        Ok(OwnOfferDetails::of(page, booking))
    });
    Ok(axum::Json(page.await?))
}

/// The merchant's offers, drafts too, newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/offers/own", operation_id = "listOwnOffers", tag = "offer",
    params(OfMerchant, After<kernel::Offer>), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Page<OwnOffer>), (status = "4XX", body = Problem)))]
async fn list_own_offers(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Query(asked): Query<After<kernel::Offer>>,
) -> Result<axum::Json<Page<OwnOffer>>, Problem> {
    let found = app
        .read(move |read| offer::queries::offers_of(read, staff.merchant, asked.after, PAGE_SIZE + 1))
        .await?;
    Ok(axum::Json(Page::of(
        found,
        |offer| offer.id.to_string(),
        OwnOffer::from,
    )))
}
