//! Access as a type: a handler that takes one of these extractors is reached only by somebody who may
//! do that kind of thing. The commands check the grant again inside their transaction.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use kernel::{Actor, MerchantId, PersonId, StoreId};
use party::{FORBIDDEN, Identity, NOT_FOUND, OperatorRole, Role, SIGN_IN_REQUIRED, StaffGrant};
use sha2::{Digest, Sha256};

use crate::app::{App, AppState, derive};
use crate::body::Path;
use crate::problem::Problem;
use crate::shell;

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "__Host-qiao";

/// The hash under which a session's token is stored.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The name of the cookie by which a device is known again.
pub const DEVICE_COOKIE: &str = "__Host-qiao-device";

/// The token of a request: a bearer token, else the session cookie.
pub fn token_of(parts: &Parts) -> Option<&str> {
    let text = parts.headers.get(header::AUTHORIZATION);
    let bearer = text.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    bearer.or_else(|| cookie_of(&parts.headers, SESSION_COOKIE))
}

/// The value of a cookie.
pub fn cookie_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?.split(';');
    let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, value)| value)
}

/// What a device keeps by which it is known again.
pub fn device_of(headers: &HeaderMap) -> Option<&str> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    cookie_of(headers, DEVICE_COOKIE).filter(|kept| kept.len() == 64 && kept.bytes().all(is_hex))
}

/// What the database has of a device.
pub fn device_hash(app: &AppState, device: &str) -> [u8; 32] {
    derive(&app.secret, "device-hash", &[device.as_bytes()])
}

/// The device that a request comes from, if it keeps what it is known by.
pub struct Device(pub Option<[u8; 32]>);

impl FromRequestParts<App> for Device {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(
            device_of(&parts.headers).map(|device| device_hash(app, device)),
        ))
    }
}

/// Somebody who is signed in, with everything that was granted to them.
pub struct SignedIn {
    /// Who, and with which grants.
    pub identity: Identity,
    /// The hash of the session's token.
    pub token_hash: [u8; 32],
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token_hash = token_hash(token_of(parts).ok_or_else(|| SIGN_IN_REQUIRED.plain())?);
        let now = shell::now();
        let identity = app
            .read(move |read| party::queries::identity(read, token_hash, now))
            .await?;
        Ok(Self {
            identity: identity.ok_or_else(|| SIGN_IN_REQUIRED.plain())?,
            token_hash,
        })
    }
}

impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    /// `None` without a live session, where everybody may ask and some see more.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(signed_in) => Ok(Some(signed_in)),
            Err(problem) if problem.code() == SIGN_IN_REQUIRED.code => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// A person on their own behalf.
pub struct Consumer(pub PersonId);

impl Consumer {
    /// Who acts.
    pub fn actor(&self) -> Actor {
        Actor::Consumer(self.0)
    }
}

impl FromRequestParts<App> for Consumer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token_hash = token_hash(token_of(parts).ok_or_else(|| SIGN_IN_REQUIRED.plain())?);
        let now = shell::now();
        let session = app.ask(party::queries::session(token_hash, now)).await?;
        Ok(Self(session.ok_or_else(|| SIGN_IN_REQUIRED.plain())?.person))
    }
}

/// The least role that a handler asks for.
pub trait AtLeast {
    /// Which.
    const ROLE: Role;
}

/// At least a cashier.
pub struct Cashier;
/// At least a manager.
pub struct Manager;
/// An owner.
pub struct Owner;

impl AtLeast for Cashier {
    const ROLE: Role = Role::Cashier;
}
impl AtLeast for Manager {
    const ROLE: Role = Role::Manager;
}
impl AtLeast for Owner {
    const ROLE: Role = Role::Owner;
}

/// A staff member of the merchant in the path (`{merchant}`), with at least role `R` at some store. What
/// belongs to another merchant looks as if it did not exist.
pub struct Staff<R> {
    /// Who.
    pub person: PersonId,
    /// Of which merchant.
    pub merchant: MerchantId,
    grants: Vec<StaffGrant>,
    role: PhantomData<R>,
}

impl<R> Staff<R> {
    /// Who acts.
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.person, self.merchant)
    }

    /// Refuses somebody whose role is for single stores only.
    pub fn everywhere(&self) -> Result<(), Problem> {
        self.granted(|grant| grant.store.is_none())
    }

    /// Refuses somebody whose role does not cover this store.
    pub fn at(&self, store: StoreId) -> Result<(), Problem> {
        self.granted(|grant| grant.store.is_none_or(|of| of == store))
    }

    fn granted(&self, covers: impl Fn(&StaffGrant) -> bool) -> Result<(), Problem> {
        if self.grants.iter().any(covers) {
            return Ok(());
        }
        Err(FORBIDDEN.plain().into())
    }
}

/// The merchant in the path.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfMerchant {
    /// Which merchant.
    #[param(value_type = String)]
    pub merchant: MerchantId,
}

impl<R: AtLeast> FromRequestParts<App> for Staff<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let signed_in = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let Path(OfMerchant { merchant }) = Path::from_request_parts(parts, app).await?;
        let mut grants = signed_in.identity.grants.staff;
        grants.retain(|grant| grant.merchant == merchant);
        if grants.is_empty() {
            return Err(NOT_FOUND.plain().into());
        }
        grants.retain(|grant| grant.role >= R::ROLE);
        if grants.is_empty() {
            return Err(FORBIDDEN.plain().into());
        }
        Ok(Self {
            person: signed_in.identity.session.person,
            merchant,
            grants,
            role: PhantomData,
        })
    }
}

/// Which of the platform's own people a handler is for.
pub trait OneOf {
    /// Their roles.
    const ROLES: &'static [OperatorRole];
}

/// Whatever their role.
pub struct AnyOperator;
/// Who handles money, or an administrator.
pub struct Finance;
/// Who helps merchants and consumers, or an administrator.
pub struct Support;
/// An administrator.
pub struct Admin;

impl OneOf for AnyOperator {
    const ROLES: &'static [OperatorRole] = &OperatorRole::ALL;
}
impl OneOf for Finance {
    const ROLES: &'static [OperatorRole] = &[OperatorRole::Admin, OperatorRole::Finance];
}
impl OneOf for Support {
    const ROLES: &'static [OperatorRole] = &[OperatorRole::Admin, OperatorRole::Support];
}
impl OneOf for Admin {
    const ROLES: &'static [OperatorRole] = &[OperatorRole::Admin];
}

/// One of the platform's own people, of the roles `R`.
pub struct Operator<R> {
    /// Who.
    pub person: PersonId,
    roles: PhantomData<R>,
}

impl<R> Operator<R> {
    /// Who acts.
    pub fn actor(&self) -> Actor {
        Actor::Operator(self.person)
    }
}

impl<R: OneOf> FromRequestParts<App> for Operator<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let signed_in = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let role = signed_in.identity.grants.operator;
        if !role.is_some_and(|role| R::ROLES.contains(&role)) {
            return Err(FORBIDDEN.plain().into());
        }
        Ok(Self {
            person: signed_in.identity.session.person,
            roles: PhantomData,
        })
    }
}
