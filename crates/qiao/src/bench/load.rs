//! Two ways of sending requests. Closed: every client sends its next request when the last is answered, to
//! find the most that the server does. Open: requests have their time, and a late answer counts from that
//! time and not from when it was sent at last (no coordinated omission), to find what waiting is like.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, Instant};

use http::shell;
use tokio::task::LocalSet;

use super::cpu::{Busy, CpuMark};
use crate::serve::Failure;

/// What a load found.
pub struct Finding {
    /// Pieces of work that were done in full.
    pub done: u64,
    /// In how many seconds.
    pub seconds: f64,
    /// Busy cores by side.
    pub cpu: Busy,
    latencies_us: Vec<u32>,
}

impl Finding {
    /// Pieces of work a second.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.seconds
    }

    /// How long a piece took at most, in milliseconds, for this share of them.
    pub fn latency_ms(&self, share: f64) -> f64 {
        let at = (self.latencies_us.len() as f64 * share).ceil() as usize;
        let found = self.latencies_us.get(at.max(1) - 1).copied().unwrap_or(0);
        f64::from(found) / 1000.0
    }
}

/// One worker of the load: does a piece of work at a time.
pub trait Worker {
    /// Does one piece of work.
    fn work(&mut self) -> impl Future<Output = Result<(), Failure>>;
}

/// Lets the workers work for so long, each as fast as it is answered. All of it on this thread.
pub async fn closed<W: Worker + 'static>(
    workers: Vec<W>,
    duration: Duration,
) -> Result<(Vec<W>, Finding), Failure> {
    let (cpu, started) = (CpuMark::now(), shell::instant());
    let run = move |mut worker: W| async move {
        let mut latencies = Vec::new();
        while started.elapsed() < duration {
            let since = shell::instant();
            worker.work().await?;
            latencies.push(micros(since));
        }
        Ok::<_, Failure>((worker, latencies))
    };
    finish(workers, run, cpu, started).await
}

/// Sends `per_second` pieces of work a second for so long, at even distances.
pub async fn open<W: Worker + 'static>(
    workers: Vec<W>,
    duration: Duration,
    per_second: u32,
) -> Result<(Vec<W>, Finding), Failure> {
    let pause = Duration::from_secs(1) / per_second;
    let (cpu, started) = (CpuMark::now(), shell::instant());
    let next = Rc::new(Cell::new(0));
    let run = move |mut worker: W| {
        let next = Rc::clone(&next);
        async move {
            let mut latencies = Vec::new();
            loop {
                let due = pause * next.replace(next.get() + 1);
                if due >= duration {
                    return Ok::<_, Failure>((worker, latencies));
                }
                tokio::time::sleep_until((started + due).into()).await;
                worker.work().await?;
                latencies.push(micros(started + due));
            }
        }
    };
    finish(workers, run, cpu, started).await
}

async fn finish<W: 'static, F: Future<Output = Result<(W, Vec<u32>), Failure>> + 'static>(
    workers: Vec<W>,
    run: impl Fn(W) -> F,
    cpu: CpuMark,
    started: Instant,
) -> Result<(Vec<W>, Finding), Failure> {
    let local = LocalSet::new();
    let running: Vec<_> = workers
        .into_iter()
        .map(|worker| local.spawn_local(run(worker)))
        .collect();
    local
        .run_until(async {
            let (mut workers, mut latencies_us) = (Vec::new(), Vec::new());
            for one in running {
                let (worker, latencies) = one.await??;
                workers.push(worker);
                latencies_us.extend(latencies);
            }
            let seconds = started.elapsed().as_secs_f64();
            latencies_us.sort_unstable();
            let finding = Finding {
                done: latencies_us.len() as u64,
                seconds,
                cpu: cpu.busy_since(),
                latencies_us,
            };
            Ok((workers, finding))
        })
        .await
}

fn micros(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stuck(bool);

    impl Worker for Stuck {
        async fn work(&mut self) -> Result<(), Failure> {
            if std::mem::take(&mut self.0) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(())
        }
    }

    #[test]
    fn what_waits_behind_a_slow_answer_counts_from_its_own_time() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let load = open(vec![Stuck(true)], Duration::from_millis(100), 100);
        let (_, finding) = runtime.block_on(load).unwrap();
        assert_eq!(finding.done, 10);
        // The second was due after 10 ms and done after 100; half of them waited 50 ms and more.
        assert!(finding.latency_ms(0.5) >= 40.0, "{}", finding.latency_ms(0.5));
    }
}
