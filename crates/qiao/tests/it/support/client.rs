//! Somebody who calls the API, under idempotency keys of their own choosing, and what comes back.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

const TIMEOUT: Duration = Duration::from_secs(40);

/// A caller with a session, or without one.
#[derive(Clone)]
pub struct Client {
    server: String,
    token: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; text that is not JSON is kept as text.
    pub body: Value,
    /// What `Retry-After` says.
    pub retry_after: Option<String>,
}

impl Client {
    /// Somebody who has not signed in.
    pub fn visitor(server: &str) -> Self {
        let http = gateway::http_client::for_address(server, TIMEOUT).unwrap();
        Self {
            server: server.to_owned(),
            token: String::new(),
            http,
        }
    }

    /// The server's address, without `http://`.
    pub fn address(&self) -> &str {
        self.server.trim_start_matches("http://")
    }

    /// The same connections with a session.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    /// Signs in with a mail address and the password.
    pub async fn with_password(&self, login: &str, password: &str) -> Self {
        let body = serde_json::json!({ "login": login, "password": password });
        let key = format!("sign-in-{}", super::random_below(u64::MAX));
        let session = self
            .post("/v1/sign-in/password", &key, &body)
            .await
            .unwrap()
            .done();
        self.with_token(session["token"].as_str().unwrap())
    }

    /// A write under this key. The error says that no answer came.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Answer, reqwest::Error> {
        self.call(Method::POST, path, Some((key, body))).await
    }

    /// A question.
    pub async fn get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        self.call(Method::GET, path, None).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        write: Option<(&str, &Value)>,
    ) -> Result<Answer, reqwest::Error> {
        let Some((key, body)) = write else {
            return self.send(method, path, &[], String::new()).await;
        };
        let headers = [
            ("idempotency-key", key.to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        self.send(method, path, &headers, body.to_string()).await
    }

    /// Any request whatever.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.http.request(method, format!("{}{path}", self.server));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.body(body).send().await?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get("retry-after")
            .map(|value| value.to_str().unwrap().to_owned());
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into());
        Ok(Answer {
            status,
            body,
            retry_after,
        })
    }
}

impl Answer {
    /// Whether it was done.
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of a success.
    #[track_caller]
    pub fn done(self) -> Value {
        assert!(self.is_done(), "{self:?}");
        self.body
    }

    /// The code of a problem.
    pub fn problem(&self) -> Option<&str> {
        self.body["type"].as_str()?.strip_prefix("/problems/")
    }

    /// Whether it says that there is no answer now, and that the same key may be sent again.
    pub fn is_temporary(&self) -> bool {
        self.status == 503
            && matches!(self.problem(), Some("busy" | "outcome_unknown"))
            && self
                .retry_after
                .as_ref()
                .is_some_and(|seconds| seconds.parse::<u32>().is_ok())
    }
}
