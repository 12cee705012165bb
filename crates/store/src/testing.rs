//! What the tests of all crates share. Fresh databases on both engines: PostgreSQL is the server that
//! `QIAO_TEST_POSTGRES_URL` names (`scripts/with-postgres` starts one and sets it). And the comparison of
//! what is generated with what is committed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::driver::Postgres;
use crate::{Settings, Store};

/// A database of one test's own, gone when this is dropped.
pub struct TestDatabase {
    /// `sqlite:…` or `postgres://…`.
    pub url: String,
    cleanup: Cleanup,
}

enum Cleanup {
    Folder(PathBuf),
    Database { server: String, name: String },
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

impl TestDatabase {
    /// A new SQLite file.
    pub fn sqlite() -> Self {
        let name = unique_name();
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).expect("a folder for the test's database");
        let url = format!("sqlite:{}", folder.join("qiao.db").display());
        Self {
            url,
            cleanup: Cleanup::Folder(folder),
        }
    }

    /// A new PostgreSQL database.
    pub fn postgres() -> Self {
        let server = std::env::var("QIAO_TEST_POSTGRES_URL")
            .expect("QIAO_TEST_POSTGRES_URL names no PostgreSQL: run the tests through `make test` or scripts/with-postgres");
        Self::postgres_on(&server)
    }

    /// A new database of the PostgreSQL server at this URL.
    pub fn postgres_on(server: &str) -> Self {
        let name = unique_name();
        let mut admin = Postgres::connect(server).expect("the test PostgreSQL answers");
        admin
            .script(&format!("CREATE DATABASE {name}"))
            .expect("a database for the test");
        let (base, _) = server.rsplit_once('/').expect("a PostgreSQL URL ends in /NAME");
        Self {
            url: format!("{base}/{name}"),
            cleanup: Cleanup::Database {
                server: server.to_owned(),
                name,
            },
        }
    }

    /// One of each engine.
    pub fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres()]
    }

    /// Cuts every connection to the database, as a restart of the server would. Nothing on SQLite.
    pub fn cut_connections(&self) {
        if let Cleanup::Database { name, .. } = &self.cleanup {
            self.administer(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ));
        }
    }

    /// Runs a script on the PostgreSQL server as its administrator. Nothing on SQLite.
    pub fn administer(&self, script: &str) {
        if let Cleanup::Database { server, .. } = &self.cleanup {
            let mut admin = Postgres::connect(server).expect("the test PostgreSQL answers");
            admin.script(script).expect("the administrator's script runs");
        }
    }

    /// The database, open, with small pools.
    pub fn open(&self) -> Store {
        Store::open(&Settings {
            lanes: 2,
            readers: 2,
            ..Settings::new(&self.url)
        })
        .expect("the database opens")
    }
}

fn unique_name() -> String {
    format!(
        "qiao_test_{}_{}",
        std::process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    )
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.cleanup {
            Cleanup::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Cleanup::Database { server, name } => {
                if let Ok(mut admin) = Postgres::connect(server) {
                    // What is left behind goes with the temporary server.
                    let _ = admin.script(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                }
            }
        }
    }
}

/// What is committed as `docs/generated/NAME` is what the code gives; or becomes it, with `QIAO_BLESS=1`.
pub fn assert_committed(name: &str, generated: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../docs/generated", name]
        .iter()
        .collect();
    if std::env::var_os("QIAO_BLESS").is_some() {
        std::fs::write(&path, generated).expect("docs/generated can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let differ = found
        .lines()
        .zip(generated.lines())
        .position(|(found, now)| found != now);
    assert!(
        found == generated,
        "docs/generated/{name} is not what the code gives (first at line {:?}). If the change is meant, run this \
         test with QIAO_BLESS=1, which writes it anew, and read the difference.",
        differ.map(|line| line + 1)
    );
}
