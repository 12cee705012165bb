//! What was sold in some time, in sums.

use channel::{CreateEntry, EntryKind};
use convert::PlaceOrder;
use convert::queries::{Sales, SalesFigures, sales_figures};
use kernel::{Actor, DAY_US, MerchantId, TypeSafeId};
use store::Store;
use uuid::Uuid;

use crate::shop::{Plan, Shop};
use crate::{CNY, NOW, ok, on_both, person, run_at};

fn figures(db: &Store, merchant: Option<MerchantId>, days: i64) -> SalesFigures {
    let until = NOW.plus_us(days * DAY_US);
    let found = db.read_blocking(move |read| sales_figures(read, merchant, NOW, until));
    found.expect("an answer")
}

fn sales(orders: i64, paid: (i64, i64), refunded: (i64, i64)) -> Sales {
    Sales {
        currency: CNY,
        orders,
        paid: paid.0,
        paid_amount: paid.1,
        refunded: refunded.0,
        refunded_amount: refunded.1,
    }
}

#[test]
fn sales_are_summed_by_day_and_by_where_the_buyers_came_from() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let poster = CreateEntry {
            merchant: Some(shop.merchant),
            kind: EntryKind::Qr,
            name: "Poster".to_owned(),
        };
        let poster = ok(run_at(db, shop.owner, NOW, move |tx, ctx| {
            channel::create_entry(tx, ctx, &poster)
        }));
        let from_poster = PlaceOrder {
            entry: Some(poster),
            ..shop.order_of(2)
        };
        let placed = shop.place(buyer, from_poster);
        let vouchers = shop.pay(buyer, &placed);
        ok(shop.refund(buyer, vouchers[0]));
        shop.place(buyer, shop.order_of(1));
        for day in [2, 5] {
            let order = shop.order_of(1);
            let later = NOW.plus_us(day * DAY_US + 1_000);
            ok(run_at(db, Actor::Consumer(buyer), later, move |tx, ctx| {
                convert::place_order(tx, ctx, &order)
            }));
        }
        let expected = SalesFigures {
            by_day: vec![
                (0, sales(2, (1, 20_000), (1, 10_000))),
                (2, sales(1, (0, 0), (0, 0))),
            ],
            by_entry: vec![
                (None, None, sales(2, (0, 0), (0, 0))),
                (
                    Some(EntryKind::Qr),
                    Some(poster),
                    sales(1, (1, 20_000), (1, 10_000)),
                ),
            ],
        };
        assert_eq!(figures(db, Some(shop.merchant), 3), expected);
        assert_eq!(figures(db, None, 3).by_day, expected.by_day);
        let everybodys = figures(db, None, 3).by_entry;
        assert_eq!(
            everybodys[1].1, None,
            "a merchant's entries are not told apart there"
        );
        assert_eq!(figures(db, Some(shop.merchant), 6).by_day.len(), 3);
        let other = Some(TypeSafeId::from_uuid(Uuid::from_u128(1)));
        assert_eq!(figures(db, other, 3).by_day, []);
    });
}
