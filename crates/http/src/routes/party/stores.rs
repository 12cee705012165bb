//! Stores: added and changed by the merchant's managers, shown to everybody without what concerns the
//! merchant alone.

use axum::extract::State;
use axum::response::Response;
use feedback::Rating;
use kernel::{Currency, LocalText, MerchantId, StoreId};
use party::{AddStore, StoreDetails, StoreView, UpdateStore};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Object, Path, Query, Write};
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::wire::{After, Created, PAGE_SIZE, Page, Place, WireRating, currency_code, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_store))
        .routes(routes!(update_store))
        .routes(routes!(list_stores))
}

/// A store as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct PublicStore {
    #[schema(value_type = String)]
    pub id: StoreId,
    #[schema(value_type = String)]
    pub merchant: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub name: LocalText,
    /// Code of the category.
    pub category: String,
    /// Where, in words.
    pub address: String,
    /// As people dial it; may be empty.
    pub phone: String,
    pub place: Place,
    /// IANA time zone.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// In the syntax of OpenStreetMap's `opening_hours`; may be empty.
    pub opening_hours: String,
    /// What its reviews come to.
    pub rating: WireRating,
    /// Whether it gives numbers to those who come without a booking.
    pub has_queue: bool,
}

/// The stores as everybody sees them, each with its rating, and what all of them come to together.
pub fn public_stores(read: &mut ReadTx, stores: Vec<StoreView>) -> Result<(Vec<PublicStore>, Rating), Fail> {
    let ids: Vec<StoreId> = stores.iter().map(|store| store.id).collect();
    let ratings = feedback::queries::ratings(read, &ids)?;
    let with_queue = consume::queries::stores_with_queue(read, &ids)?;
    let together = Rating {
        stars_sum: ratings.iter().map(|rating| rating.stars_sum).sum(),
        review_count: ratings.iter().map(|rating| rating.review_count).sum(),
    };
    let shown = stores
        .into_iter()
        .zip(ratings)
        .map(|(store, rating)| PublicStore {
            id: store.id,
            merchant: store.merchant,
            place: store.details.place.into(),
            name: store.details.name,
            category: store.details.category,
            address: store.details.address,
            phone: store.details.phone,
            time_zone: store.details.time_zone,
            currency: store.details.currency.code().to_owned(),
            opening_hours: store.details.opening_hours,
            has_queue: with_queue.contains(&store.id),
            rating: rating.into(),
        });
    Ok((shown.collect(), together))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StoreSaid {
    /// The version that a change was made from. A new store has none.
    version: Option<i64>,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: LocalText,
    /// Code of the category, 1 to 64 of a-z, 0-9 and _.
    category: String,
    /// Where, in words.
    address: String,
    /// As people dial it.
    #[serde(default)]
    phone: String,
    #[schema(value_type = Place)]
    place: Object<Place>,
    /// IANA time zone.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// ISO 4217 code. Fixed once the store exists.
    #[serde(with = "currency_code")]
    #[schema(value_type = String)]
    currency: Currency,
    /// In the syntax of OpenStreetMap's `opening_hours`.
    #[serde(default)]
    opening_hours: String,
    /// How many uses one of its devices may accept without a network.
    #[serde(default)]
    offline_max_uses: i64,
    /// For how much in all, in minor units.
    #[serde(default)]
    offline_max_amount: i64,
}

impl StoreSaid {
    fn details(self) -> Result<StoreDetails, Problem> {
        Ok(StoreDetails {
            place: self.place.0.point()?,
            name: self.name,
            category: self.category,
            address: self.address,
            phone: self.phone,
            time_zone: self.time_zone,
            currency: self.currency,
            opening_hours: self.opening_hours,
            offline_max_uses: self.offline_max_uses,
            offline_max_amount: self.offline_max_amount,
        })
    }
}

/// Adds a store.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores", operation_id = "addStore", tag = "party",
    params(OfMerchant), security(("session" = ["staff:manager"])), request_body = StoreSaid,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn add_store(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<StoreSaid>,
) -> Result<Response, Problem> {
    if write.body.version.is_some() {
        return Err(malformed(
            &BODY_MALFORMED,
            "/version",
            "a new store has no version",
        ));
    }
    let cmd = AddStore {
        merchant: staff.merchant,
        details: write.body.details()?,
    };
    app.command("addStore", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(party::add_store(tx, ctx, &cmd)?)))
        .await
}

/// The store in the path.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfStore {
    /// Which store.
    #[param(value_type = String)]
    pub store: StoreId,
}

#[derive(Serialize, ToSchema)]
struct StoreChanged {
    /// The store's version now.
    version: i64,
}

/// Says everything of a store anew.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/stores/{store}", operation_id = "updateStore", tag = "party",
    params(OfMerchant, OfStore), security(("session" = ["staff:manager"])), request_body = StoreSaid,
    responses((status = 200, body = StoreChanged), (status = "4XX", body = Problem)))]
async fn update_store(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfStore>,
    write: Write<StoreSaid>,
) -> Result<Response, Problem> {
    let version = write.body.version;
    let cmd = UpdateStore {
        store: of.store,
        version: version
            .ok_or_else(|| malformed(&BODY_MALFORMED, "/version", "a change names its version"))?,
        details: write.body.details()?,
    };
    app.command("updateStore", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            Ok(StoreChanged {
                version: party::update_store(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// A store as its merchant sees it.
#[derive(Serialize, ToSchema)]
pub struct OwnStore {
    #[serde(flatten)]
    shown: PublicStore,
    /// How many uses one of its devices may accept without a network.
    offline_max_uses: i64,
    /// For how much in all, in minor units.
    offline_max_amount: i64,
    /// What it was imported from, if it was.
    source: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// Grows with every change; a change names it.
    version: i64,
}

/// The merchant's stores, newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores", operation_id = "listStores", tag = "party",
    params(OfMerchant, After<kernel::Store>), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Page<OwnStore>), (status = "4XX", body = Problem)))]
async fn list_stores(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Query(asked): Query<After<kernel::Store>>,
) -> Result<axum::Json<Page<OwnStore>>, Problem> {
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let found = party::queries::stores_of(read, merchant, asked.after, PAGE_SIZE + 1)?;
        own_stores(read, found)
    });
    let page = Page::of(found.await?, |store| store.shown.id.to_string(), |store| store);
    Ok(axum::Json(page))
}

/// Stores as their merchant sees them.
pub fn own_stores(read: &mut ReadTx, stores: Vec<StoreView>) -> Result<Vec<OwnStore>, Fail> {
    let (shown, _) = public_stores(read, stores.clone())?;
    let own = stores.into_iter().zip(shown).map(|(store, shown)| OwnStore {
        shown,
        offline_max_uses: store.details.offline_max_uses,
        offline_max_amount: store.details.offline_max_amount,
        source: store.source,
        created_at: store.created_at.to_string(),
        version: store.version,
    });
    Ok(own.collect())
}
