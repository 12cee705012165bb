//! `qiao backup`, `qiao restore` and `qiao resume`: one format for both engines, packed with zstd, so that
//! restoring into PostgreSQL is how one grows out of SQLite.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use clap::Args;
use http::shell;
use kernel::{Actor, RequestId};
use store::backup::{self, BackupError, Moved};
use store::{Settings, Store};

use crate::serve::Failure;

const ZSTD_LEVEL: i32 = 3;

/// Which database and which file.
#[derive(Debug, Args)]
pub struct Backup {
    /// sqlite:PATH or postgres://USER@HOST/NAME. A server may be running on it.
    #[arg(long, env = "QIAO_DATABASE_URL", value_name = "URL")]
    database_url: String,
    /// The backup to write; the signing keys go to FILE.keys, sealed with the server's secret.
    file: PathBuf,
}

/// Which file and into which database.
#[derive(Debug, Args)]
pub struct Restore {
    /// sqlite:PATH or postgres://USER@HOST/NAME, new or empty.
    #[arg(long, env = "QIAO_DATABASE_URL", value_name = "URL")]
    database_url: String,
    /// A backup; FILE.keys must lie beside it.
    file: PathBuf,
}

/// Which database.
#[derive(Debug, Args)]
pub struct Resume {
    /// sqlite:PATH or postgres://USER@HOST/NAME, of no running server if it is SQLite.
    #[arg(long, env = "QIAO_DATABASE_URL", value_name = "URL")]
    database_url: String,
}

impl Backup {
    /// Writes the backup under a temporary name and renames it once it is whole.
    pub fn run(self) -> Result<(), Failure> {
        let (half_file, half_keys) = (beside(&self.file, "part"), beside(&self.file, "keys.part"));
        let mut out = zstd::Encoder::new(BufWriter::new(create(&half_file)?), ZSTD_LEVEL)?;
        let mut keys = zstd::Encoder::new(BufWriter::new(create(&half_keys)?), ZSTD_LEVEL)?;
        let moved = backup::write(&self.database_url, &mut out, &mut keys)?;
        for (encoder, half, whole) in [
            (out, half_file, self.file.clone()),
            (keys, half_keys, beside(&self.file, "keys")),
        ] {
            let file = encoder
                .finish()?
                .into_inner()
                .map_err(|error| error.to_string())?;
            file.sync_all()?;
            std::fs::rename(half, whole)?;
        }
        println!(
            "{} rows of {} tables in {}",
            moved.rows,
            moved.tables,
            self.file.display()
        );
        println!(
            "Keep {} and the server's secret apart from it.",
            beside(&self.file, "keys").display()
        );
        Ok(())
    }
}

impl Restore {
    /// Checks the whole backup, then restores all of it or nothing.
    pub fn run(self) -> Result<(), Failure> {
        let keys = beside(&self.file, "keys");
        backup::verify(&mut open(&self.file)?)?;
        backup::verify(&mut open(&keys)?)?;
        let Moved { tables, rows } =
            backup::restore(&self.database_url, &mut open(&self.file)?, &mut open(&keys)?)?;
        println!("{rows} rows of {tables} tables restored; payments, refunds and messages are paused.");
        println!(
            "Check it, stop the old server, then run: qiao resume --database-url {}",
            self.database_url
        );
        println!("The new server needs the old one's secret (data/secret.key or QIAO_SECRET).");
        Ok(())
    }
}

impl Resume {
    /// Lets outward effects go on.
    pub fn run(self) -> Result<(), Failure> {
        let store = Store::open(&Settings::new(&self.database_url))?;
        let ctx = shell::ctx(Actor::System);
        let lane: RequestId = ctx.request;
        let resumed = store.run_blocking("resume", lane, ctx, |tx, _| Ok(backup::resume(tx)?))?;
        store.close();
        match resumed {
            Ok(true) => println!("Payments, refunds and messages go out again."),
            Ok(false) => println!("They were not paused."),
            Err(rejected) => return Err(rejected.detail.into()),
        }
        Ok(())
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn create(path: &Path) -> Result<File, Failure> {
    Ok(File::create(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn open(path: &Path) -> Result<BufReader<zstd::Decoder<'static, BufReader<File>>>, Failure> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let decoder = zstd::Decoder::new(file).map_err(BackupError::File)?;
    Ok(BufReader::new(decoder))
}
