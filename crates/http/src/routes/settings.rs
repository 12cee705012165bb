//! What every page has to know of this installation before anybody signs in.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::Problem;
use crate::site::City;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_settings))
}

#[derive(Serialize, ToSchema)]
struct PublicSettings {
    /// Where people can look, in the order in which they are shown.
    cities: Vec<City>,
    /// What prices are compared in where no city is near, ISO 4217; absent while nothing is sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// The style of the ground of maps; absent: a plain ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    map_style: Option<String>,
    /// How everybody reaches this installation; absent where nobody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
    /// Nothing here is real.
    demo: bool,
}

/// Cities, currency, map and address of this installation.
#[utoipa::path(get, path = "/v1/settings", operation_id = "getSettings", tag = "settings",
    responses((status = 200, body = PublicSettings), (status = "4XX", body = Problem)))]
async fn get_settings(State(app): State<App>) -> Result<Json<PublicSettings>, Problem> {
    let site = &app.site;
    let currency = match site.cities.first() {
        Some(city) => Some(city.currency),
        None => app.read(party::queries::first_currency).await?,
    };
    Ok(Json(PublicSettings {
        cities: site.cities.clone(),
        currency: currency.map(|currency| currency.code().to_owned()),
        map_style: site.map_style.clone(),
        public_url: site.public_url.clone(),
        demo: app.outbox.info().is_some(),
    }))
}
