//! The kill switch of a coupon: a second after it was stopped at one server, and in fact at once, it is neither claimed
//! nor redeemed at the other, however hot it was there; nor does it come by itself.

use std::time::Duration;

use party::OperatorRole;
use serde_json::json;
use store::testing::TestDatabase;

use crate::support::audit::Audit;
use crate::support::market::{COUPON, DUE, Market};
use crate::support::runtime;
use crate::support::servers::Servers;

const GUESTS: usize = 40;

#[test]
fn a_coupon_stopped_at_one_server_is_not_redeemed_at_the_other() {
    for database in TestDatabase::both() {
        stop(&database);
    }
}

fn stop(database: &TestDatabase) {
    let mut market = Market::open(&database.url);
    let good = market.offer(1_000, 1);
    let coupon = market.coupon(1_000, 2);
    let guests = market.consumers(GUESTS);
    let wallets: Vec<_> = guests.iter().map(|guest| market.claimed(coupon, guest)).collect();
    let admin = market.operator(OperatorRole::Admin);
    market.close();
    let servers = Servers::start(&database.url);
    let visitors = servers.visitors();
    let (here, there) = (&visitors[0], visitors.last().expect("a server"));
    let order = async |n: usize| {
        let body = json!({
            "offer": good.offer.to_string(), "quantity": 1, "wallet_coupons": [wallets[n].to_string()]
        });
        let guest = there.with_token(&guests[n].token);
        guest
            .post("/v1/orders", &format!("order-{n}"), &body)
            .await
            .unwrap()
    };
    runtime().block_on(async {
        // The other server has served it before, so it knows it as well as it ever will.
        for n in 0..GUESTS / 2 {
            order(n).await.done();
        }
        let path = format!("/v1/platform/coupons/{coupon}/stop");
        let stopped = here
            .with_token(&admin.token)
            .post(&path, "stop", &json!({}))
            .await;
        let stopped_at = http::shell::instant();
        stopped.unwrap().done();
        for n in GUESTS / 2..GUESTS {
            let refused = order(n).await;
            let told = (refused.status, refused.problem().unwrap_or_default());
            assert_eq!(told, (409, "coupon_not_live"), "{:?} later", stopped_at.elapsed());
            if n == GUESTS / 2 {
                assert!(
                    stopped_at.elapsed() < Duration::from_secs(1),
                    "the first was asked within a second"
                );
            }
        }
        let path = format!("/v1/coupons/{coupon}/claims");
        let claim = there
            .with_token(&guests[0].token)
            .post(&path, "claim", &json!({}))
            .await;
        assert_eq!(claim.unwrap().problem(), Some("coupon_not_live"));
    });
    drop(visitors);
    servers.stop();
    let audit = Audit::open(&database.url);
    assert_eq!(audit.orders(), (GUESTS / 2) as i64);
    audit.close();
}

#[test]
fn an_automatic_coupon_stopped_at_one_server_comes_by_itself_no_more_at_the_other() {
    for database in TestDatabase::both() {
        stop_automatic(&database);
    }
}

fn stop_automatic(database: &TestDatabase) {
    let mut market = Market::open(&database.url);
    let good = market.offer(1_000, 1);
    let coupon = market.automatic_coupon(&good, 1, 1_000 * COUPON);
    let guests = market.consumers(GUESTS);
    let admin = market.operator(OperatorRole::Admin);
    market.close();
    let servers = Servers::start(&database.url);
    let visitors = servers.visitors();
    let (here, there) = (&visitors[0], visitors.last().expect("a server"));
    let order = async |n: usize| {
        let body = json!({ "offer": good.offer.to_string(), "quantity": 1 });
        let guest = there.with_token(&guests[n].token);
        let placed = guest.post("/v1/orders", &format!("order-{n}"), &body).await;
        placed.unwrap().done()["price"]["cash_due"]["amount"].as_i64()
    };
    runtime().block_on(async {
        for n in 0..GUESTS / 2 {
            assert_eq!(order(n).await, Some(DUE - COUPON));
        }
        let path = format!("/v1/platform/coupons/{coupon}/stop");
        let operator = here.with_token(&admin.token);
        operator.post(&path, "stop", &json!({})).await.unwrap().done();
        for n in GUESTS / 2..GUESTS {
            assert_eq!(order(n).await, Some(DUE), "of a server that had it a moment ago");
        }
    });
    drop(visitors);
    servers.stop();
}
