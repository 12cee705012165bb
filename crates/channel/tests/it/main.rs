//! The crate from outside, on both engines.

use std::sync::Barrier;

use channel::*;
use kernel::{Actor, DAY_US, EntryId, OfferId};
use offer::testing::{agreed, draft, on_sale, terms};
use party::testing::{NOW, certified_shop, consumer, ctx, operator, run, staff};
use party::{OperatorRole, Role};
use store::testing::TestDatabase;
use store::{Fail, ReadTx, Rejected, STATEMENTS, Store};

/// Runs the test once on each engine.
fn on_both(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let store = database.open();
        test(&store);
        store.close();
    }
}

fn ask<T: Send + 'static>(
    store: &Store,
    question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
) -> T {
    store.read_blocking(question).expect("the question has an answer")
}

fn code<T: std::fmt::Debug>(answer: Result<T, Rejected>) -> String {
    answer.expect_err("a rejection").code
}

fn make(
    store: &Store,
    actor: Actor,
    merchant: Option<kernel::MerchantId>,
    kind: EntryKind,
    name: &str,
) -> Result<EntryId, Rejected> {
    let cmd = CreateEntry {
        merchant,
        kind,
        name: name.to_owned(),
    };
    run(store, ctx(actor), move |tx, ctx| create_entry(tx, ctx, &cmd))
}

fn share(store: &Store, actor: Actor, offer: OfferId) -> Result<ShareLink, Rejected> {
    run(store, ctx(actor), move |tx, ctx| {
        create_share_link(tx, ctx, &CreateShareLink { offer })
    })
}

fn record(store: &Store, actor: Actor, visits: Vec<Visit>) -> Result<i64, Rejected> {
    let cmd = RecordVisits { visits };
    run(store, ctx(actor), move |tx, ctx| record_visits(tx, ctx, &cmd))
}

#[test]
fn every_statement_prepares_on_both_engines() {
    on_both(|store| {
        let problems = ask(store, |read| {
            let all = STATEMENTS.iter();
            Ok(all
                .filter_map(|s| read.columns_of(s.text).err().map(|e| format!("{}: {e}", s.place)))
                .collect::<Vec<_>>())
        });
        assert_eq!(problems, Vec::<String>::new());
    });
}

#[test]
fn managers_make_their_merchants_entries_and_operators_the_platforms() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let support = Actor::Operator(operator(store, OperatorRole::Support, 1));
        let cashier = Actor::Staff(staff(store, shop, None, Role::Cashier, 1), shop.merchant);
        let of_shop = Some(shop.merchant);
        let poster = make(store, shop.as_owner(), of_shop, EntryKind::Qr, "海报").expect("an entry");
        let map = make(store, support, None, EntryKind::Map, "Map app").expect("an entry");
        for (actor, merchant, expected) in [
            (cashier, of_shop, party::FORBIDDEN.code),
            (support, of_shop, party::FORBIDDEN.code),
            (other.as_owner(), of_shop, party::NOT_FOUND.code),
            (shop.as_owner(), None, party::FORBIDDEN.code),
            (Actor::Anonymous, None, party::SIGN_IN_REQUIRED.code),
        ] {
            assert_eq!(code(make(store, actor, merchant, EntryKind::Ad, "x")), expected);
        }
        for name in ["", "  ", "a\u{0}b", "\u{202e}x", &"x".repeat(81)] {
            let answer = make(store, shop.as_owner(), of_shop, EntryKind::Ad, name);
            assert_eq!(code(answer), party::TEXT_INVALID.code, "{name:?}");
        }
        let by_hand = make(store, shop.as_owner(), of_shop, EntryKind::Share, "x");
        assert_eq!(code(by_hand), ENTRY_KIND.code);
        let found = ask(store, move |read| queries::entry(read, poster)).expect("it exists");
        assert_eq!(
            (found.kind, found.name.as_str(), found.merchant),
            (EntryKind::Qr, "海报", of_shop)
        );
        let platforms = ask(store, |read| queries::entries_of(read, None, None, 10));
        assert_eq!(platforms.iter().map(|e| e.id).collect::<Vec<_>>(), [map]);
    });
}

#[test]
fn visits_are_counted_by_entry_and_unknown_entries_are_dropped() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let of_shop = Some(shop.merchant);
        let mut made = ["a", "b"]
            .map(|name| make(store, shop.as_owner(), of_shop, EntryKind::Qr, name).expect("an entry"));
        made.sort();
        let [a, b] = made;
        let offer = Some(OfferId::from_uuid(uuid::Uuid::from_u128(5)));
        let visit = |entry, at| Visit { entry, offer, at };
        let nobodys = EntryId::from_uuid(uuid::Uuid::from_u128(6));
        let batch = vec![
            visit(a, NOW),
            visit(a, NOW),
            Visit {
                offer: None,
                ..visit(a, NOW.plus_us(DAY_US))
            },
            visit(nobodys, NOW),
            visit(b, NOW),
        ];
        assert_eq!(record(store, Actor::System, batch.clone()), Ok(4));
        let count = |since, until| {
            ask(store, move |read| {
                queries::visit_counts(read, of_shop, since, until)
            })
        };
        assert_eq!(count(NOW, NOW.plus_us(1)), [(a, 2), (b, 1)]);
        assert_eq!(count(NOW, NOW.plus_us(2 * DAY_US)), [(a, 3), (b, 1)]);
        assert_eq!(count(NOW.plus_us(1), NOW.plus_us(2)), []);
        assert_eq!(
            code(record(store, Actor::Anonymous, batch)),
            party::SIGN_IN_REQUIRED.code
        );
        assert_eq!(
            code(record(store, Actor::System, Vec::new())),
            VISITS_TOO_MANY.code
        );
        let flood = vec![visit(a, NOW); MAX_VISITS + 1];
        assert_eq!(code(record(store, Actor::System, flood)), VISITS_TOO_MANY.code);
        assert_eq!(
            record(store, Actor::System, vec![visit(b, NOW); MAX_VISITS]),
            Ok(1_000)
        );
    });
}

#[test]
fn a_person_has_one_link_to_an_offer_however_often_it_is_asked_for() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let made = on_sale(store, shop, terms(), 1, |_| {});
        let people = [1, 2].map(|n| consumer(store, n));
        let go = Barrier::new(24);
        let links: Vec<ShareLink> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..24)
                .map(|n| {
                    let (go, person) = (&go, people[n % 2]);
                    scope.spawn(move || {
                        go.wait();
                        share(store, Actor::Consumer(person), made.offer).expect("a link")
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().expect("no panic")).collect()
        });
        assert!(links.iter().enumerate().all(|(n, link)| *link == links[n % 2]));
        assert_ne!(links[0].token, links[1].token);
        for link in &links[..2] {
            assert!(link.token.len() == 32 && link.token.chars().all(|c| c.is_ascii_hexdigit()));
            let (token, id) = (link.token.clone(), link.id);
            assert_eq!(
                ask(store, move |read| queries::share_link(read, &token)).as_ref(),
                Some(link)
            );
            assert_eq!(
                ask(store, move |read| queries::share_link_by_id(read, id)).as_ref(),
                Some(link)
            );
        }
        assert_eq!((links[0].sharer, links[0].merchant), (people[0], shop.merchant));
        assert_eq!(ask(store, |read| queries::share_link(read, "")), None);
        let entry = links[0].entry;
        let entry = ask(store, move |read| queries::entry(read, entry)).expect("it exists");
        assert_eq!(
            (entry.kind, entry.merchant),
            (EntryKind::Share, Some(shop.merchant))
        );
        // Whoever lost the race left no entry behind.
        let entries = ask(store, |read| {
            Ok(read
                .many(store::sql!("SELECT id FROM entry WHERE kind = 'share'"))?
                .len())
        });
        assert_eq!(entries, 2);
        let merchant = Some(shop.merchant);
        assert_eq!(
            ask(store, move |read| queries::entries_of(read, merchant, None, 10)),
            []
        );
    });
}

#[test]
fn only_a_consumer_shares_and_only_what_is_on_sale() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let made = on_sale(store, shop, terms(), 1, |_| {});
        assert_eq!(
            code(share(store, shop.as_owner(), made.offer)),
            party::FORBIDDEN.code
        );
        assert_eq!(
            code(share(store, Actor::Anonymous, made.offer)),
            party::SIGN_IN_REQUIRED.code
        );
        let person = Actor::Consumer(consumer(store, 1));
        let (agreement, _) = agreed(store, shop, terms(), 2);
        let create = draft(shop, agreement);
        let hidden = run(store, ctx(shop.as_owner()), move |tx, ctx| {
            offer::create_offer(tx, ctx, &create)
        });
        assert_eq!(
            code(share(store, person, hidden.expect("a draft"))),
            party::NOT_FOUND.code
        );
        let link = share(store, person, made.offer).expect("a link");
        let pause = offer::PauseOffer { offer: made.offer };
        run(store, ctx(shop.as_owner()), move |tx, ctx| {
            offer::pause_offer(tx, ctx, &pause)
        })
        .expect("paused");
        assert_eq!(
            share(store, person, made.offer),
            Ok(link),
            "a link that exists stays"
        );
        let late = Actor::Consumer(consumer(store, 2));
        assert_eq!(
            code(share(store, late, made.offer)),
            offer::OFFER_NOT_ON_SALE.code
        );
    });
}

#[test]
fn an_entry_is_renamed_and_closed_by_its_own_people_and_still_counts() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let support = Actor::Operator(operator(store, OperatorRole::Support, 1));
        let entry = make(
            store,
            shop.as_owner(),
            Some(shop.merchant),
            EntryKind::Qr,
            "Poster",
        )
        .expect("an entry");
        let platforms = make(store, support, None, EntryKind::Map, "Map").expect("an entry");
        let rename = |actor, entry| {
            let cmd = RenameEntry {
                entry,
                name: "Window".to_owned(),
            };
            run(store, ctx(actor), move |tx, ctx| rename_entry(tx, ctx, &cmd))
        };
        let close = |actor, entry| {
            run(store, ctx(actor), move |tx, ctx| {
                close_entry(tx, ctx, &CloseEntry { entry })
            })
        };
        assert_eq!(code(rename(other.as_owner(), entry)), party::NOT_FOUND.code);
        assert_eq!(code(rename(shop.as_owner(), platforms)), party::NOT_FOUND.code);
        assert_eq!(code(close(support, entry)), party::FORBIDDEN.code);
        rename(support, platforms).expect("the platform's own");
        rename(shop.as_owner(), entry).expect("renamed");
        close(shop.as_owner(), entry).expect("closed");
        assert_eq!(code(close(shop.as_owner(), entry)), ENTRY_CLOSED.code);
        assert_eq!(code(rename(shop.as_owner(), entry)), ENTRY_CLOSED.code);
        let found = ask(store, move |read| queries::entry(read, entry)).expect("it stays");
        assert_eq!((found.name.as_str(), found.closed_at), ("Window", Some(NOW)));
        let visit = Visit {
            entry,
            offer: None,
            at: NOW,
        };
        assert_eq!(
            record(store, Actor::System, vec![visit]),
            Ok(1),
            "an old poster still brings people"
        );
    });
}
