//! What the next order costs when many are stored: the rate over HTTP of an empty server and of one with so
//! many orders, and the disk that an order takes. What is stored comes by the same commands, many orders to
//! a transaction and without HTTP.

use std::path::Path;
use std::time::Duration;

use http::shell;
use store::{ReadTx, StoredEvent};

use super::market::{self, Shop, Visitor};
use super::orders::{self, Buyer};
use super::report::Report;
use super::stage::Stage;
use super::{Options, start};
use crate::serve::Failure;
use crate::work::CONSUMERS;

/// As many offers as there are event partitions, so that every lane has some.
const SHOPS: usize = 64;
/// Orders to a transaction while filling: below the most statements of one.
const TOGETHER: u64 = 100;
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Measures, and then stores and measures again in so many equal steps. Each step but the last is printed when it is
/// done, so that a run that is stopped has said how far it came.
pub fn run(options: &Options, stored: u64, steps: u64) -> Result<Report, Failure> {
    let stage = Stage::open(options)?;
    let shops = market::open_shops(&stage.app, SHOPS)?;
    let visitors = market::invite(&stage.app, options.clients)?;
    let mut buyers = stage.load.block_on(Buyer::all(&stage, &shops, &visitors))?;
    orders::drive(&stage, &mut buyers, Duration::from_secs(1))?;
    let empty = orders::drive(&stage, &mut buyers, options.duration())?
        .finding
        .rate();

    let batches = stored.div_ceil(TOGETHER * steps);
    let (mut bytes, mut step) = (0, 0);
    loop {
        let bytes_before = bytes_in(stage.folder.path())?;
        let since = shell::instant();
        for n in step * batches..(step + 1) * batches {
            let at = n as usize;
            fill(&stage, shops[at % shops.len()], &visitors[at % visitors.len()])?;
        }
        let filling = since.elapsed().as_secs_f64();
        wait_for_followers(&stage)?;
        bytes += bytes_in(stage.folder.path())? - bytes_before;
        step += 1;
        let stored = step * batches * TOGETHER;

        let full = orders::drive(&stage, &mut buyers, options.duration())?
            .finding
            .rate();
        let mut report = Report::new("orders, as more of them are stored");
        report.note("orders stored", stored);
        report.figure("orders/s over HTTP, empty", empty);
        report.figure("orders/s over HTTP, with those", full);
        report.figure(
            "orders/s while storing the last of them",
            (batches * TOGETHER) as f64 / filling,
        );
        if stage.app.store.is_embedded() {
            report.figure(
                "bytes on the disk an order, all indexes and events",
                bytes as f64 / stored as f64,
            );
        }
        report.figure(
            "memory of the whole process, MiB",
            start::memory_mib(std::process::id(), "VmRSS")?,
        );
        report.at_least("with those / empty", full / empty, 0.9, None);
        if step == steps {
            drop(buyers);
            stage.close()?;
            return Ok(report);
        }
        report.print(options.json);
    }
}

/// One transaction of orders.
fn fill(stage: &Stage, shop: Shop, visitor: &Visitor) -> Result<(), Failure> {
    let buyer = visitor.person;
    market::run(&stage.app, move |tx, ctx| {
        for _ in 0..TOGETHER {
            market::buy(tx, &market::acting(ctx, ctx.actor), shop, buyer, 1)?;
        }
        Ok(())
    })
}

/// Until everybody who follows the event log has read all of it, and the journal is carried forward: what they
/// still do is not the orders' cost.
fn wait_for_followers(stage: &Stage) -> Result<(), Failure> {
    let is_behind = |read: &mut ReadTx| {
        let heads = StoredEvent::heads(read)?;
        for consumer in CONSUMERS {
            if StoredEvent::cursor(read, consumer)? != heads {
                return Ok(true);
            }
        }
        ledger::queries::has_uncarried(read)
    };
    while stage
        .app
        .store
        .read_blocking(is_behind)
        .map_err(|fail| format!("{fail:?}"))?
    {
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

/// All files of a folder and of those below it.
pub fn bytes_in(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let details = entry.metadata()?;
        bytes += if details.is_dir() {
            bytes_in(&entry.path())?
        } else {
            details.len()
        };
    }
    Ok(bytes)
}
