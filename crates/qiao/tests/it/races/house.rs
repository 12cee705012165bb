//! The table of what the house and its guests do once, whoever does it at the same moment: payouts, terms, reviews.

use serde_json::json;

use super::rules::ONE_SIDED;
use super::{CROWD, Race, Rule, Write, run};

#[test]
fn a_payout_is_proposed_once() {
    run(&Rule {
        held_back: "settlement_line",
        set_up: |market, cast| {
            // Each race pays another shop, or one would pay for the visits of all.
            market.move_to_another_shop();
            let cashier = market.cashiers(1).remove(0);
            let good = market.offer(1, 1);
            let voucher = market.voucher(good, &cast.guests[0]);
            market.redemption(voucher, &cashier);
            let until = http::shell::now().plus_us(kernel::DAY_US).to_string();
            let merchant = market.shop.merchant.to_string();
            let body = json!({ "merchant": merchant, "currency": "CNY", "until": until });
            Race::of(vec![
                Write::post(&cast.proposer, "/v1/platform/payouts", body);
                CROWD
            ])
        },
        reasons: &[(409, "nothing_to_pay")],
        counted: |audit| audit.payouts(),
        ..ONE_SIDED
    });
}

#[test]
fn a_payout_is_approved_once() {
    run(&Rule {
        held_back: "payout",
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            let voucher = market.voucher(good, &cast.guests[0]);
            market.redemption(voucher, &cast.cashiers[0]);
            let path = format!("/v1/platform/payouts/{}/approve", market.payout(&cast.proposer));
            Race::of(vec![Write::post(&cast.approver, &path, json!({})); CROWD])
        },
        reasons: &[(409, "payout_not_proposed")],
        counted: |audit| audit.approved_payouts(),
        ..ONE_SIDED
    });
}

#[test]
fn a_visit_is_reviewed_once() {
    run(&Rule {
        held_back: "redemption",
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            let voucher = market.voucher(good, &cast.guests[0]);
            let visit = market.redemption(voucher, &cast.cashiers[0]);
            let path = format!("/v1/redemptions/{visit}/review");
            let body = json!({ "stars": 5, "aspects": {}, "text": "", "media": [] });
            Race::of(vec![Write::post(&cast.guests[0], &path, body); CROWD])
        },
        reasons: &[(409, "review_exists")],
        counted: |audit| audit.reviews(),
        ..ONE_SIDED
    });
}

#[test]
fn terms_are_accepted_once() {
    run(&Rule {
        held_back: "agreement",
        set_up: |market, cast| {
            let (merchant, agreement) = (market.shop.merchant, market.proposal());
            let path = format!("/v1/platform/merchants/{merchant}/agreements/{agreement}/accept");
            Race::of(vec![
                Write::post(&cast.approver, &path, json!({ "version": 1 }));
                CROWD
            ])
        },
        reasons: &[(409, "agreement_settled")],
        // Whatever the market sold before was agreed on too.
        counted: |audit| audit.accepted_without_an_offer(),
        ..ONE_SIDED
    });
}
