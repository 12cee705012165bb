//! What the next order costs when many are stored: the rate over HTTP of a server that stores many, in turns with
//! one that stores few, so that both have the same machine; and the disk that an order takes. What is stored
//! comes by the same commands, many orders to a transaction and without HTTP.

use std::path::Path;
use std::time::Duration;

use http::shell;
use store::{ReadTx, StoredEvent};

use super::market::{self, Shop, Visitor};
use super::orders::{self, Buyer, Goods};
use super::report::Report;
use super::stage::Stage;
use super::{Options, start};
use crate::serve::Failure;
use crate::work::CONSUMERS;

/// As many offers as there are event partitions, so that every lane has some.
const SHOPS: usize = 64;
/// Orders to a transaction while filling: below the most statements of one.
const TOGETHER: u64 = 100;
/// How often each of the two servers has its turn.
const TURNS: u32 = 5;
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Stores orders in so many equal steps, and measures after each. Each step but the last is printed when it is done, so
/// that a run that is stopped has said how far it came. `few` is where the server beside it keeps its orders.
pub fn run(many: &Options, few: &Options, stored: u64, steps: u64) -> Result<Report, Failure> {
    if many.database_url.is_some() != few.database_url.is_some() {
        return Err("--database-url and --few-database-url go together".into());
    }
    let (mut few, mut market) = (Market::open(few)?, Market::open(many)?);
    let batches = stored.div_ceil(TOGETHER * steps);
    let (mut bytes, mut step) = (0, 0);
    loop {
        let bytes_before = bytes_in(market.stage.folder.path())?;
        let since = shell::instant();
        for n in step * batches..(step + 1) * batches {
            market.fill(n as usize)?;
        }
        let filling = since.elapsed().as_secs_f64();
        market.wait_for_followers()?;
        bytes += bytes_in(market.stage.folder.path())? - bytes_before;
        step += 1;
        let stored = step * batches * TOGETHER;

        let (with_few, with_many) = in_turns(&mut few, &mut market, many.duration())?;
        let mut report = Report::new("orders, as more of them are stored");
        report.note("orders stored", stored);
        report.figure("orders/s over HTTP, with few", with_few);
        report.figure("orders/s over HTTP, with those", with_many);
        report.figure(
            "orders/s while storing the last of them",
            (batches * TOGETHER) as f64 / filling,
        );
        if market.stage.app.store.is_embedded() {
            report.figure(
                "bytes on the disk an order, all indexes and events",
                bytes as f64 / stored as f64,
            );
        }
        report.figure(
            "memory of both servers, MiB",
            start::memory_mib(std::process::id(), "VmRSS")?,
        );
        report.at_least("with those / with few", with_many / with_few, 0.9, None);
        if step == steps {
            few.close()?;
            market.close()?;
            return Ok(report);
        }
        report.print(many.json);
    }
}

/// A server, and who buys at it.
struct Market {
    stage: Stage,
    shops: Vec<Shop>,
    visitors: Vec<Visitor>,
    buyers: Vec<Buyer>,
}

impl Market {
    /// On an empty database, warm.
    fn open(options: &Options) -> Result<Self, Failure> {
        let stage = Stage::open(options)?;
        let shops = market::open_shops(&stage.app, SHOPS)?;
        let visitors = market::invite(&stage.app, options.clients)?;
        let buyers = stage
            .load
            .block_on(Buyer::all(&stage, &Goods::Offers(shops.clone()), &visitors))?;
        let mut market = Self {
            stage,
            shops,
            visitors,
            buyers,
        };
        market.rate(Duration::from_secs(1))?;
        Ok(market)
    }

    /// Orders a second over HTTP.
    fn rate(&mut self, duration: Duration) -> Result<f64, Failure> {
        Ok(orders::drive(&self.stage, &mut self.buyers, duration)?
            .finding
            .rate())
    }

    /// Stores the `n`th transaction of orders.
    fn fill(&self, n: usize) -> Result<(), Failure> {
        let shop = self.shops[n % self.shops.len()];
        let buyer = self.visitors[n % self.visitors.len()].person;
        market::run(&self.stage.app, move |tx, ctx| {
            for _ in 0..TOGETHER {
                market::buy(tx, &market::acting(ctx, ctx.actor), shop, buyer, 1)?;
            }
            Ok(())
        })
    }

    /// Until everybody who follows the event log has read all of it, and the journal is carried forward: what they
    /// still do is not the orders' cost.
    fn wait_for_followers(&self) -> Result<(), Failure> {
        let is_behind = |read: &mut ReadTx| {
            let heads = StoredEvent::heads(read)?;
            for consumer in CONSUMERS {
                if StoredEvent::cursor(read, consumer)? != heads {
                    return Ok(true);
                }
            }
            ledger::queries::has_uncarried(read)
        };
        while self
            .stage
            .app
            .store
            .read_blocking(is_behind)
            .map_err(|fail| format!("{fail:?}"))?
        {
            std::thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    fn close(self) -> Result<(), Failure> {
        drop(self.buyers);
        self.stage.close()
    }
}

/// Orders a second at the one and at the other, each measured for so long.
fn in_turns(few: &mut Market, many: &mut Market, duration: Duration) -> Result<(f64, f64), Failure> {
    let turn = duration / TURNS;
    let (mut with_few, mut with_many) = (0.0, 0.0);
    for _ in 0..TURNS {
        with_few += few.rate(turn)?;
        with_many += many.rate(turn)?;
    }
    Ok((with_few / f64::from(TURNS), with_many / f64::from(TURNS)))
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
