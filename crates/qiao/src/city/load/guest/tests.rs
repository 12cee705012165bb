//! A server that lets everybody do everything is found out.

use std::sync::atomic::AtomicI64;

use axum::http::StatusCode;
use axum::{Json, Router};
use kernel::Actor as Who;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

use super::super::shops::{Market, Shop};
use super::super::tally::Tally;
use super::*;

/// A server that says yes to everything, in the same words.
async fn yes_sayer() -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let yes = || async { (StatusCode::CREATED, Json(json!({ "status": "paid" }))) };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(yes)).await });
    Ok(format!("http://{address}"))
}

fn guest(server: &str) -> Result<Guest, Failure> {
    let actor = Actor::new("a guest", server)?;
    let good = || Good {
        offer: "off_1".to_owned(),
        stock: 1,
        sold: AtomicI64::new(0),
    };
    let shop = Shop {
        cashier: actor.clone(),
        scan: "/scan".to_owned(),
        goods: [good(), good()],
    };
    let world = World {
        market: Market::new(vec![shop], "cpn_1".to_owned()),
        provider: actor.clone(),
        tally: Tally::default(),
        permits: Semaphore::new(1),
        until: shell::instant(),
    };
    Ok(Guest::new(
        7,
        Arc::new(world),
        actor,
        Ctx::new(shell::now(), Who::System, [1; 32]),
    ))
}

#[test]
fn a_server_that_lets_everybody_do_everything_is_found_out() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut guest = guest(&yes_sayer().await.unwrap()).unwrap();
        guest.world.market.note_order(8, "ord_1");
        guest.has_claimed = true;
        for (wrong, what) in [
            (guest.name_a_lower_price().await, "order_price_changed"),
            (guest.look_at_an_order_of_another().await, "order_not_found"),
            (guest.claim().await, "coupon_limit_reached"),
            (guest.look().await, "units_left"),
        ] {
            let Wrong(told) = wrong.unwrap_err();
            assert!(told.contains(what), "{told}");
        }
        let first = guest.get("getOrder", "/v1/orders/ord_1").await.unwrap();
        let mut repeats = Vec::new();
        for _ in 0..20 {
            repeats.push(guest.repeat("key", &json!({}), &first).await);
        }
        let wrong = repeats.into_iter().find_map(Result::err).unwrap();
        assert!(wrong.0.contains("idempotency_key_reused"), "{wrong:?}");
    });
}
