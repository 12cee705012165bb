//! PostgreSQL's own benchmark on the same server: what it does with the shortest common kind of write
//! transaction (TPC-B: three updates, a select, an insert).

use std::path::PathBuf;
use std::process::Command;

use crate::serve::Failure;

/// Enough branches that as many connections as there are lanes seldom meet on one.
const SCALE: &str = "16";

/// Where distributions keep it when it is not on the path: the newest version's.
fn program() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin/pgbench"))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from("pgbench"))
}

fn call(arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new(program()).args(arguments).output();
    let output = output.map_err(|error| format!("pgbench (part of PostgreSQL) cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Makes its tables.
pub fn prepare(url: &str) -> Result<(), Failure> {
    call(&["-i", "-q", "-s", SCALE, url]).map(drop)
}

/// Transactions a second over so many connections, in one of its protocols.
pub fn run(url: &str, connections: usize, protocol: &str, seconds: u64) -> Result<f64, Failure> {
    let (connections, seconds) = (connections.to_string(), seconds.max(1).to_string());
    let text = call(&[
        "-n",
        "-c",
        &connections,
        "-j",
        "2",
        "-M",
        protocol,
        "-T",
        &seconds,
        url,
    ])?;
    tps(&text).ok_or_else(|| format!("pgbench said no tps: {text}").into())
}

fn tps(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_from_its_line() {
        let text = "latency average = 0.8 ms\ntps = 4711.25 (without initial connection time)\n";
        assert_eq!(tps(text), Some(4711.25));
    }
}
