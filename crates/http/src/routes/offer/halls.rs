//! Halls and their seat maps, as their merchant draws them.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use kernel::ResourceId;
use offer::{HALL_INVALID, Hall, ResourceKind, Seat, SeatKind, SeatMap, SeatRow, SetHall, Zone};
use party::NOT_FOUND;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Object, Path, Write};
use crate::problem::Problem;
use crate::wire::named;

/// Of a map of 3,000 seats.
const MAX_HALL_BYTES: usize = 512 * 1024;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_hall))
        .routes(routes!(get_hall))
        .layer(DefaultBodyLimit::max(MAX_HALL_BYTES))
}

/// The seats of a hall: rows from the stage or screen on, cells from left to right. A seat is called by its row and
/// itself: `F-7`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SeatMap)]
pub struct WireSeatMap {
    /// What seats are priced by, 1 to 12.
    #[schema(value_type = Vec<WireZone>)]
    zones: Vec<Object<WireZone>>,
    /// 1 to 100; of up to 3,000 seats in all.
    #[schema(value_type = Vec<WireRow>)]
    rows: Vec<Object<WireRow>>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Zone)]
struct WireZone {
    /// Lower-case letters, digits and underscores.
    code: String,
    /// 1 to 40 characters.
    name: String,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SeatRow)]
struct WireRow {
    /// 1 to 6 letters and digits.
    label: String,
    /// Seats and gaps (null), at most 100.
    #[schema(value_type = Vec<Option<WireSeat>>)]
    cells: Vec<Option<Object<WireSeat>>>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Seat)]
struct WireSeat {
    /// 1 to 6 letters and digits, once in its row.
    label: String,
    /// The code of its zone.
    zone: String,
    /// `standard`, `wheelchair` or `out_of_order`.
    kind: String,
}

impl WireSeatMap {
    fn map(self) -> Result<SeatMap, Problem> {
        let zone = |Object(zone): Object<WireZone>| Zone {
            code: zone.code,
            name: zone.name,
        };
        let rows = self.rows.into_iter().map(|Object(row)| row.row());
        Ok(SeatMap {
            zones: self.zones.into_iter().map(zone).collect(),
            rows: rows.collect::<Result<_, _>>()?,
        })
    }
}

impl WireRow {
    fn row(self) -> Result<SeatRow, Problem> {
        let seat = |Object(seat): Object<WireSeat>| {
            Ok(Seat {
                label: seat.label,
                zone: seat.zone,
                kind: named(&HALL_INVALID, "/map/rows", &seat.kind, SeatKind::from_name)?,
            })
        };
        let cells = self.cells.into_iter().map(|cell| cell.map(seat).transpose());
        Ok(SeatRow {
            label: self.label,
            cells: cells.collect::<Result<_, Problem>>()?,
        })
    }
}

impl From<SeatMap> for WireSeatMap {
    fn from(map: SeatMap) -> Self {
        let zone = |zone: Zone| {
            Object(WireZone {
                code: zone.code,
                name: zone.name,
            })
        };
        let seat = |seat: Seat| {
            Object(WireSeat {
                label: seat.label,
                zone: seat.zone,
                kind: seat.kind.as_str().to_owned(),
            })
        };
        let row = |row: SeatRow| {
            Object(WireRow {
                label: row.label,
                cells: row.cells.into_iter().map(|cell| cell.map(seat)).collect(),
            })
        };
        Self {
            zones: map.zones.into_iter().map(zone).collect(),
            rows: map.rows.into_iter().map(row).collect(),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfHall {
    /// Which: a resource of kind `hall`.
    #[param(value_type = String)]
    pub hall: ResourceId,
}

/// A hall.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hall)]
struct WireHall {
    /// That a change starts from; 0 for a hall without a map.
    version: i64,
    #[schema(value_type = WireSeatMap)]
    map: Object<WireSeatMap>,
    /// Whether a choice that leaves a single seat alone is refused, where another is possible.
    no_single_seats: bool,
    /// How long it is cleaned after a showing, up to 240.
    cleaning_minutes: i64,
}

impl From<Hall> for WireHall {
    fn from(hall: Hall) -> Self {
        Self {
            version: hall.version,
            map: Object(hall.map.into()),
            no_single_seats: hall.no_single_seats,
            cleaning_minutes: hall.cleaning_minutes,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct HallVersion {
    version: i64,
}

/// Draws the seats of a hall. Seats that are held or sold for a showing to come stay where they are.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/halls/{hall}", operation_id = "setHall", tag = "offer",
    params(OfMerchant, OfHall), security(("session" = ["staff:manager"])), request_body = WireHall,
    responses((status = 200, body = HallVersion), (status = "4XX", body = Problem)))]
async fn set_hall(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfHall>,
    write: Write<WireHall>,
) -> Result<Response, Problem> {
    let cmd = SetHall {
        resource: of.hall,
        version: write.body.version,
        map: write.body.map.0.map()?,
        no_single_seats: write.body.no_single_seats,
        cleaning_minutes: write.body.cleaning_minutes,
    };
    app.command("setHall", staff.merchant, staff.actor(), write.key)
        .run(move |tx, ctx| {
            let version = offer::set_hall(tx, ctx, &cmd)?;
            Ok(HallVersion { version })
        })
        .await
}

/// The seats of a hall. One that was not drawn yet has no rows.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/halls/{hall}", operation_id = "getHall", tag = "offer",
    params(OfMerchant, OfHall), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = WireHall), (status = "4XX", body = Problem)))]
async fn get_hall(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfHall>,
) -> Result<Json<WireHall>, Problem> {
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let resource = offer::queries::resource(read, of.hall)?;
        let is_own_hall = |of: &offer::Resource| of.merchant == merchant && of.kind == ResourceKind::Hall;
        let resource = resource.filter(is_own_hall).ok_or_else(|| NOT_FOUND.plain())?;
        Ok((resource, offer::queries::hall(read, of.hall)?))
    });
    let (resource, hall) = found.await?;
    staff.at(resource.store)?;
    let undrawn = || WireHall {
        version: 0,
        map: Object(WireSeatMap {
            zones: Vec::new(),
            rows: Vec::new(),
        }),
        no_single_seats: false,
        cleaning_minutes: 0,
    };
    Ok(Json(hall.map_or_else(undrawn, WireHall::from)))
}
