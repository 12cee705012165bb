//! After the visit: a review, a shared link, the friends, the rebate, and the day's settlement.

use http::shell;
use serde_json::{Value, json};

use super::actor::{Actor, number, text};
use super::before::{Offer, Shop, pay};
use super::counter::{Held, Served, hold_vouchers};
use super::stage::{Stage, eventually};
use crate::serve::Failure;

/// 7a. Lin reviews, because the voucher was redeemed, and shares. Gives the link's token.
pub async fn consumer_reviews_and_shares(
    stage: &mut Stage,
    offer: &Offer,
    lin: &Actor,
    served: &Served,
) -> Result<String, Failure> {
    stage.scene("A review and a link");
    let path = format!("/v1/redemptions/{}/review", served.first);
    let review = json!({ "stars": 5, "aspects": { "taste": 5, "service": 4 }, "text": "毛肚很脆。The broth is honest." });
    let stranger = Actor::with_code("a stranger", &stage.server).await?;
    stranger
        .is_refused(&path, review.clone(), "review_redemption_unknown")
        .await?;
    lin.post(&path, review.clone()).await?;
    lin.is_refused(&path, review, "review_exists").await?;
    let reviews = lin.get(&format!("/v1/offers/{}/reviews", offer.id)).await?;
    if reviews["items"].as_array().map_or(0, Vec::len) != 1 {
        return Err(format!("one review was to be shown: {reviews}").into());
    }
    stage.tell("Lin reviews the visit, once; somebody who was not there cannot");
    let link = lin
        .post(&format!("/v1/offers/{}/share-links", offer.id), json!({}))
        .await?;
    let order = json!({ "offer": offer.id, "quantity": 1, "share_token": text(&link, "token")? });
    lin.is_refused("/v1/orders", order, "order_share_link_invalid")
        .await?;
    stage.tell("and shares a link, which Lin's own orders cannot use");
    stage.check_money().await?;
    Ok(text(&link, "token")?.to_owned())
}

async fn friend_buys(
    stage: &mut Stage,
    name: &'static str,
    offer: &Offer,
    token: &str,
    quantity: i64,
) -> Result<(Actor, Vec<Held>), Failure> {
    let friend = Actor::with_code(name, &stage.server).await?;
    let order = json!({
        "offer": offer.id, "quantity": quantity, "share_token": token,
        "expected_cash": { "amount": 7_600 * quantity, "currency": "CNY" },
    });
    let placed = friend.post("/v1/orders", order).await?;
    let order = text(&placed, "order")?.to_owned();
    pay(stage, &friend, &order, &format!("card-{name}-{order}")).await?;
    stage
        .expected
        .posted("provider_clearing", 7_600 * quantity)
        .posted("subsidy", 1_000 * quantity)
        .posted("escrow", -8_600 * quantity);
    stage.tell(format!(
        "{name} follows the link and buys {quantity}: 5 % less than Lin, so 76.00 each"
    ));
    stage.check_money().await?;
    let held = hold_vouchers(&friend, &order).await?;
    Ok((friend, held))
}

/// Scans a friend's voucher. 86.00 of escrow: 8.60 commission, 1.72 rebate (pending), 75.68 to the merchant.
async fn scan(stage: &mut Stage, shop: &Shop, held: &Held) -> Result<String, Failure> {
    let path = format!(
        "/v1/merchants/{}/stores/{}/redemptions/scan",
        shop.merchant, shop.store
    );
    let redeemed = shop
        .cashier
        .post(
            &path,
            json!({ "qr": held.qr(shell::now()), "device": shop.device }),
        )
        .await?;
    stage
        .expected
        .posted("escrow", 8_428)
        .posted("merchant_payable", -7_568)
        .posted("commission", -860)
        .pending("escrow", 172)
        .pending("rebate_payable", -172);
    Ok(text(&redeemed, "redemption")?.to_owned())
}

async fn rebates(lin: &Actor, status: &str) -> Result<usize, Failure> {
    let rebates = lin.get("/v1/me/rebates").await?;
    let items = rebates["items"].as_array().cloned().unwrap_or_default();
    Ok(items.iter().filter(|rebate| rebate["status"] == status).count())
}

/// 7b. The friend redeems: the rebate is pending, and spendable when the refund window closes.
pub async fn a_friend_redeems_and_the_rebate_becomes_spendable(
    stage: &mut Stage,
    shop: &Shop,
    offer: &Offer,
    lin: &Actor,
    token: &str,
) -> Result<(), Failure> {
    stage.scene("A friend comes");
    let (_, held) = friend_buys(stage, "Wei", offer, token, 1).await?;
    scan(stage, shop, held.first().ok_or("Wei has no voucher")?).await?;
    if rebates(lin, "pending").await? != 1 {
        return Err("Lin was to have a pending rebate".into());
    }
    stage.tell("Wei is served, and Lin sees a rebate of 1.72, pending");
    stage.check_money().await?;
    wait_for_rebate(lin, 172).await?;
    stage
        .expected
        .pending("escrow", -172)
        .pending("rebate_payable", 172)
        .posted("escrow", 172)
        .posted("rebate_payable", -172);
    stage.tell("the refund window closes, and Lin can spend it");
    stage.check_money().await
}

/// Until somebody can spend so much.
pub async fn wait_for_rebate(sharer: &Actor, amount: i64) -> Result<(), Failure> {
    eventually("the rebate becomes spendable", || async {
        let balance = sharer.get("/v1/me/rebate-balance").await?;
        Ok(balance.to_string().contains(&amount.to_string()).then_some(()))
    })
    .await
}

/// 7c. Another friend refunds instead: one voucher unused, one after it was redeemed.
pub async fn another_friend_refunds_and_the_rebate_is_reversed(
    stage: &mut Stage,
    shop: &Shop,
    offer: &Offer,
    lin: &Actor,
    token: &str,
) -> Result<(), Failure> {
    stage.scene("Another friend changes their mind");
    let (friend, held) = friend_buys(stage, "Zhao", offer, token, 2).await?;
    let [unused, used] = held.as_slice() else {
        return Err("Zhao was to have two vouchers".into());
    };
    let path = format!("/v1/vouchers/{}/refund", unused.id);
    let preview = friend.get(&path).await?;
    if preview["cash"]["amount"] != 7_600 {
        return Err(format!("76.00 was to come back: {preview}").into());
    }
    friend.post(&path, json!({})).await?;
    stage
        .expected
        .posted("escrow", 8_600)
        .posted("provider_clearing", -7_600)
        .posted("subsidy", -1_000);
    stage.tell("Zhao is shown what comes back, and returns one voucher unused");
    stage.check_money().await?;
    let scanned = json!({ "qr": unused.qr(shell::now()) });
    let counter = format!(
        "/v1/merchants/{}/stores/{}/redemptions/scan",
        shop.merchant, shop.store
    );
    shop.cashier
        .is_refused(&counter, scanned, "redeem_voucher_refunded")
        .await?;
    stage.tell("at the counter the returned voucher is refused");
    let redemption = scan(stage, shop, used).await?;
    friend
        .is_refused(
            &format!("/v1/vouchers/{}/refund", used.id),
            json!({}),
            "refund_nothing_left",
        )
        .await?;
    stage.tell("the other one is used, and Zhao alone cannot take that back");
    let path = format!("/v1/merchants/{}/redemptions/{redemption}/refund", shop.merchant);
    shop.owner
        .post(&path, json!({ "reason": "the broth was cold" }))
        .await?;
    stage
        .expected
        .posted("escrow", -8_428)
        .posted("merchant_payable", 7_568)
        .posted("commission", 860)
        .pending("escrow", -172)
        .pending("rebate_payable", 172)
        .posted("escrow", 8_600)
        .posted("provider_clearing", -7_600)
        .posted("subsidy", -1_000);
    stage.tell("the broth was cold: Old Chen gives the money back, and Lin's second rebate is gone");
    stage.check_money().await?;
    if (rebates(lin, "posted").await?, rebates(lin, "voided").await?) != (1, 1) {
        return Err("Lin was to have one rebate, and one that was reversed".into());
    }
    Ok(())
}

/// 8. Settlement: the statement, the payout with four eyes, and a refund after it.
pub async fn settlement_closes_the_day(
    stage: &mut Stage,
    shop: &Shop,
    served: &Served,
) -> Result<(), Failure> {
    stage.scene("The day is closed");
    let proposal = json!({ "merchant": shop.merchant, "currency": "CNY", "until": shell::now().to_string() });
    let proposed = stage.finance.post("/v1/platform/payouts", proposal).await?;
    let payout = text(&proposed, "payout")?.to_owned();
    let approve = format!("/v1/platform/payouts/{payout}/approve");
    stage
        .finance
        .is_refused(&approve, json!({}), "payout_needs_another_operator")
        .await?;
    let statement = shop
        .owner
        .get(&format!("/v1/merchants/{}/payouts/{payout}", shop.merchant))
        .await?;
    tell_statement(stage, &statement, 23_768)?;
    stage.second_finance.post(&approve, json!({})).await?;
    stage
        .expected
        .posted("merchant_payable", 23_768)
        .posted("bank", -23_768);
    stage.tell("Fang proposes the payout of 237.68, Gao approves it, and the bank pays");
    stage.check_money().await?;
    let path = format!("/v1/platform/redemptions/{}/refund", served.second);
    stage
        .admin
        .post(&path, json!({ "reason": "the guest fell ill" }))
        .await?;
    stage
        .expected
        .posted("merchant_payable", 8_100)
        .posted("commission", 900)
        .posted("escrow", -9_000)
        .posted("escrow", 9_000)
        .posted("provider_clearing", -7_500)
        .posted("subsidy", -1_500);
    stage.tell("a week later the platform refunds the second voucher: 75.00 to Lin, 15.00 to itself");
    stage.check_money().await?;
    let next = shop
        .owner
        .get(&format!("/v1/merchants/{}/statement", shop.merchant))
        .await?;
    tell_statement(stage, &next, -8_100)?;
    let again = json!({ "merchant": shop.merchant, "currency": "CNY", "until": shell::now().to_string() });
    stage
        .finance
        .is_refused("/v1/platform/payouts", again, "nothing_to_pay")
        .await?;
    stage.tell(
        "it stands in the next statement with a minus, and there is nothing to pay until it is earned again",
    );
    Ok(())
}

/// Shows a statement's lines and checks their sum.
fn tell_statement(stage: &mut Stage, statement: &Value, total: i64) -> Result<(), Failure> {
    let lines = statement["lines"]["items"]
        .as_array()
        .or(statement["items"].as_array());
    let lines = lines.ok_or_else(|| format!("no lines in {statement}"))?;
    let mut sum = 0;
    stage.show("      voucher      kind           price  platform  merchant  commission  rebate   payable");
    for line in lines {
        let amount = |field: &str| number(&line[field], "amount");
        let payable = amount("payable")?;
        sum += payable;
        let voucher = text(line, "voucher")?;
        let yuan = |amount: i64| {
            format!(
                "{}{}.{:02}",
                if amount < 0 { "-" } else { "" },
                amount.abs() / 100,
                amount.abs() % 100
            )
        };
        stage.show(&format!(
            "      …{:<10} {:<12} {:>7} {:>9} {:>9} {:>11} {:>7} {:>9}",
            &voucher[voucher.len() - 8..],
            text(line, "kind")?,
            yuan(amount("price")?),
            yuan(amount("discount_platform")?),
            yuan(amount("discount_merchant")?),
            yuan(amount("commission")?),
            yuan(amount("rebate")?),
            yuan(payable),
        ));
    }
    if sum != total {
        return Err(format!("the statement was to come to {total}, not {sum}: {statement}").into());
    }
    stage.tell(format!(
        "the statement shows {} lines, each with price, discounts, commission, rebate and payable",
        lines.len()
    ));
    Ok(())
}
