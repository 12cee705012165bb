//! Prices of random carts, and the order in which discounts are taken.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::decide::split_over_units;

fn offer(n: u128) -> OfferId {
    OfferId::from_uuid(Uuid::from_u128(n))
}

fn merchant(n: u128) -> MerchantId {
    MerchantId::from_uuid(Uuid::from_u128(n))
}

fn bp(points: i64) -> BasisPoints {
    BasisPoints::new(points).expect("in range")
}

fn coupon(kind: CouponKind, platform: i64) -> CouponTerms {
    CouponTerms {
        merchant: None,
        offer: None,
        kind,
        currency: Currency::CNY,
        min_spend: 0,
        platform_share: bp(platform),
        starts_at: Timestamp(0),
        ends_at: Timestamp::MAX,
    }
}

fn inputs(list_price: i64, quantity: i64) -> PriceInputs<'static> {
    PriceInputs {
        offer: offer(1),
        merchant: merchant(1),
        list_price: Money::new(list_price, Currency::CNY),
        quantity,
        unit_discount: 0,
        unit_discount_platform: 0,
        friend_discount: BasisPoints::ZERO,
        coupon: None,
        spendable_rebate: 0,
    }
}

fn any_coupon() -> impl Strategy<Value = Option<CouponTerms>> {
    let percentage = (1..=10_000_i64, prop::option::of(1..=100_000_i64)).prop_map(|(share, max_discount)| {
        CouponKind::Percentage {
            share: bp(share),
            max_discount,
        }
    });
    let cash = prop_oneof![1..=100_i64, 1..=i64::MAX].prop_map(|amount| CouponKind::Cash { amount });
    let kind = prop_oneof![percentage, cash];
    prop::option::of((kind, 0..=10_000_i64).prop_map(|(kind, platform)| coupon(kind, platform)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_parts_of_any_cart_sum_to_the_whole_and_none_is_negative(
        list_price in prop_oneof![0..=5_i64, 1..=1_000_000_i64],
        quantity in 1..=50_i64, discount in 0..=10_000_i64, platform in 0..=10_000_i64, friend in 0..=10_000_i64,
        coupon in any_coupon(), spendable in prop_oneof![Just(0_i64), 0..=100_000_i64, Just(i64::MAX)],
    ) {
        let unit_discount = bp(discount).of(list_price);
        let price = price_order(&PriceInputs {
            unit_discount,
            unit_discount_platform: bp(platform).of(unit_discount),
            friend_discount: bp(friend),
            coupon: coupon.as_ref(),
            spendable_rebate: spendable,
            ..inputs(list_price, quantity)
        }).expect("every coupon here applies");
        let a = price.amounts;
        let parts = [a.discount_platform, a.discount_merchant, a.rebate_used, a.cash_due];
        prop_assert!(parts.iter().all(|part| *part >= 0), "{a:?}");
        prop_assert_eq!(parts.iter().sum::<i64>(), a.list_total);
        prop_assert_eq!(a.list_total, list_price * quantity);
        for discount in &price.discounts {
            prop_assert!(0 < discount.amount && (0..=discount.amount).contains(&discount.platform));
        }
        let units = split_over_units(&a, quantity);
        prop_assert_eq!(units.iter().map(|unit| unit.cash).sum::<i64>(), a.cash_due);
        prop_assert!(units.iter().all(|unit| unit.price == list_price && unit.cash >= 0));
    }

    #[test]
    fn hostile_numbers_are_refused_and_never_panic(list_price in 0..=i64::MAX, quantity in any::<i64>()) {
        match price_order(&inputs(list_price, quantity)) {
            Ok(price) => prop_assert!(quantity >= 1 && price.amounts.list_total <= MAX_ORDER_TOTAL),
            Err(reject) => prop_assert_eq!(reject.field, Some("/quantity")),
        }
    }
}

#[test]
fn discounts_are_taken_in_order_each_of_what_the_one_before_left() {
    // 2 × 100.00; agreement 20 % of which the platform pays half; friend 5 %; coupon 10 % by the platform.
    let coupon = coupon(
        CouponKind::Percentage {
            share: bp(1_000),
            max_discount: None,
        },
        10_000,
    );
    let price = price_order(&PriceInputs {
        unit_discount: 2_000,
        unit_discount_platform: 1_000,
        friend_discount: bp(500),
        coupon: Some(&coupon),
        spendable_rebate: 680,
        ..inputs(10_000, 2)
    })
    .unwrap();
    let taken: Vec<_> = price
        .discounts
        .iter()
        .map(|d| (d.kind, d.amount, d.platform))
        .collect();
    assert_eq!(
        taken,
        [
            (DiscountKind::Agreement, 4_000, 2_000),
            (DiscountKind::Friend, 800, 0),
            (DiscountKind::Coupon, 1_520, 1_520),
        ]
    );
    let expected = Amounts {
        list_total: 20_000,
        discount_platform: 3_520,
        discount_merchant: 2_800,
        rebate_used: 680,
        cash_due: 13_000,
    };
    assert_eq!(price.amounts, expected);
}

#[test]
fn a_coupon_never_takes_more_than_is_due() {
    let coupon = coupon(CouponKind::Cash { amount: 5_000 }, 10_000);
    let price = price_order(&PriceInputs {
        coupon: Some(&coupon),
        ..inputs(1_200, 1)
    })
    .unwrap();
    assert_eq!((price.amounts.cash_due, price.coupon_discount()), (0, 1_200));
}

#[test]
fn a_coupon_for_something_else_or_a_higher_price_is_refused() {
    let fits = coupon(CouponKind::Cash { amount: 100 }, 0);
    let refused = |coupon: CouponTerms| {
        price_order(&PriceInputs {
            coupon: Some(&coupon),
            ..inputs(1_000, 1)
        })
        .unwrap_err()
    };
    let elsewhere = refused(CouponTerms {
        merchant: Some(merchant(2)),
        ..fits.clone()
    });
    let other = refused(CouponTerms {
        offer: Some(offer(2)),
        ..fits.clone()
    });
    let foreign = refused(CouponTerms {
        currency: Currency::EUR,
        ..fits.clone()
    });
    for reject in [elsewhere, other, foreign] {
        assert_eq!(
            (reject.kind.code, reject.field),
            ("coupon_not_for_this", Some("/wallet_coupon"))
        );
    }
    let small = refused(CouponTerms {
        min_spend: 1_001,
        ..fits.clone()
    });
    assert_eq!(small.kind.code, "coupon_min_spend_not_met");
    assert!(
        small.detail.contains("10.01 CNY") && small.detail.contains("10.00 CNY"),
        "{}",
        small.detail
    );
}
