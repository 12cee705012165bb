//! A whole server in this process, on a free loopback port and with a folder of its own that is gone
//! afterwards, and the runtime of the load generator beside it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use http::{App, Outbox, shell};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Options, provider};
use crate::config::{Flags, Settings};
use crate::serve::{self, Failure, SECRET_FILE};

/// A folder that is gone with this value.
pub struct Folder(PathBuf);

impl Folder {
    /// A new one.
    pub fn new(options: &Options) -> Result<Self, Failure> {
        let parent = options.folder.clone().unwrap_or_else(std::env::temp_dir);
        let folder = parent.join(format!("qiao-bench-{}", hex::encode(shell::random_bytes::<6>())));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Folder {
    /// How long the disk takes to keep 4 KiB for certain: what a commit waits for at least.
    pub fn sync_ms(&self) -> Result<f64, Failure> {
        use std::io::Write;
        let mut file = std::fs::File::create(self.0.join("sync"))?;
        let mut found = Vec::new();
        for _ in 0..31 {
            let since = shell::instant();
            file.write_all(&[7; 4096])?;
            file.sync_data()?;
            found.push(since.elapsed().as_secs_f64() * 1000.0);
        }
        found.sort_by(f64::total_cmp);
        Ok(found[found.len() / 2])
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It lies in a temporary folder; what cannot be removed goes with that.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the process counts is the first server's to tell.
static COUNTERS: OnceLock<PrometheusHandle> = OnceLock::new();

/// A running server.
pub struct Stage {
    /// What its handlers hold.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    /// The load generator's, one thread: this one.
    pub load: Runtime,
    /// Everything that the server keeps.
    pub folder: Folder,
    /// Writing connections.
    pub lanes: usize,
    /// Which database it has.
    pub database_url: String,
    server: Runtime,
    running: JoinHandle<Result<(), Failure>>,
    stop: watch::Sender<bool>,
}

impl Stage {
    /// Opens a server on an empty database.
    pub fn open(options: &Options) -> Result<Self, Failure> {
        Self::open_in(Folder::new(options)?, options)
    }

    /// Opens a second server on the same database.
    pub fn open_beside(&self, options: &Options) -> Result<Self, Failure> {
        let folder = Folder::new(options)?;
        std::fs::copy(
            self.folder.path().join(SECRET_FILE),
            folder.path().join(SECRET_FILE),
        )?;
        Self::open_in(folder, options)
    }

    /// Opens a server with what the folder keeps.
    pub fn open_in(folder: Folder, options: &Options) -> Result<Self, Failure> {
        let load = Builder::new_current_thread().enable_all().build()?;
        let server = Builder::new_multi_thread()
            .thread_name("server")
            .enable_all()
            .build()?;
        let settings = Settings::from(Flags {
            data: Some(folder.path().to_owned()),
            database_url: options.database_url.clone(),
            lanes: options.lanes,
            listen: Some("127.0.0.1:0".to_owned()),
            provider_url: Some(load.block_on(provider::start())?),
            provider_key: Some("bench".to_owned()),
            webhook_secret: Some(provider::WEBHOOK_SECRET.to_owned()),
            ..Flags::default()
        })?;
        let listener = server.block_on(TcpListener::bind(&settings.listen))?;
        let ready = server.block_on(serve::open(&settings, Outbox::None, listener))?;
        let (app, address) = (ready.app.clone(), ready.address()?);
        COUNTERS.get_or_init(|| app.metrics.clone());
        let (stop, stopped) = watch::channel(false);
        let running = server.spawn(ready.run(stopped));
        Ok(Self {
            app,
            address,
            load,
            folder,
            lanes: settings.lanes,
            database_url: settings.database_url,
            server,
            running,
            stop,
        })
    }

    /// How many batches the lanes ran so far, and of how many commands.
    pub fn batches(&self) -> (f64, f64) {
        let text = COUNTERS.get_or_init(|| self.app.metrics.clone()).render();
        let sum_of = |name: &str| -> f64 {
            let lines = text
                .lines()
                .filter_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
            lines.sum()
        };
        (sum_of("qiao_batch_size_count"), sum_of("qiao_batch_size_sum"))
    }

    /// Ends the server; what it accepted is finished first.
    pub fn close(self) -> Result<(), Failure> {
        self.close_but_keep().map(drop)
    }

    /// Ends the server and keeps its folder.
    pub fn close_but_keep(self) -> Result<Folder, Failure> {
        self.stop.send_replace(true);
        drop(self.app);
        self.server.block_on(self.running)??;
        Ok(self.folder)
    }
}

/// Commands in a batch on average, between two readings of [`Stage::batches`].
pub fn batch_size(before: (f64, f64), after: (f64, f64)) -> f64 {
    (after.1 - before.1) / (after.0 - before.0).max(1.0)
}
