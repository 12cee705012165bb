//! How much CPU each side of a run took, by the names of this process's threads, and how much everybody
//! else on the machine did: a run beside busy neighbours says so. Reads `/proc`, so elsewhere it says nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use http::shell;

/// Kernel ticks are 10 ms on every Linux that Rust supports (`USER_HZ`).
const TICK_S: f64 = 0.01;

/// The CPU used so far.
pub struct CpuMark {
    at: Instant,
    threads: BTreeMap<String, u64>,
    machine: u64,
}

impl CpuMark {
    /// Now.
    pub fn now() -> Self {
        Self {
            at: shell::instant(),
            threads: threads(),
            machine: machine(),
        }
    }

    /// Who was busy since then.
    pub fn busy_since(&self) -> Busy {
        let now = Self::now();
        let seconds = now
            .at
            .duration_since(self.at)
            .max(Duration::from_millis(1))
            .as_secs_f64();
        let cores = |ticks: u64| ticks as f64 * TICK_S / seconds;
        let (mut by_side, mut own) = (BTreeMap::new(), 0);
        for (side, ticks) in now.threads {
            let used = ticks.saturating_sub(self.threads.get(&side).copied().unwrap_or(0));
            own += used;
            by_side.insert(side, cores(used));
        }
        let others = now.machine.saturating_sub(self.machine).saturating_sub(own);
        Busy {
            by_side,
            others: cores(others),
        }
    }
}

/// Cores that were busy on average.
pub struct Busy {
    by_side: BTreeMap<String, f64>,
    others: f64,
}

impl Busy {
    /// By the threads of one side of this process.
    pub fn of(&self, side: &str) -> f64 {
        self.by_side.get(side).copied().unwrap_or(0.0)
    }

    /// By this process without the load generator.
    pub fn of_server(&self) -> f64 {
        self.by_side.values().sum::<f64>() - self.of("load")
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (side, cores) in self.by_side.iter().filter(|(_, cores)| **cores >= 0.005) {
            write!(f, "{side} {cores:.2}, ")?;
        }
        write!(f, "other processes {:.2}", self.others)
    }
}

/// Ticks by the side that a thread is on.
fn threads() -> BTreeMap<String, u64> {
    let mut by_side = BTreeMap::new();
    let Ok(tasks) = fs::read_dir("/proc/self/task") else {
        return by_side;
    };
    for task in tasks.flatten() {
        let Ok(stat) = fs::read_to_string(task.path().join("stat")) else {
            continue;
        };
        if let Some((name, ticks)) = read_stat(&stat) {
            *by_side.entry(side_of(name).to_owned()).or_default() += ticks;
        }
    }
    by_side
}

/// The name and the ticks (`utime` and `stime`) of a `/proc/…/stat` line. The name may hold spaces.
fn read_stat(stat: &str) -> Option<(&str, u64)> {
    let (head, tail) = stat.rsplit_once(") ")?;
    let (_, name) = head.split_once('(')?;
    let fields: Vec<&str> = tail.split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    Some((name, ticks(11)? + ticks(12)?))
}

/// The main thread, which bears the program's name, drives the load.
fn side_of(thread: &str) -> &str {
    match thread.split_once('-') {
        Some((side @ ("lane" | "reader" | "one"), _)) => side,
        _ if thread == "server" => thread,
        _ if thread.starts_with("qiao") => "load",
        _ => "rest",
    }
}

/// Busy ticks of all cores.
fn machine() -> u64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    // user, nice, system, then idle and iowait, which are not busy, then irq, softirq.
    let ticks: Vec<u64> = fields.filter_map(|field| field.parse().ok()).collect();
    [0, 1, 2, 5, 6].iter().filter_map(|at| ticks.get(*at)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_bracket_is_no_trap() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0 20 0 1";
        assert_eq!(read_stat(stat), Some(("a) b", 42)));
        assert_eq!(
            (side_of("lane-3"), side_of("qiao"), side_of("tantivy-x")),
            ("lane", "load", "rest")
        );
    }
}
