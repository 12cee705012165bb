//! Redemptions by code over HTTP: every cashier has a session and a scanner of their own, and every
//! voucher is redeemed once. Beside orders over HTTP in the same run.

use kernel::OrderId;
use voucher::VoucherCode;

use super::Options;
use super::load::{Worker, closed};
use super::market::{self, Clerk, MOST_UNITS, Shop, Visitor};
use super::orders::{self, Buyer, Goods};
use super::report::Report;
use super::stage::{Stage, batch_size};
use super::wire::Connection;
use crate::serve::Failure;

/// Vouchers for each second of the measurement; more than any laptop redeems.
const VOUCHERS_A_SECOND: u64 = 12_000;

struct Cashier {
    connection: Connection,
    clerk: Clerk,
    shop: Shop,
    codes: Vec<VoucherCode>,
    turn: usize,
}

impl Worker for Cashier {
    async fn work(&mut self) -> Result<(), Failure> {
        let code = self
            .codes
            .pop()
            .ok_or("no vouchers are left: measure for fewer seconds")?;
        self.turn += 1;
        let (turn, clerk) = (self.turn, &self.clerk);
        let body = format!(r#"{{"code":"{code}","device":"{}"}}"#, clerk.device);
        let headers = format_args!(
            "authorization: Bearer {}\r\nidempotency-key: redeem-{turn}\r\ncontent-type: application/json\r\n",
            clerk.token
        );
        let (merchant, store) = (self.shop.merchant, self.shop.store);
        let start = format_args!("POST /v1/merchants/{merchant}/stores/{store}/redemptions/code");
        self.connection.prepare(start, headers, &body);
        self.connection.send().await?.expect(201)
    }
}

/// On SQLite, or on PostgreSQL with a URL.
pub fn run(options: &Options) -> Result<Report, Failure> {
    let stage = Stage::open(options)?;
    let shops = market::open_shops(&stage.app, 1)?;
    let visitors = market::invite(&stage.app, options.clients)?;
    let mut buyers = stage
        .load
        .block_on(Buyer::all(&stage, &Goods::Offers(shops.clone()), &visitors))?;
    let ordered = orders::drive(&stage, &mut buyers, options.duration())?;
    drop(buyers);

    let clerks = market::engage(&stage.app, shops[0], options.clients)?;
    let codes = stock_up(
        &stage,
        shops[0],
        &visitors,
        options.seconds.max(1) * VOUCHERS_A_SECOND,
    )?;
    let share = codes.len() / clerks.len();
    let mut cashiers = Vec::with_capacity(clerks.len());
    for (clerk, codes) in clerks.into_iter().zip(codes.chunks_exact(share)) {
        let connection = stage.load.block_on(Connection::open(stage.address))?;
        cashiers.push(Cashier {
            connection,
            clerk,
            shop: shops[0],
            codes: codes.to_vec(),
            turn: 0,
        });
    }
    let before = stage.batches();
    let (_, redeemed) = stage.load.block_on(closed(cashiers, options.duration()))?;

    let engine = if options.database_url.is_some() {
        "redemptions, PostgreSQL"
    } else {
        "redemptions, SQLite"
    };
    let mut report = Report::new(engine);
    report.note("clients", options.clients as u64);
    report.figure("redemptions/s over HTTP", redeemed.rate());
    report.figure(
        "commands in a batch on average",
        batch_size(before, stage.batches()),
    );
    report.figure("p50 ms", redeemed.latency_ms(0.5));
    report.figure("p99 ms", redeemed.latency_ms(0.99));
    report.note("busy cores", redeemed.cpu.to_string());
    report.figure("orders/s over HTTP, same run", ordered.finding.rate());
    report.at_least(
        "redemptions / orders",
        redeemed.rate() / ordered.finding.rate(),
        2.0,
        None,
    );
    stage.close()?;
    Ok(report)
}

/// Sells so many vouchers through the commands and gives their codes.
fn stock_up(
    stage: &Stage,
    shop: Shop,
    visitors: &[Visitor],
    vouchers: u64,
) -> Result<Vec<VoucherCode>, Failure> {
    let mut codes = Vec::new();
    for turn in 0..vouchers.div_ceil(MOST_UNITS as u64) as usize {
        let buyer = visitors[turn % visitors.len()].person;
        let order = market::run(&stage.app, move |tx, ctx| {
            market::buy(tx, ctx, shop, buyer, MOST_UNITS)
        })?;
        codes.extend(codes_of(stage, order)?);
    }
    Ok(codes)
}

fn codes_of(stage: &Stage, order: OrderId) -> Result<Vec<VoucherCode>, Failure> {
    let found = stage.app.store.read_blocking(move |read| {
        let vouchers = convert::queries::order_vouchers(read, order)?;
        let numbers = vouchers
            .iter()
            .map(|of| Ok(voucher::queries::voucher(read, of.voucher)?.map(|found| found.number)));
        numbers.collect::<Result<Vec<_>, store::Fail>>()
    });
    let key = http::code_key(&stage.app.secret);
    Ok(found
        .map_err(crate::serve::failed)?
        .into_iter()
        .flatten()
        .map(|number| key.code(number))
        .collect())
}
