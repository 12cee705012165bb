//! What the answers came to: by operation how many, how fast and with which status; and those that were wrong.
#![allow(clippy::float_arithmetic, reason = "measurements, not money")]

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many wrong answers are told in full.
const TOLD: usize = 20;

/// Counts answers; shared by everybody.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    operations: BTreeMap<&'static str, Operation>,
    wrong: Vec<String>,
    wrong_count: u64,
}

#[derive(Debug, Default)]
struct Operation {
    latencies_us: Vec<u32>,
    statuses: BTreeMap<u16, u64>,
}

impl Tally {
    /// An answer came with this status after so long.
    pub fn answered(&self, operation: &'static str, status: u16, after: Duration) {
        let mut counted = self.counted();
        let found = counted.operations.entry(operation).or_default();
        found
            .latencies_us
            .push(u32::try_from(after.as_micros()).unwrap_or(u32::MAX));
        *found.statuses.entry(status).or_default() += 1;
    }

    /// An answer was not what it has to be.
    pub fn wrong(&self, operation: &str, what: &str) {
        let mut counted = self.counted();
        counted.wrong_count += 1;
        if counted.wrong.len() < TOLD {
            counted.wrong.push(format!("{operation}: {what}"));
        }
    }

    /// Prints everything, which took so long. Gives the number of wrong answers.
    pub fn print(&self, took: Duration) -> u64 {
        let mut counted = self.counted();
        println!(
            "{:<22} {:>9} {:>9} {:>9}  answers",
            "operation", "a second", "p50 ms", "p99 ms"
        );
        for (name, operation) in &mut counted.operations {
            operation.latencies_us.sort_unstable();
            let rate = operation.latencies_us.len() as f64 / took.as_secs_f64();
            let (p50, p99) = (operation.latency_ms(50), operation.latency_ms(99));
            let statuses: Vec<_> = operation
                .statuses
                .iter()
                .map(|(s, n)| format!("{n} × {s}"))
                .collect();
            println!(
                "{name:<22} {rate:>9.1} {p50:>9.1} {p99:>9.1}  {}",
                statuses.join(", ")
            );
        }
        println!("\nwrong answers: {}", counted.wrong_count);
        counted.wrong.iter().for_each(|wrong| println!("  {wrong}"));
        counted.wrong_count
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Operation {
    /// How long an answer took at most, for so many of a hundred. They are sorted.
    fn latency_ms(&self, percent: usize) -> f64 {
        let at = (self.latencies_us.len() * percent).div_ceil(100).max(1) - 1;
        f64::from(self.latencies_us.get(at).copied().unwrap_or(0)) / 1000.0
    }
}
