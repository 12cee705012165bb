//! Somebody of the story or of a load: a name, a session, and the calls that person makes.

use std::net::IpAddr;
use std::time::Duration;

use http::shell;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::serve::Failure;

const TIMEOUT: Duration = Duration::from_secs(20);

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Actor {
    /// As the story calls them.
    pub name: &'static str,
    server: String,
    token: Option<String>,
    http: Client,
}

impl Actor {
    /// Somebody who has not signed in.
    pub fn new(name: &'static str, server: &str) -> Result<Self, Failure> {
        let http = gateway::http_client::for_address(server, TIMEOUT)?;
        Ok(Self {
            name,
            server: server.trim_end_matches('/').to_owned(),
            token: None,
            http,
        })
    }

    /// The same, connecting from another address of this machine.
    pub fn coming_from(self, address: IpAddr) -> Result<Self, Failure> {
        let http = gateway::http_client::for_address_from(&self.server, TIMEOUT, address)?;
        Ok(Self { http, ..self })
    }

    /// The same with a session.
    pub fn signed_in(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The same person on a device whose network is gone.
    pub fn without_network(mut self) -> Self {
        self.server = "http://127.0.0.1:9".to_owned();
        self
    }

    /// Signs in with a mail address and the password.
    pub async fn with_password(
        name: &'static str,
        server: &str,
        login: &str,
        password: &str,
    ) -> Result<Self, Failure> {
        let actor = Self::new(name, server)?;
        let session = actor
            .post(
                "/v1/sign-in/password",
                json!({ "login": login, "password": password }),
            )
            .await?;
        Ok(actor.signed_in(text(&session, "token")?))
    }

    /// Somebody new who signs in with a one-time code.
    pub async fn with_code(name: &'static str, server: &str) -> Result<Self, Failure> {
        Self::new(name, server)?.sign_in_with_code().await
    }

    /// Signs in as somebody new, with the one-time code that the demo's outbox shows.
    pub async fn sign_in_with_code(self) -> Result<Self, Failure> {
        let digits = u64::from_le_bytes(shell::random_bytes()) % 100_000_000;
        let phone = format!("+86139{digits:08}");
        self.post("/v1/sign-in/codes", json!({ "contact": phone }))
            .await?;
        let messages = self.get("/demo/outbox").await?;
        let sent = messages
            .as_array()
            .into_iter()
            .flatten()
            .find(|message| message["to"] == phone.as_str());
        let code = sent.and_then(|message| message["text"].as_str()?.split(' ').next().map(str::to_owned));
        let code = code.ok_or("the outbox shows no code for the phone")?;
        let session = self
            .post("/v1/sign-in/code", json!({ "contact": phone, "code": code }))
            .await?;
        Ok(self.signed_in(text(&session, "token")?))
    }

    /// What a GET answers; an error unless it succeeds.
    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask(path).await?.done()
    }

    /// What a POST answers, under a key of its own; an error unless it succeeds.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.try_post(path, body).await?.done()
    }

    /// What a PUT answers, under a key of its own; an error unless it succeeds.
    pub async fn put(&self, path: &str, body: Value) -> Result<Value, Failure> {
        let write = Some((fresh_key(), "application/json", serde_json::to_vec(&body)?));
        self.call(Method::PUT, path, write).await?.done()
    }

    /// A POST that must be refused for this reason.
    pub async fn is_refused(&self, path: &str, body: Value, code: &str) -> Result<(), Failure> {
        let answer = self.try_post(path, body).await?;
        if answer.problem_code() == Some(code) {
            return Ok(());
        }
        Err(format!(
            "{} at {path} was to be refused with {code}, but: {answer:?}",
            self.name
        )
        .into())
    }

    /// What a GET answers, whatever it is.
    pub async fn ask(&self, path: &str) -> Result<Answer, Failure> {
        self.call(Method::GET, path, None).await
    }

    /// What a POST answers under a key of its own, whatever it is.
    pub async fn try_post(&self, path: &str, body: Value) -> Result<Answer, Failure> {
        self.post_under(&fresh_key(), path, &body).await
    }

    /// What a POST answers under this key, whatever it is.
    pub async fn post_under(&self, key: &str, path: &str, body: &Value) -> Result<Answer, Failure> {
        let body = serde_json::to_vec(body)?;
        let write = Some((key.to_owned(), "application/json", body));
        self.call(Method::POST, path, write).await
    }

    /// Uploads bytes.
    pub async fn upload(&self, path: &str, bytes: Vec<u8>) -> Result<Value, Failure> {
        let write = Some((fresh_key(), "application/octet-stream", bytes));
        self.call(Method::POST, path, write).await?.done()
    }

    /// A write has a key, a content type and a body.
    async fn call(
        &self,
        method: Method,
        path: &str,
        write: Option<(String, &str, Vec<u8>)>,
    ) -> Result<Answer, Failure> {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.server));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some((key, content_type, body)) = write {
            request = request
                .header("content-type", content_type)
                .header("idempotency-key", key)
                .body(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)?
        };
        Ok(Answer {
            what: format!("{} at {method} {path}", self.name),
            status,
            body,
        })
    }
}

/// An idempotency key that was never used.
pub fn fresh_key() -> String {
    hex::encode(shell::random_bytes::<16>())
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    what: String,
    /// The HTTP status.
    pub status: u16,
    /// The body; null if it is empty.
    pub body: Value,
}

impl Answer {
    /// The body of a success.
    pub fn done(self) -> Result<Value, Failure> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        Err(format!("{}: {} {}", self.what, self.status, self.body).into())
    }

    /// The code of a problem.
    pub fn problem_code(&self) -> Option<&str> {
        self.body["type"].as_str()?.strip_prefix("/problems/")
    }
}

/// A text field of an answer.
pub fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, Failure> {
    value[field]
        .as_str()
        .ok_or_else(|| format!("{field} is missing in {value}").into())
}

/// An integer field of an answer.
pub fn number(value: &Value, field: &str) -> Result<i64, Failure> {
    value[field]
        .as_i64()
        .ok_or_else(|| format!("{field} is missing in {value}").into())
}
