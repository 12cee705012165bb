//! The search against every subset, the conditions one by one, and what each refused coupon is told.

use kernel::{BasisPoints, CouponId, Currency, MerchantId, OfferId, StoreId, Timestamp};
use party::hours::{Span, WeeklyHours};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::decide::{Buyers, CartLine, Conditions, CouponTerms};
use crate::model::CouponKind;

fn coupon_id(n: usize) -> CouponId {
    CouponId::from_uuid(Uuid::from_u128(n as u128))
}

fn offer(n: u128) -> OfferId {
    OfferId::from_uuid(Uuid::from_u128(n))
}

fn merchant(n: u128) -> MerchantId {
    MerchantId::from_uuid(Uuid::from_u128(n))
}

fn store(n: u128) -> StoreId {
    StoreId::from_uuid(Uuid::from_u128(n))
}

fn share(points: i64) -> CouponKind {
    CouponKind::Percentage {
        share: BasisPoints::new(points).expect("in range"),
        max_discount: None,
    }
}

fn cash(amount: i64) -> CouponKind {
    CouponKind::Cash { amount }
}

fn terms(kind: CouponKind, group: Option<&str>) -> CouponTerms {
    CouponTerms {
        merchant: None,
        offer: None,
        kind,
        currency: Currency::CNY,
        min_spend: 0,
        platform_share: BasisPoints::ZERO,
        starts_at: Timestamp(0),
        ends_at: Timestamp::MAX,
        conditions: Conditions {
            stacking_group: group.map(str::to_owned),
            ..Conditions::default()
        },
    }
}

fn line(n: u128, quantity: i64, due: i64) -> CartLine {
    CartLine {
        offer: offer(n),
        merchant: merchant(n % 2),
        category: format!("category_{}", n % 3),
        stores: vec![store(n)],
        quantity,
        due,
        is_of_customer: n.is_multiple_of(2),
        is_paid_after: false,
    }
}

fn cart(lines: &[CartLine]) -> Cart<'_> {
    Cart {
        lines,
        currency: Currency::CNY,
        now: Timestamp(1),
        has_ordered: true,
    }
}

fn candidates(terms: &[CouponTerms]) -> Vec<Candidate<'_>> {
    let candidate = |(n, terms)| Candidate {
        coupon: coupon_id(n),
        terms,
        budget_left: i64::MAX,
        is_required: false,
    };
    terms.iter().enumerate().map(candidate).collect()
}

fn total(combination: &Combination) -> i64 {
    combination.used.iter().map(UsedCoupon::total).sum()
}

/// What this set takes off, by the rules alone; `None` where they forbid it.
fn set_takes(cart: &Cart, candidates: &[Candidate], set: &[usize]) -> Option<i64> {
    let mut due: Vec<i64> = cart.lines.iter().map(|line| line.due).collect();
    let groups: Vec<_> = set
        .iter()
        .map(|i| candidates[*i].terms.conditions.stacking_group.as_deref())
        .collect();
    let stacks = |i: usize| {
        groups[..i]
            .iter()
            .all(|other| other.is_some() && groups[i].is_some() && *other != groups[i])
    };
    if set.len() > MAX_COUPONS_USED || !(0..set.len()).all(stacks) {
        return None;
    }
    let mut effects = Vec::new();
    for i in set {
        let effect = Effect::of(candidates[*i].terms, cart).ok()?;
        let alone: i64 = effect.takes(&due).iter().map(|(_, off)| off).sum();
        effects.push((
            effect.rank(),
            Reverse(alone),
            candidates[*i].coupon,
            effect,
            candidates[*i].budget_left,
        ));
    }
    effects.sort_by_key(|(rank, alone, coupon, _, _)| (*rank, *alone, *coupon));
    let mut sum = 0;
    for (_, _, _, effect, budget) in effects {
        let takes = effect.takes(&due);
        let off: i64 = takes.iter().map(|(_, off)| off).sum();
        if !(1..=budget).contains(&off) {
            return None;
        }
        takes.iter().for_each(|(line, off)| due[*line] -= off);
        assert!(due.iter().all(|due| *due >= 0), "no line is ever below zero");
        sum += off;
    }
    Some(sum)
}

fn any_kind() -> impl Strategy<Value = CouponKind> {
    prop_oneof![
        (1..=10_000_i64, prop::option::of(1..=3_000_i64)).prop_map(|(points, max_discount)| {
            CouponKind::Percentage {
                share: BasisPoints::new(points).expect("in range"),
                max_discount,
            }
        }),
        (1..=5_000_i64).prop_map(cash),
        (0..=2_000_i64).prop_map(|price| CouponKind::FixedPrice { price }),
        (0..5_u128).prop_map(|n| CouponKind::FreeItem { offer: offer(n) }),
        (1..=3_i64, 1..=2_i64).prop_map(|(buy, get)| CouponKind::BuyGet { buy, get }),
    ]
}

fn any_coupon() -> impl Strategy<Value = (CouponTerms, i64, bool)> {
    let group = prop::option::weighted(0.85, 0..5_u8);
    let scope = (
        prop::option::of(0..2_u128),
        prop::option::weighted(0.2, 0..5_u128),
        prop::option::weighted(0.2, 0..3_u8),
    );
    let budget = prop_oneof![4 => Just(i64::MAX), 1 => 1..=2_000_i64];
    let buyers = prop_oneof![6 => Just(Buyers::Everybody), 1 => Just(Buyers::NewCustomer), 1 => Just(Buyers::FirstOrder)];
    (
        any_kind(),
        group,
        scope,
        0..=4_000_i64,
        budget,
        buyers,
        prop::bool::weighted(0.05),
    )
        .prop_map(
            |(kind, group, (of, only, category), min_spend, budget, buyers, required)| {
                let mut terms = terms(kind, group.map(|n| format!("group_{n}")).as_deref());
                terms.merchant = of.map(merchant);
                terms.offer = only.map(offer);
                terms.conditions.category = category.map(|n| format!("category_{n}"));
                terms.conditions.buyers = buyers;
                terms.min_spend = min_spend;
                (terms, budget, required)
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_set_takes_off_more_or_as_much_with_fewer_coupons(
        dues in prop::collection::vec((1..=4_i64, 0..=4_000_i64), 1..5),
        coupons in prop::collection::vec(any_coupon(), 0..10),
    ) {
        let lines: Vec<_> = dues.iter().enumerate().map(|(n, (quantity, due))| line(n as u128, *quantity, *due)).collect();
        let cart = cart(&lines);
        let candidates: Vec<_> = coupons.iter().enumerate().map(|(n, (terms, budget_left, is_required))| Candidate {
            coupon: coupon_id(n), terms, budget_left: *budget_left, is_required: *is_required,
        }).collect();
        let found = best_combination(&cart, &candidates);
        let required: Vec<_> = (0..candidates.len()).filter(|i| candidates[*i].is_required).collect();
        let sets = (0..1_usize << candidates.len()).map(|mask| {
            (0..candidates.len()).filter(|i| mask >> i & 1 == 1).collect::<Vec<_>>()
        });
        let best = sets
            .filter(|set| required.iter().all(|i| set.contains(i)))
            .filter_map(|set| Some((set_takes(&cart, &candidates, &set)?, Reverse(set.len()))))
            .max();
        let used: Vec<_> = found.used.iter().map(|used| used.candidate).collect();
        prop_assert_eq!((total(&found), Reverse(used.len())), best.unwrap_or((0, Reverse(0))));
        if best.is_some() {
            prop_assert_eq!(set_takes(&cart, &candidates, &used), Some(total(&found)));
        }
        let mut told: Vec<_> = used.into_iter().chain(found.refused.iter().map(|(i, _)| *i)).collect();
        told.sort_unstable();
        prop_assert_eq!(told, (0..candidates.len()).collect::<Vec<_>>());
        for (i, line) in lines.iter().enumerate() {
            prop_assert!(found.used.iter().map(|used| used.off[i]).sum::<i64>() <= line.due);
        }
    }
}

/// Which coupons of these are used for one line of three units for 90.00, and the code of each that is not.
fn used(coupons: &[CouponTerms]) -> (Vec<usize>, Vec<(usize, &'static str)>) {
    let found = best_combination(&cart(&[line(1, 3, 9_000)]), &candidates(coupons));
    let refused = found.refused.iter().map(|(i, why)| (*i, why.kind.code));
    (
        found.used.iter().map(|used| used.candidate).collect(),
        refused.collect(),
    )
}

#[test]
fn the_best_set_is_not_the_greedy_one() {
    // The largest coupon stands alone, and two others take off more together.
    let coupons = [
        terms(cash(3_000), None),
        terms(cash(2_000), Some("a")),
        terms(share(2_000), Some("b")),
    ];
    assert_eq!(used(&coupons), (vec![2, 1], vec![(0, "coupon_not_combined")]));
}

#[test]
fn of_a_group_one_coupon_is_used_and_of_all_at_most_four() {
    let groups = ["a", "a", "b", "c", "d", "e"];
    let coupons: Vec<_> = (0..6)
        .map(|n| terms(cash(100 + n as i64), Some(groups[n])))
        .collect();
    let (mut taken, refused) = used(&coupons);
    taken.sort_unstable();
    assert_eq!(taken, [2, 3, 4, 5]);
    assert_eq!(refused, [(1, "coupon_not_combined"), (0, "coupon_not_combined")]);
}

#[test]
fn each_kind_takes_off_what_it_says() {
    let off =
        |kind, lines: &[CartLine]| total(&best_combination(&cart(lines), &candidates(&[terms(kind, None)])));
    let (dear, cheap) = (line(1, 2, 4_000), line(2, 3, 1_000));
    let both = [dear, cheap];
    assert_eq!(off(CouponKind::FixedPrice { price: 990 }, &both), 2_000 - 990);
    assert_eq!(off(CouponKind::FreeItem { offer: offer(2) }, &both), 333);
    assert_eq!(off(CouponKind::FreeItem { offer: offer(3) }, &both), 0);
    assert_eq!(
        off(CouponKind::BuyGet { buy: 2, get: 1 }, &both),
        333,
        "of five units one is free"
    );
    assert_eq!(
        off(CouponKind::BuyGet { buy: 1, get: 1 }, &both),
        666,
        "two are free"
    );
    assert_eq!(
        off(CouponKind::BuyGet { buy: 1, get: 2 }, &both),
        666,
        "two of three are"
    );
    assert_eq!(off(CouponKind::BuyGet { buy: 5, get: 1 }, &both), 0);
    assert_eq!(off(share(1_500), &both), 750);
    assert_eq!(off(cash(9_999), &both), 5_000, "never more than is due");
}

type ChangeTerms = dyn Fn(&mut CouponTerms);

/// Why this coupon is not used for a cart: the code and the words; `None` if it is.
fn refusal(lines: &[CartLine], change: &ChangeTerms) -> Option<(&'static str, String)> {
    let mut coupon = terms(cash(100), None);
    change(&mut coupon);
    let found = best_combination(&cart(lines), &candidates(&[coupon]));
    let (_, why) = found.refused.into_iter().next()?;
    Some((why.kind.code, why.detail))
}

#[test]
fn each_condition_refuses_what_it_is_not_for() {
    let lines = [line(2, 1, 1_000)];
    assert_eq!(refusal(&lines, &|_| {}), None);
    let elsewhere: [(&str, &ChangeTerms); 6] = [
        ("another merchant", &|c| c.merchant = Some(merchant(7))),
        ("another offer", &|c| c.offer = Some(offer(7))),
        ("another currency", &|c| c.currency = Currency::EUR),
        ("another category", &|c| {
            c.conditions.category = Some("hot_pot".to_owned());
        }),
        ("another store", &|c| c.conditions.store = Some(store(7))),
        ("new customers", &|c| c.conditions.buyers = Buyers::NewCustomer),
    ];
    for (named, change) in elsewhere {
        let (code, detail) = refusal(&lines, change).expect("refused");
        assert_eq!(code, "coupon_not_for_this");
        assert!(detail.contains(named), "{detail}");
    }
    // Each condition is met by a line of its own, and none by the same.
    let lines = [line(1, 1, 1_000), line(2, 1, 1_000)];
    let apart = |c: &mut CouponTerms| (c.merchant, c.offer) = (Some(merchant(1)), Some(offer(2)));
    let (_, detail) = refusal(&lines, &apart).expect("refused");
    assert!(detail.contains("all conditions"), "{detail}");
}

#[test]
fn a_coupon_waits_for_its_buyer_its_time_and_its_least_price() {
    let lines = [line(2, 1, 1_000)];
    let code = |change: &ChangeTerms| refusal(&lines, change).map(|(code, _)| code);
    assert_eq!(
        code(&|c| c.conditions.buyers = Buyers::FirstOrder),
        Some("coupon_not_for_buyer")
    );
    assert_eq!(code(&|c| c.starts_at = Timestamp(2)), Some("coupon_not_live"));
    assert_eq!(code(&|c| c.ends_at = Timestamp(1)), Some("coupon_not_live"));
    // The cart is of 1970-01-01, a Thursday.
    let on = |weekday| {
        move |c: &mut CouponTerms| {
            let all_day = Span {
                weekday,
                from_minute: 0,
                until_minute: 1_440,
            };
            c.conditions.hours = Some(WeeklyHours {
                time_zone: "UTC".to_owned(),
                spans: vec![all_day],
            });
        }
    };
    assert_eq!(code(&on(4)), None);
    assert_eq!(code(&on(5)), Some("coupon_not_now"));
    assert_eq!(code(&|c| c.min_spend = 1_000), None);
    let (short, detail) = refusal(&lines, &|c| c.min_spend = 1_001).expect("refused");
    assert_eq!(short, "coupon_min_spend_not_met");
    assert!(
        detail.contains("10.01 CNY") && detail.contains("10.00 CNY"),
        "{detail}"
    );
}

#[test]
fn what_is_not_combined_says_why() {
    let why = |coupons: &[CouponTerms], required: &[usize]| {
        let mut offered = candidates(coupons);
        required.iter().for_each(|i| offered[*i].is_required = true);
        let found = best_combination(&cart(&[line(1, 1, 1_000)]), &offered);
        let last = found.refused.into_iter().max_by_key(|(i, _)| *i);
        last.expect("one is refused").1.detail
    };
    let coupon = |amount, group| terms(cash(amount), group);
    let says = |detail: String, words: &str| assert!(detail.contains(words), "{detail}");
    says(
        why(&[coupon(200, Some("a")), coupon(100, Some("a"))], &[]),
        "Of its group",
    );
    says(
        why(&[coupon(200, Some("a")), coupon(100, None)], &[]),
        "beside others",
    );
    let five = [("a", 200), ("b", 200), ("c", 200), ("d", 200), ("e", 100)];
    let five = five.map(|(group, amount)| coupon(amount, Some(group)));
    says(why(&five, &[]), "takes four coupons");
    says(
        why(&[coupon(1_000, Some("a")), coupon(100, Some("b"))], &[]),
        "leave nothing",
    );
    says(
        why(&[coupon(200, None), coupon(100, None)], &[0, 1]),
        "not used together",
    );
}

#[test]
fn a_budget_that_does_not_reach_leaves_its_coupon_out() {
    let coupons = [terms(share(5_000), Some("a")), terms(cash(100), Some("b"))];
    let mut offered = candidates(&coupons);
    offered[0].budget_left = 4_499;
    let found = best_combination(&cart(&[line(1, 1, 9_000)]), &offered);
    assert_eq!(total(&found), 100);
    assert_eq!(found.refused[0].1.kind.code, "coupon_budget_spent");
}
