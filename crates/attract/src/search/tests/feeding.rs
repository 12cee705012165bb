//! Batches, cursors, reopening.

use super::*;

#[test]
fn a_batch_applied_twice_changes_nothing() {
    let index = SearchIndex::in_memory().unwrap();
    let batch = [
        upsert(doc(1, "火锅", people_square())),
        upsert(doc(2, "火锅", people_square())),
        upsert(doc(1, "火锅 新", people_square())),
        Change::RemoveOffer(id(2)),
    ];
    let cursors = Cursors::from([(3, 41), (63, 7)]);
    index.apply(&batch, &cursors).unwrap();
    let once = search(&index, &text("火锅"));
    index.apply(&batch, &cursors).unwrap();
    assert_eq!(search(&index, &text("火锅")), once);
    assert_eq!(index.doc_count(), 1);
    assert_eq!(once.hits[0].doc.title.in_language("zh-CN"), "火锅 新");
    assert_eq!(index.cursors().unwrap(), cursors);
}

#[test]
fn a_cursor_never_goes_back_and_partitions_stand_alone() {
    let index = SearchIndex::in_memory().unwrap();
    index.apply(&[], &Cursors::from([(0, 10), (1, 5)])).unwrap();
    index.apply(&[], &Cursors::from([(0, 9), (2, 1)])).unwrap();
    assert_eq!(index.cursors().unwrap(), Cursors::from([(0, 10), (1, 5), (2, 1)]));
}

#[test]
fn things_are_removed_by_offer_store_merchant_and_pair() {
    let in_store = |offer, store, merchant| OfferDoc {
        store: id(store),
        merchant: id::<kernel::Merchant>(merchant),
        ..doc(offer, "x", people_square())
    };
    let docs = || {
        [
            in_store(1, 1, 1),
            in_store(1, 2, 1),
            in_store(2, 1, 1),
            in_store(3, 3, 2),
        ]
    };
    for (change, left) in [
        (Change::RemoveOffer(id(1)), vec![2, 3]),
        (Change::RemoveOfferFromStore(id(1), id(1)), vec![1, 2, 3]),
        (Change::RemoveOfferFromStore(id(2), id(1)), vec![1, 3]),
        (Change::RemoveStore(id(1)), vec![1, 3]),
        (Change::RemoveMerchant(id(1)), vec![3]),
        (Change::RemoveMerchant(id(9)), vec![1, 2, 3]),
    ] {
        let index = index_of(docs());
        index
            .apply(std::slice::from_ref(&change), &Cursors::new())
            .unwrap();
        assert_eq!(found(&index, &text("x")), left, "{change:?}");
    }
}

#[test]
fn a_store_that_moves_is_found_only_in_its_new_place() {
    let index = index_of([doc(1, "x", people_square())]);
    let beijing = at(39.9042, 116.4074);
    index
        .apply(&[upsert(doc(1, "x", beijing))], &Cursors::new())
        .unwrap();
    assert!(found(&index, &near(people_square(), 40_000)).is_empty());
    assert_eq!(found(&index, &near(beijing, 100)), [1]);
}

#[test]
fn documents_and_cursors_are_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    index
        .apply(
            &[upsert(doc(1, "火锅", people_square()))],
            &Cursors::from([(5, 99)]),
        )
        .unwrap();
    drop(index);
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!(index.cursors().unwrap(), Cursors::from([(5, 99)]));
    assert_eq!(found(&index, &text("火锅")), [1]);
    index
        .apply(
            &[upsert(doc(2, "火锅", people_square()))],
            &Cursors::from([(5, 100)]),
        )
        .unwrap();
    assert_eq!(found(&index, &text("火锅")), [1, 2]);
}

/// The files as they lie on the disk after `apply` returned are what a crash leaves behind.
#[test]
fn what_was_applied_survives_without_closing() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let index = SearchIndex::open(folder.path()).unwrap();
    for round in 1..=20 {
        let number = round as u64;
        index
            .apply(
                &[upsert(doc(number, "x", people_square()))],
                &Cursors::from([(0, round)]),
            )
            .unwrap();
    }
    copy_folder(folder.path(), copy.path());
    let after_crash = SearchIndex::open(copy.path()).unwrap();
    assert_eq!(after_crash.cursors().unwrap(), Cursors::from([(0, 20)]));
    assert_eq!(after_crash.doc_count(), 20);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else if let Err(error) = std::fs::copy(entry.path(), target) {
            // A merge in the background may take a file away that no commit needs any more.
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        }
    }
}

#[test]
fn a_cleared_index_is_empty_and_starts_from_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    index
        .apply(&[upsert(doc(1, "x", people_square()))], &Cursors::from([(5, 99)]))
        .unwrap();
    index.clear().unwrap();
    assert_eq!((index.doc_count(), index.cursors().unwrap()), (0, Cursors::new()));
    index
        .apply(&[upsert(doc(2, "x", people_square()))], &Cursors::from([(5, 1)]))
        .unwrap();
    drop(index);
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!(found(&index, &text("x")), [2]);
    assert_eq!(index.cursors().unwrap(), Cursors::from([(5, 1)]));
}

#[test]
fn a_folder_that_is_in_use_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let _index = SearchIndex::open(folder.path()).unwrap();
    let Err(error) = SearchIndex::open(folder.path()) else {
        panic!("two writers on one folder")
    };
    assert!(error.to_string().contains("no other process"), "{error}");
}

#[test]
fn searches_go_on_while_the_index_is_fed() {
    let index = index_of((0..50).map(|n| doc(n, "火锅", people_square())));
    std::thread::scope(|scope| {
        let feeding = scope.spawn(|| {
            for round in 1..=30_u64 {
                let changes: Vec<Change> = (0..50)
                    .map(|n| upsert(doc(n, &format!("火锅 {round}"), people_square())))
                    .collect();
                index.apply(&changes, &Cursors::new()).unwrap();
            }
        });
        while !feeding.is_finished() {
            let query = SearchQuery {
                page_size: 50,
                ..text("火锅")
            };
            assert_eq!(
                search(&index, &query).hits.len(),
                50,
                "a batch is seen whole or not at all"
            );
        }
        feeding.join().unwrap();
    });
}
