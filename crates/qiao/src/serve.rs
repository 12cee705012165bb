//! `qiao serve`: opens the database, the keys and the index, starts the workers and answers HTTP until
//! it is told to stop; then finishes what it accepted.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use attract::SearchIndex;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gateway::provider::SandboxClient;
use gateway::webhook::WebhookSecret;
use http::{App, AppState, Outbox, derive, shell};
use metrics_exporter_prometheus::PrometheusBuilder;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Settings;
use crate::work;

/// Why the program could not start or had to stop.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const PROVIDER_TIMEOUT: Duration = Duration::from_secs(10);

/// A program that is ready to answer.
pub struct Ready {
    /// What handlers hold.
    pub app: App,
    listener: TcpListener,
}

/// Takes the address that the settings name. Whoever connects waits until the program is ready.
pub async fn bind(settings: &Settings) -> Result<TcpListener, Failure> {
    Ok(TcpListener::bind(&settings.listen)
        .await
        .map_err(|error| format!("{}: {error}", settings.listen))?)
}

/// Opens everything that the settings name, to be served at `listener`. `outbox` is where one-time codes
/// go.
pub async fn open(settings: &Settings, outbox: Outbox, listener: TcpListener) -> Result<Ready, Failure> {
    fs::create_dir_all(settings.data.join("media"))?;
    let secret = secret_of(&settings.data)?;
    let store_settings = store::Settings {
        lanes: settings.lanes,
        readers: settings.readers,
        queue: settings.queue,
        ..store::Settings::new(&settings.database_url)
    };
    let store = Arc::new(tokio::task::spawn_blocking(move || Store::open(&store_settings)).await??);
    let keys = work::keys::load(&store, &secret).await?;
    let search = Arc::new(SearchIndex::open(&settings.data.join("search"))?);
    let provider_key = settings
        .provider_key
        .clone()
        .unwrap_or_else(|| hex::encode(derive(&secret, "provider-key", &[])));
    let provider_url = settings.provider_url.as_deref().unwrap_or("http://127.0.0.1:1");
    let provider = SandboxClient::new(provider_url, &provider_key, PROVIDER_TIMEOUT)?;
    let webhook_secret = match &settings.webhook_secret {
        Some(text) => text.parse()?,
        None => own_webhook_secret(&secret)?,
    };
    let metrics = PrometheusBuilder::new().build_recorder();
    let handle = metrics.handle();
    // A second server in one process (tests) keeps the first one's recorder.
    let _ = metrics::set_global_recorder(metrics);
    let app = Arc::new(AppState {
        store,
        search,
        keys: RwLock::new(keys),
        provider: Arc::new(provider),
        webhook_secrets: vec![webhook_secret],
        outbox,
        code_cap: settings.code_cap,
        pace: http::Pace::new(settings.trusted_proxies.clone()),
        visits: http::VisitBuffer::default(),
        live: http::Live::default(),
        site: settings.site.clone(),
        media_folder: settings.data.join("media"),
        secret,
        metrics: handle,
    });
    work::feed::catch_up(&app).await?;
    Ok(Ready { app, listener })
}

impl Ready {
    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` becomes true; then finishes what was accepted and closes the database.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), Failure> {
        let workers = work::start(&self.app, stop.clone());
        let (router, app) = (http::router(Arc::clone(&self.app)), Arc::clone(&self.app));
        let stopped = async move {
            // An error means that whoever could stop it is gone, which is a reason to stop.
            let _ = stop.wait_for(|stopped| *stopped).await;
            app.live.close();
        };
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(self.listener, service)
            .with_graceful_shutdown(stopped)
            .await?;
        for worker in workers {
            worker.await?;
        }
        http::flush_visits(&self.app).await;
        if let Some(state) = Arc::into_inner(self.app)
            && let Some(store) = Arc::into_inner(state.store)
        {
            tokio::task::spawn_blocking(|| store.close()).await?;
        }
        Ok(())
    }
}

/// Becomes true at the first SIGINT or SIGTERM.
pub fn stop_signal() -> Result<watch::Receiver<bool>, Failure> {
    let (sender, receiver) = watch::channel(false);
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: what was accepted is finished first");
        sender.send_replace(true);
    });
    Ok(receiver)
}

/// Where the secret lies in the data folder.
pub const SECRET_FILE: &str = "secret.key";

/// The server's secret: `QIAO_SECRET` (64 hexadecimal digits), else the file `secret.key` in the data
/// folder, made at the first start for its owner alone. Several nodes on one database need the same one.
pub fn secret_of(data: &Path) -> Result<[u8; 32], Failure> {
    let wrong = |place: &str| format!("{place} is not 64 hexadecimal digits");
    let parse = |text: &str| <[u8; 32]>::try_from(hex::decode(text.trim()).ok()?).ok();
    if let Ok(text) = std::env::var("QIAO_SECRET") {
        return Ok(parse(&text).ok_or_else(|| wrong("QIAO_SECRET"))?);
    }
    let path = data.join(SECRET_FILE);
    if !path.exists() {
        use std::os::unix::fs::OpenOptionsExt;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(hex::encode(shell::random_bytes::<32>()).as_bytes())?;
        file.sync_all()?;
    }
    let text = fs::read_to_string(&path)?;
    Ok(parse(&text).ok_or_else(|| wrong(&path.display().to_string()))?)
}

/// The secret of the sandbox provider's webhooks, where none is configured.
pub fn own_webhook_secret(secret: &[u8; 32]) -> Result<WebhookSecret, Failure> {
    Ok(format!("whsec_{}", STANDARD.encode(derive(secret, "webhook", &[]))).parse()?)
}

/// A failed question as a reason not to start.
pub fn failed(fail: store::Fail) -> Failure {
    match fail {
        store::Fail::Reject(reject) => reject.into(),
        store::Fail::Storage(error) => error.into(),
    }
}

/// `qiao serve`.
pub async fn run(flags: crate::config::Flags) -> Result<(), Failure> {
    let settings = Settings::from(flags)?;
    start_log(&settings);
    if settings.provider_url.is_none() {
        tracing::warn!("no payment provider is configured (--provider-url): orders cannot be paid");
    }
    let stop = stop_signal()?;
    let ready = open(&settings, Outbox::None, bind(&settings).await?).await?;
    tracing::info!(address = %ready.address()?, database = ?engine_of(&settings), "listening");
    ready.run(stop).await
}

/// Structured lines on the standard error; RUST_LOG chooses which.
pub fn start_log(settings: &Settings) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,tantivy=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Told to the standard error too, where it would panic: whoever read the log may be gone.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // Somebody else's log (a test's) may be there already.
    let _ = if settings.log_json {
        log.json().try_init()
    } else {
        log.try_init()
    };
}

/// The engine's name, without the address and its password.
fn engine_of(settings: &Settings) -> &str {
    settings.database_url.split(':').next().unwrap_or_default()
}
