//! From the order to the voucher, with a provider that repeats itself, lies, is away or breaks off.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http::shell;
use kernel::{MINUTE_US, SECOND_US, Timestamp};
use serde_json::{Value, json};
use store::sql;

use crate::app::{Client, TestApp, on_both_with_provider, text};
use crate::provider::{delivery, forged};
use crate::sale::Sale;
use crate::users::ConsumerUser;
use crate::world::heads;

/// How often something happened.
pub async fn count(app: &TestApp, event: &'static str) -> i64 {
    let counted = app.app.store.read(move |read| {
        let row = read.one(sql!("SELECT COUNT(*) FROM event WHERE type = $1", event))?;
        Ok(row.unwrap().take::<i64>()?)
    });
    counted.await.unwrap()
}

/// Debits and credits of everything that ever happened, by account.
async fn books(app: &TestApp, sale: &Sale) -> Value {
    app.get(&sale.admin, "/v1/platform/trial-balance").await.ok()
}

/// An order that waits for its payment, and the provider's payment.
async fn awaiting(app: &TestApp, sale: &Sale, buyer: &ConsumerUser) -> (String, Value) {
    let order = text(&buyer.place(app, &sale.offer, 1).await.ok(), "order");
    let started = buyer
        .start_payment(app, &order, &format!("pay-{order}"))
        .await
        .ok();
    let payments = app.provider.as_ref().unwrap().payments().await;
    let of_attempt = payments
        .into_iter()
        .find(|payment| payment["reference"] == started["attempt"]);
    (order, of_attempt.unwrap())
}

/// The refunds of an order, which come by a webhook.
async fn refunds_once_there(app: &TestApp, buyer: &ConsumerUser, order: &str) -> Value {
    let refunds = format!("/v1/orders/{order}/refunds");
    for _ in 0..2_000 {
        let found = app.get(&buyer.0, &refunds).await.ok();
        if found != json!([]) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("nothing of {order} goes back");
}

/// The news that a payment succeeded or failed, as the provider words it.
fn news(payment: &Value, outcome: &str) -> Vec<u8> {
    let mut data = payment.clone();
    data["status"] = json!(outcome);
    if outcome == "succeeded" {
        if data["instrument_fingerprint"].is_null() {
            data["instrument_fingerprint"] = json!("sfp_00112233445566778899aabbccddeeff");
        }
    } else {
        data["failure"] = json!("declined");
    }
    let kind = format!("payment.{outcome}");
    json!({"type": kind, "timestamp": shell::now().to_string(), "data": data})
        .to_string()
        .into_bytes()
}

#[test]
fn an_order_is_paid_once_however_often_and_in_whatever_order_the_provider_says_so() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let provider = app.provider.as_ref().unwrap();
        provider
            .control(json!({"repeat": 5, "reorder": true, "fail_webhooks_next": 2}))
            .await;
        let placed = li.place(app, &sale.offer, 2).await.ok();
        assert_eq!(
            (&placed["status"], &placed["price"]["cash_due"]["amount"]),
            (&json!("placed"), &json!(16_000))
        );
        let order = text(&placed, "order");
        let started = li.start_payment(app, &order, "pay").await.ok();
        provider.pay(&text(&started, "pay_url"), "succeed").await;
        let paid = li.order_once(app, &order, "paid").await;
        let vouchers = paid["vouchers"].as_array().unwrap().len();
        assert_eq!(
            (
                vouchers,
                count(app, "OrderPaid").await,
                count(app, "VoucherIssued").await
            ),
            (2, 1, 2)
        );
        let (state, books_then) = (heads(app).await, books(app, &sale).await);
        // The same news again: under its own id, under new ids, late, and after a contradiction.
        let payment = provider.payments().await.remove(0);
        let (yes, no) = (news(&payment, "succeeded"), news(&payment, "failed"));
        for n in 0..20 {
            let said = if n % 3 == 2 { &no } else { &yes };
            let now = shell::now().plus_us(-(n % 4) * MINUTE_US);
            for id in ["msg_same", &format!("msg_{n}")] {
                let id = if n % 3 == 2 {
                    format!("{id}_no")
                } else {
                    id.to_owned()
                };
                // The provider itself does not say that it failed.
                let expected = if n % 3 == 2 {
                    StatusCode::UNPROCESSABLE_ENTITY
                } else {
                    StatusCode::OK
                };
                let answer = app.send(delivery(&id, now, said)).await;
                assert_eq!(answer.status, expected, "{n}");
            }
        }
        assert_eq!(heads(app).await, state);
        assert_eq!(books(app, &sale).await, books_then);
        assert_eq!(li.order(app, &order).await, paid);
    });
}

#[test]
fn what_the_payers_bank_takes_back_everybody_sees() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let provider = app.provider.as_ref().unwrap();
        provider.control(json!({"repeat": 3, "reorder": true})).await;
        let placed = li.place(app, &sale.offer, 1).await.ok();
        let order = text(&placed, "order");
        let started = li.start_payment(app, &order, "pay").await.ok();
        let pay_url = text(&started, "pay_url");
        provider.pay(&pay_url, "succeed").await;
        let paid = li.order_once(app, &order, "paid").await;
        let voucher = paid["vouchers"][0].as_str().unwrap();
        provider.charge_back(&pay_url).await;
        let charged_back = li.order_once(app, &order, "charged_back").await;
        assert_eq!(charged_back["cash_refunded"]["amount"], 8_000);
        let refunds = app.get(&li.0, &format!("/v1/orders/{order}/refunds")).await.ok();
        let refund = &refunds[0];
        assert_eq!(
            (&refund["cause"], &refund["status"], &refund["cash"]["amount"]),
            (&json!("charged_back"), &json!("succeeded"), &json!(8_000))
        );
        let held = app.get(&li.0, &format!("/v1/vouchers/{voucher}")).await.ok();
        assert_eq!(held["status"], "refunded");
        assert_eq!(provider.payments().await[0]["chargeback"]["amount"], 8_000);
        let listed = app.get(&sale.admin, "/v1/platform/chargebacks").await.ok();
        let listed = &listed["items"][0];
        assert_eq!(
            (
                &listed["order"],
                &listed["amount"]["amount"],
                &listed["lost"]["amount"]
            ),
            (&json!(order), &json!(8_000), &json!(0))
        );
        assert_eq!(listed.get("reversed_at"), None);

        // The dispute is won: nothing was used, so the money goes on to the payer, and the voucher stays void.
        provider.reverse_chargeback(&pay_url).await;
        for _ in 0..2_000 {
            if count(app, "ChargebackReversed").await > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let refunds = app.get(&li.0, &format!("/v1/orders/{order}/refunds")).await.ok();
        assert_eq!(
            (&refunds[1]["cause"], &refunds[1]["cash"]["amount"]),
            (&json!("chargeback_reversed"), &json!(8_000))
        );
        let held = app.get(&li.0, &format!("/v1/vouchers/{voucher}")).await.ok();
        assert_eq!(held["status"], "refunded");
        let listed = app.get(&sale.admin, "/v1/platform/chargebacks").await.ok();
        assert!(listed["items"][0]["reversed_at"].is_string(), "{listed}");
    });
}

#[test]
fn a_quote_is_what_the_order_then_costs_and_keeps_nothing() {
    on_both_with_provider(async |app| {
        let sale = Sale::of(app, 1).await;
        let [sharer, li] = [app.consumer(1).await, app.consumer(2).await].map(ConsumerUser);
        let token = sharer.share(app, &sale.offer).await;
        let before = heads(app).await;
        let quote = |query: &str| format!("/v1/offers/{}/quote?quantity=2{query}", sale.offer);
        let plain = app.get(&li.0, &quote("")).await.ok();
        assert_eq!(plain["cash_due"]["amount"], 16_000);
        let by_link = quote(&format!("&share_token={token}"));
        let friendly = app.get(&li.0, &by_link).await.ok();
        assert_eq!(friendly["discounts"][1]["kind"], "friend");
        let own = app.get(&sharer.0, &by_link).await;
        assert_eq!(own.refusal(), (409, "order_share_link_invalid".to_owned()));
        assert_eq!(heads(app).await, before);
        let body = json!({"offer": sale.offer, "quantity": 2, "share_token": token});
        let placed = app.post(&li.0, "/v1/orders", body).await.ok();
        assert_eq!(placed["price"], friendly);
        let order = text(&placed, "order");
        li.start_payment(app, &order, "pay").await.ok();
        let payment = app.provider.as_ref().unwrap().payments().await.remove(0);
        let back = format!("https://qiao.example/orders/{order}");
        assert_eq!(payment["return_url"], back, "the payer comes back to the order");
    });
}

#[test]
fn a_delivery_that_is_not_the_providers_is_refused_whole() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let provider = app.provider.as_ref().unwrap();
        provider.control(json!({"drop_webhooks": true})).await;
        let (order, payment) = awaiting(app, &sale, &li).await;
        provider.pay(&text(&payment, "pay_url"), "succeed").await;
        let payment = provider.payments().await.remove(0);
        let (state, now) = (heads(app).await, shell::now());
        let body = news(&payment, "succeeded");
        let genuine = |at: Timestamp, body: &[u8]| {
            let request = delivery("msg_1", at, body);
            let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
            (header("webhook-timestamp"), header("webhook-signature"))
        };
        let (at, signature) = genuine(now, &body);
        let mut forgeries = Vec::new();
        for bit in (0..body.len() * 8).step_by(61) {
            let mut flipped = body.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            forgeries.push(forged("msg_1", &at, &signature, &flipped));
        }
        for place in (3..signature.len()).step_by(5) {
            let mut flipped = signature.clone().into_bytes();
            flipped[place] = if flipped[place] == b'A' { b'B' } else { b'A' };
            forgeries.push(forged("msg_1", &at, &String::from_utf8(flipped).unwrap(), &body));
        }
        let whole_seconds = now.unix_seconds();
        for (timestamp, signature, id) in [
            ((whole_seconds + 1).to_string(), signature.clone(), "msg_1"),
            (at.clone(), signature.clone(), "msg_2"),
            (at.clone(), String::new(), "msg_1"),
            (at.clone(), "v1,".to_owned(), "msg_1"),
            (at.clone(), "v2,AAAA".to_owned(), "msg_1"),
            (String::new(), signature.clone(), "msg_1"),
            (at.clone(), signature.clone(), ""),
        ] {
            forgeries.push(forged(id, &timestamp, &signature, &body));
        }
        // Genuine once, and too long ago or too far ahead now.
        for offset in [-72 * 3_600, -301, 600] {
            let (at, signature) = genuine(now.plus_us(offset * SECOND_US), &body);
            forgeries.push(forged("msg_1", &at, &signature, &body));
        }
        forgeries.push(
            Request::post("/v1/webhooks/sandbox")
                .body(Body::from(body.clone()))
                .unwrap(),
        );
        let tried = forgeries.len();
        for forgery in forgeries {
            let about = format!("{:?} {:?}", forgery.headers(), forgery.uri());
            let answer = app.send(forgery).await;
            assert_eq!(answer.refusal().1, "webhook_refused", "{about}");
        }
        assert!(tried > 80, "{tried}");
        assert_eq!(
            (heads(app).await, &li.order(app, &order).await["status"]),
            (state, &json!("placed"))
        );
        // The genuine one is still welcome.
        assert_eq!(
            app.send(delivery("msg_1", now, &body)).await.status,
            StatusCode::OK
        );
        li.order_once(app, &order, "paid").await;
    });
}

#[test]
fn what_the_provider_does_not_say_when_it_is_asked_changes_nothing_however_well_it_is_signed() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let provider = app.provider.as_ref().unwrap();
        provider.control(json!({"drop_webhooks": true})).await;
        let (_, unpaid) = awaiting(app, &sale, &li).await;
        let (_, declined) = awaiting(app, &sale, &li).await;
        provider.pay(&text(&declined, "pay_url"), "decline").await;
        let (order, awaited) = awaiting(app, &sale, &li).await;
        provider.pay(&text(&awaited, "pay_url"), "succeed").await;
        let paid = provider.payments().await.remove(2);
        let with = |field: &str, value: Value| {
            let mut payment = paid.clone();
            payment[field] = value;
            news(&payment, "succeeded")
        };
        let state = heads(app).await;
        let lies = [
            news(&unpaid, "succeeded"),
            news(&unpaid, "failed"),
            news(&declined, "succeeded"),
            news(&paid, "failed"),
            with("amount", json!(1)),
            with("amount", json!(8_001)),
            with("currency", json!("JPY")),
            with("id", json!("spay_another")),
            with("instrument_fingerprint", json!("sfp_another")),
            with("reference", unpaid["reference"].clone()),
            with("reference", json!("pat_01zzzzzzzzzzzzzzzzzzzzzzzz")),
        ];
        for (n, lie) in lies.iter().enumerate() {
            let told = app.send(delivery(&format!("msg_{n}"), shell::now(), lie)).await;
            assert_eq!(told.refusal(), (422, "webhook_refused".to_owned()), "{n}");
        }
        // Who cannot be asked has not said no: the same delivery is welcome later.
        let truth = || delivery("msg_true", shell::now(), &news(&paid, "succeeded"));
        for trouble in [
            json!({"api_down": true}),
            json!({"fail_next": 1}),
            json!({"cut_next": 1}),
        ] {
            provider.control(trouble.clone()).await;
            let told = app.send(truth()).await;
            assert_eq!(told.refusal(), (503, "busy".to_owned()), "{trouble}");
        }
        assert_eq!(heads(app).await, state);
        provider.control(json!({})).await;
        assert_eq!(app.send(truth()).await.status, StatusCode::OK);
        li.order_once(app, &order, "paid").await;
    });
}

#[test]
fn a_provider_that_is_away_or_breaks_off_is_asked_again_for_the_same_try() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let provider = app.provider.as_ref().unwrap();
        for (n, trouble) in [
            json!({"api_down": true}),
            json!({"fail_next": 100}),
            json!({"cut_next": 100}),
        ]
        .into_iter()
        .enumerate()
        {
            let order = text(&li.place(app, &sale.offer, 1).await.ok(), "order");
            provider.control(trouble.clone()).await;
            let state = heads(app).await;
            let away = li.start_payment(app, &order, &format!("pay-{n}")).await;
            assert_eq!(away.refusal(), (503, "busy".to_owned()), "{trouble}");
            assert_eq!(away.headers["retry-after"], "1");
            let tried = heads(app).await;
            assert_ne!(tried, state, "the try is recorded before the provider is asked");
            let again = li.start_payment(app, &order, &format!("pay-{n}")).await;
            assert_eq!(again.refusal().0, 503);
            assert_eq!(heads(app).await, tried);
            provider.control(json!({})).await;
            let started = li.start_payment(app, &order, &format!("pay-{n}")).await.ok();
            // Another key does not make another try.
            let other = li.start_payment(app, &order, &format!("other-{n}")).await.ok();
            assert_eq!(other, started);
            assert_eq!(provider.payments().await.len(), n + 1, "{trouble}");
            provider.pay(&text(&started, "pay_url"), "succeed").await;
            li.order_once(app, &order, "paid").await;
        }
    });
}

#[test]
fn a_declined_payment_can_be_tried_again_and_a_cancelled_order_cannot_be_paid() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let provider = app.provider.as_ref().unwrap();
        let order = text(&li.place(app, &sale.offer, 1).await.ok(), "order");
        let first = li.start_payment(app, &order, "one").await.ok();
        provider.pay(&text(&first, "pay_url"), "decline").await;
        let mut second = li.start_payment(app, &order, "two").await.ok();
        for n in 0..2_000 {
            if second["attempt"] != first["attempt"] {
                break;
            }
            // The news of the decline is on its way.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            second = li.start_payment(app, &order, &format!("two-{n}")).await.ok();
        }
        assert_ne!(second["attempt"], first["attempt"]);
        provider.pay(&text(&second, "pay_url"), "succeed").await;
        li.order_once(app, &order, "paid").await;
        let cancel = |order: &str| format!("/v1/orders/{order}/cancel");
        let refused = app.post(&li.0, &cancel(&order), json!({})).await;
        assert_eq!(refused.refusal(), (409, "order_not_open".to_owned()));
        let order = text(&li.place(app, &sale.offer, 1).await.ok(), "order");
        app.post(&li.0, &cancel(&order), json!({})).await.ok();
        let refused = li.start_payment(app, &order, "late").await;
        assert_eq!(refused.refusal(), (409, "order_not_open".to_owned()));
    });
}

#[test]
fn friends_join_a_group_and_have_their_vouchers_with_its_last_payment() {
    on_both_with_provider(async |app| {
        let offer = Sale::of(app, 1).await.offer;
        let (leader, friend) = (
            ConsumerUser(app.consumer(1).await),
            ConsumerUser(app.consumer(2).await),
        );
        let shown = app.get(&leader.0, &format!("/v1/offers/{offer}")).await.ok();
        assert_eq!(
            (&shown["group"]["price"]["amount"], &shown["group"]["size"]),
            (&json!(4_800), &json!(2))
        );
        let quote = format!("/v1/offers/{offer}/quote?quantity=1&group=new");
        let quote = app.get(&leader.0, &quote).await.ok();
        assert_eq!(quote["cash_due"]["amount"], 4_800);

        let group = leader.open_group(app, &offer).await;
        let (page, list) = (
            format!("/v1/groups/{group}"),
            format!("/v1/offers/{offer}/groups"),
        );
        let nobody = Client::default();
        let open = app.get(&nobody, &page).await.ok();
        assert_eq!((&open["paid"], &open["places_left"]), (&json!(1), &json!(1)));
        assert_eq!(app.get(&nobody, &list).await.ok()["items"], json!([open]));
        let card = app.get(&nobody, &format!("/g/{group}")).await;
        let card = String::from_utf8(card.bytes.to_vec()).unwrap();
        assert!(
            card.contains("<meta property=\"og:title\" content=\"48.00 CNY · 双人火锅\">"),
            "{card}"
        );
        let twice = leader.place_in_group(app, &offer, &group).await;
        assert_eq!(twice.refusal(), (409, "group_joined".to_owned()));
        let joined = friend.place_in_group(app, &offer, &group).await.ok();
        friend.pay(app, &text(&joined, "order")).await;
        friend.order_once(app, &text(&joined, "order"), "paid").await;
        assert_eq!(app.get(&nobody, &page).await.ok()["status"], "complete");
        let orders = app.get(&leader.0, "/v1/me/orders").await.ok();
        assert_eq!(orders["items"][0]["status"], "paid");
    });
}

#[test]
fn a_cart_is_quoted_placed_and_paid_at_once_and_what_was_cancelled_meanwhile_goes_back() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let item = |quantity: i64| json!({"offer": sale.offer, "quantity": quantity});
        let cart = json!({"orders": [item(1), item(2), item(1)]});
        let quoted = app.post(&li.0, "/v1/cart/quote", cart.clone()).await.ok();
        let cash = |order: &Value| order["price"]["cash_due"]["amount"].as_i64().unwrap();
        let costs: Vec<i64> = quoted["orders"].as_array().unwrap().iter().map(cash).collect();
        assert_eq!(costs, [8_000, 16_000, 8_000]);
        let too_many = json!({"orders": [item(1), item(6)]});
        let refused = app.post(&li.0, "/v1/cart/orders", too_many).await;
        assert_eq!(refused.refusal(), (422, "order_quantity_invalid".to_owned()));
        assert_eq!(refused.json()["field"], "/orders/1/quantity");

        let placed = app.post(&li.0, "/v1/cart/orders", cart).await.ok();
        let placed: Vec<(String, i64)> = placed["orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| (text(order, "order"), cash(order)))
            .collect();
        assert_eq!(placed.iter().map(|(_, cash)| *cash).collect::<Vec<_>>(), costs);
        let orders: Vec<&str> = placed.iter().map(|(order, _)| order.as_str()).collect();
        let pay = json!({"orders": orders});
        let started = app.post(&li.0, "/v1/payments", pay.clone()).await.ok();
        assert_eq!(app.post(&li.0, "/v1/payments", pay).await.ok(), started);
        app.post(&li.0, &format!("/v1/orders/{}/cancel", orders[2]), json!({}))
            .await
            .ok();
        let provider = app.provider.as_ref().unwrap();
        provider.pay(&text(&started, "pay_url"), "succeed").await;
        assert_eq!(provider.payments().await.len(), 3);
        for (order, vouchers) in [(orders[0], 1), (orders[1], 2)] {
            let paid = li.order_once(app, order, "paid").await;
            assert_eq!(paid["vouchers"].as_array().unwrap().len(), vouchers);
        }
        let refunds = refunds_once_there(app, &li, orders[2]).await;
        assert_eq!(
            (&refunds[0]["cause"], &refunds[0]["cash"]["amount"]),
            (&json!("late_payment"), &json!(8_000))
        );
    });
}

#[test]
fn money_that_comes_too_late_goes_back_whole() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let order = text(&li.place(app, &sale.offer, 1).await.ok(), "order");
        let started = li.start_payment(app, &order, "pay").await.ok();
        app.post(&li.0, &format!("/v1/orders/{order}/cancel"), json!({}))
            .await
            .ok();
        app.provider
            .as_ref()
            .unwrap()
            .pay(&text(&started, "pay_url"), "succeed")
            .await;
        let found = refunds_once_there(app, &li, &order).await;
        assert_eq!(
            (&found[0]["cause"], &found[0]["cash"]["amount"]),
            (&json!("late_payment"), &json!(8_000))
        );
        let status = &li.order(app, &order).await["status"];
        assert_eq!(
            (status, count(app, "VoucherIssued").await),
            (&json!("cancelled"), 0)
        );
    });
}
