//! Everybody wants one of a thousand coupons at once, on PostgreSQL: claims over HTTP at one server and at two, beside the
//! same claims in a transaction each. Most are told that all are gone.

use std::time::Duration;

use http::shell;
use kernel::{Actor, BasisPoints, CouponId, Currency, HOUR_US, LocalText};
use store::Store;

use super::Options;
use super::load::Worker;
use super::market::{self, Shop, Visitor};
use super::one_by_one::{Lane, from_two_servers, one_by_one};
use super::orders;
use super::report::Report;
use super::stage::Stage;
use super::wire::Connection;
use crate::serve::Failure;

const COUPONS: i64 = 1_000;

struct Claimer {
    connection: Connection,
    visitor: Visitor,
    coupon: CouponId,
    turn: usize,
}

impl Claimer {
    async fn all(stage: &Stage, coupon: CouponId, visitors: &[Visitor]) -> Result<Vec<Self>, Failure> {
        let mut claimers = Vec::with_capacity(visitors.len());
        for visitor in visitors {
            claimers.push(Self {
                connection: Connection::open(stage.address).await?,
                visitor: visitor.clone(),
                coupon,
                turn: 0,
            });
        }
        Ok(claimers)
    }
}

impl Worker for Claimer {
    async fn work(&mut self) -> Result<(), Failure> {
        self.turn += 1;
        let (turn, coupon, token) = (self.turn, self.coupon, &self.visitor.token);
        let headers = format_args!("authorization: Bearer {token}\r\nidempotency-key: {coupon}-{turn}\r\n");
        let start = format_args!("POST /v1/coupons/{coupon}/claims");
        self.connection.prepare(start, headers, "");
        let answer = self.connection.send().await?;
        if answer.body.contains(convert::reject::COUPON_ALL_CLAIMED.code) {
            return Ok(());
        }
        answer.expect(201)
    }
}

/// Measures all three in turn, each with coupons of its own.
pub fn run(options: &Options) -> Result<Report, Failure> {
    let url = options
        .database_url
        .as_deref()
        .ok_or("--database-url names a PostgreSQL database")?;
    let (stage, duration) = (Stage::open(options)?, options.duration());
    let shop = market::open_shops(&stage.app, 1)?[0];
    let visitors = market::invite(&stage.app, options.clients)?;
    let (ours, theirs) = visitors.split_at(visitors.len() / 2);
    let claimers =
        |stage: &Stage, coupon, visitors| stage.load.block_on(Claimer::all(stage, coupon, visitors));

    let mut warm = claimers(&stage, coupon(&stage, shop)?, &visitors)?;
    orders::drive(&stage, &mut warm, Duration::from_secs(1))?;
    drop(warm);
    let each = |coupon| {
        one_by_one(url, &visitors, duration, move |store, lane, visitor| {
            claim(store, lane, visitor, coupon)
        })
    };
    let before = each(coupon(&stage, shop)?)?;
    let mut at_one = claimers(&stage, coupon(&stage, shop)?, &visitors)?;
    let by_one = orders::drive(&stage, &mut at_one, duration)?;
    drop(at_one);
    let other = stage.open_beside(options)?;
    let wanted = coupon(&stage, shop)?;
    let (mut at_one, mut at_other) = (claimers(&stage, wanted, ours)?, claimers(&other, wanted, theirs)?);
    let by_two = from_two_servers((&stage, &mut at_one), (&other, &mut at_other), duration)?;
    drop((at_one, at_other));
    other.close()?;
    let after = each(coupon(&stage, shop)?)?;

    let mut report = Report::new("a flash coupon, PostgreSQL");
    report.note("coupons", COUPONS);
    report.note("clients", options.clients);
    report.figure("claims/s over HTTP", by_one.finding.rate());
    report.figure("commands in a batch on average", by_one.batch);
    report.figure("claim p99 ms", by_one.finding.latency_ms(0.99));
    report.figure("claims/s over HTTP, two servers", by_two);
    report.figure("claims/s, a transaction each, before", before);
    report.figure("claims/s, a transaction each, after", after);
    let each = (before + after) / 2.0;
    report.at_least("two servers / a transaction each", by_two / each, 2.5, None);
    stage.close()?;
    Ok(report)
}

/// A new coupon of which one person may have all.
fn coupon(stage: &Stage, shop: Shop) -> Result<CouponId, Failure> {
    market::run(&stage.app, move |tx, ctx| {
        let create = convert::CreateCoupon {
            merchant: Some(shop.merchant),
            offer: None,
            title: LocalText::one("en", "Five off"),
            kind: convert::CouponKind::Cash { amount: 500 },
            conditions: convert::decide::Conditions::default(),
            currency: Currency::CNY,
            min_spend: 1_000,
            platform_share: BasisPoints::ZERO,
            per_person: COUPONS,
            per_day: COUPONS,
            per_device: None,
            distribution: convert::Distribution::Claimed,
            total: COUPONS,
            budget: COUPONS * 500,
            starts_at: ctx.now,
            ends_at: ctx.now.plus_us(HOUR_US),
        };
        let owner = market::acting(ctx, Actor::Staff(shop.owner, shop.merchant));
        convert::create_coupon(tx, &owner, &create)
    })
}

fn claim(store: &Store, lane: Lane, visitor: &Visitor, coupon: CouponId) -> Result<(), Failure> {
    let consumer = shell::ctx(Actor::Consumer(visitor.person));
    let claimed = store.run_blocking("claimCoupon", lane, consumer, move |tx, ctx| {
        convert::claim_coupon(tx, ctx, &convert::ClaimCoupon { coupon, device: None })
    })?;
    match claimed {
        Err(no) if no.code != convert::reject::COUPON_ALL_CLAIMED.code => Err(no.code.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}
