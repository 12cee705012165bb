//! Lists of merchants: once in, the same list changes nothing, and what belongs to somebody is left alone.

use std::sync::Barrier;

use kernel::{Actor, LocalText};
use party::testing::{consumer, operator, registered_shop, store_details};
use party::{
    ImportMerchants, ImportOutcome, ImportRow, MAX_IMPORT_ROWS, MerchantStatus, OperatorRole,
    import_merchants, queries,
};
use store::{Rejected, Store, sql};

use crate::{ask, code, on_both, run, why};

fn row(n: u64) -> ImportRow {
    ImportRow {
        source: format!("osm:node/{n}"),
        name: LocalText::one("zh-CN", &format!("桥头 {n}")),
        details: store_details(n),
    }
}

fn import(store: &Store, actor: Actor, rows: Vec<ImportRow>) -> Result<ImportOutcome, Rejected> {
    let cmd = ImportMerchants { rows };
    run(store, actor, move |tx, ctx| import_merchants(tx, ctx, &cmd))
}

fn outcome(created: u64, unchanged: u64, updated: u64) -> ImportOutcome {
    ImportOutcome {
        created,
        unchanged,
        updated,
    }
}

#[test]
fn the_same_list_again_changes_nothing_and_a_change_changes_one() {
    on_both(|store| {
        let rows: Vec<_> = (0..200).map(row).collect();
        assert_eq!(import(store, Actor::System, rows.clone()), Ok(outcome(200, 0, 0)));
        assert_eq!(import(store, Actor::System, rows.clone()), Ok(outcome(0, 200, 0)));
        let mut changed = rows.clone();
        changed[7].details.opening_hours = "24/7".to_owned();
        changed[8].name = LocalText::one("zh-CN", "新名");
        changed[9].details.currency = kernel::Currency::EUR;
        assert_eq!(
            import(store, Actor::System, changed.clone()),
            Ok(outcome(0, 198, 2)),
            "a currency is fixed"
        );
        assert_eq!(import(store, Actor::System, changed), Ok(outcome(0, 200, 0)));
        let stores = ask(store, |read| queries::store_places(read, None, 1_000));
        assert_eq!(stores.len(), 200);
        let merchants = ask(store, |read| {
            queries::merchants(read, Some(MerchantStatus::Registered), None, 1_000)
        });
        assert_eq!(merchants.len(), 200);
        assert!(merchants.iter().all(|merchant| merchant.source.is_some()));
    });
}

#[test]
fn what_its_own_staff_runs_is_left_alone() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        run(store, Actor::System, move |tx, _| {
            for query in [
                sql!(
                    "UPDATE merchant SET source = 'osm:node/5' WHERE id = $1",
                    shop.merchant
                ),
                sql!("UPDATE store SET source = 'osm:node/5' WHERE id = $1", shop.store),
            ] {
                tx.tell(query)?;
            }
            Ok(())
        })
        .expect("claimed");
        assert_eq!(import(store, Actor::System, vec![row(5)]), Ok(outcome(0, 1, 0)));
        let view = ask(store, move |read| queries::store(read, shop.store)).expect("the store");
        assert_eq!(view.details, store_details(1));
    });
}

#[test]
fn one_bad_row_refuses_the_chunk_and_says_which() {
    on_both(|store| {
        let support = Actor::Operator(operator(store, OperatorRole::Support, 1));
        let mut bad = vec![row(1), row(2)];
        bad[1].details.time_zone = "Nowhere".to_owned();
        let refused = import(store, support, bad).expect_err("refused");
        assert_eq!(
            (refused.code.as_str(), refused.field.as_deref()),
            ("store_invalid", Some("/rows"))
        );
        assert!(
            refused.detail.starts_with("osm:node/2/time_zone"),
            "{}",
            refused.detail
        );
        assert_eq!(ask(store, |read| queries::store_places(read, None, 10)).len(), 0);

        let twice = import(store, support, vec![row(1), row(1)]);
        assert_eq!(
            code(twice),
            ("import_invalid".to_owned(), Some("/rows".to_owned()))
        );
        assert_eq!(why(import(store, support, Vec::new())), "import_invalid");
        let many = (0..=MAX_IMPORT_ROWS as u64).map(row).collect();
        assert_eq!(why(import(store, support, many)), "import_invalid");
        let person = consumer(store, 1);
        assert_eq!(
            why(import(store, Actor::Consumer(person), vec![row(1)])),
            "forbidden"
        );
        assert_eq!(
            why(import(store, Actor::Anonymous, vec![row(1)])),
            "sign_in_required"
        );
    });
}

#[test]
fn two_imports_of_one_list_at_the_same_time_make_each_merchant_once() {
    on_both(|store| {
        let go = Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let go = &go;
                scope.spawn(move || {
                    go.wait();
                    match import(store, Actor::System, (0..20).map(row).collect()) {
                        Ok(done) => assert_eq!(done.created + done.unchanged, 20),
                        Err(rejected) => assert_eq!(rejected.code, "import_raced"),
                    }
                });
            }
        });
        assert_eq!(
            import(store, Actor::System, (0..20).map(row).collect()),
            Ok(outcome(0, 20, 0))
        );
        assert_eq!(
            ask(store, |read| queries::store_places(read, None, 100)).len(),
            20
        );
    });
}
