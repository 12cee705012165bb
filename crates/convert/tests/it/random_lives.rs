//! Orders that live random lives: bought with everything, used, refunded, expired in any order. What was
//! paid is what came back plus what was earned, to the minor unit.

use convert::{CouponKind, CreateCoupon, PlaceOrder, PlacedOrder};
use kernel::{BasisPoints, DAY_US, PersonId, VoucherId};
use offer::OnExpiry;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::Store;
use store::testing::TestDatabase;

use crate::shop::{Plan, Shop, bp, earn_rebate};
use crate::{NOW, books, ok, person};

/// One order's life.
#[derive(Debug, Clone)]
struct Life {
    list_price: i64,
    quantity: i64,
    uses: i64,
    discount: (i64, i64),
    commission: i64,
    coupon: Option<(CouponKind, i64)>,
    rebates: i64,
    forfeit: bool,
    /// For each voucher: how many uses are taken, and whether the rest is refunded (else it expires).
    ends: Vec<(i64, bool)>,
}

fn lives() -> impl Strategy<Value = Life> {
    let percentage = (1..=10_000_i64, prop::option::of(1..=5_000_i64)).prop_map(|(share, max_discount)| {
        CouponKind::Percentage {
            share: bp(share),
            max_discount,
        }
    });
    let cash = (1..=20_000_i64).prop_map(|amount| CouponKind::Cash { amount });
    (
        prop_oneof![1..=9_i64, 1..=99_999_i64],
        1..=4_i64,
        1..=5_i64,
        (0..=10_000_i64, 0..=10_000_i64),
        0..=10_000_i64,
        prop::option::of((prop_oneof![percentage, cash], 0..=10_000_i64)),
        prop_oneof![Just(0_i64), 1..=5_000_i64],
        any::<bool>(),
        prop::collection::vec((0..=5_i64, any::<bool>()), 4),
    )
        .prop_map(|parts| Life {
            list_price: parts.0,
            quantity: parts.1,
            uses: parts.2,
            discount: parts.3,
            commission: parts.4,
            coupon: parts.5,
            rebates: parts.6,
            forfeit: parts.7,
            ends: parts.8,
        })
}

/// The shop in which a life happens.
fn shop_for<'s>(db: &'s Store, life: &Life) -> Shop<'s> {
    let mut plan = Plan {
        list_price: life.list_price,
        uses: life.uses,
        ..Plan::default()
    };
    plan.terms.discount_bp = bp(life.discount.0);
    plan.terms.discount_platform_bp = bp(life.discount.1);
    plan.terms.commission_bp = bp(life.commission);
    plan.terms.rebate_bp = BasisPoints::ZERO;
    plan.terms.on_expiry = if life.forfeit {
        OnExpiry::Forfeit
    } else {
        OnExpiry::Refund
    };
    Shop::open(db, &plan)
}

/// Buys with everything that the buyer has.
fn buy(shop: &Shop, buyer: PersonId, life: &Life) -> (PlacedOrder, Vec<VoucherId>) {
    if life.rebates > 0 {
        earn_rebate(shop.db, buyer, life.rebates);
    }
    let mut order = PlaceOrder {
        use_rebate: true,
        group: None,
        ..shop.order_of(life.quantity)
    };
    if let Some((kind, platform)) = life.coupon {
        let coupon = shop.create_coupon(CreateCoupon {
            platform_share: bp(platform),
            budget: 1_000_000_000,
            ..shop.coupon(kind)
        });
        order.wallet_coupons = vec![ok(shop.claim(buyer, coupon))];
    }
    let placed = match shop.try_place(buyer, order.clone()).expect("an answer") {
        Ok(placed) => placed,
        Err(rejected) => {
            assert_eq!(
                rejected.code, "coupon_not_for_this",
                "nothing was left for the coupon"
            );
            order.wallet_coupons = Vec::new();
            shop.place(buyer, order)
        }
    };
    let vouchers = if placed.amounts.cash_due > 0 {
        shop.pay(buyer, &placed)
    } else {
        placed.vouchers.clone()
    };
    (placed, vouchers)
}

/// Uses, refunds and expires the vouchers, and says how many units came back unused.
fn end_all(shop: &Shop, buyer: PersonId, vouchers: &[VoucherId], life: &Life) -> i64 {
    let mut unused = 0;
    for (voucher, (used, refunded)) in vouchers.iter().zip(&life.ends) {
        for _ in 0..(*used).min(life.uses) {
            shop.redeem(*voucher);
        }
        if *used >= life.uses {
            continue;
        }
        if *refunded {
            ok(shop.refund(buyer, *voucher));
        } else {
            assert!(ok(shop.expire(*voucher, NOW.plus_us(30 * DAY_US))));
        }
        unused += i64::from(*used == 0 && (*refunded || !life.forfeit));
    }
    unused
}

/// What is on an account, posted and pending.
fn on_account(db: &Store, account: &str) -> (i64, i64) {
    let found = books(db).into_iter().find(|(name, ..)| *name == account);
    found.map_or((0, 0), |(_, posted, pending)| (posted, pending))
}

fn live(db: &Store, life: &Life) {
    let shop = shop_for(db, life);
    let buyer = person(db);
    let clearing_before = on_account(db, "provider_clearing").0;
    let (placed, vouchers) = buy(&shop, buyer, life);
    let unused = end_all(&shop, buyer, &vouchers, life);
    let mut cash_back = 0;
    for refund in shop.refunds(placed.order) {
        cash_back += refund.amount;
        if refund.amount > 0 {
            ok(shop.confirm_refund(refund.id));
        }
    }
    assert!(cash_back <= placed.amounts.cash_due);
    assert_eq!(shop.view(placed.order).cash_refunded, cash_back);
    assert_eq!(shop.units(), (0, life.quantity - unused));
    assert_eq!(
        on_account(db, "escrow"),
        (0, 0),
        "every voucher has ended: {life:?}"
    );
    let clearing = on_account(db, "provider_clearing").0 - clearing_before;
    assert_eq!(clearing, placed.amounts.cash_due - cash_back);
}

#[test]
fn whatever_becomes_of_an_order_its_escrow_ends_at_zero() {
    for (database, cases) in TestDatabase::both().iter().zip([150, 60]) {
        let db = database.open();
        let mut runner = TestRunner::new(Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: 64,
            ..Config::default()
        });
        runner
            .run(&lives(), |life| {
                live(&db, &life);
                Ok(())
            })
            .expect("every life adds up");
        db.close();
    }
}
