//! Twenty people for each of a thousand coupons, one a head, again and again, on PostgreSQL: claims over HTTP at one server
//! and at two, beside the same claims in a transaction each. Most are told that all are gone.

use std::time::Duration;

use convert::reject::{COUPON_ALL_CLAIMED, COUPON_LIMIT_REACHED};
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
const PEOPLE: usize = 20 * COUPONS as usize;

/// A connection on which some people claim in turn.
struct Claimer {
    connection: Connection,
    people: Vec<Visitor>,
    coupon: CouponId,
    turn: usize,
}

impl Claimer {
    async fn all(
        stage: &Stage,
        coupon: CouponId,
        people: &[Visitor],
        connections: usize,
    ) -> Result<Vec<Self>, Failure> {
        let mut claimers = Vec::with_capacity(connections);
        for people in people.chunks(people.len().div_ceil(connections)) {
            claimers.push(Self {
                connection: Connection::open(stage.address).await?,
                people: people.to_vec(),
                coupon,
                turn: 0,
            });
        }
        Ok(claimers)
    }
}

/// Whether all are gone, or the person has one.
fn is_refusal(text: &str) -> bool {
    [&COUPON_ALL_CLAIMED, &COUPON_LIMIT_REACHED]
        .iter()
        .any(|kind| text.contains(kind.code))
}

impl Worker for Claimer {
    async fn work(&mut self) -> Result<(), Failure> {
        self.turn += 1;
        let (turn, coupon) = (self.turn, self.coupon);
        let token = &self.people[turn % self.people.len()].token;
        let headers = format_args!("authorization: Bearer {token}\r\nidempotency-key: {coupon}-{turn}\r\n");
        let start = format_args!("POST /v1/coupons/{coupon}/claims");
        self.connection.prepare(start, headers, "");
        let answer = self.connection.send().await?;
        if is_refusal(answer.body) {
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
    let people = market::invite(&stage.app, PEOPLE)?;
    let (ours, theirs) = people.split_at(PEOPLE / 2);
    let claimers = |stage: &Stage, coupon, people: &[Visitor]| {
        let connections = options.clients * people.len() / PEOPLE;
        stage
            .load
            .block_on(Claimer::all(stage, coupon, people, connections))
    };

    let mut warm = claimers(&stage, coupon(&stage, shop)?, &people)?;
    orders::drive(&stage, &mut warm, Duration::from_secs(1))?;
    drop(warm);
    let each = |coupon| {
        one_by_one(url, &people, duration, move |store, lane, visitor| {
            claim(store, lane, visitor, coupon)
        })
    };
    let before = each(coupon(&stage, shop)?)?;
    let mut at_one = claimers(&stage, coupon(&stage, shop)?, &people)?;
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
    report.note("people", PEOPLE as u64);
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

/// A new coupon, one a head.
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
            per_person: 1,
            per_day: 1,
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
        Err(no) if !is_refusal(&no.code) => Err(no.code.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}
