//! Coupons: who may create them, how many there are, and the kill switch.

use convert::decide::{Buyers, Conditions, MAX_CODES};
use convert::queries::{
    CouponPreview, OtherCoupon, SampleBuyer, SampleCart, SampleItem, WalletEntry, best_coupons, coupons_of,
    preview_coupon, quote, wallet,
};
use convert::{
    CancelOrder, ClaimCoupon, CouponKind, CouponStatus, CreateCoupon, Distribution, PlaceOrder, StopCoupon,
    WalletCouponStatus,
};
use kernel::{
    Actor, BasisPoints, CouponId, Ctx, Currency, DAY_US, HOUR_US, LocalText, PersonId, Timestamp, TypeSafeId,
    WalletCouponId,
};
use party::hours::{Span, WeeklyHours};
use store::Store;
use uuid::Uuid;

use crate::shop::{Plan, Shop, bp};
use crate::{NOW, Outcome, code_of, ok, on_both, person, run_at};

const TEN: CouponKind = CouponKind::Cash { amount: 1_000 };

fn create(db: &Store, actor: Actor, coupon: CreateCoupon) -> Outcome<CouponId> {
    run_at(db, actor, NOW, move |tx, ctx| {
        convert::create_coupon(tx, ctx, &coupon)
    })
}

fn stop(db: &Store, actor: Actor, coupon: CouponId) -> Outcome<()> {
    run_at(db, actor, NOW, move |tx, ctx| {
        convert::stop_coupon(tx, ctx, &StopCoupon { coupon })
    })
}

fn wallet_of(db: &Store, person: PersonId) -> Vec<WalletEntry> {
    let found = db.read_blocking(move |read| wallet(read, person, None, 10));
    found.expect("an answer")
}

fn with_coupon(shop: &Shop, wallet_coupon: WalletCouponId) -> PlaceOrder {
    PlaceOrder {
        wallet_coupons: vec![wallet_coupon],
        ..shop.order_of(1)
    }
}

#[test]
fn whoever_pays_for_a_coupon_may_create_it() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let stranger = Shop::open(db, &Plan::default());
        let own = CreateCoupon {
            platform_share: BasisPoints::ZERO,
            ..shop.coupon(TEN)
        };
        ok(create(db, shop.owner, own.clone()));
        ok(create(db, shop.operator, shop.coupon(TEN)));
        let everywhere = CreateCoupon {
            merchant: None,
            ..shop.coupon(TEN)
        };
        ok(create(db, shop.operator, everywhere.clone()));

        assert_eq!(code_of(create(db, stranger.owner, own.clone())), "not_found");
        assert_eq!(code_of(create(db, shop.owner, everywhere.clone())), "forbidden");
        assert_eq!(code_of(create(db, Actor::Consumer(person(db)), own)), "forbidden");
        assert_eq!(
            code_of(create(db, shop.owner, shop.coupon(TEN))),
            "coupon_invalid"
        );
        let others_money = CreateCoupon {
            platform_share: bp(9_999),
            ..everywhere
        };
        assert_eq!(code_of(create(db, shop.operator, others_money)), "coupon_invalid");
        let others_offer = CreateCoupon {
            offer: Some(stranger.offer),
            ..shop.coupon(TEN)
        };
        assert_eq!(
            code_of(create(db, shop.operator, others_offer)),
            "coupon_not_for_this"
        );
    });
}

fn preview(db: &Store, actor: Actor, coupon: &CreateCoupon, sample: &SampleCart) -> CouponPreview {
    let (coupon, sample) = (coupon.clone(), sample.clone());
    let ctx = Ctx::new(NOW, actor, [7; 32]);
    let preview = db.read_blocking(move |read| preview_coupon(read, &ctx, &coupon, &sample));
    preview.expect("an answer")
}

#[test]
fn a_preview_says_what_an_order_with_the_coupon_costs() {
    on_both(|db| {
        let mut plan = Plan::default();
        (plan.terms.discount_bp, plan.terms.discount_platform_bp) = (bp(1_500), bp(3_333));
        let shop = Shop::open(db, &plan);
        let offer = shop.offer;
        let kinds = [
            CouponKind::Percentage {
                share: bp(1_234),
                max_discount: Some(2_000),
            },
            TEN,
            CouponKind::FixedPrice { price: 4_999 },
            CouponKind::FreeItem { offer },
            CouponKind::BuyGet { buy: 2, get: 1 },
        ];
        for kind in kinds {
            let buyer = person(db);
            let coupon = CreateCoupon {
                platform_share: bp(3_000),
                ..shop.coupon(kind)
            };
            let claimed = ok(shop.claim(buyer, shop.create_coupon(coupon.clone())));
            for quantity in [1, 3] {
                let order = PlaceOrder {
                    quantity,
                    ..with_coupon(&shop, claimed)
                };
                let ctx = Ctx::new(NOW, Actor::Consumer(buyer), [7; 32]);
                let asked = order.clone();
                let quoted = db.read_blocking(move |read| quote(read, &ctx, &asked, None, false));
                let sample = SampleCart {
                    item: SampleItem::Offer(offer),
                    quantity,
                    at: NOW,
                    buyer: SampleBuyer::FirstOrder,
                    other: None,
                };
                let preview = preview(db, shop.owner, &coupon, &sample);
                match quoted {
                    Ok((currency, quoted)) => {
                        assert_eq!(
                            (preview.currency, preview.price.amounts),
                            (currency, quoted.amounts)
                        );
                        assert!(preview.refused.is_empty());
                    }
                    Err(_) => assert_eq!(preview.refused[0].1.kind.code, "coupon_not_for_this"),
                }
            }
        }
        let merchant = Some(shop.merchant);
        let made = db.read_blocking(move |read| coupons_of(read, merchant, true, None, 10));
        assert_eq!(made.expect("an answer").len(), 5, "a preview makes none");
    });
}

#[test]
fn a_preview_says_why_a_coupon_would_not_apply() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let sample = SampleCart {
            item: SampleItem::Price(5_000),
            quantity: 1,
            at: NOW,
            buyer: SampleBuyer::Customer,
            other: None,
        };
        let why = |change: &dyn Fn(&mut CreateCoupon, &mut SampleCart)| {
            let (mut coupon, mut sample) = (shop.coupon(TEN), sample.clone());
            change(&mut coupon, &mut sample);
            let preview = preview(db, shop.owner, &coupon, &sample);
            let refused = preview.refused.into_iter().map(|(_, why)| why.kind.code);
            (preview.price.amounts.cash_due, refused.collect::<Vec<_>>())
        };
        assert_eq!(why(&|_, _| ()), (4_000, vec![]));
        assert_eq!(
            why(&|c, _| c.min_spend = 5_001),
            (5_000, vec!["coupon_min_spend_not_met"])
        );
        let buyers = Conditions {
            buyers: Buyers::NewCustomer,
            ..Conditions::default()
        };
        assert_eq!(
            why(&|c, _| c.conditions = buyers.clone()),
            (5_000, vec!["coupon_not_for_this"])
        );
        assert_eq!(why(&|c, _| c.budget = 999), (5_000, vec!["coupon_budget_spent"]));
        assert_eq!(why(&|c, s| s.at = c.ends_at), (5_000, vec!["coupon_not_live"]));
        let another = |group: Option<&str>| {
            Some(OtherCoupon {
                stacking_group: group.map(str::to_owned),
                amount: 1_500,
            })
        };
        assert_eq!(
            why(&|_, s| s.other = another(Some("gift"))),
            (3_500, vec!["coupon_not_combined"])
        );
        let grouped = Conditions {
            stacking_group: Some("cash".to_owned()),
            ..Conditions::default()
        };
        assert_eq!(
            why(&|c, s| (c.conditions, s.other) = (grouped.clone(), another(Some("gift")))),
            (2_500, vec![])
        );
        assert_eq!(
            why(&|c, s| (c.conditions, s.other) = (grouped.clone(), another(None))),
            (3_500, vec!["coupon_not_combined"])
        );
    });
}

#[test]
fn terms_that_make_no_sense_are_refused_by_field() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let field = |change: &dyn Fn(&mut CreateCoupon)| {
            let mut coupon = shop.coupon(TEN);
            change(&mut coupon);
            let rejected = create(db, shop.operator, coupon)
                .expect("an answer")
                .expect_err("a rejection");
            assert_eq!(rejected.code, "coupon_invalid");
            rejected.field.expect("a field")
        };
        assert_eq!(field(&|c| c.title = LocalText::default()), "/title");
        assert_eq!(field(&|c| c.title = LocalText::one("en", "  ")), "/title");
        assert_eq!(
            field(&|c| c.title = LocalText::one("en", &"x".repeat(81))),
            "/title"
        );
        for amount in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(field(&|c| c.kind = CouponKind::Cash { amount }), "/kind/amount");
            let price = amount;
            assert_eq!(
                field(&|c| c.kind = CouponKind::FixedPrice { price }),
                "/kind/price"
            );
            let (buy, get) = (amount, amount);
            assert_eq!(
                field(&|c| c.kind = CouponKind::BuyGet { buy, get: 1 }),
                "/kind/buy"
            );
            assert_eq!(
                field(&|c| c.kind = CouponKind::BuyGet { buy: 1, get }),
                "/kind/get"
            );
            assert_eq!(field(&|c| c.budget = amount), "/budget");
            assert_eq!(field(&|c| c.total = amount), "/total");
            assert_eq!(field(&|c| c.per_person = amount), "/per_person");
            assert_eq!(field(&|c| c.per_day = amount), "/per_day");
            assert_eq!(field(&|c| c.per_device = Some(amount)), "/per_device");
        }
        assert_eq!(
            field(&|c| (c.distribution, c.total) = (Distribution::ByCode, MAX_CODES + 1)),
            "/total"
        );
        assert_eq!(
            field(&|c| (c.merchant, c.offer) = (None, Some(shop.offer))),
            "/offer"
        );
        assert_eq!(
            field(&|c| c.conditions.category = Some("Hot pot".to_owned())),
            "/conditions/category"
        );
        assert_eq!(field(&|c| c.min_spend = -1), "/min_spend");
        let none = CouponKind::Percentage {
            share: BasisPoints::ZERO,
            max_discount: None,
        };
        assert_eq!(field(&|c| c.kind = none), "/kind/share_bp");
        let capped = CouponKind::Percentage {
            share: bp(1),
            max_discount: Some(0),
        };
        assert_eq!(field(&|c| c.kind = capped), "/kind/max_discount");
        assert_eq!(field(&|c| c.ends_at = c.starts_at), "/ends_at");
        assert_eq!(
            field(&|c| c.ends_at = Timestamp(Timestamp::MAX.0 + 1)),
            "/ends_at"
        );
        assert_eq!(
            field(&|c| (c.starts_at, c.ends_at) = (NOW.plus_us(-2), NOW)),
            "/ends_at"
        );
    });
}

#[test]
fn claims_end_with_the_persons_limit_the_total_and_the_window() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (one, two, three) = (person(db), person(db), person(db));
        let coupon = shop.create_coupon(CreateCoupon {
            per_person: 2,
            total: 3,
            ..shop.coupon(TEN)
        });
        ok(shop.claim(one, coupon));
        ok(shop.claim(one, coupon));
        assert_eq!(code_of(shop.claim(one, coupon)), "coupon_limit_reached");
        ok(shop.claim(two, coupon));
        assert_eq!(code_of(shop.claim(three, coupon)), "coupon_all_claimed");
        assert_eq!(
            code_of(shop.claim(two, coupon)),
            "coupon_all_claimed",
            "a refused claim is not counted"
        );
        assert_eq!(wallet_of(db, one).len(), 2);

        let later = shop.create_coupon(CreateCoupon {
            starts_at: NOW.plus_us(1),
            ..shop.coupon(TEN)
        });
        assert_eq!(code_of(shop.claim(one, later)), "coupon_not_live");
        let unknown: CouponId = TypeSafeId::from_uuid(Uuid::from_u128(5));
        assert_eq!(code_of(shop.claim(one, unknown)), "coupon_not_found");
    });
}

#[test]
fn a_stopped_coupon_is_neither_claimed_nor_used_at_once() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let stranger = Shop::open(db, &Plan::default());
        let (one, two) = (person(db), person(db));
        let coupon = shop.create_coupon(shop.coupon(TEN));
        let (held, free) = (ok(shop.claim(one, coupon)), ok(shop.claim(two, coupon)));
        let placed = shop.place(one, with_coupon(&shop, held));
        assert_eq!(code_of(stop(db, stranger.owner, coupon)), "not_found");
        ok(stop(db, shop.owner, coupon));
        ok(stop(db, shop.operator, coupon));
        assert_eq!(code_of(shop.claim(person(db), coupon)), "coupon_not_live");
        assert_eq!(
            code_of(shop.try_place(two, with_coupon(&shop, free))),
            "coupon_not_live"
        );
        let stopped = db.read_blocking(move |read| convert::queries::coupon(read, coupon));
        let stopped = stopped.expect("an answer").expect("a coupon");
        assert_eq!(stopped.status, CouponStatus::Stopped);
        assert_eq!(
            shop.level(stopped.budget_bucket).left(),
            0,
            "orders under way find no budget"
        );
        shop.pay(one, &placed);
        assert_eq!(
            shop.view(placed.order).amounts.discount_platform,
            1_000,
            "what was placed stands"
        );
    });
}

#[test]
fn a_coupon_is_kept_for_its_order_and_comes_back_with_it() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (buyer, thief) = (person(db), person(db));
        let coupon = shop.create_coupon(shop.coupon(TEN));
        let wallet_coupon = ok(shop.claim(buyer, coupon));
        let order = with_coupon(&shop, wallet_coupon);
        assert_eq!(code_of(shop.try_place(thief, order.clone())), "coupon_not_found");
        let placed = shop.place(buyer, order.clone());
        assert_eq!(wallet_of(db, buyer)[0].status, WalletCouponStatus::Held);
        assert_eq!(code_of(shop.try_place(buyer, order.clone())), "coupon_in_use");
        assert!(ok(shop.release(placed.order, placed.hold_until)));
        assert_eq!(wallet_of(db, buyer)[0].status, WalletCouponStatus::Claimed);
        let placed = shop.place(buyer, order.clone());
        shop.pay(buyer, &placed);
        let used = &wallet_of(db, buyer)[0];
        assert_eq!(
            (used.status, used.order),
            (WalletCouponStatus::Used, Some(placed.order))
        );
        assert_eq!(code_of(shop.try_place(buyer, order)), "coupon_in_use");
    });
}

#[test]
fn a_coupon_stays_used_while_a_unit_of_its_order_stands() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(shop.coupon(TEN));
        let budget = db.read_blocking(move |read| convert::queries::coupon(read, coupon));
        let budget = budget.expect("an answer").expect("a coupon").budget_bucket;
        let mut order = with_coupon(&shop, ok(shop.claim(buyer, coupon)));
        order.quantity = 2;
        let placed = shop.place(buyer, order);
        let vouchers = shop.pay(buyer, &placed);
        assert_eq!(shop.level(budget).taken, 1_000);
        ok(shop.refund(buyer, vouchers[1]));
        assert_eq!(wallet_of(db, buyer)[0].status, WalletCouponStatus::Used);
        assert_eq!(shop.level(budget).taken, 1_000);
        ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(wallet_of(db, buyer)[0].status, WalletCouponStatus::Claimed);
        assert_eq!(shop.level(budget).taken, 0);
    });
}

#[test]
fn coupons_that_do_not_fit_or_have_run_out_are_refused() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let other = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let refused = |coupon: CreateCoupon| {
            let wallet_coupon = ok(shop.claim(buyer, shop.create_coupon(coupon)));
            code_of(shop.try_place(buyer, with_coupon(&shop, wallet_coupon)))
        };
        assert_eq!(refused(other.coupon(TEN)), "coupon_not_for_this");
        let foreign = CreateCoupon {
            currency: Currency::EUR,
            ..shop.coupon(TEN)
        };
        assert_eq!(refused(foreign), "coupon_not_for_this");
        let dear = CreateCoupon {
            min_spend: 10_001,
            ..shop.coupon(TEN)
        };
        assert_eq!(refused(dear), "coupon_min_spend_not_met");
        let poor = CreateCoupon {
            budget: 999,
            ..shop.coupon(TEN)
        };
        assert_eq!(refused(poor), "coupon_budget_spent");
        assert_eq!(shop.units(), (0, 0));

        let brief = CreateCoupon {
            ends_at: NOW.plus_us(DAY_US),
            ..shop.coupon(TEN)
        };
        let wallet_coupon = ok(shop.claim(buyer, shop.create_coupon(brief)));
        let order = with_coupon(&shop, wallet_coupon);
        let late = run_at(db, Actor::Consumer(buyer), NOW.plus_us(DAY_US), move |tx, ctx| {
            convert::place_order(tx, ctx, &order)
        });
        assert_eq!(code_of(late), "coupon_not_live");
    });
}

fn in_group(coupon: CreateCoupon, group: &str) -> CreateCoupon {
    let conditions = Conditions {
        stacking_group: Some(group.to_owned()),
        ..Conditions::default()
    };
    CreateCoupon { conditions, ..coupon }
}

#[test]
fn coupons_of_different_groups_are_kept_used_and_given_back_together() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let tenth = CouponKind::Percentage {
            share: bp(1_000),
            max_discount: None,
        };
        let coupons = [
            in_group(shop.coupon(TEN), "cash"),
            in_group(shop.coupon(tenth), "share"),
            in_group(shop.coupon(TEN), "share"),
        ];
        let claimed = coupons.map(|coupon| ok(shop.claim(buyer, shop.create_coupon(coupon))));
        let order = |wallet_coupons: &[WalletCouponId]| PlaceOrder {
            wallet_coupons: wallet_coupons.to_vec(),
            ..shop.order_of(2)
        };
        let statuses = || {
            let entries = wallet_of(db, buyer);
            claimed.map(|id| {
                entries
                    .iter()
                    .find(|entry| entry.id == id)
                    .expect("in the wallet")
                    .status
            })
        };
        for refused in [&claimed[1..], &[claimed[0], claimed[0]]] {
            assert_eq!(
                code_of(shop.try_place(buyer, order(refused))),
                "coupon_not_combined"
            );
        }
        let placed = shop.place(buyer, order(&claimed[..2]));
        let taken: Vec<_> = placed.discounts.iter().map(|discount| discount.amount).collect();
        assert_eq!(taken, [2_000, 1_000], "the share of 200.00, then the amount");
        let (free, held, used) = (
            WalletCouponStatus::Claimed,
            WalletCouponStatus::Held,
            WalletCouponStatus::Used,
        );
        assert_eq!(statuses(), [held, held, free]);
        let vouchers = shop.pay(buyer, &placed);
        assert_eq!(statuses(), [used, used, free]);
        ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(statuses(), [used, used, free], "a unit of the order stands");
        ok(shop.refund(buyer, vouchers[1]));
        assert_eq!(statuses(), [free, free, free]);
    });
}

#[test]
fn a_coupon_for_a_first_order_is_for_one_order() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let welcome = |group| {
            let mut coupon = in_group(shop.coupon(TEN), group);
            coupon.conditions.buyers = Buyers::FirstOrder;
            ok(shop.claim(buyer, shop.create_coupon(coupon)))
        };
        let (first, second) = (welcome("a"), welcome("b"));
        let placed = shop.place(buyer, with_coupon(&shop, first));
        let refused = || code_of(shop.try_place(buyer, with_coupon(&shop, second)));
        assert_eq!(
            refused(),
            "coupon_not_for_buyer",
            "an order that waits for its payment counts"
        );
        let cancel = CancelOrder { order: placed.order };
        ok(run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
            convert::cancel_order(tx, ctx, &cancel)
        }));
        let placed = shop.place(buyer, with_coupon(&shop, second));
        shop.pay(buyer, &placed);
        let third = welcome("c");
        assert_eq!(
            code_of(shop.try_place(buyer, with_coupon(&shop, third))),
            "coupon_not_for_buyer"
        );
    });
}

#[test]
fn hours_that_overlap_make_no_coupon() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let span = |from_minute, until_minute| Span {
            weekday: 1,
            from_minute,
            until_minute,
        };
        let mut coupon = shop.coupon(TEN);
        coupon.conditions.hours = Some(WeeklyHours {
            time_zone: "Asia/Shanghai".to_owned(),
            spans: vec![span(600, 720), span(719, 800)],
        });
        assert_eq!(code_of(create(db, shop.operator, coupon)), "coupon_invalid");
    });
}

#[test]
fn a_unique_code_is_claimed_once_and_by_nothing_else() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (first, second) = (person(db), person(db));
        let coupon = shop.create_coupon(CreateCoupon {
            distribution: Distribution::ByCode,
            total: 1_000_000,
            ..shop.coupon(TEN)
        });
        let code = shop.code(coupon, 999_999);
        assert_eq!(code_of(shop.claim(first, coupon)), "coupon_needs_code");
        let beyond = shop.code(coupon, 1_000_000);
        for wrong in ["", "0000", beyond.as_str()] {
            assert_eq!(code_of(shop.claim_code(first, wrong)), "coupon_code_wrong");
        }
        let wallet_coupon = ok(shop.claim_code(first, &code.to_lowercase()));
        assert_eq!(code_of(shop.claim_code(second, &code)), "coupon_code_used");
        assert_eq!(
            code_of(shop.claim_code(first, &shop.code(coupon, 0))),
            "coupon_limit_reached"
        );
        ok(shop.claim_code(second, &shop.code(coupon, 0)));
        shop.place(first, with_coupon(&shop, wallet_coupon));
        let listed = |with_codes| {
            let merchant = Some(shop.merchant);
            let found = db.read_blocking(move |read| coupons_of(read, merchant, with_codes, None, 10));
            found.expect("an answer").len()
        };
        assert_eq!((listed(false), listed(true)), (0, 1));
        ok(stop(db, shop.operator, coupon));
        let unclaimed = shop.code(coupon, 1);
        assert_eq!(
            code_of(shop.claim_code(person(db), &unclaimed)),
            "coupon_not_live"
        );
    });
}

#[test]
fn a_day_has_a_limit_of_its_own() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(CreateCoupon {
            per_person: 3,
            per_day: 2,
            ..shop.coupon(TEN)
        });
        let claim_at = |hours: i64| {
            let at = NOW.plus_us(hours * HOUR_US);
            let claimed = run_at(db, Actor::Consumer(buyer), at, move |tx, ctx| {
                convert::claim_coupon(tx, ctx, &ClaimCoupon { coupon, device: None })
            });
            claimed.expect("an answer").map_err(|rejected| rejected.code)
        };
        let claimed = [0, 23, 23, 24, 25].map(|hours| claim_at(hours).is_ok());
        assert_eq!(
            claimed,
            [true, true, false, true, false],
            "two a day, three in all"
        );
    });
}

#[test]
fn a_device_has_a_limit_for_all_who_claim_on_it() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let coupon = shop.create_coupon(CreateCoupon {
            per_person: 3,
            per_device: Some(2),
            ..shop.coupon(TEN)
        });
        let people = [person(db), person(db), person(db)];
        let [phone, tablet] = [[1; 32], [2; 32]];
        for person in people {
            shop.sign_in(person, phone);
        }
        shop.sign_in(people[0], tablet);
        assert_eq!(code_of(shop.claim(people[0], coupon)), "coupon_device_unknown");
        let elsewhere = shop.claim_on(people[1], coupon, Some(tablet));
        assert_eq!(
            code_of(elsewhere),
            "coupon_device_unknown",
            "it never signed in there"
        );
        ok(shop.claim_on(people[0], coupon, Some(phone)));
        ok(shop.claim_on(people[1], coupon, Some(phone)));
        for person in people {
            let third = shop.claim_on(person, coupon, Some(phone));
            assert_eq!(code_of(third), "coupon_device_limit_reached");
        }
        ok(shop.claim_on(people[0], coupon, Some(tablet)));
        let elsewhere = shop.create_coupon(CreateCoupon {
            per_device: Some(2),
            ..shop.coupon(TEN)
        });
        ok(shop.claim_on(people[2], elsewhere, Some(phone)));
    });
}

#[test]
fn the_best_of_a_wallet_is_what_an_order_with_it_costs() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let claim = |coupon| ok(shop.claim(buyer, shop.create_coupon(coupon)));
        let large = CouponKind::Cash { amount: 1_900 };
        let alone = claim(shop.coupon(large));
        let mut pair = [
            claim(in_group(shop.coupon(TEN), "a")),
            claim(in_group(shop.coupon(TEN), "b")),
        ];
        let poor = claim(CreateCoupon {
            budget: 999,
            ..in_group(shop.coupon(TEN), "c")
        });
        let wish = shop.order_of(1);
        let best = db.read_blocking(move |read| {
            let ctx = Ctx::new(NOW, Actor::Consumer(buyer), [0; 32]);
            best_coupons(read, &ctx, &wish, None)
        });
        let mut best = best.expect("an answer");
        best.used.sort_unstable();
        pair.sort_unstable();
        assert_eq!(best.used, pair);
        let mut refused: Vec<_> = best
            .refused
            .iter()
            .map(|(id, why)| (*id, why.kind.code))
            .collect();
        refused.sort_unstable();
        let mut expected = [(alone, "coupon_not_combined"), (poor, "coupon_budget_spent")];
        expected.sort_unstable();
        assert_eq!(refused, expected);
        let placed = shop.place(
            buyer,
            PlaceOrder {
                wallet_coupons: best.used,
                ..shop.order_of(1)
            },
        );
        assert_eq!(placed.amounts, best.price.amounts);
    });
}
