//! Pictures: uploaded by a merchant's staff or by a guest, shown to everybody once an offer or a review shows
//! them or they are a merchant's logo, else to whose they are and those to whom they were shown: both sides of a conversation,
//! the readers of a complaint. A browser that follows a link to one saves it and
//! never renders it as a page.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, MediaId, MerchantId, StaticType, TypeSafeId};
use party::{Identity, MEDIA_INVALID, Media, MediaOwner, NOT_FOUND, RecordMedia, Role};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::{Fail, NoAnswer, ReadTx};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Cashier, Consumer, OfMerchant, SignedIn, Staff};
use crate::app::App;
use crate::body::{Path, Query, WriteKey, read_bytes};
use crate::media::{CONTENT_TYPE, MAX_MEDIA_BYTES, WIDTHS, keep, kind_of, load, load_at_width, normalised};
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{Created, malformed};

pub fn operations() -> OpenApiRouter<App> {
    let upload = OpenApiRouter::new()
        .routes(routes!(upload_media))
        .routes(routes!(upload_my_media))
        .layer(DefaultBodyLimit::max(MAX_MEDIA_BYTES));
    OpenApiRouter::new().merge(upload).routes(routes!(get_media))
}

/// Uploads a picture: the body is its bytes, at most 10 MiB of JPEG, PNG or WebP and 10,000 pixels a side. What is
/// kept is written anew as JPEG, at most 1,600 pixels a side, without where and when it was taken.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/media", operation_id = "recordMedia", tag = "party",
    params(OfMerchant), security(("session" = ["staff:cashier"])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn upload_media(
    State(app): State<App>,
    staff: Staff<Cashier>,
    request: Request,
) -> Result<Response, Problem> {
    let owner = MediaOwner::Merchant(staff.merchant);
    record(&app, request, owner, staff.merchant, staff.actor()).await
}

/// Uploads a picture of the caller's own, for a review or a conversation. What is taken and kept is as for a merchant's.
#[utoipa::path(post, path = "/v1/me/media", operation_id = "recordMyMedia", tag = "party",
    security(("session" = ["consumer"])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn upload_my_media(
    State(app): State<App>,
    consumer: Consumer,
    request: Request,
) -> Result<Response, Problem> {
    let owner = MediaOwner::Person(consumer.0);
    record(&app, request, owner, consumer.0, consumer.actor()).await
}

/// Keeps the picture of a request's body and records it as the owner's.
async fn record<K: StaticType>(
    app: &App,
    request: Request,
    owner: MediaOwner,
    lane: TypeSafeId<K>,
    actor: Actor,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = read_bytes(Request::from_parts(parts.clone(), body), app).await?;
    let key = WriteKey::from_parts(&parts, &bytes)?;
    let folder = app.media_folder.clone();
    // Hashed and kept before the command, so that what is recorded can always be shown.
    let kept = in_background(move || {
        let Some(picture) = normalised(&bytes) else {
            return Ok(None);
        };
        let sha256: [u8; 32] = Sha256::digest(&picture).into();
        keep(&folder, &sha256, &picture).map(|()| Some((sha256, picture.len() as i64)))
    });
    let (sha256, size) = kept.await?.ok_or_else(|| MEDIA_INVALID.plain())?;
    app.command("recordMedia", lane, actor, key)
        .creating()
        .run(move |tx, ctx| {
            let cmd = RecordMedia {
                id: ctx.new_id::<kernel::Media>(),
                owner,
                sha256,
                content_type: CONTENT_TYPE.to_owned(),
                size,
            };
            Ok(Created::of(party::record_media(tx, ctx, &cmd)?))
        })
        .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfMedia {
    /// Which file.
    #[param(value_type = String)]
    media: MediaId,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Shown {
    /// At most how wide, in pixels: 160, 480 or 960; as it is kept if not given.
    width: Option<u32>,
}

/// The bytes of a picture: for everybody if an offer that was published, a menu or a review shows it, else for its owner, for both
/// sides of a conversation that shows it, and for the readers of a complaint in which it was shown.
#[utoipa::path(get, path = "/v1/media/{media}", operation_id = "getMedia", tag = "party", params(OfMedia, Shown),
    security((), ("session" = ["staff:cashier"])),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"),
        (status = "4XX", body = Problem)))]
async fn get_media(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path(of): Path<OfMedia>,
    Query(shown): Query<Shown>,
) -> Result<Response, Problem> {
    if shown.width.is_some_and(|width| !WIDTHS.contains(&width)) {
        return Err(malformed(&QUERY_MALFORMED, "/width", "160, 480 or 960"));
    }
    let found = app.read(move |read| {
        let media = party::queries::media(read, of.media)?.ok_or_else(|| NOT_FOUND.plain())?;
        let public = offer::queries::is_shown(read, &media)?
            || feedback::queries::is_shown(read, &media)?
            || party::queries::is_logo(read, &media)?;
        let allowed = match &signed_in {
            _ if public => true,
            Some(signed_in) => may_see(read, &signed_in.identity, &media)?,
            None => false,
        };
        if !allowed {
            return Err(NOT_FOUND.plain().into());
        }
        Ok((media, public))
    });
    let (media, public) = found.await?;
    let (folder, sha256) = (app.media_folder.clone(), media.sha256);
    let load_it = move || match shown.width {
        Some(width) => load_at_width(&folder, &sha256, width),
        None => load(&folder, &sha256),
    };
    let bytes = in_background(load_it).await?;
    let cache = if public {
        "public, max-age=86400"
    } else {
        "private, no-store"
    };
    let (content_type, extension) = kind_of(&bytes);
    let file = format!("attachment; filename=\"{}.{extension}\"", media.id);
    let headers: [(HeaderName, String); 4] = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, file),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Whether the file is the person's own or that of a merchant they work for, or was shown to them in a conversation or a complaint.
/// The platform's people, who decide on licences, see every file but what guests show in conversations.
fn may_see(read: &mut ReadTx, identity: &Identity, media: &Media) -> Result<bool, Fail> {
    let (person, staff) = (identity.session.person, &identity.grants.staff);
    let works_for = |merchant: MerchantId| staff.iter().any(|grant| grant.merchant == merchant);
    if media.owner == person.uuid() || works_for(MerchantId::from_uuid(media.owner)) {
        return Ok(true);
    }
    let sides = retain::queries::sides_shown(read, media.id)?;
    if sides
        .iter()
        .any(|(guest, merchant)| *guest == person || works_for(*merchant))
    {
        return Ok(true);
    }
    let is_of_guest = sides.iter().any(|(guest, _)| guest.uuid() == media.owner);
    if !is_of_guest && identity.grants.operator.is_some() {
        return Ok(true);
    }
    let managed = staff.iter().filter(|grant| grant.role >= Role::Manager);
    let managed: Vec<_> = managed.map(|grant| (grant.merchant, grant.store)).collect();
    feedback::queries::is_shown_to(read, media, person, &managed)
}

/// Files are read and written on threads that may wait.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)));
    done.map_err(|error| NoAnswer::Broken(format!("the media folder: {error}")).into())
}
