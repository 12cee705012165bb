//! A whole API on a fresh database, and people who can only do what that kind of person can do.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use http::{App, AppState, DemoInfo, Outbox, VisitBuffer, VoucherKeys, shell};
use kernel::{Actor, Currency, LocalText};
use metrics_exporter_prometheus::PrometheusBuilder;
use party::{Contact, GrantOperator, OperatorRole, RequestCode, SignInWithCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::testing::TestDatabase;
use tower::ServiceExt;

use crate::provider::{API_KEY, Provider, WEBHOOK_SECRET};

/// Who is believed to say where a request came from.
pub const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// The next address that a request comes from: 192.0.0.0 and up.
static ADDRESSES: AtomicU32 = AtomicU32::new(192 << 24);

/// A running API. Dropped last: the database and the media folder.
pub struct TestApp {
    pub app: App,
    /// Where payments are made, if there is a provider.
    pub provider: Option<Provider>,
    router: Router,
    _media: tempfile::TempDir,
    _database: TestDatabase,
}

/// Runs a test on each engine. Databases are made and dropped outside of the runtime.
pub fn on_both(test: impl AsyncFn(&TestApp)) {
    for database in TestDatabase::both() {
        let app = TestApp::on(database, None);
        runtime().block_on(test(&app));
    }
}

/// The same with a payment provider, whose webhooks come to the API by a socket.
pub fn on_both_with_provider(test: impl AsyncFn(&TestApp)) {
    for database in TestDatabase::both() {
        let runtime = runtime();
        let (listener, provider) = runtime.block_on(Provider::start());
        let app = TestApp::on(database, Some(provider));
        runtime.block_on(async {
            let router = app.router.clone();
            let server = tokio::spawn(async move { axum::serve(listener, router).await });
            test(&app).await;
            server.abort();
        });
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap()
}

/// Where the tests' API stands.
fn site() -> http::Site {
    let shanghai = http::City {
        code: "shanghai".to_owned(),
        name: LocalText::one("zh-CN", "上海"),
        place: http::Place {
            lat: 31.2304,
            lon: 121.4737,
        },
        currency: Currency::CNY,
    };
    http::Site::new(Some("https://qiao.example".to_owned()), None, vec![shanghai]).unwrap()
}

fn demo_info() -> DemoInfo {
    DemoInfo {
        provider_url: String::new(),
        provider_key: String::new(),
        accounts: Vec::new(),
        password: String::new(),
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {:?}", self.bytes))
    }

    /// The body of a success.
    pub fn ok(self) -> Value {
        assert!(
            self.status.is_success(),
            "{}: {}",
            self.status,
            String::from_utf8_lossy(&self.bytes)
        );
        self.json()
    }

    /// The id of what was made.
    pub fn id(self) -> String {
        text(&self.ok(), "id")
    }

    /// The code of a refusal, with its status.
    pub fn refusal(&self) -> (u16, String) {
        assert!(!self.status.is_success(), "not refused: {}", self.status);
        let kind = text(&self.json(), "type");
        (self.status.as_u16(), kind.replace("/problems/", ""))
    }
}

pub fn text(value: &Value, field: &str) -> String {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field}: {value}"))
        .to_owned()
}

/// Somebody who asks: nobody, or the holder of a session.
#[derive(Clone, Default)]
pub struct Client {
    token: Option<String>,
}

impl Client {
    /// The holder of this session.
    pub fn with(token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
        }
    }

    /// The session's token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// The request with this session.
    pub fn sign(&self, request: Builder) -> Builder {
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }
}

impl TestApp {
    fn on(database: TestDatabase, provider: Option<Provider>) -> Self {
        let provider_url = provider
            .as_ref()
            .map_or("http://127.0.0.1:1".to_owned(), Provider::url);
        let media = tempfile::tempdir().unwrap();
        let app = Arc::new(AppState {
            store: Arc::new(database.open()),
            search: Arc::new(attract::SearchIndex::in_memory().unwrap()),
            keys: RwLock::new(VoucherKeys {
                signing: voucher::SigningKey::from_bytes(&[7; 32]),
                ring: Arc::default(),
            }),
            provider: Arc::new(
                gateway::provider::SandboxClient::new(&provider_url, API_KEY, Duration::from_secs(10))
                    .unwrap(),
            ),
            webhook_secrets: vec![WEBHOOK_SECRET.parse().unwrap()],
            outbox: Outbox::demo(demo_info()),
            pace: http::Pace::new(vec![PROXY.into()]),
            code_cap: party::CodeCap {
                per_hour: 1_000,
                per_day: 10_000,
            },
            visits: VisitBuffer::default(),
            live: http::Live::default(),
            site: site(),
            media_folder: media.path().to_owned(),
            secret: [9; 32],
            metrics: PrometheusBuilder::new().build_recorder().handle(),
        });
        Self {
            router: http::router(Arc::clone(&app)),
            app,
            provider,
            _media: media,
            _database: database,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.open(request).await.into_parts();
        // A stream of news goes on for a minute.
        let streams = parts
            .headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let body = if streams { Body::empty() } else { body };
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    /// The answer to a request from this address.
    pub async fn send_from(&self, address: IpAddr, mut request: Request<Body>) -> Answer {
        let peer = ConnectInfo(SocketAddr::from((address, 1)));
        request.extensions_mut().insert(peer);
        self.send(request).await
    }

    /// The response, of which nothing is read yet. A request comes from an address of its own, unless it
    /// says otherwise.
    pub async fn open(&self, mut request: Request<Body>) -> Response {
        let own = Ipv4Addr::from_bits(ADDRESSES.fetch_add(1, Ordering::Relaxed));
        let own = ConnectInfo(SocketAddr::from((own, 1)));
        request.extensions_mut().get_or_insert_with(|| own);
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// One request under a key of its own, or the given one.
    pub async fn call(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: impl Into<Body>,
    ) -> Answer {
        let fresh = hex::encode(shell::random_bytes::<16>());
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("idempotency-key", key.unwrap_or(&fresh));
        self.send(client.sign(request).body(body.into()).unwrap()).await
    }

    pub async fn get(&self, client: &Client, path: &str) -> Answer {
        self.call(client, Method::GET, path, None, Body::empty()).await
    }

    pub async fn post(&self, client: &Client, path: &str, body: Value) -> Answer {
        self.call(client, Method::POST, path, None, body.to_string())
            .await
    }

    pub async fn put(&self, client: &Client, path: &str, body: Value) -> Answer {
        self.call(client, Method::PUT, path, None, body.to_string()).await
    }

    /// A consumer; `n` tells them apart.
    pub async fn consumer(&self, n: u64) -> Client {
        let token = format!("consumer {n}");
        let cmd = SignInWithCode {
            contact: Contact::parse(&format!("+86138{n:08}")).unwrap(),
            code_hash: [1; 32],
            token_hash: Sha256::digest(&token).into(),
            device: String::new(),
            locale: "zh-CN".to_owned(),
        };
        let ctx = shell::ctx(Actor::Anonymous);
        let signed_in = self.app.store.run("test", ctx.request, ctx, move |tx, ctx| {
            let code = RequestCode {
                contact: cmd.contact.clone(),
                code_hash: cmd.code_hash,
            };
            party::request_code(tx, ctx, &code)?;
            party::sign_in_with_code(tx, ctx, &cmd)
        });
        signed_in.await.unwrap().unwrap();
        Client { token: Some(token) }
    }

    /// An operator, signed in by password.
    pub async fn operator(&self, role: OperatorRole) -> Client {
        let login = format!("{}@platform.example", role.as_str());
        let cmd = GrantOperator {
            login: Contact::parse(&login).unwrap(),
            password_hash: http::hash_password("correct horse".to_owned()).await,
            name: "Operator".to_owned(),
            role,
        };
        let ctx = shell::ctx(Actor::System);
        let granted = self.app.store.run("test", ctx.request, ctx, move |tx, ctx| {
            party::grant_operator(tx, ctx, &cmd)
        });
        granted.await.unwrap().unwrap();
        self.sign_in(&login).await
    }

    /// The holder of a login, whose password is the one that all of them have here.
    pub async fn sign_in(&self, login: &str) -> Client {
        let body = json!({"login": login, "password": "correct horse"});
        let signed_in = self.post(&Client::default(), "/v1/sign-in/password", body).await;
        Client {
            token: Some(text(&signed_in.ok(), "token")),
        }
    }

    /// A merchant with its owner and one store in Shanghai; `n` tells them apart.
    pub async fn shop(&self, n: u64) -> Shop {
        let made = self
            .post(&Client::default(), "/v1/merchants", registration(n))
            .await
            .ok();
        let owner = Client {
            token: Some(text(&made, "token")),
        };
        let path = format!("/v1/merchants/{}", text(&made, "merchant"));
        let store = self
            .post(&owner, &format!("{path}/stores"), store_said())
            .await
            .id();
        Shop {
            id: text(&made, "merchant"),
            path,
            owner,
            store,
        }
    }

    /// A picture of the merchant's.
    pub async fn picture(&self, shop: &Shop) -> String {
        let path = format!("{}/media", shop.path);
        self.call(&shop.owner, Method::POST, &path, None, png(2, 2))
            .await
            .id()
    }
}

/// A merchant as tests use it.
#[derive(Clone)]
pub struct Shop {
    pub id: String,
    /// Of everything of the merchant's.
    pub path: String,
    pub owner: Client,
    pub store: String,
}

/// A picture of one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([200, 60, 40]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub fn registration(n: u64) -> Value {
    json!({"name": {"zh-CN": format!("桥头餐饮 {n}")}, "login": format!("owner{n}@example.com"),
           "password": "correct horse", "person_name": "李伟"})
}

pub fn store_said() -> Value {
    json!({"name": {"zh-CN": "桥头火锅"}, "category": "hot_pot", "address": "南京西路 1 号",
           "place": {"lat": 31.2304, "lon": 121.4737}, "time_zone": "Asia/Shanghai", "currency": "CNY",
           "offline_max_uses": 20, "offline_max_amount": 500_000})
}

/// So many days from now, RFC 3339.
pub fn in_days(days: i64) -> String {
    shell::now().plus_us(days * kernel::DAY_US).to_string()
}

/// The hour that follows after so many days, RFC 3339.
pub fn on_the_hour(days: i64) -> String {
    let at = shell::now().plus_us(days * kernel::DAY_US + kernel::HOUR_US);
    at.plus_us(-(at.0 % kernel::HOUR_US)).to_string()
}
