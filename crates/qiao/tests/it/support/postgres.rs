//! A PostgreSQL server of a test's own, which keeps its commits and can be killed.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::wait_until;

/// A running server. It ends with this.
pub struct Postgres {
    /// `postgres://…` of its administrator.
    pub url: String,
    data: PathBuf,
    /// Ends when it reads no more.
    keeper: Child,
}

impl Postgres {
    /// A new, empty server that waits for the disk at every commit.
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/with-postgres");
        let tell = r#"echo "$QIAO_TEST_POSTGRES_URL"; echo "$QIAO_TEST_POSTGRES_CERTIFICATE"; cat"#;
        let mut keeper = Command::new(script)
            .args(["bash", "-c", tell])
            .env("QIAO_TEST_POSTGRES_FSYNC", "on")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(keeper.stdout.take().unwrap()).lines();
        let (url, certificate) = (told.next().unwrap().unwrap(), told.next().unwrap().unwrap());
        let data = Path::new(&certificate).with_file_name("data");
        Self { url, data, keeper }
    }

    /// Kills the server and all that it started, as `kill -9` does.
    pub fn kill(&self) {
        let lock = self.data.join("postmaster.pid");
        let main = fs::read_to_string(&lock)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .to_owned();
        let children = fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap();
        let all: Vec<_> = [main.as_str()]
            .into_iter()
            .chain(children.split_whitespace())
            .collect();
        // Some of its children may have ended by themselves meanwhile.
        Command::new("kill")
            .arg("-9")
            .args(&all)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        wait_until("the database server's death", || {
            all.iter().all(|process| is_dead(process)).then_some(())
        });
        // The next one would ask after numbers of processes that nobody may have waited for yet.
        let folder = fs::read_dir(self.data.parent().unwrap()).unwrap();
        let locks = folder.map(|file| file.unwrap().path());
        for lock in locks
            .filter(|file| file.extension().is_some_and(|ending| ending == "lock"))
            .chain([lock])
        {
            fs::remove_file(lock).unwrap();
        }
    }

    /// Starts it again where it was. It answers once it has repaired what the kill left.
    pub fn start_again(&self) {
        let command = fs::read_to_string(self.data.join("postmaster.opts")).unwrap();
        let owner = fs::metadata(&self.data).unwrap();
        let log = File::options()
            .append(true)
            .open(self.data.with_file_name("log"))
            .unwrap();
        let mut server = Command::new("bash")
            .args(["-c", &format!("exec {command}")])
            .uid(owner.uid())
            .gid(owner.gid())
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        // It is waited for as soon as it is dead.
        std::thread::spawn(move || server.wait());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // What is left behind is a temporary folder.
        let _ = self.keeper.wait();
    }
}

fn is_dead(process: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat"));
    state.map_or(true, |state| {
        state
            .rsplit(')')
            .next()
            .is_some_and(|rest| rest.starts_with(" Z"))
    })
}
