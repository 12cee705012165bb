//! Signing in and out: one-time codes for consumers, passwords for merchants and operators, opaque
//! sessions as bearer token or cookie. Passwords are hashed here, outside any transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, PersonId, Reject};
use party::{
    Contact, CountPasswordMiss, EndSessions, Grants, Profile, RequestCode, SIGN_IN_REFUSED, SignIn,
    SignInWithCode, SignInWithPassword, SignOut,
};
use serde::{Deserialize, Serialize};
use store::Fail;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{DEVICE_COOKIE, SESSION_COOKIE, SignedIn, device_hash, device_of, token_hash};
use crate::app::{App, AppState, derive};
use crate::body::{Nothing, Write, WriteKey};
use crate::pace::{Codes, Paced, SignIns};
use crate::password;
use crate::problem::Problem;
use crate::reject::CODE_WRONG;
use crate::shell;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request_code))
        .routes(routes!(sign_in_with_code))
        .routes(routes!(sign_in_with_password))
        .routes(routes!(sign_out))
        .routes(routes!(end_sessions))
        .routes(routes!(get_me))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeRequest {
    /// A phone number with its country code, or a mail address.
    #[schema(example = "+8613800138000")]
    contact: String,
}

#[derive(Serialize, ToSchema)]
struct CodeSent {
    /// Until when the code is good, RFC 3339.
    expires_at: String,
}

/// Sends a one-time code. Repeating the request sends nothing more.
#[utoipa::path(post, path = "/v1/sign-in/codes", operation_id = "requestCode", tag = "sign-in",
    request_body = CodeRequest, responses((status = 200, body = CodeSent), (status = "4XX", body = Problem)))]
async fn request_code(
    State(app): State<App>,
    _: Paced<Codes>,
    write: Write<CodeRequest>,
) -> Result<Response, Problem> {
    let contact = contact_at("/contact", &write.body.contact)?;
    // Derived, so that a command that is run twice before it is committed stores the same code.
    let derived = derive(&app.secret, "one-time-code", &[&write.key.fingerprint()]);
    let number = u64::from_be_bytes(first_8(derived));
    let code = format!("{:06}", number % 1_000_000);
    let cmd = RequestCode {
        code_hash: code_hash(&app, &contact, &code),
        contact: contact.clone(),
    };
    let command = app.command_in_lane("requestCode", lane_of(&contact), Actor::Anonymous, write.key);
    // An answer that is only remembered was not counted against the limits, so it must not send either.
    let counted = Arc::new(AtomicBool::new(false));
    let (here, cap) = (Arc::clone(&counted), app.code_cap);
    let answer = command
        .run(move |tx, ctx| {
            let sent = party::request_code(tx, ctx, &cmd)?;
            party::count_code(tx, ctx, cap).inspect_err(tell_operator)?;
            here.store(true, Ordering::Release);
            Ok(CodeSent {
                expires_at: sent.expires_at.to_string(),
            })
        })
        .await?;
    if counted.load(Ordering::Acquire) {
        let text = format!("{code} is your Qiao code. It is good for ten minutes.");
        app.outbox.send(contact.address(), text, shell::now());
    }
    Ok(answer)
}

/// Nobody can sign in by a code until the window is over: either the platform grows, or it is flooded.
fn tell_operator(fail: &Fail) {
    if let Fail::Reject(_) = fail {
        metrics::counter!("codes_capped").increment(1);
        tracing::warn!("no more one-time codes are sent: codes_per_hour or codes_per_day is reached");
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeSignIn {
    /// Where the code was sent.
    contact: String,
    /// The six digits.
    code: String,
    /// What people call the device; shown in the list of sessions.
    #[serde(default)]
    device: String,
    /// BCP 47 language tag of a new person.
    #[serde(default = "chinese")]
    locale: String,
}

fn chinese() -> String {
    "zh-CN".to_owned()
}

/// What is remembered of a sign-in. The token is derived, never stored.
#[derive(Serialize, Deserialize)]
enum RememberedSignIn {
    In { person: PersonId, is_new: bool },
    Declined { tries_left: i64 },
}

#[derive(Serialize, ToSchema)]
struct SessionOpened {
    /// Who signed in.
    #[schema(value_type = String)]
    person: PersonId,
    /// Whether this was the first time.
    is_new: bool,
    /// The bearer token; also set as a cookie.
    token: String,
}

/// Signs in with a one-time code; the first time makes the person.
#[utoipa::path(post, path = "/v1/sign-in/code", operation_id = "signInWithCode", tag = "sign-in",
    request_body = CodeSignIn, responses((status = 200, body = SessionOpened), (status = "4XX", body = Problem)))]
async fn sign_in_with_code(
    State(app): State<App>,
    _: Paced<SignIns>,
    headers: HeaderMap,
    write: Write<CodeSignIn>,
) -> Result<Response, Problem> {
    let contact = contact_at("/contact", &write.body.contact)?;
    let token = session_token(&app, &write.key);
    let new_device = || hex::encode(derive(&app.secret, "device", &[&write.key.fingerprint()]));
    let device = device_of(&headers).map_or_else(new_device, str::to_owned);
    let device_hash = device_hash(&app, &device);
    let cmd = SignInWithCode {
        code_hash: code_hash(&app, &contact, write.body.code.trim()),
        token_hash: token_hash(&token),
        device: write.body.device,
        locale: write.body.locale,
        contact,
    };
    let command = app.command_in_lane(
        "signInWithCode",
        lane_of(&cmd.contact),
        Actor::Anonymous,
        write.key,
    );
    let remembered = command.run_to_text(move |tx, ctx| {
        Ok(match party::sign_in_with_code(tx, ctx, &cmd)? {
            SignIn::In { person, is_new } => {
                party::note_device(tx, ctx, person, device_hash)?;
                RememberedSignIn::In { person, is_new }
            }
            SignIn::Declined { tries_left } => RememberedSignIn::Declined { tries_left },
        })
    });
    match crate::body::parse_json(remembered.await?.as_bytes())? {
        RememberedSignIn::In { person, is_new } => {
            let mut response = open_session(SessionOpened {
                person,
                is_new,
                token,
            });
            response
                .headers_mut()
                .append(header::SET_COOKIE, device_cookie(&device));
            Ok(response)
        }
        RememberedSignIn::Declined { tries_left } => Err(CODE_WRONG
            .because(format!("The code is wrong; {tries_left} tries are left."))
            .into()),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordSignIn {
    /// The mail address of the account.
    login: String,
    /// The password.
    password: String,
    /// What people call the device.
    #[serde(default)]
    device: String,
}

/// Signs in with a password.
#[utoipa::path(post, path = "/v1/sign-in/password", operation_id = "signInWithPassword", tag = "sign-in",
    request_body = PasswordSignIn, responses((status = 200, body = SessionOpened), (status = "4XX", body = Problem)))]
async fn sign_in_with_password(
    State(app): State<App>,
    _: Paced<SignIns>,
    write: Write<PasswordSignIn>,
) -> Result<Response, Problem> {
    let login = contact_at("/login", &write.body.login)?;
    let asked = login.clone();
    let stored = app
        .read(move |read| party::queries::password(read, &asked))
        .await?;
    let now = shell::now();
    let hash = stored
        .filter(|stored| stored.locked_until <= now)
        .map(|stored| stored.hash);
    let verified = password::verify(write.body.password, hash.clone()).await;
    let Some(verified_hash) = hash.filter(|_| verified) else {
        let cmd = CountPasswordMiss { login };
        let key = write.key;
        let command = app.command_in_lane("countPasswordMiss", lane_of(&cmd.login), Actor::Anonymous, key);
        command
            .run_to_text(move |tx, ctx| party::count_password_miss(tx, ctx, &cmd))
            .await?;
        return Err(SIGN_IN_REFUSED.plain().into());
    };
    let token = session_token(&app, &write.key);
    let cmd = SignInWithPassword {
        verified_hash,
        token_hash: token_hash(&token),
        device: write.body.device,
        login,
    };
    let command = app.command_in_lane(
        "signInWithPassword",
        lane_of(&cmd.login),
        Actor::Anonymous,
        write.key,
    );
    let person = command
        .run_to_text(move |tx, ctx| party::sign_in_with_password(tx, ctx, &cmd))
        .await?;
    let person = crate::body::parse_json(person.as_bytes())?;
    Ok(open_session(SessionOpened {
        person,
        is_new: false,
        token,
    }))
}

/// Ends this session.
#[utoipa::path(post, path = "/v1/sign-out", operation_id = "signOut", tag = "sign-in",
    security(("session" = ["consumer"])), request_body = Nothing, responses((status = 200), (status = "4XX", body = Problem)))]
async fn sign_out(
    State(app): State<App>,
    signed_in: SignedIn,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let person = signed_in.identity.session.person;
    let cmd = SignOut {
        token_hash: signed_in.token_hash,
    };
    let command = app.command("signOut", person, Actor::Consumer(person), write.key);
    let mut response = command.run(move |tx, ctx| party::sign_out(tx, ctx, &cmd)).await?;
    let gone = format!("{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    response
        .headers_mut()
        .insert(header::SET_COOKIE, header_value(&gone));
    Ok(response)
}

#[derive(Serialize, ToSchema)]
pub struct SessionsEnded {
    /// How many.
    pub ended: u64,
}

/// Ends all of the caller's sessions, this one too.
#[utoipa::path(delete, path = "/v1/me/sessions", operation_id = "endSessions", tag = "sign-in",
    security(("session" = ["consumer"])), responses((status = 200, body = SessionsEnded), (status = "4XX", body = Problem)))]
async fn end_sessions(
    State(app): State<App>,
    signed_in: SignedIn,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let person = signed_in.identity.session.person;
    let cmd = EndSessions { person };
    let command = app.command("endSessions", person, Actor::Consumer(person), write.key);
    command
        .run(move |tx, ctx| {
            Ok(SessionsEnded {
                ended: party::end_sessions(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// A person with what they may do.
#[derive(Serialize, ToSchema)]
pub struct Me {
    #[schema(value_type = String)]
    person: PersonId,
    locale: String,
    name: Option<String>,
    contacts: Vec<String>,
    /// `admin`, `finance` or `support`, for the platform's own people.
    operator: Option<String>,
    staff: Vec<MyRole>,
}

#[derive(Serialize, ToSchema)]
struct MyRole {
    #[schema(value_type = String)]
    merchant: kernel::MerchantId,
    /// Absent: every store.
    #[schema(value_type = Option<String>)]
    store: Option<kernel::StoreId>,
    /// `owner`, `manager` or `cashier`.
    role: String,
}

impl Me {
    /// Of a profile and the grants.
    pub fn of(profile: Profile, grants: Grants) -> Self {
        let contacts = profile.contacts.iter();
        let staff = grants.staff.into_iter();
        Self {
            person: profile.person,
            locale: profile.locale,
            name: profile.name,
            contacts: contacts.map(|contact| contact.address().to_owned()).collect(),
            operator: grants.operator.map(|role| role.as_str().to_owned()),
            staff: staff
                .map(|grant| MyRole {
                    merchant: grant.merchant,
                    store: grant.store,
                    role: grant.role.as_str().to_owned(),
                })
                .collect(),
        }
    }
}

/// Who is signed in, with what waits for them.
#[derive(Serialize, ToSchema)]
struct Myself {
    #[serde(flatten)]
    me: Me,
    /// Messages that were not read yet.
    unread_messages: i64,
    /// Conversations with answers that were not read yet.
    unread_conversations: i64,
}

/// Who is signed in, and as what.
#[utoipa::path(get, path = "/v1/me", operation_id = "getMe", tag = "sign-in",
    security(("session" = ["consumer"])), responses((status = 200, body = Myself), (status = "4XX", body = Problem)))]
async fn get_me(State(app): State<App>, signed_in: SignedIn) -> Result<axum::Json<Myself>, Problem> {
    let person = signed_in.identity.session.person;
    let found = app.read(move |read| {
        let profile = party::queries::profile(read, person)?.ok_or_else(|| party::NOT_FOUND.plain())?;
        let unread_messages = retain::queries::unread_count(read, person)?;
        Ok((
            profile,
            unread_messages,
            retain::queries::unread_conversations(read, person)?,
        ))
    });
    let (profile, unread_messages, unread_conversations) = found.await?;
    Ok(axum::Json(Myself {
        me: Me::of(profile, signed_in.identity.grants),
        unread_messages,
        unread_conversations,
    }))
}

/// The address in this field of a body.
pub fn contact_at(field: &'static str, text: &str) -> Result<Contact, Reject> {
    Contact::parse(text).map_err(|reject| Reject {
        field: Some(field.into()),
        ..reject
    })
}

/// The token of the session that this request opens: the same for each repetition of the request.
pub fn session_token(app: &AppState, key: &WriteKey) -> String {
    hex::encode(derive(&app.secret, "session-token", &[&key.fingerprint()]))
}

fn code_hash(app: &AppState, contact: &Contact, code: &str) -> [u8; 32] {
    let parts = [contact.kind().as_str(), contact.address(), code].map(str::as_bytes);
    derive(&app.secret, "one-time-code-hash", &parts)
}

/// Commands about one address share a lane.
pub fn lane_of(contact: &Contact) -> [u8; 16] {
    let hash = token_hash(contact.address());
    <[u8; 16]>::try_from(&hash[..16]).expect("half of 32 bytes")
}

fn first_8(bytes: [u8; 32]) -> [u8; 8] {
    <[u8; 8]>::try_from(&bytes[..8]).expect("a quarter of 32 bytes")
}

fn open_session(opened: SessionOpened) -> Response {
    let cookie = session_cookie(&opened.token);
    let mut response = axum::Json(opened).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// The cookie that carries a session's token.
pub fn session_cookie(token: &str) -> HeaderValue {
    header_value(&format!(
        "{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000"
    ))
}

/// 32 random bytes, which tell the device from others and nothing else, for as long as browsers keep a cookie. It outlives the session, and signing out.
fn device_cookie(device: &str) -> HeaderValue {
    header_value(&format!(
        "{DEVICE_COOKIE}={device}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=34560000"
    ))
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a token and attributes are visible ASCII")
}
