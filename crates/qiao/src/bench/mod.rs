//! `qiao bench`: what a whole server does over HTTP beside what the raw engine does with the same work in
//! the same run, so that the ratios hold on any machine. `docs/benchmarks.md` keeps the table. The server,
//! the load generator and the stand-in for the payment provider share one process and its cores; the CPU
//! of each is told by its threads. It judges nothing but the budgets.
#![allow(clippy::float_arithmetic, reason = "measurements, not money")]

mod availability;
mod best_combination;
mod cpu;
mod flash_coupon;
mod growth;
mod hot_offer;
mod load;
mod market;
mod offer_page;
mod one_by_one;
mod orders;
mod pgbench;
mod provider;
mod redeem;
mod report;
mod search;
mod stage;
mod start;
mod tables;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::serve::Failure;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Durable orders: placed, paid, voucher issued. Beside rusqlite, or beside pgbench TPC-B.
    Orders(Options),
    /// Tables booked and paid. Beside rusqlite, or beside pgbench TPC-B.
    Book(Options),
    /// Redemptions by code, beside orders.
    Redeem(Options),
    /// One hot offer on PostgreSQL, beside the same orders in one transaction each.
    HotOffer(Options),
    /// A thousand coupons that everybody wants on PostgreSQL, beside the same claims in one transaction each.
    FlashCoupon(Options),
    /// What an order costs when many are stored.
    Growth {
        /// How to measure.
        #[command(flatten)]
        options: Options,
        /// How many are stored before it is measured again.
        #[arg(long, default_value_t = 1_000_000, value_name = "N")]
        orders: u64,
        /// Where the server beside it, which stores few, keeps them: an empty PostgreSQL database too, if
        /// `--database-url` is given.
        #[arg(long, value_name = "URL")]
        few_database_url: Option<String>,
        /// In how many steps, each measured.
        #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000))]
        steps: u64,
    },
    /// The best set of thirty coupons for a cart, beside pricing every set.
    BestCombination {
        /// Only the line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// When a table is free, a day and a month, with a year of bookings.
    Availability(Options),
    /// Search near a place among many offers, 500 requests a second whatever the answers take.
    Search {
        /// How to measure.
        #[command(flatten)]
        options: Options,
        /// How many are searched.
        #[arg(long, default_value_t = 100_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        offers: u32,
    },
    /// Reads of an offer's page, beside a server that only says hello.
    Offer(Options),
    /// The demo city from a cold start: time until it is ready, and memory.
    Start(Options),
}

/// How to measure.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// An empty PostgreSQL database of this run's own; the embedded engine otherwise.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// How long each side is measured.
    #[arg(long, default_value_t = 5, value_name = "N")]
    seconds: u64,
    /// Connections of the load generator, each with one request under way.
    #[arg(long, default_value_t = 128, value_name = "N")]
    clients: usize,
    /// Writing connections of the server. [default: the server's own]
    #[arg(long, value_name = "N")]
    lanes: Option<usize>,
    /// A folder on a disk that keeps what is synced. [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Only the line of JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds.max(1))
    }

    /// The same on the embedded engine.
    fn embedded(&self) -> Self {
        Self {
            database_url: None,
            ..self.clone()
        }
    }
}

impl Bench {
    /// Measures and prints.
    pub fn run(self) -> Result<(), Failure> {
        let (report, options) = match self {
            Self::BestCombination { json } => {
                best_combination::run()?.print(json);
                return Ok(());
            }
            Self::Orders(options) if options.database_url.is_some() => {
                let title = "orders, PostgreSQL";
                (orders::beside_pgbench(&options, title, orders::offers)?, options)
            }
            Self::Orders(options) => {
                let title = "orders, SQLite";
                (orders::beside_engine(&options, title, orders::offers)?, options)
            }
            Self::Book(options) => {
                let title = "tables booked";
                (orders::beside_engine(&options, title, orders::tables)?, options)
            }
            Self::FlashCoupon(options) => (flash_coupon::run(&options)?, options),
            Self::Availability(options) => (availability::run(&options)?, options),
            Self::Redeem(options) => (redeem::run(&options)?, options),
            Self::HotOffer(options) => (hot_offer::run(&options)?, options),
            Self::Growth {
                options,
                orders,
                few_database_url,
                steps,
            } => {
                let few = Options {
                    database_url: few_database_url,
                    ..options.clone()
                };
                (growth::run(&options, &few, orders, steps)?, options)
            }
            Self::Search { options, offers } => (search::run(&options, offers)?, options),
            Self::Offer(options) => (offer_page::run(&options)?, options),
            Self::Start(options) => (start::run(&options)?, options),
        };
        report.print(options.json);
        Ok(())
    }
}
