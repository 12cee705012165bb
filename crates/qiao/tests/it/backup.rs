//! A backup of a running demo, restored into the other engine: the vouchers verify, the books are the
//! same, and nothing goes out to the payment provider until somebody says so.

use std::path::Path;
use std::time::Duration;

use http::shell;
use serde_json::{Value, json};
use store::testing::TestDatabase;
use voucher::{DeviceKey, KeyRing, SignedPass};

use crate::support::client::Client;
use crate::support::process::{Server, qiao, run};
use crate::support::{eventually, random_below, runtime, wait_until};

/// The demo's consumer.
const PHONE: &str = "+8613800138000";
/// Several times as long as an idle worker waits before it looks for work.
const LONG_ENOUGH_TO_SEND: Duration = Duration::from_millis(1_500);

/// What a consumer of the demo bought.
struct Bought {
    token: String,
    order: String,
    voucher: String,
    /// As the phone got it, before the backup.
    pass: String,
}

#[test]
fn a_running_demo_moves_to_postgresql() {
    let (home, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let demo = Server::demo(home.path(), &[]);
    run(&["story", "--json", "--server", &demo.url]);
    let about = runtime()
        .block_on(Client::visitor(&demo.url).get("/demo"))
        .unwrap()
        .done();
    let bought = runtime().block_on(buy(&demo.url, &about));
    let file = home.path().join("backup.zst");
    let balance = back_up(&demo.url, home.path(), &file);

    let target = TestDatabase::postgres();
    let printed = run(&["restore", "--database-url", &target.url, file.to_str().unwrap()]);
    assert!(printed.contains("paused"), "{printed}");
    a_second_restore_is_refused(&target.url, &file);
    another_secret_is_refused(&target.url, elsewhere.path());

    std::fs::copy(
        home.path().join("secret.key"),
        elsewhere.path().join("secret.key"),
    )
    .unwrap();
    let [url, key] = ["provider_url", "provider_key"].map(|field| about[field].as_str().unwrap());
    let arguments = [
        "--database-url",
        &target.url,
        "--provider-url",
        url,
        "--provider-key",
        key,
    ];
    let server = Server::serve(elsewhere.path(), &arguments);
    runtime().block_on(async {
        assert_eq!(trial_balance(&server.url).await, balance);
        the_voucher_verifies(&server.url, &bought).await;
        nothing_goes_out(&server.url, &bought).await;
    });
    assert!(run(&["resume", "--database-url", &target.url]).contains("go out again"));
    runtime().block_on(eventually("the refund", async || {
        (refund_status(&server.url, &bought).await == "succeeded").then_some(())
    }));
    server.stop();
    demo.stop();
}

/// Signs in, buys what the search finds first, and binds the voucher to a phone.
async fn buy(server: &str, about: &Value) -> Bought {
    let visitor = Client::visitor(server);
    visitor
        .post("/v1/sign-in/codes", "code", &json!({ "contact": PHONE }))
        .await
        .unwrap()
        .done();
    let messages = visitor.get("/demo/outbox").await.unwrap().done();
    let mut messages = messages.as_array().unwrap().iter();
    let sent = messages.find(|message| message["to"] == PHONE).unwrap();
    let code = sent["text"].as_str().unwrap().split(' ').next().unwrap();
    let sign_in = json!({ "contact": PHONE, "code": code });
    let session = visitor
        .post("/v1/sign-in/code", "sign-in", &sign_in)
        .await
        .unwrap()
        .done();
    let token = session["token"].as_str().unwrap().to_owned();
    let client = visitor.with_token(&token);

    let found = client
        .get("/v1/search?lat=31.2304&lon=121.4737&radius_m=40000")
        .await
        .unwrap()
        .done();
    let order = json!({ "offer": found["items"][0]["offer"], "quantity": 1 });
    let placed = client.post("/v1/orders", "place", &order).await.unwrap().done();
    let order = placed["order"].as_str().unwrap().to_owned();
    let started = client
        .post(&format!("/v1/orders/{order}/payments"), "pay", &json!({}))
        .await
        .unwrap()
        .done();
    let payment = started["pay_url"].as_str().unwrap().rsplit('/').next().unwrap();
    let provider = Client::visitor(about["provider_url"].as_str().unwrap());
    let choice = json!({ "outcome": "succeed", "instrument": "card" });
    provider
        .post(&format!("/v1/payments/{payment}/pay"), "pay", &choice)
        .await
        .unwrap()
        .done();
    let voucher = eventually("the voucher", async || {
        let order = client.get(&format!("/v1/orders/{order}")).await.unwrap().done();
        order["vouchers"][0].as_str().map(str::to_owned)
    });
    let voucher = voucher.await;
    let phone = DeviceKey::from_bytes(&[7; 32]).unwrap();
    let key = json!({ "device_key": hex::encode(phone.public_key().to_bytes()) });
    let bound = client
        .post(&format!("/v1/vouchers/{voucher}/device"), "bind", &key)
        .await
        .unwrap()
        .done();
    Bought {
        token,
        order,
        voucher,
        pass: bound["pass"].as_str().unwrap().to_owned(),
    }
}

/// Backs the running demo up, and gives its trial balance, which was the same before and after.
fn back_up(server: &str, data: &Path, file: &Path) -> Value {
    let database = format!("sqlite:{}", data.join("qiao.db").display());
    // The story's last refund windows may still be closing.
    wait_until("a backup between two equal balances", || {
        let before = runtime().block_on(trial_balance(server));
        run(&["backup", "--database-url", &database, file.to_str().unwrap()]);
        (runtime().block_on(trial_balance(server)) == before).then_some(before)
    })
}

async fn trial_balance(server: &str) -> Value {
    let finance = Client::visitor(server)
        .with_password("finance@demo.example", "qiao-demo")
        .await;
    let balance = finance.get("/v1/platform/trial-balance").await.unwrap().done();
    let rows = balance.as_array().unwrap().iter();
    assert!(rows.len() > 5, "{balance}");
    assert_eq!(
        rows.map(|row| row["posted"]["amount"].as_i64().unwrap())
            .sum::<i64>(),
        0
    );
    balance
}

fn a_second_restore_is_refused(database_url: &str, file: &Path) {
    let refused = qiao(&["restore", "--database-url", database_url])
        .arg(file)
        .output()
        .unwrap();
    let printed = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && printed.contains("not empty"),
        "{printed}"
    );
}

/// A server that makes a secret of its own cannot sign these vouchers, and says so instead of trying.
fn another_secret_is_refused(database_url: &str, data: &Path) {
    let data = data.join("another");
    let mut serve = qiao(&["serve", "--listen", "127.0.0.1:0", "--database-url", database_url]);
    let refused = serve.arg("--data").arg(&data).output().unwrap();
    let printed = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && printed.contains("secret"),
        "{printed}"
    );
}

/// The keys that scanners get verify the pass from before the backup and a new one.
async fn the_voucher_verifies(server: &str, bought: &Bought) {
    let client = Client::visitor(server).with_token(&bought.token);
    let pass = client
        .get(&format!("/v1/vouchers/{}/pass", bought.voucher))
        .await
        .unwrap()
        .done();
    let mut ring = KeyRing::default();
    let keys = client.get("/v1/voucher-keys").await.unwrap().done();
    for key in keys.as_array().unwrap() {
        use base64::Engine;
        let key =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key["public_key"].as_str().unwrap());
        ring.add(&key.unwrap()).unwrap();
    }
    for pass in [pass["pass"].as_str().unwrap(), &bought.pass] {
        let terms = SignedPass::from_base45(pass).unwrap().verify(&ring).unwrap();
        assert_eq!(terms.voucher.to_string(), bought.voucher);
    }
}

/// A refund is taken and waits.
async fn nothing_goes_out(server: &str, bought: &Bought) {
    let client = Client::visitor(server).with_token(&bought.token);
    let path = format!("/v1/vouchers/{}/refund", bought.voucher);
    client
        .post(&path, &format!("refund-{}", random_below(1_000)), &json!({}))
        .await
        .unwrap()
        .done();
    let until = shell::instant() + LONG_ENOUGH_TO_SEND;
    while shell::instant() < until {
        assert_eq!(refund_status(server, bought).await, "requested");
    }
}

async fn refund_status(server: &str, bought: &Bought) -> String {
    let client = Client::visitor(server).with_token(&bought.token);
    let refunds = client
        .get(&format!("/v1/orders/{}/refunds", bought.order))
        .await
        .unwrap()
        .done();
    refunds[0]["status"].as_str().unwrap().to_owned()
}
