//! What a unit costs, whatever the terms.

use kernel::{BasisPoints, Currency, Money};
use offer::testing::{bp, terms};
use offer::{AgreementTerms, PlatformCap, friend_discount, prices};
use proptest::prelude::*;

fn cny(amount: i64) -> Money {
    Money::new(amount, Currency::CNY)
}

fn any_share() -> impl Strategy<Value = BasisPoints> {
    (0..=10_000_i64).prop_map(bp)
}

proptest! {
    #[test]
    fn the_parts_sum_to_the_list_price_and_none_is_negative(
        list in 0..=i64::MAX, discount in any_share(), platform in any_share(), friend in any_share(),
        cap in proptest::option::of(0..=i64::MAX)
    ) {
        let terms = AgreementTerms {
            discount_bp: discount,
            discount_platform_bp: platform,
            friend_discount_bp: friend,
            platform_cap: cap.map(|amount| PlatformCap { amount, currency: Currency::CNY }),
            ..terms()
        };
        let price = prices(&terms, cny(list));
        let parts = [price.discount_platform.amount, price.discount_merchant.amount, price.due.amount];
        prop_assert!(parts.iter().all(|part| *part >= 0), "{price:?}");
        prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(list));
        if let Some(cap) = cap {
            prop_assert!(price.discount_platform.amount <= cap);
        }
        prop_assert!((0..=price.due.amount).contains(&friend_discount(&terms, price.due.amount)));
    }

    #[test]
    fn a_larger_discount_never_costs_more(list in 0..=i64::MAX, lower in 0..10_000_i64) {
        let due = |points| prices(&AgreementTerms { discount_bp: bp(points), ..terms() }, cny(list)).due.amount;
        prop_assert!(due(lower + 1) <= due(lower));
    }

    #[test]
    fn terms_are_read_back_as_they_were_written(
        shares in [any_share(), any_share(), any_share(), any_share(), any_share()], amount in any::<i64>()
    ) {
        let [discount_bp, discount_platform_bp, commission_bp, rebate_bp, friend_discount_bp] = shares;
        let platform_cap = Some(PlatformCap { amount, currency: Currency::JPY });
        let terms = AgreementTerms {
            discount_bp, discount_platform_bp, commission_bp, rebate_bp, friend_discount_bp, platform_cap, ..terms()
        };
        let text = serde_json::to_string(&terms).unwrap();
        prop_assert_eq!(serde_json::from_str::<AgreementTerms>(&text).unwrap(), terms);
    }
}

#[test]
fn a_worked_price() {
    // 99.99 at 20 % off: 19.998 is rounded to 20.00; a quarter of that, 5.00, is the platform's.
    let price = prices(&terms(), cny(9_999));
    assert_eq!(
        (price.due, price.discount_platform, price.discount_merchant),
        (cny(7_999), cny(500), cny(1_500))
    );
    assert_eq!(friend_discount(&terms(), 7_999), 400);
}

#[test]
fn what_the_platforms_cap_leaves_falls_to_the_merchant() {
    let capped = AgreementTerms {
        platform_cap: Some(PlatformCap {
            amount: 120,
            currency: Currency::CNY,
        }),
        ..terms()
    };
    let price = prices(&capped, cny(10_000));
    assert_eq!(
        (price.due, price.discount_platform, price.discount_merchant),
        (cny(8_000), cny(120), cny(1_880))
    );
}

#[test]
fn stored_terms_with_an_unknown_or_impossible_field_are_refused() {
    let sound = serde_json::to_value(terms()).unwrap();
    for (field, value) in [
        ("discount_bp", serde_json::json!(10_001)),
        ("rebate_bp", serde_json::json!(-1)),
        ("commission_bp", serde_json::json!(1.5)),
        ("on_expiry", serde_json::json!("keep")),
        ("price", serde_json::json!(1)),
        (
            "platform_cap",
            serde_json::json!({"amount": 1, "currency": "cny"}),
        ),
    ] {
        let mut changed = sound.clone();
        changed[field] = value;
        assert!(
            serde_json::from_value::<AgreementTerms>(changed).is_err(),
            "{field}"
        );
    }
}
