//! Prices of random orders, the order in which discounts are taken, and the worked tables of
//! `docs/domain/pricing.md`.

use kernel::{Currency, MerchantId, OfferId};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::decide::{Conditions, CouponTerms, split_over_units};
use crate::model::CouponKind;

fn bp(points: i64) -> BasisPoints {
    BasisPoints::new(points).expect("in range")
}

fn coupon(kind: CouponKind, platform: i64, group: Option<&str>) -> CouponTerms {
    CouponTerms {
        merchant: None,
        offer: None,
        kind,
        currency: Currency::CNY,
        min_spend: 0,
        platform_share: bp(platform),
        starts_at: Timestamp(0),
        ends_at: Timestamp::MAX,
        conditions: Conditions {
            stacking_group: group.map(str::to_owned),
            ..Conditions::default()
        },
    }
}

fn share(points: i64) -> CouponKind {
    CouponKind::Percentage {
        share: bp(points),
        max_discount: None,
    }
}

fn units(quantity: i64, list_price: i64, discount: i64) -> Units {
    Units {
        quantity,
        list_price,
        discount,
        discount_platform: 0,
    }
}

fn line(quantity: i64) -> CartLine {
    CartLine {
        offer: OfferId::from_uuid(Uuid::from_u128(1)),
        merchant: MerchantId::from_uuid(Uuid::from_u128(1)),
        category: "hot_pot".to_owned(),
        stores: Vec::new(),
        quantity,
        due: 0,
        is_of_customer: false,
        is_paid_after: false,
    }
}

/// The price of so many units with coupons that the buyer asked for, or that come by themselves.
fn price(
    (list_price, quantity): (i64, i64),
    coupons: &[CouponTerms],
    is_required: bool,
    change: impl FnOnce(&mut PriceInputs),
) -> Result<OrderPrice, Reject> {
    let line = line(quantity);
    let candidate = |(n, terms)| Candidate {
        coupon: CouponId::from_uuid(Uuid::from_u128(n as u128)),
        terms,
        budget_left: i64::MAX,
        is_required,
    };
    let coupons: Vec<_> = coupons.iter().enumerate().map(candidate).collect();
    let mut inputs = PriceInputs {
        line: &line,
        now: Timestamp(0),
        has_ordered: false,
        units: vec![units(quantity, list_price, 0)],
        currency: Currency::CNY,
        friend_discount: BasisPoints::ZERO,
        coupons: &coupons,
        spendable_rebate: 0,
        paid_ahead: BasisPoints::WHOLE,
    };
    change(&mut inputs);
    price_order(&inputs)
}

fn any_kind() -> impl Strategy<Value = CouponKind> {
    prop_oneof![
        (1..=10_000_i64, prop::option::of(1..=100_000_i64)).prop_map(|(share, max_discount)| {
            CouponKind::Percentage {
                share: bp(share),
                max_discount,
            }
        }),
        prop_oneof![1..=100_i64, 1..=i64::MAX].prop_map(|amount| CouponKind::Cash { amount }),
        (0..=1_000_000_i64).prop_map(|price| CouponKind::FixedPrice { price }),
        (1..=3_i64, 1..=3_i64).prop_map(|(buy, get)| CouponKind::BuyGet { buy, get }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_parts_of_any_order_sum_to_the_whole_and_none_is_negative(
        list_price in prop_oneof![0..=5_i64, 1..=1_000_000_i64],
        quantity in 1..=50_i64, discount in 0..=10_000_i64, platform in 0..=10_000_i64, friend in 0..=10_000_i64,
        coupons in prop::collection::vec((any_kind(), 0..=10_000_i64), 0..=4),
        spendable in prop_oneof![Just(0_i64), 0..=100_000_i64, Just(i64::MAX)],
        paid_ahead in prop_oneof![Just(10_000_i64), 0..=10_i64, 0..=10_000_i64],
    ) {
        let unit_discount = bp(discount).of(list_price);
        let coupons: Vec<_> = coupons.into_iter().enumerate()
            .map(|(n, (kind, platform))| coupon(kind, platform, Some(&format!("group_{n}")))).collect();
        let price = price((list_price, quantity), &coupons, false, |inputs| {
            inputs.units[0].discount = unit_discount;
            inputs.units[0].discount_platform = bp(platform).of(unit_discount);
            inputs.friend_discount = bp(friend);
            inputs.spendable_rebate = spendable;
            inputs.paid_ahead = bp(paid_ahead);
        }).expect("no coupon is asked for");
        let a = price.amounts;
        let parts = [a.discount_platform, a.discount_merchant, a.rebate_used, a.cash_due, a.due_at_store];
        prop_assert!(parts.iter().all(|part| *part >= 0), "{a:?}");
        prop_assert_eq!(parts.iter().sum::<i64>(), a.list_total);
        prop_assert_eq!(a.list_total, list_price * quantity);
        let due = a.rebate_used + a.cash_due + a.due_at_store;
        let ahead = a.rebate_used + a.cash_due;
        prop_assert!(ahead == bp(paid_ahead).of(due) || ahead == 1, "{a:?}");
        prop_assert_eq!(ahead == 0, paid_ahead == 0 || due == 0, "a deposit is never nothing");
        for discount in &price.discounts {
            prop_assert!(0 < discount.amount && (0..=discount.amount).contains(&discount.platform));
        }
        let units = split_over_units(&a, quantity);
        prop_assert_eq!(units.iter().map(|unit| unit.cash).sum::<i64>(), a.cash_due);
        prop_assert!(units.iter().all(|unit| unit.price == list_price && unit.cash >= 0));
    }

    #[test]
    fn hostile_numbers_are_refused_and_never_panic(list_price in 0..=i64::MAX, quantity in any::<i64>()) {
        match price((list_price, quantity), &[], true, |_| ()) {
            Ok(price) => prop_assert!(quantity >= 1 && price.amounts.list_total <= MAX_ORDER_TOTAL),
            Err(reject) => prop_assert_eq!(reject.field.as_deref(), Some("/quantity")),
        }
    }
}

/// `12.34` as 1234.
fn minor(text: &str) -> i64 {
    text.replace('.', "")
        .parse()
        .unwrap_or_else(|_| panic!("{text} is no amount"))
}

/// The rows of the worked order of this name: each with its amounts.
fn worked(name: &str) -> Vec<(String, Vec<i64>)> {
    let text = include_str!("../../../../../docs/domain/pricing.md");
    let (_, after) = text.split_once(&format!("### {name}\n")).expect("such a table");
    let rows = after.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        (
            cells.next().expect("a step").to_owned(),
            cells.map(minor).collect(),
        )
    })
    .collect()
}

#[test]
fn the_worked_orders_are_what_the_rules_make_of_them() {
    let agreement_and_friend = |inputs: &mut PriceInputs| {
        inputs.units[0].discount = 2_000;
        inputs.units[0].discount_platform = 1_000;
        inputs.friend_discount = bp(500);
        inputs.spendable_rebate = 680;
    };
    let nothing = |_: &mut PriceInputs| ();
    let capped = CouponKind::Percentage {
        share: bp(2_000),
        max_discount: Some(1_500),
    };
    type Worked<'a> = (
        &'a str,
        (i64, i64),
        Vec<CouponTerms>,
        &'a dyn Fn(&mut PriceInputs),
    );
    let in_a_group = |inputs: &mut PriceInputs| {
        inputs.units[0].discount = 600;
        inputs.spendable_rebate = 250;
    };
    let three_seats = |inputs: &mut PriceInputs| {
        inputs.units = vec![units(2, 5_800, 580), units(1, 8_800, 880)];
    };
    let a_deposit = |inputs: &mut PriceInputs| {
        inputs.paid_ahead = bp(2_000);
        inputs.spendable_rebate = 600;
    };
    let after_the_service = |inputs: &mut PriceInputs| {
        inputs.paid_ahead = BasisPoints::ZERO;
        inputs.spendable_rebate = 600;
    };
    let orders: [Worked; 8] = [
        (
            "One after the other",
            (10_000, 2),
            vec![coupon(share(1_000), 10_000, None)],
            &agreement_and_friend,
        ),
        (
            "Units, then shares, then amounts",
            (3_000, 3),
            vec![
                coupon(CouponKind::Cash { amount: 1_000 }, 3_000, Some("cash")),
                coupon(capped, 10_000, Some("platform")),
                coupon(CouponKind::BuyGet { buy: 2, get: 1 }, 0, Some("merchant")),
            ],
            &nothing,
        ),
        (
            "Together",
            (6_000, 1),
            vec![coupon(CouponKind::Cash { amount: 1_333 }, 10_000, None)],
            &in_a_group,
        ),
        (
            "Seats of two zones",
            (5_800, 3),
            vec![
                coupon(CouponKind::FixedPrice { price: 5_000 }, 0, Some("merchant")),
                coupon(share(1_000), 10_000, Some("platform")),
            ],
            &three_seats,
        ),
        (
            "Never below zero",
            (1_200, 1),
            vec![coupon(CouponKind::Cash { amount: 5_000 }, 5_000, None)],
            &nothing,
        ),
        (
            "Half a fen",
            (33, 1),
            vec![coupon(share(1_500), 5_000, None)],
            &nothing,
        ),
        (
            "A deposit",
            (20_000, 1),
            vec![coupon(CouponKind::Cash { amount: 2_000 }, 10_000, None)],
            &a_deposit,
        ),
        (
            "Paid after the service",
            (20_000, 1),
            vec![coupon(CouponKind::Cash { amount: 2_000 }, 0, None)],
            &after_the_service,
        ),
    ];
    for (name, order, coupons, change) in orders {
        let price = price(order, &coupons, true, change).expect(name);
        let mut left = price.amounts.list_total;
        let mut found = vec![vec![0, 0, 0, left]];
        for discount in &price.discounts {
            left -= discount.amount;
            found.push(vec![
                discount.amount,
                discount.platform,
                discount.amount - discount.platform,
                left,
            ]);
        }
        if price.amounts.due_at_store > 0 {
            left -= price.amounts.due_at_store;
            found.push(vec![price.amounts.due_at_store, 0, 0, left]);
        }
        if price.amounts.rebate_used > 0 {
            left -= price.amounts.rebate_used;
            found.push(vec![price.amounts.rebate_used, 0, 0, left]);
        }
        assert_eq!(left, price.amounts.cash_due);
        let told: Vec<_> = worked(name).into_iter().map(|(_, amounts)| amounts).collect();
        assert_eq!(told, found, "{name}");
    }
}

#[test]
fn what_comes_by_itself_beside_what_is_asked_for_is_as_the_table_says() {
    let cash = |amount, group| coupon(CouponKind::Cash { amount }, 0, group);
    let asked_for = [
        None,
        Some(cash(2_500, None)),
        Some(cash(800, Some("cash"))),
        Some(cash(400, Some("gift"))),
    ];
    let by_themselves = [
        (cash(1_000, None), i64::MAX),
        (cash(500, Some("gift")), i64::MAX),
        (cash(5_000, None), 4_999),
    ];
    let told = worked("By itself");
    assert_eq!(told.len(), asked_for.len());
    for (asked_for, (row, told)) in asked_for.into_iter().zip(told) {
        let candidate = |n: u128, terms, budget_left| Candidate {
            coupon: CouponId::from_uuid(Uuid::from_u128(n)),
            terms,
            budget_left,
            is_required: n == 0,
        };
        let numbered = by_themselves.iter().zip(1..);
        let mut coupons: Vec<_> = numbered
            .map(|((terms, left), n)| candidate(n, terms, *left))
            .collect();
        coupons.extend(asked_for.iter().map(|terms| candidate(0, terms, i64::MAX)));
        let price = price_order(&PriceInputs {
            line: &line(1),
            now: Timestamp(0),
            has_ordered: false,
            units: vec![units(1, 10_000, 0)],
            currency: Currency::CNY,
            friend_discount: BasisPoints::ZERO,
            paid_ahead: BasisPoints::WHOLE,
            coupons: &coupons,
            spendable_rebate: 0,
        });
        let price = price.expect("an answer");
        let sum = |is_asked_for: bool| {
            let of = |(coupon, _): &(CouponId, i64)| (coupon.uuid() == Uuid::nil()) == is_asked_for;
            price.coupons().filter(of).map(|(_, amount)| amount).sum::<i64>()
        };
        assert_eq!(told, [sum(true), sum(false), price.amounts.cash_due], "{row}");
    }
}

#[test]
fn a_coupon_that_was_asked_for_and_is_not_for_this_is_refused() {
    let mut foreign = coupon(CouponKind::Cash { amount: 100 }, 0, None);
    foreign.currency = Currency::EUR;
    let two_alone = [coupon(share(100), 0, None), coupon(share(200), 0, None)];
    let refused = |coupons: &[CouponTerms]| price((1_000, 1), coupons, true, |_| ()).unwrap_err();
    let codes = [refused(&[foreign]), refused(&two_alone)].map(|reject| (reject.kind.code, reject.field));
    let field = || Some("/wallet_coupons".into());
    assert_eq!(
        codes,
        [("coupon_not_for_this", field()), ("coupon_not_combined", field())]
    );
}
