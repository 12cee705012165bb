//! A merchant registers itself and has a public page.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, LocalText, MediaId, MerchantId, PersonId, Reject};
use party::{RegisterMerchant, UpdateMerchant};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{PublicStore, public_stores};
use crate::access::{OfMerchant, Owner, Staff, token_hash};
use crate::app::App;
use crate::body::{Path, Write, parse_json};
use crate::pace::{Paced, Registrations};
use crate::password;
use crate::problem::Problem;
use crate::reject::PASSWORD_INVALID;
use crate::routes::sign_in::{contact_at, lane_of, session_cookie, session_token};
use crate::wire::WireRating;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register_merchant))
        .routes(routes!(get_merchant_page))
        .routes(routes!(update_merchant))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MerchantRegistration {
    /// The business's name by language.
    #[schema(value_type = std::collections::BTreeMap<String, String>, example = json!({"zh-CN": "桥头餐饮"}))]
    name: LocalText,
    /// The owner's mail address, to sign in with.
    login: String,
    /// 8 to 256 characters.
    password: String,
    /// The owner's name.
    person_name: String,
    /// What people call the device.
    #[serde(default)]
    device: String,
}

/// What is remembered of a registration. The session's token is derived, never stored.
#[derive(Serialize, Deserialize)]
struct RememberedRegistration {
    merchant: MerchantId,
    person: PersonId,
}

#[derive(Serialize, ToSchema)]
struct MerchantRegistered {
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// Its owner, who is signed in.
    #[schema(value_type = String)]
    person: PersonId,
    /// The bearer token; also set as a cookie.
    token: String,
}

/// Registers a business with its owner, and signs the owner in.
#[utoipa::path(post, path = "/v1/merchants", operation_id = "registerMerchant", tag = "party",
    request_body = MerchantRegistration,
    responses((status = 201, body = MerchantRegistered), (status = "4XX", body = Problem)))]
async fn register_merchant(
    State(app): State<App>,
    _: Paced<Registrations>,
    write: Write<MerchantRegistration>,
) -> Result<Response, Problem> {
    let login = contact_at("/login", &write.body.login)?;
    let token = session_token(&app, &write.key);
    let cmd = RegisterMerchant {
        name: write.body.name,
        password_hash: new_password(write.body.password).await?,
        person_name: write.body.person_name,
        token_hash: token_hash(&token),
        device: write.body.device,
        login,
    };
    let lane = lane_of(&cmd.login);
    let command = app.command_in_lane("registerMerchant", lane, Actor::Anonymous, write.key);
    let remembered = command.run_to_text(move |tx, ctx| {
        let made = party::register_merchant(tx, ctx, &cmd)?;
        Ok(RememberedRegistration {
            merchant: made.merchant,
            person: made.person,
        })
    });
    let RememberedRegistration { merchant, person } = parse_json(remembered.await?.as_bytes())?;
    let cookie = session_cookie(&token);
    let registered = MerchantRegistered {
        merchant,
        person,
        token,
    };
    let mut response = (StatusCode::CREATED, axum::Json(registered)).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The stored form of a new password. Eight characters are the least that NIST SP 800-63B allows.
pub async fn new_password(password: String) -> Result<String, Reject> {
    if !(8..=256).contains(&password.chars().count()) {
        return Err(PASSWORD_INVALID.at("/password", PASSWORD_INVALID.title));
    }
    Ok(password::hash(password).await)
}

/// A merchant as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct MerchantPage {
    #[schema(value_type = String)]
    pub id: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub name: LocalText,
    #[schema(value_type = Option<String>)]
    pub logo: Option<MediaId>,
    /// `registered`, `certified` (sells) or `suspended`.
    pub status: String,
    /// Kinds of its approved certifications.
    pub badges: Vec<String>,
    /// What the reviews of the stores below come to together.
    pub rating: WireRating,
    /// Its stores, newest first, at most 200.
    pub stores: Vec<PublicStore>,
}

/// The public page of a merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}", operation_id = "getMerchantPage", tag = "party",
    params(OfMerchant), responses((status = 200, body = MerchantPage), (status = "4XX", body = Problem)))]
async fn get_merchant_page(
    State(app): State<App>,
    Path(of): Path<OfMerchant>,
) -> Result<axum::Json<MerchantPage>, Problem> {
    let page = app.read(move |read| merchant_page(read, of.merchant));
    Ok(axum::Json(page.await?))
}

/// What [`get_merchant_page`] shows.
pub fn merchant_page(read: &mut ReadTx, id: MerchantId) -> Result<MerchantPage, Fail> {
    let page = party::queries::merchant_page(read, id)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let (stores, rating) = public_stores(read, page.stores)?;
    Ok(MerchantPage {
        id,
        name: page.merchant.name,
        logo: page.merchant.logo,
        status: page.merchant.status.as_str().to_owned(),
        badges: page.badges,
        rating: rating.into(),
        stores,
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MerchantSaid {
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: LocalText,
    /// A picture that was uploaded for the merchant; absent: none.
    #[schema(value_type = Option<String>)]
    logo: Option<MediaId>,
}

/// Changes the merchant's name and logo; for owners of the whole merchant.
#[utoipa::path(put, path = "/v1/merchants/{merchant}", operation_id = "updateMerchant", tag = "party",
    params(OfMerchant), security(("session" = ["staff:owner"])), request_body = MerchantSaid,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn update_merchant(
    State(app): State<App>,
    staff: Staff<Owner>,
    write: Write<MerchantSaid>,
) -> Result<Response, Problem> {
    let cmd = UpdateMerchant {
        merchant: staff.merchant,
        name: write.body.name,
        logo: write.body.logo,
    };
    app.command("updateMerchant", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::update_merchant(tx, ctx, &cmd))
        .await
}
