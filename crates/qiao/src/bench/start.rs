//! `qiao demo` in a process of its own: how long from the start of the program until it is ready, with
//! the city still to be built and with it there, and how much memory it then takes.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http::shell;
use tokio::runtime::{Builder, Runtime};

use super::Options;
use super::report::Report;
use super::stage::Folder;
use super::wire::Connection;
use crate::serve::Failure;

const START_BUDGET_S: f64 = 2.0;
const MEMORY_BUDGET_MIB: f64 = 200.0;
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// A demo that is ended with this value.
struct Demo {
    process: Child,
    address: SocketAddr,
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Both fail only if it is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Demo {
    fn start(data: &Path) -> Result<Self, Failure> {
        // Free at this moment; the demo has to know its port beforehand to tell its provider.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("demo")
            .arg("--data")
            .arg(data)
            .arg("--listen")
            .arg(address.to_string());
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { process, address })
    }

    /// Waits until it answers that it is ready.
    fn wait(&mut self, runtime: &Runtime) -> Result<(), Failure> {
        let since = shell::instant();
        while since.elapsed() < PATIENCE {
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("the demo ended: {status}").into());
            }
            if runtime.block_on(is_ready(self.address)).unwrap_or(false) {
                return Ok(());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        Err("the demo did not become ready".into())
    }

    fn memory_mib(&self, name: &str) -> Result<f64, Failure> {
        memory_mib(self.process.id(), name)
    }
}

/// A figure of `/proc/PID/status` in MiB.
pub fn memory_mib(process: u32, name: &str) -> Result<f64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib: f64 = line
        .and_then(|text| text.trim().split(' ').next())
        .ok_or("no such figure")?
        .parse()?;
    Ok(kib / 1024.0)
}

async fn is_ready(address: SocketAddr) -> Result<bool, Failure> {
    let mut connection = Connection::open(address).await?;
    connection.prepare(format_args!("GET /readyz"), format_args!(""), "");
    Ok(connection.send().await?.status == 200)
}

/// First with an empty folder, then three times with what that left.
pub fn run(options: &Options) -> Result<Report, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let folder = Folder::new(options)?;
    let timed = || -> Result<(f64, Demo), Failure> {
        let since = shell::instant();
        let mut demo = Demo::start(folder.path())?;
        demo.wait(&runtime)?;
        Ok((since.elapsed().as_secs_f64(), demo))
    };
    let (building, demo) = timed()?;
    let after_building = demo.memory_mib("VmHWM")?;
    drop(demo);
    let mut starts = Vec::new();
    for _ in 0..2 {
        starts.push(timed()?.0);
    }
    let (third, demo) = timed()?;
    starts.push(third);
    starts.sort_by(f64::total_cmp);

    let mut report = Report::new("demo city, SQLite");
    report.figure("most memory while building, MiB", after_building);
    report.figure("seconds until ready, city there (median)", starts[1]);
    report.figure("memory when ready, MiB", demo.memory_mib("VmRSS")?);
    report.at_most("seconds until ready, city to be built", building, START_BUDGET_S);
    report.at_most(
        "most memory after a start, MiB",
        demo.memory_mib("VmHWM")?,
        MEMORY_BUDGET_MIB,
    );
    Ok(report)
}
