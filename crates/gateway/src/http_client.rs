//! The one way in which this crate makes HTTP calls: rustls with *ring*, no redirects, no proxy from
//! the environment, no retries of its own, a deadline, and answers of bounded size.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use reqwest::{Client, ClientBuilder, Url};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

/// Why no client could be set up.
#[derive(Debug)]
pub enum SetupError {
    /// The address is not an `http` or `https` URL without query or fragment.
    InvalidUrl(String),
    /// Plain `http` would send the key in clear text to another machine.
    PlainHttpBeyondLoopback(String),
    /// The key cannot be sent in a header.
    InvalidKey,
    /// TLS could not be set up, for example because the system has no root certificates.
    Tls(String),
}

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InvalidUrl(url) => write!(f, "{url:?} is not an http(s) address of a provider"),
            Self::PlainHttpBeyondLoopback(url) => {
                write!(
                    f,
                    "{url:?} is not on this machine: use https, so that the key stays secret"
                )
            }
            Self::InvalidKey => f.write_str("the key is empty or has characters that no header may carry"),
            Self::Tls(detail) => write!(f, "TLS could not be set up: {detail}"),
        }
    }
}

impl std::error::Error for SetupError {}

/// Why no complete answer came.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The connection broke, or the deadline passed.
    Transport(reqwest::Error),
    /// The answer is longer than allowed.
    TooLong,
}

/// Whether the URL names this machine, so that plain `http` shows nothing to a network.
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}

/// A client whose calls take at most `timeout` in all. Without `with_tls` it trusts no certificate, and
/// so works on a machine that has none.
pub(crate) fn build(timeout: Duration, with_tls: bool) -> Result<Client, SetupError> {
    finish(builder(timeout, with_tls)?)
}

fn finish(builder: ClientBuilder) -> Result<Client, SetupError> {
    builder.build().map_err(|error| tls_error(&error))
}

fn tls_error(error: &dyn std::fmt::Display) -> SetupError {
    SetupError::Tls(error.to_string())
}

fn builder(timeout: Duration, with_tls: bool) -> Result<ClientBuilder, SetupError> {
    let versions = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| tls_error(&e))?;
    let verifier = if with_tls {
        versions.with_platform_verifier().map_err(|e| tls_error(&e))?
    } else {
        versions.with_root_certificates(RootCertStore::empty())
    };
    Ok(Client::builder()
        .tls_backend_preconfigured(verifier.with_no_client_auth())
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .timeout(timeout)
        .connect_timeout(timeout))
}

/// A client for one address: `https` anywhere, plain `http` to this machine only.
pub fn for_address(address: &str, timeout: Duration) -> Result<Client, SetupError> {
    finish(builder_for(address, timeout)?)
}

/// The same, connecting from an address of this machine.
pub fn for_address_from(address: &str, timeout: Duration, from: IpAddr) -> Result<Client, SetupError> {
    finish(builder_for(address, timeout)?.local_address(from))
}

fn builder_for(address: &str, timeout: Duration) -> Result<ClientBuilder, SetupError> {
    let invalid = || SetupError::InvalidUrl(address.to_owned());
    let url = Url::parse(address).map_err(|_| invalid())?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match url.scheme() {
        "https" if plain => builder(timeout, true),
        "http" if plain && is_loopback(&url) => builder(timeout, false),
        "http" if plain => Err(SetupError::PlainHttpBeyondLoopback(address.to_owned())),
        _ => Err(invalid()),
    }
}

/// `Authorization: Bearer …`, marked so that it is not logged.
pub(crate) fn bearer(key: &str) -> Result<HeaderValue, SetupError> {
    let usable = !key.is_empty() && key.bytes().all(|b| b.is_ascii_graphic());
    let value = HeaderValue::from_str(&format!("Bearer {key}"));
    let mut value = value.ok().filter(|_| usable).ok_or(SetupError::InvalidKey)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The whole body, unless it is longer than `most_bytes`.
pub(crate) async fn read_bounded(
    mut response: reqwest::Response,
    most_bytes: usize,
) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ReadError::Transport)? {
        if body.len() + chunk.len() > most_bytes {
            return Err(ReadError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(address: &str) -> Result<(), SetupError> {
        for_address(address, Duration::from_secs(1)).map(drop)
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for address in ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9/base"] {
            setup(address).unwrap();
        }
        for address in [
            "http://pay.example",
            "http://10.0.0.1",
            "http://127.0.0.1.nip.io",
            "http://localhost.evil",
        ] {
            assert!(
                matches!(setup(address), Err(SetupError::PlainHttpBeyondLoopback(_))),
                "{address}"
            );
        }
        for address in [
            "",
            "ftp://127.0.0.1",
            "http://u:p@127.0.0.1",
            "http://127.0.0.1/?a=1",
            "127.0.0.1:80",
        ] {
            assert!(
                matches!(setup(address), Err(SetupError::InvalidUrl(_))),
                "{address}"
            );
        }
    }

    #[test]
    fn a_key_that_would_break_the_header_is_refused() {
        assert!(bearer("sk_test_1").unwrap().is_sensitive());
        for key in ["", "a b", "a\r\nx: y", "ключ"] {
            assert!(matches!(bearer(key), Err(SetupError::InvalidKey)), "{key:?}");
        }
    }
}
