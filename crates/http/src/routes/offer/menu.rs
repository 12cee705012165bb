//! Menus: written by a merchant's managers, read by everybody; the counter says what is sold out.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use kernel::{DishId, LocalText, MediaId, MerchantId, StoreId, Timestamp};
use offer::{
    Allergen, Dish, DishDetails, DishSaid, MenuSection, SectionSaid, SetDishSoldOut, SetMenu, SoldOut,
};
use party::NOT_FOUND;
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Object, Path, Query, Write};
use crate::problem::Problem;
use crate::routes::party::OfStore;
use crate::shell;
use crate::wire::{WireMoney, rfc_3339};

/// Of 400 dishes with names and descriptions of an ordinary length in two languages; more text than that is too large.
const MAX_MENU_BYTES: usize = 512 * 1024;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_menu))
        .routes(routes!(get_menu))
        .routes(routes!(set_dish_sold_out))
        .layer(DefaultBodyLimit::max(MAX_MENU_BYTES))
}

/// What has to be told of food in the European Union: Regulation (EU) No 1169/2011, Annex II.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Allergen)]
enum WireAllergen {
    Gluten,
    Crustaceans,
    Egg,
    Fish,
    Peanut,
    Soy,
    Milk,
    Nuts,
    Celery,
    Mustard,
    Sesame,
    Sulphites,
    Lupin,
    Molluscs,
}

impl From<WireAllergen> for Allergen {
    fn from(wire: WireAllergen) -> Self {
        match wire {
            WireAllergen::Gluten => Self::Gluten,
            WireAllergen::Crustaceans => Self::Crustaceans,
            WireAllergen::Egg => Self::Egg,
            WireAllergen::Fish => Self::Fish,
            WireAllergen::Peanut => Self::Peanut,
            WireAllergen::Soy => Self::Soy,
            WireAllergen::Milk => Self::Milk,
            WireAllergen::Nuts => Self::Nuts,
            WireAllergen::Celery => Self::Celery,
            WireAllergen::Mustard => Self::Mustard,
            WireAllergen::Sesame => Self::Sesame,
            WireAllergen::Sulphites => Self::Sulphites,
            WireAllergen::Lupin => Self::Lupin,
            WireAllergen::Molluscs => Self::Molluscs,
        }
    }
}

impl From<Allergen> for WireAllergen {
    fn from(allergen: Allergen) -> Self {
        match allergen {
            Allergen::Gluten => Self::Gluten,
            Allergen::Crustaceans => Self::Crustaceans,
            Allergen::Egg => Self::Egg,
            Allergen::Fish => Self::Fish,
            Allergen::Peanut => Self::Peanut,
            Allergen::Soy => Self::Soy,
            Allergen::Milk => Self::Milk,
            Allergen::Nuts => Self::Nuts,
            Allergen::Celery => Self::Celery,
            Allergen::Mustard => Self::Mustard,
            Allergen::Sesame => Self::Sesame,
            Allergen::Sulphites => Self::Sulphites,
            Allergen::Lupin => Self::Lupin,
            Allergen::Molluscs => Self::Molluscs,
        }
    }
}

/// The whole menu, as its merchant says it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MenuSaid {
    /// That the change starts from; 0 for the first menu.
    version: i64,
    /// From top to bottom: at most 40, with 400 dishes in all.
    #[schema(value_type = Vec<MenuSectionSaid>)]
    sections: Vec<Object<MenuSectionSaid>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MenuSectionSaid {
    /// By language, 1 to 40 characters.
    #[schema(value_type = std::collections::BTreeMap<String, String>, example = json!({"zh-CN": "点心", "en": "Dim sum"}))]
    name: LocalText,
    /// From top to bottom.
    #[schema(value_type = Vec<MenuDishSaid>)]
    dishes: Vec<Object<MenuDishSaid>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MenuDishSaid {
    /// Which of the menu as it was: it stays the same dish, sold out where it was. Absent for a new one.
    #[schema(value_type = Option<String>)]
    dish: Option<DishId>,
    /// By language, 1 to 80 characters.
    #[schema(value_type = std::collections::BTreeMap<String, String>, example = json!({"zh-CN": "鲜肉小笼", "en": "Pork soup dumplings"}))]
    name: LocalText,
    /// By language, with lines, up to 300 characters; may be in none.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    description: LocalText,
    /// At the table.
    #[schema(value_type = WireMoney)]
    price: Object<WireMoney>,
    /// A picture that was uploaded for the merchant; everybody sees it from then on.
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
    /// What the house is known for.
    #[serde(default)]
    signature: bool,
    /// How hot it is: 0 to 3.
    #[serde(default)]
    spicy: i64,
    /// Whether it is made without meat and fish.
    #[serde(default)]
    vegetarian: bool,
    /// What it contains that some must not eat, each once.
    #[serde(default)]
    allergens: Vec<WireAllergen>,
    /// Where it is served, each store once; empty: in every store that trades in the currency of its price.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    stores: Vec<StoreId>,
}

impl From<MenuSectionSaid> for SectionSaid {
    fn from(wire: MenuSectionSaid) -> Self {
        Self {
            name: wire.name,
            dishes: wire.dishes.into_iter().map(|Object(dish)| dish.into()).collect(),
        }
    }
}

impl From<MenuDishSaid> for DishSaid {
    fn from(wire: MenuDishSaid) -> Self {
        Self {
            dish: wire.dish,
            details: DishDetails {
                name: wire.name,
                description: wire.description,
                price: wire.price.0.into(),
                media: wire.media,
                signature: wire.signature,
                spicy: wire.spicy,
                vegetarian: wire.vegetarian,
                allergens: wire.allergens.into_iter().map(Into::into).collect(),
                stores: wire.stores,
            },
        }
    }
}

#[derive(Serialize, ToSchema)]
struct MenuVersion {
    version: i64,
}

/// Sets the whole menu of a merchant. What is not on it any more is gone; a dish that comes with its id stays the same.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/menu", operation_id = "setMenu", tag = "offer",
    params(OfMerchant), security(("session" = ["staff:manager"])), request_body = MenuSaid,
    responses((status = 200, body = MenuVersion), (status = "4XX", body = Problem)))]
async fn set_menu(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<MenuSaid>,
) -> Result<Response, Problem> {
    let sections = write.body.sections.into_iter();
    let cmd = SetMenu {
        merchant: staff.merchant,
        version: write.body.version,
        sections: sections.map(|Object(section)| section.into()).collect(),
    };
    app.command("setMenu", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            let version = offer::set_menu(tx, ctx, &cmd)?;
            Ok(MenuVersion { version })
        })
        .await
}

/// A merchant's menu.
#[derive(Serialize, ToSchema)]
#[schema(as = Menu)]
struct WireMenu {
    /// Rises with every change; 0 if there never was one.
    version: i64,
    /// From top to bottom; none where there is no menu.
    sections: Vec<WireMenuSection>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MenuSection)]
struct WireMenuSection {
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: LocalText,
    /// From top to bottom.
    dishes: Vec<WireDish>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Dish)]
struct WireDish {
    #[schema(value_type = String)]
    dish: DishId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: LocalText,
    /// By language, with lines; may be in none.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    description: LocalText,
    /// At the table.
    price: WireMoney,
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
    /// What the house is known for.
    signature: bool,
    /// How hot it is: 0 to 3.
    spicy: i64,
    /// Whether it is made without meat and fish.
    vegetarian: bool,
    /// What it contains that some must not eat, as far as the merchant says so.
    allergens: Vec<WireAllergen>,
    /// Where it is served; empty: in every store that trades in the currency of its price.
    #[schema(value_type = Vec<String>)]
    stores: Vec<StoreId>,
    /// Where it is sold out now.
    sold_out: Vec<WireSoldOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SoldOut)]
struct WireSoldOut {
    #[schema(value_type = String)]
    store: StoreId,
    /// From then on there is more of it, RFC 3339.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Served {
    /// Only what this store serves, and is out of; absent: everything.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
}

/// The menu of a merchant, as everybody sees it. One that was never written has no sections.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/menu", operation_id = "getMenu", tag = "offer",
    params(OfMerchant, Served),
    responses((status = 200, body = WireMenu), (status = "4XX", body = Problem)))]
async fn get_menu(
    State(app): State<App>,
    Path(of): Path<OfMerchant>,
    Query(asked): Query<Served>,
) -> Result<Json<WireMenu>, Problem> {
    let now = shell::now();
    let found = app.read(move |read| menu_at(read, of.merchant, asked.store, now));
    Ok(Json(found.await?))
}

fn menu_at(
    read: &mut ReadTx,
    merchant: MerchantId,
    store: Option<StoreId>,
    now: Timestamp,
) -> Result<WireMenu, Fail> {
    party::queries::merchant(read, merchant)?.ok_or_else(|| NOT_FOUND.plain())?;
    let (mut menu, mut sold_out) = offer::queries::menu_now(read, merchant, now)?;
    if let Some(id) = store {
        let store = party::queries::store(read, id)?.filter(|store| store.merchant == merchant);
        let currency = store.ok_or_else(|| NOT_FOUND.plain())?.details.currency;
        for section in &mut menu.sections {
            section
                .dishes
                .retain(|dish| dish.details.is_served_at(id, currency));
        }
        menu.sections.retain(|section| !section.dishes.is_empty());
        sold_out.retain(|out| out.store == id);
    }
    let section = |section: MenuSection| WireMenuSection {
        name: section.name,
        dishes: section
            .dishes
            .into_iter()
            .map(|dish| WireDish::of(dish, &sold_out))
            .collect(),
    };
    Ok(WireMenu {
        version: menu.version,
        sections: menu.sections.into_iter().map(section).collect(),
    })
}

impl WireDish {
    fn of(Dish { id, details }: Dish, sold_out: &[SoldOut]) -> Self {
        let of_it = sold_out.iter().filter(|out| out.dish == id);
        let sold_out = of_it.map(|out| WireSoldOut {
            store: out.store,
            ends_at: out.ends_at,
        });
        Self {
            dish: id,
            name: details.name,
            description: details.description,
            price: details.price.into(),
            media: details.media,
            signature: details.signature,
            spicy: details.spicy,
            vegetarian: details.vegetarian,
            allergens: details.allergens.into_iter().map(Into::into).collect(),
            stores: details.stores,
            sold_out: sold_out.collect(),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfDish {
    /// Which.
    #[param(value_type = String)]
    dish: DishId,
}

/// Whether a store is out of a dish.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DishSoldOutSaid {
    /// If so, until four in the morning, on the store's clocks.
    sold_out: bool,
}

/// Says that a store is out of a dish for today (估清), or has it again.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/stores/{store}/dishes/{dish}", operation_id = "setDishSoldOut",
    tag = "offer", params(OfMerchant, OfStore, OfDish), security(("session" = ["staff:cashier"])),
    request_body = DishSoldOutSaid, responses((status = 200), (status = "4XX", body = Problem)))]
async fn set_dish_sold_out(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    Path(OfDish { dish }): Path<OfDish>,
    write: Write<DishSoldOutSaid>,
) -> Result<Response, Problem> {
    let cmd = SetDishSoldOut {
        merchant: staff.merchant,
        store: of.store,
        dish,
        sold_out: write.body.sold_out,
    };
    app.command("setDishSoldOut", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::set_dish_sold_out(tx, ctx, &cmd))
        .await
}
