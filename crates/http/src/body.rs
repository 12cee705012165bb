//! What comes with a request: strict JSON that names the wrong field, the idempotency key of a write,
//! strict query strings and typed ids in paths.

use std::fmt;
use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use kernel::Actor;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use sha2::{Digest, Sha256};
use store::Key;

use crate::problem::Problem;
use crate::reject::{
    BODY_MALFORMED, BODY_TOO_LARGE, CONTENT_TYPE_WRONG, KEY_MISSING, PATH_MALFORMED, QUERY_MALFORMED,
};

/// A write: its body, and the key under which its answer is remembered.
#[derive(Debug)]
pub struct Write<T> {
    /// What is asked for.
    pub body: T,
    /// The key, still without the actor.
    pub key: WriteKey,
}

/// An `Idempotency-Key` and the hash of what it was sent with.
#[derive(Debug, Clone)]
pub struct WriteKey {
    key: Vec<u8>,
    request_hash: [u8; 32],
}

impl WriteKey {
    /// The key of this actor.
    pub fn of(self, actor: Actor) -> Key {
        Key {
            actor: actor.to_bytes(),
            key: self.key,
            request_hash: self.request_hash,
        }
    }

    /// Bytes that are the same for every repetition of this request and for no other.
    pub fn fingerprint(&self) -> Vec<u8> {
        [self.key.as_slice(), &self.request_hash].concat()
    }

    /// The key of a request: from its header, its method and path, and its body.
    pub fn from_parts(parts: &Parts, body: &[u8]) -> Result<Self, Problem> {
        let header = parts.headers.get("idempotency-key").map(|value| value.as_bytes());
        let key = header.filter(|k| (1..=255).contains(&k.len()) && k.iter().all(u8::is_ascii_graphic));
        let key = key.ok_or_else(|| KEY_MISSING.plain())?;
        let mut hash = Sha256::new();
        for part in [
            parts.method.as_str().as_bytes(),
            parts.uri.path().as_bytes(),
            body,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Ok(Self {
            key: key.to_vec(),
            request_hash: hash.finalize().into(),
        })
    }
}

/// The body of a write that takes none: nothing, or `{}`.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The body of what an operator or manager has to give a reason for.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// Why; goes to the audit log.
    pub reason: String,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Write<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, bytes) = read_json(request, state).await?;
        let key = WriteKey::from_parts(&parts, &bytes)?;
        let body = parse_body(if bytes.is_empty() { b"{}" } else { &bytes })?;
        Ok(Self { body, key })
    }
}

/// The body of a question that is too long for a query string: nothing is written, so there is no key.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (_, bytes) = read_json(request, state).await?;
        parse_body(&bytes).map(Self)
    }
}

/// A request's head and its body, which is not said to be anything but JSON.
async fn read_json<S: Send + Sync>(request: Request, state: &S) -> Result<(Parts, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let said = parts.headers.get(header::CONTENT_TYPE);
    if said.is_some_and(|said| !is_json(said)) {
        return Err(CONTENT_TYPE_WRONG.plain().into());
    }
    let request = Request::from_parts(parts.clone(), body);
    Ok((parts, read_bytes(request, state).await?))
}

/// Whether a `Content-Type` says JSON, whatever its parameters.
fn is_json(said: &HeaderValue) -> bool {
    let kind = said
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// The body's bytes, within the limit that the route sets.
pub async fn read_bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return BODY_TOO_LARGE.plain().into();
        }
        BODY_MALFORMED.because(rejection.to_string()).into()
    })
}

/// An object within a body, and nothing else: an array would do for serde, as the object's values in their
/// order.
#[derive(Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfMap<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMap<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(OfMap(PhantomData)).map(Self)
    }
}

/// The JSON object of a request, which is no array either.
pub fn parse_body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(malformed("a body is a JSON object".to_owned(), None));
    }
    parse_json(bytes)
}

/// Strict JSON; the problem names the field.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = format!(
            "/{}",
            error.path().to_string().replace(['.', '['], "/").replace(']', "")
        );
        let field = (pointer != "/").then_some(pointer);
        malformed(error.inner().to_string(), field)
    })?;
    json.end().map_err(|error| malformed(error.to_string(), None))?;
    Ok(parsed)
}

fn malformed(detail: String, field: Option<String>) -> Problem {
    let mut problem = Problem::from(BODY_MALFORMED.because(detail));
    problem.field = field;
    problem
}

/// A strict query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let parsed = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        parsed
            .map(|query| Self(query.0))
            .map_err(|rejection| QUERY_MALFORMED.because(rejection.body_text()).into())
    }
}

/// Typed ids in the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let parsed = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        parsed
            .map(|path| Self(path.0))
            .map_err(|rejection| PATH_MALFORMED.because(rejection.body_text()).into())
    }
}
