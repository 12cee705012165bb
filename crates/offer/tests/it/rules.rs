//! The platform's bounds on what agreements may say, from both sides of the table.

use kernel::{Actor, Currency, DAY_US};
use offer::testing::{bp, terms};
use offer::*;
use party::OperatorRole;
use party::testing::{Shop, certified_shop, operator};
use store::{Rejected, Store};

use crate::{act, ask, code, on_both};

fn rule(category: Option<&str>) -> Rule {
    Rule {
        category: category.map(str::to_owned),
        commission_min: bp(500),
        commission_max: bp(1_500),
        discount_platform_max: bp(5_000),
        platform_cap_max: None,
        rebate_max: bp(300),
        refund_window_us_min: 7 * DAY_US,
    }
}

fn set(store: &Store, actor: Actor, rule: Rule) -> Result<(), Rejected> {
    act(store, actor, move |tx, ctx| set_rule(tx, ctx, &rule))
}

/// The field for which a proposal is refused; `None` where it is taken.
fn refused(store: &Store, actor: Actor, shop: Shop, terms: AgreementTerms) -> Option<String> {
    let cmd = ProposeAgreement {
        merchant: shop.merchant,
        terms,
    };
    let proposed = act(store, actor, move |tx, ctx| propose_agreement(tx, ctx, &cmd));
    let rejected = proposed.err()?;
    assert_eq!(rejected.code, "agreement_terms_outside_rules");
    rejected.field
}

#[test]
fn proposals_of_both_sides_keep_to_the_rule_of_the_merchants_category() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let finance = Actor::Operator(operator(store, OperatorRole::Finance, 1));
        for actor in [
            shop.as_owner(),
            Actor::Operator(operator(store, OperatorRole::Support, 2)),
        ] {
            assert_eq!(code(set(store, actor, rule(None))).0, "forbidden");
        }
        let generous = AgreementTerms {
            commission_bp: bp(100),
            ..terms()
        };
        assert_eq!(
            refused(store, finance, shop, generous.clone()),
            None,
            "no rule, no bound"
        );
        set(store, finance, rule(None)).expect("set");
        type Spoil = fn(&mut AgreementTerms);
        let cases: [(&str, Spoil); 5] = [
            ("/terms/commission_bp", |t| t.commission_bp = bp(499)),
            ("/terms/commission_bp", |t| t.commission_bp = bp(1_501)),
            ("/terms/discount_platform_bp", |t| {
                t.discount_platform_bp = bp(5_001)
            }),
            ("/terms/rebate_bp", |t| t.rebate_bp = bp(301)),
            ("/terms/refund_window_us", |t| t.refund_window_us -= 1),
        ];
        for actor in [finance, shop.as_owner()] {
            assert_eq!(refused(store, actor, shop, terms()), None);
            for (field, spoil) in cases {
                let mut spoilt = terms();
                spoil(&mut spoilt);
                assert_eq!(refused(store, actor, shop, spoilt).as_deref(), Some(field));
            }
        }
        let own = Rule {
            commission_min: bp(0),
            ..rule(Some("hot_pot"))
        };
        set(store, finance, own.clone()).expect("set");
        assert_eq!(
            refused(store, finance, shop, generous.clone()),
            None,
            "its own rule counts"
        );
        let elsewhere = Rule {
            category: Some("hotel".to_owned()),
            commission_min: bp(1_400),
            ..own.clone()
        };
        set(store, finance, elsewhere.clone()).expect("set");
        assert_eq!(
            refused(store, finance, shop, generous.clone()),
            None,
            "another's does not"
        );
        assert_eq!(ask(store, queries::rules), [rule(None), own, elsewhere]);
        set(store, finance, rule(Some("hot_pot"))).expect("changed");
        assert_eq!(
            refused(store, finance, shop, generous).as_deref(),
            Some("/terms/commission_bp")
        );
    });
}

#[test]
fn what_the_platform_funds_of_a_unit_is_bounded_in_the_rules_currency() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let finance = Actor::Operator(operator(store, OperatorRole::Finance, 1));
        let cap = |amount, currency| Some(PlatformCap { amount, currency });
        let capped = Rule {
            platform_cap_max: cap(500, Currency::CNY),
            ..rule(None)
        };
        set(store, finance, capped.clone()).expect("set");
        assert_eq!(ask(store, queries::rules), [capped]);
        for (platform_cap, platform_bp, field) in [
            (None, 5_000, Some("/terms/platform_cap")),
            (cap(501, Currency::CNY), 5_000, Some("/terms/platform_cap")),
            (cap(5, Currency::JPY), 5_000, Some("/terms/platform_cap")),
            (cap(500, Currency::CNY), 5_000, None),
            (None, 0, None),
        ] {
            let proposed = AgreementTerms {
                platform_cap,
                discount_platform_bp: bp(platform_bp),
                ..terms()
            };
            assert_eq!(refused(store, finance, shop, proposed).as_deref(), field);
        }
    });
}

#[test]
fn what_waits_on_the_table_is_accepted_only_within_the_rules_of_the_day() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let finance = Actor::Operator(operator(store, OperatorRole::Finance, 1));
        let cmd = ProposeAgreement {
            merchant: shop.merchant,
            terms: terms(),
        };
        let agreement = act(store, shop.as_owner(), move |tx, ctx| {
            propose_agreement(tx, ctx, &cmd)
        });
        let agreement = agreement.expect("proposed");
        let strict = Rule {
            commission_min: bp(1_200),
            ..rule(None)
        };
        set(store, finance, strict).expect("set");
        let accept = AcceptAgreement {
            agreement,
            version: 1,
        };
        let accepted = act(store, finance, move |tx, ctx| accept_agreement(tx, ctx, &accept));
        assert_eq!(code(accepted).0, "agreement_terms_outside_rules");
        let counter = |commission| {
            let cmd = CounterAgreement {
                agreement,
                version: 1,
                terms: AgreementTerms {
                    commission_bp: bp(commission),
                    ..terms()
                },
            };
            act(store, finance, move |tx, ctx| counter_agreement(tx, ctx, &cmd))
        };
        assert_eq!(code(counter(1_199)).0, "agreement_terms_outside_rules");
        assert_eq!(counter(1_200), Ok(2));
    });
}

#[test]
fn a_rule_that_nothing_can_keep_to_is_refused() {
    on_both(|store| {
        let finance = Actor::Operator(operator(store, OperatorRole::Finance, 1));
        for (field, wrong) in [
            ("/category", rule(Some("Hot pot"))),
            ("/category", rule(Some(""))),
            (
                "/platform_cap_max/amount",
                Rule {
                    platform_cap_max: Some(PlatformCap {
                        amount: -1,
                        currency: Currency::CNY,
                    }),
                    ..rule(None)
                },
            ),
            (
                "/commission_bp_min",
                Rule {
                    commission_min: bp(1_501),
                    ..rule(None)
                },
            ),
            (
                "/refund_window_us_min",
                Rule {
                    refund_window_us_min: -1,
                    ..rule(None)
                },
            ),
            (
                "/refund_window_us_min",
                Rule {
                    refund_window_us_min: 367 * DAY_US,
                    ..rule(None)
                },
            ),
        ] {
            let rejected = set(store, finance, wrong).expect_err("a rejection");
            assert_eq!(rejected.field.as_deref(), Some(field));
        }
    });
}
