//! One order over HTTP is three requests and four durable commands: `POST /v1/orders` (placeOrder),
//! `POST /v1/orders/{id}/payments` (startPayment, a call to the provider, recordProviderPayment), and the
//! provider's signed webhook (confirmPayment: money into escrow, voucher issued).

use std::time::Duration;

use gateway::webhook::WebhookSecret;
use http::{App, shell};
use kernel::{DAY_US, HOUR_US, Timestamp};
use offer::Day;
use store::{DatabaseCopy, Recording};

use super::cpu::{Busy, CpuMark};
use super::load::{Finding, Worker, closed};
use super::market::{self, Shop, Visitor};
use super::provider::{SignedNews, WEBHOOK_SECRET};
use super::report::Report;
use super::stage::{Stage, batch_size};
use super::tables::{self, Restaurant, TABLES};
use super::wire::Connection;
use super::{Options, pgbench};
use crate::serve::Failure;

/// As many offers as there are event partitions, so that every lane has some.
const SHOPS: usize = 64;
/// How long the recording that the raw engine replays is.
const RECORDED: Duration = Duration::from_secs(2);

/// What consumers ask for, a place after the other.
#[derive(Clone)]
pub enum Goods {
    /// One unit of what each shop sells.
    Offers(Vec<Shop>),
    /// A table for two, until three of four tables of a sitting are given out; then of the next.
    Tables(Vec<Restaurant>),
}

/// In Shanghai, so many hours into a day in UTC: from 11:00 on, two hours each.
const SITTINGS: [i64; 6] = [3, 5, 7, 9, 11, 13];
const TABLES_A_SITTING: usize = TABLES as usize * 3 / 4;

impl Goods {
    /// The `n`th order: the operation, its body, and what is due for it, in fen. No two are for the same table.
    fn order(&self, n: usize) -> (&'static str, String, i64) {
        match self {
            Self::Offers(shops) => {
                let shop = &shops[n % shops.len()];
                let body = format!(r#"{{"offer":"{}","quantity":1}}"#, shop.offer);
                ("POST /v1/orders", body, shop.due)
            }
            Self::Tables(restaurants) => {
                let Restaurant { shop, offer, .. } = &restaurants[n % restaurants.len()];
                let sitting = n / restaurants.len() / TABLES_A_SITTING;
                let day = Day::in_utc(shell::now()).plus(1 + (sitting / SITTINGS.len()) as i64);
                let at = Timestamp(day.0 * DAY_US + SITTINGS[sitting % SITTINGS.len()] * HOUR_US);
                let body = format!(
                    r#"{{"order":{{"offer":"{offer}","quantity":1}},"store":"{}","when":{{"starts_at":"{at}"}},"party":2}}"#,
                    shop.store
                );
                ("POST /v1/bookings", body, shop.due)
            }
        }
    }
}

/// A consumer who buys one thing after the other.
pub struct Buyer {
    connection: Connection,
    visitor: Visitor,
    goods: Goods,
    secret: WebhookSecret,
    turn: usize,
    /// So many turns at a time, so that no two buyers have the same.
    stride: usize,
}

impl Buyer {
    /// One buyer for each visitor, starting at different shops.
    pub async fn all(stage: &Stage, goods: &Goods, visitors: &[Visitor]) -> Result<Vec<Self>, Failure> {
        let mut buyers = Vec::with_capacity(visitors.len());
        for (turn, visitor) in visitors.iter().enumerate() {
            buyers.push(Self {
                connection: Connection::open(stage.address).await?,
                visitor: visitor.clone(),
                goods: goods.clone(),
                secret: WEBHOOK_SECRET.parse()?,
                turn,
                stride: visitors.len() + 1,
            });
        }
        Ok(buyers)
    }

    /// From here on buys at another server.
    pub async fn move_to(&mut self, stage: &Stage) -> Result<(), Failure> {
        self.connection = Connection::open(stage.address).await?;
        Ok(())
    }
}

impl Worker for Buyer {
    async fn work(&mut self) -> Result<(), Failure> {
        let (start, body, due) = self.goods.order(self.turn);
        let (turn, token) = (self.turn, &self.visitor.token);
        self.turn += self.stride;
        let connection = &mut self.connection;
        let json = "content-type: application/json\r\n";
        let headers =
            format_args!("authorization: Bearer {token}\r\nidempotency-key: place-{turn}\r\n{json}");
        connection.prepare(format_args!("{start}"), headers, &body);
        let placed = connection.send().await?;
        placed.expect(201)?;
        let order = placed.text_of("order")?.to_owned();

        let headers = format_args!("authorization: Bearer {token}\r\nidempotency-key: pay-{turn}\r\n{json}");
        connection.prepare(format_args!("POST /v1/orders/{order}/payments"), headers, "");
        let started = connection.send().await?;
        started.expect(200)?;
        let news = SignedNews::of_payment(&self.secret, started.text_of("attempt")?, due)?;

        let (id, at, signature) = (&news.id, news.at.unix_seconds(), &news.signature);
        let headers = format_args!(
            "webhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: {signature}\r\n{json}"
        );
        connection.prepare(format_args!("POST /v1/webhooks/sandbox"), headers, &news.body);
        connection.send().await?.expect(200)
    }
}

/// What is measured of orders over HTTP.
pub struct Measured {
    pub finding: Finding,
    pub batch: f64,
}

/// Lets the workers work for so long.
pub fn drive<W: Worker + 'static>(
    stage: &Stage,
    buyers: &mut Vec<W>,
    duration: Duration,
) -> Result<Measured, Failure> {
    let before = stage.batches();
    let (back, finding) = stage.load.block_on(closed(std::mem::take(buyers), duration))?;
    *buyers = back;
    Ok(Measured {
        finding,
        batch: batch_size(before, stage.batches()),
    })
}

/// Notes the figures of orders over HTTP.
pub fn note(report: &mut Report, measured: &Measured, clients: usize) {
    let finding = &measured.finding;
    report.note("clients", clients as u64);
    report.figure("orders/s over HTTP", finding.rate());
    report.figure("commands in a batch on average", measured.batch);
    report.figure("order p50 ms (three requests)", finding.latency_ms(0.5));
    report.figure("order p99 ms", finding.latency_ms(0.99));
    report.note("busy cores", finding.cpu.to_string());
    report.figure(
        "CPU ms an order: lanes",
        1000.0 * finding.cpu.of("lane") / finding.rate(),
    );
    report.figure(
        "CPU ms an order: whole server",
        1000.0 * finding.cpu.of_server() / finding.rate(),
    );
}

/// Opens what is bought.
pub type Open = fn(&App) -> Result<Goods, Failure>;

/// One offer of each of many shops.
pub fn offers(app: &App) -> Result<Goods, Failure> {
    Ok(Goods::Offers(market::open_shops(app, SHOPS)?))
}

/// The tables of as many.
pub fn tables(app: &App) -> Result<Goods, Failure> {
    let shops = market::open_shops(app, SHOPS)?.into_iter();
    let restaurants = shops.map(|shop| tables::set_up(app, shop));
    Ok(Goods::Tables(restaurants.collect::<Result<_, _>>()?))
}

/// Beside a replay of the very statements straight on the engine, over as many connections as there are lanes.
pub fn beside_engine(options: &Options, title: &'static str, open: Open) -> Result<Report, Failure> {
    let mut report = Report::new(title);
    measure_beside_engine(options, open, &mut report)?;
    Ok(report)
}

/// On PostgreSQL, also beside `pgbench`'s TPC-B on the same server.
pub fn beside_pgbench(options: &Options, title: &'static str, open: Open) -> Result<Report, Failure> {
    let url = options.database_url.as_deref();
    let url = url.ok_or("--database-url names a PostgreSQL database")?;
    let mut report = Report::new(title);
    let measured = measure_beside_engine(options, open, &mut report)?;
    pgbench::prepare(url)?;
    for (protocol, tps, ratio) in [
        ("simple", "pgbench TPC-B tps, simple", "HTTP / pgbench simple"),
        (
            "prepared",
            "pgbench TPC-B tps, prepared",
            "HTTP / pgbench prepared",
        ),
    ] {
        let found = pgbench::run(url, measured.lanes, protocol, options.seconds)?;
        report.figure(tps, found);
        report.at_least(ratio, measured.rate / found, 0.5, Some(1.0));
    }
    Ok(report)
}

/// What is compared with others than the engine itself.
struct Rate {
    rate: f64,
    lanes: usize,
}

fn measure_beside_engine(options: &Options, open: Open, report: &mut Report) -> Result<Rate, Failure> {
    let stage = Stage::open(options)?;
    let goods = open(&stage.app)?;
    let visitors = market::invite(&stage.app, options.clients)?;
    let url = stage.database_url.clone();
    let folder = stage.close_but_keep()?;
    let copies = [
        DatabaseCopy::of(&url, "qiao_raw_1")?,
        DatabaseCopy::of(&url, "qiao_raw_2")?,
    ];
    let stage = Stage::open_in(folder, options)?;
    let mut buyers = stage.load.block_on(Buyer::all(&stage, &goods, &visitors))?;

    stage.app.store.recorder().start();
    let recorded = drive(&stage, &mut buyers, RECORDED)?;
    let recording = stage.app.store.recorder().stop();
    let orders = recorded.finding.done as f64;
    let first = replay(&recording, &copies[0])?;
    let measured = drive(&stage, &mut buyers, options.duration())?;
    let second = replay(&recording, &copies[1])?;
    let raw = 2.0 * orders / (first.seconds + second.seconds);

    report.figure("ms to sync 4 KiB, median", stage.folder.sync_ms()?);
    note(report, &measured, options.clients);
    if options.database_url.is_some() {
        report.note("lanes", stage.lanes as u64);
    }
    report.figure("the engine alone, orders/s, before", orders / first.seconds);
    report.figure("the engine alone, orders/s, after", orders / second.seconds);
    report.note("the engine alone, busy cores", second.cpu.to_string());
    report.figure(
        "statements an order, transactions included",
        recording.statements() as f64 / orders,
    );
    report.figure(
        "commits an order, as replayed",
        recording.commits() as f64 / orders,
    );
    let rate = measured.finding.rate();
    report.at_least("HTTP / the engine alone", rate / raw, 0.5, Some(0.8));
    let lanes = stage.lanes;
    drop(buyers);
    stage.close()?;
    Ok(Rate { rate, lanes })
}

/// What the engine took for the recording.
struct Replayed {
    seconds: f64,
    cpu: Busy,
}

fn replay(recording: &Recording, copy: &DatabaseCopy) -> Result<Replayed, Failure> {
    let (mut started, mut cpu) = (shell::instant(), CpuMark::now());
    recording.replay(copy, || (started, cpu) = (shell::instant(), CpuMark::now()))?;
    Ok(Replayed {
        seconds: started.elapsed().as_secs_f64(),
        cpu: cpu.busy_since(),
    })
}
