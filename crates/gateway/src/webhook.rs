//! Standard Webhooks signatures (<https://www.standardwebhooks.com>, version 1.0.0, symmetric `v1`): the
//! proof that a body came from who knows the secret, and came now. It reads no meaning into the body and
//! remembers nothing: whether an event was seen before is for the database to say, by [`VerifiedEvent::id`].

use std::fmt;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::{MINUTE_US, SECOND_US, Timestamp};
use sha2::Sha256;

/// The unique name of the event, the same at every delivery of it.
pub const ID_HEADER: &str = "webhook-id";
/// When this delivery was signed: whole seconds since 1970 UTC.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The signatures, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far the signing time may be from ours, either way. A sender that retries signs again.
pub const TOLERANCE_US: i64 = 5 * MINUTE_US;

/// More than this many signatures are nobody's key rotation.
const MOST_SIGNATURES: usize = 8;
const MOST_ID_BYTES: usize = 128;
const SECRET_PREFIX: &str = "whsec_";

/// A secret that sender and receiver share: 24 to 64 bytes, written `whsec_` and base64.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// Why a text is not a [`WebhookSecret`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretError {
    /// It does not start with `whsec_`.
    NoPrefix,
    /// What follows the prefix is not padded standard base64.
    NotBase64,
    /// It has fewer than 24 or more than 64 bytes.
    WrongLength,
}

/// An event that is proven to come from the sender. Only [`verify`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedEvent<'a> {
    id: &'a str,
    signed_at: Timestamp,
    body: &'a [u8],
}

/// Why a delivery is not believed. Nothing may be done because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookRefusal {
    /// The receiver has no secret to check with.
    NoSecret,
    /// The header is absent.
    HeaderMissing(&'static str),
    /// The header is there more than once, so that two readers could see two things.
    HeaderRepeated(&'static str),
    /// The id is not 1 to 128 letters, digits, `_` or `-`.
    IdMalformed,
    /// The timestamp is not whole seconds since 1970.
    TimestampMalformed,
    /// No signature is of version `v1`.
    NoKnownVersion,
    /// Every `v1` signature is something else than 32 bytes in base64.
    SignatureMalformed,
    /// There are more signatures than a key rotation needs.
    TooManySignatures,
    /// No signature fits id, timestamp and body under any of the secrets.
    SignatureMismatch,
    /// Signed by the sender, but more than five minutes ago: a replay, or a clock that is wrong.
    TimestampTooOld,
    /// Signed by the sender, but more than five minutes ahead: a clock is wrong.
    TimestampTooNew,
}

impl<'a> VerifiedEvent<'a> {
    /// The event's name: at most one effect per provider and id.
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// When this delivery was signed, to the second. Not when the event happened.
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// The body as it was signed.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// Checks a delivery: one header each, a signature under any of the `secrets` (during a rotation there
/// are two), then the signing time against `now`. Signatures are compared in constant time.
pub fn verify<'a>(
    secrets: &[WebhookSecret],
    headers: &'a HeaderMap,
    body: &'a [u8],
    now: Timestamp,
) -> Result<VerifiedEvent<'a>, WebhookRefusal> {
    if secrets.is_empty() {
        return Err(WebhookRefusal::NoSecret);
    }
    let id = only(headers, ID_HEADER)?;
    let seconds = only(headers, TIMESTAMP_HEADER)?;
    let signatures = only(headers, SIGNATURE_HEADER)?;

    // Without a full stop in id and timestamp, `id.timestamp.body` can be cut in one way only.
    let id_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if id.is_empty() || id.len() > MOST_ID_BYTES || !id.bytes().all(id_letter) {
        return Err(WebhookRefusal::IdMalformed);
    }
    let signed_at = whole_seconds(seconds).ok_or(WebhookRefusal::TimestampMalformed)?;
    check_signature(secrets, id, seconds, body, signatures)?;

    // The time comes last, so that "too old" always means a delivery that once was genuine.
    if now.since_us(signed_at) > TOLERANCE_US {
        return Err(WebhookRefusal::TimestampTooOld);
    }
    if signed_at.since_us(now) > TOLERANCE_US {
        return Err(WebhookRefusal::TimestampTooNew);
    }
    Ok(VerifiedEvent { id, signed_at, body })
}

/// The `webhook-signature` header of a delivery made at `now`: one signature per secret, so that a
/// receiver can change its secret at leisure. `webhook-timestamp` is `now.unix_seconds()`.
pub fn sign(secrets: &[WebhookSecret], id: &str, now: Timestamp, body: &[u8]) -> String {
    let seconds = now.unix_seconds().to_string();
    let one = |secret| {
        let tag = mac(secret, id, &seconds, body).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(tag))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The three headers of a delivery made at `now`. The `id` is of letters, digits, `_` and `-`.
pub fn signed_headers(secrets: &[WebhookSecret], id: &str, now: Timestamp, body: &[u8]) -> HeaderMap {
    let seconds = now.unix_seconds().to_string();
    let signatures = sign(secrets, id, now, body);
    [
        (ID_HEADER, id),
        (TIMESTAMP_HEADER, &seconds),
        (SIGNATURE_HEADER, &signatures),
    ]
    .into_iter()
    .map(|(name, value)| {
        let value = HeaderValue::from_str(value).expect("an id, a number and base64 are plain text");
        (HeaderName::from_static(name), value)
    })
    .collect()
}

impl FromStr for WebhookSecret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(SecretError::NoPrefix)?;
        let key = STANDARD.decode(encoded).map_err(|_| SecretError::NotBase64)?;
        if (24..=64).contains(&key.len()) {
            Ok(Self(key))
        } else {
            Err(SecretError::WrongLength)
        }
    }
}

impl fmt::Debug for WebhookSecret {
    /// Never shows the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPrefix => "a webhook secret starts with whsec_",
            Self::NotBase64 => "a webhook secret is base64 after whsec_",
            Self::WrongLength => "a webhook secret has 24 to 64 bytes",
        })
    }
}

impl std::error::Error for SecretError {}

impl fmt::Display for WebhookRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSecret => f.write_str("no webhook secret is configured: set one"),
            Self::HeaderMissing(name) => write!(f, "the header {name} is missing"),
            Self::HeaderRepeated(name) => write!(f, "the header {name} is there more than once"),
            Self::IdMalformed => write!(f, "{ID_HEADER} must be 1 to {MOST_ID_BYTES} of A-Z a-z 0-9 _ -"),
            Self::TimestampMalformed => write!(f, "{TIMESTAMP_HEADER} must be whole seconds since 1970"),
            Self::NoKnownVersion => write!(f, "{SIGNATURE_HEADER} has no signature of version v1"),
            Self::SignatureMalformed => write!(f, "{SIGNATURE_HEADER} must be v1, and 32 bytes in base64"),
            Self::TooManySignatures => {
                write!(f, "{SIGNATURE_HEADER} has more than {MOST_SIGNATURES} signatures")
            }
            Self::SignatureMismatch => f.write_str("no signature fits: wrong secret, or changed on the way"),
            Self::TimestampTooOld => f.write_str("signed over 5 minutes ago: sign each delivery afresh"),
            Self::TimestampTooNew => f.write_str("signed over 5 minutes ahead: set the clocks"),
        }
    }
}

impl std::error::Error for WebhookRefusal {}

/// The header's value, when there is exactly one. A value that is not text is taken as empty, which
/// every later check refuses.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, WebhookRefusal> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(WebhookRefusal::HeaderMissing(name))?;
    match values.next() {
        Some(_) => Err(WebhookRefusal::HeaderRepeated(name)),
        None => Ok(value.to_str().unwrap_or_default()),
    }
}

/// Digits alone, so that there is one way to write a time.
fn whole_seconds(text: &str) -> Option<Timestamp> {
    let written_plainly = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let seconds: i64 = text.parse().ok().filter(|_| written_plainly)?;
    let time = Timestamp(seconds.checked_mul(SECOND_US)?);
    (time <= Timestamp::MAX).then_some(time)
}

fn check_signature(
    secrets: &[WebhookSecret],
    id: &str,
    seconds: &str,
    body: &[u8],
    signatures: &str,
) -> Result<(), WebhookRefusal> {
    let entries: Vec<&str> = signatures.split(' ').collect();
    if entries.len() > MOST_SIGNATURES {
        return Err(WebhookRefusal::TooManySignatures);
    }
    let of_v1: Vec<&str> = entries
        .into_iter()
        .filter_map(|e| e.strip_prefix("v1,"))
        .collect();
    if of_v1.is_empty() {
        return Err(WebhookRefusal::NoKnownVersion);
    }
    let tag = |text: &&str| STANDARD.decode(text).ok().filter(|tag| tag.len() == 32);
    let tags: Vec<Vec<u8>> = of_v1.iter().filter_map(tag).collect();
    if tags.is_empty() {
        return Err(WebhookRefusal::SignatureMalformed);
    }
    let fits = |secret| {
        let expected = mac(secret, id, seconds, body);
        tags.iter().any(|tag| expected.clone().verify_slice(tag).is_ok())
    };
    if secrets.iter().any(fits) {
        Ok(())
    } else {
        Err(WebhookRefusal::SignatureMismatch)
    }
}

/// HMAC-SHA256 of `{id}.{timestamp}.{body}`.
fn mac(secret: &WebhookSecret, id: &str, seconds: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(&secret.0).expect("HMAC takes a key of any length");
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}
