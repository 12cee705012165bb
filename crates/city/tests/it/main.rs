//! A whole city on both engines: the same from the same seed, in balance, nothing oversold, found again.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod power;
mod run;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;

use city::{City, CityError, Plan};
use convert::decide::rest_after;
use kernel::{Actor, Ctx, Money, OfferId, Timestamp};
use ledger::{Account, TrialRow};
use offer::OfferPage;
use party::MerchantStatus;
use store::testing::TestDatabase;
use store::{Store, due_timers};
use voucher::Voucher;

/// 2027-01-15T08:00:00Z: four in the afternoon in Shanghai.
const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("qiao_city_{}_{name}", std::process::id()));
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind is only space.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn small() -> Plan {
    Plan {
        merchants: 12,
        consumers: 15,
        orders: 90,
        ..Plan::village()
    }
}

fn build(store: &Store, plan: &Plan, seed: u64, folder: &Folder) -> Result<City, CityError> {
    city::build(store, plan, seed, NOW, HASH, &folder.0, &mut |_, _| {
        ControlFlow::Continue(())
    })
}

fn trial_balance(store: &Store) -> Vec<TrialRow> {
    store
        .read_blocking(ledger::queries::trial_balance)
        .expect("the journal can be summed")
}

fn offer_pages(store: &Store) -> Vec<OfferPage> {
    let read = store.read_blocking(|read| {
        let ids: Vec<OfferId> = offer::queries::offer_ids(read, None, 10_000)?;
        let pages = ids
            .into_iter()
            .map(|id| offer::queries::offer_page(read, id, NOW));
        pages.collect::<Result<Vec<_>, _>>()
    });
    read.expect("offers can be read").into_iter().flatten().collect()
}

fn holds(rows: &[TrialRow], account: Account) -> i64 {
    rows.iter()
        .filter(|row| row.account == account)
        .map(|row| row.balance.posted + row.balance.pending)
        .sum()
}

/// What is kept for the vouchers that can still be used.
fn live_vouchers_worth(store: &Store) -> i64 {
    let read = store.read_blocking(|read| {
        let (mut worth, mut after) = (0, None);
        loop {
            let orders = convert::queries::orders(read, after, 200)?;
            after = orders.last().map(|order| order.id);
            if after.is_none() {
                break;
            }
            for order in orders {
                for bought in convert::queries::order_vouchers(read, order.id)? {
                    let voucher = voucher::queries::voucher(read, bought.voucher)?;
                    let live = voucher.filter(|voucher| voucher.status == voucher::VoucherStatus::Live);
                    if let Some(Voucher {
                        uses_total,
                        uses_left,
                        ..
                    }) = live
                    {
                        worth += rest_after(&bought.paid, uses_total, uses_total - uses_left).escrow();
                    }
                }
            }
        }
        Ok(worth)
    });
    read.expect("orders can be read")
}

#[test]
fn the_same_seed_makes_the_same_city_on_both_engines() {
    let folder = Folder::new("same");
    let built: Vec<_> = TestDatabase::both()
        .iter()
        .map(|database| {
            let store = database.open();
            let city = build(&store, &small(), 7, &folder).expect("a city");
            let seen = (city, trial_balance(&store), offer_pages(&store));
            store.close();
            seen
        })
        .collect();
    assert_eq!(built[0].0, built[1].0);
    assert_eq!(built[0].1, built[1].1);
    assert_eq!(built[0].2, built[1].2);
    let database = TestDatabase::sqlite();
    let store = database.open();
    let other = build(&store, &small(), 8, &folder).expect("another city");
    assert_ne!(other.demo, built[0].0.demo);
    store.close();
}

#[test]
fn the_money_balances_and_the_past_is_settled() {
    let folder = Folder::new("money");
    for database in TestDatabase::both() {
        let store = database.open();
        let city = build(&store, &small(), 1, &folder).expect("a city");
        let rows = trial_balance(&store);
        let sum: i64 = rows
            .iter()
            .map(|row| row.balance.posted + row.balance.pending)
            .sum();
        assert_eq!(sum, 0, "{rows:?}");
        assert!(
            rows.iter().all(|row| row.balance.pending == 0),
            "something hangs: {rows:?}"
        );
        let waiting = live_vouchers_worth(&store);
        assert!(waiting > 0, "nobody has a voucher to use");
        assert_eq!(holds(&rows, Account::Escrow), -waiting);
        assert_eq!(
            city.clearing,
            [Money::new(
                holds(&rows, Account::ProviderClearing),
                kernel::Currency::CNY
            )]
        );
        assert!(city.clearing[0].amount > 0 && city.paid_out[0].amount > 0);
        assert_eq!(city.paid_out[0].amount, -holds(&rows, Account::Bank));
        let (due, refunds) = store
            .read_blocking(|read| {
                let mut open = Vec::new();
                for status in [
                    convert::RefundStatus::Requested,
                    convert::RefundStatus::Sent,
                    convert::RefundStatus::Failed,
                ] {
                    open.extend(convert::queries::refunds_to_send(read, status, None, 50)?);
                }
                Ok((due_timers(read, NOW, 10)?, open))
            })
            .expect("timers and refunds can be read");
        assert!(due.is_empty(), "{due:?}");
        assert!(refunds.is_empty(), "the provider would be asked for {refunds:?}");
        store.close();
    }
}

#[test]
fn nothing_is_oversold_and_everything_can_be_found_and_bought() {
    let folder = Folder::new("offers");
    for database in TestDatabase::both() {
        let store = database.open();
        let city = build(&store, &small(), 2, &folder).expect("a city");
        let pages = offer_pages(&store);
        assert_eq!(pages.len() as u64, city.counts.offers);
        for page in &pages {
            assert!(page.on_sale && page.units_left > 0, "{page:?}");
            for text in [&page.offer.title, &page.offer.description] {
                let chinese = text.0["zh-CN"]
                    .chars()
                    .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert!(chinese && text.0["en"].is_ascii(), "{text:?}");
            }
            let picture = page.offer.media.expect("every offer has a picture");
            let file = store.read_blocking(move |read| party::queries::media(read, picture));
            let file = file.expect("media can be read").expect("the picture is recorded");
            let bytes = std::fs::read(folder.0.join(hex::encode(file.sha256))).expect("and on the disk");
            assert_eq!(bytes.len() as i64, file.size);
        }
        let buckets: Vec<_> = pages.iter().map(|page| page.offer.stock_bucket).collect();
        let levels = store.read_blocking(move |read| {
            let levels = buckets.iter().map(|bucket| offer::bucket::level(read, *bucket));
            levels.collect::<Result<Vec<_>, _>>()
        });
        for level in levels.expect("buckets can be read").into_iter().flatten() {
            assert!(
                level.held == 0 && level.taken <= level.capacity && !level.closed,
                "{level:?}"
            );
        }
        store.close();
    }
}

#[test]
fn every_way_to_book_is_there_and_the_demo_merchant_has_guests() {
    let folder = Folder::new("booked");
    let database = TestDatabase::sqlite();
    let store = database.open();
    let city = city::build(&store, &Plan::village(), 1, NOW, HASH, &folder.0, &mut |_, _| {
        ControlFlow::Continue(())
    })
    .expect("a village");
    let booked = offer_pages(&store).into_iter().filter(|page| page.is_booked);
    let categories: BTreeSet<_> = booked.map(|page| page.offer.category).collect();
    for category in ["hot_pot", "beauty", "hotel", "cinema", "fitness"] {
        assert!(categories.contains(category), "{categories:?}");
    }
    let demo = city.demo.merchant;
    let (menu, sold_out) = store
        .read_blocking(move |read| offer::queries::menu_now(read, demo, NOW))
        .expect("menus can be read");
    assert!(menu.dishes().count() > 10 && sold_out.len() == 1, "{sold_out:?}");
    let talks = store
        .read_blocking(move |read| retain::queries::inbox(read, demo, None, 50))
        .expect("conversations can be read");
    assert!(talks.len() > 2 && talks[0].is_waiting() && !talks[1].is_waiting());
    let (first, day) = (city.demo.stores[0], 24 * kernel::HOUR_US);
    let bookings = store
        .read_blocking(move |read| {
            consume::queries::bookings_of_store(read, first, NOW.plus_us(-day), NOW.plus_us(2 * day))
        })
        .expect("bookings can be read");
    let has_come = |booking: &consume::Booking| booking.status == consume::BookingStatus::Arrived;
    assert!(bookings.iter().any(has_come) && !bookings.iter().all(has_come));
    for booking in &bookings {
        assert_eq!(has_come(booking), booking.period.starts_at <= NOW, "{booking:?}");
    }
    store.close();
}

#[test]
fn the_accounts_may_do_what_they_are_for() {
    let folder = Folder::new("accounts");
    let database = TestDatabase::sqlite();
    let store = database.open();
    let city = build(&store, &small(), 3, &folder).expect("a city");
    let roles: Vec<&str> = city
        .accounts
        .iter()
        .map(|account| account.role.as_str())
        .collect();
    assert_eq!(
        roles,
        [
            "consumer", "cashier", "manager", "owner", "admin", "finance", "finance"
        ]
    );
    let demo = city.demo.clone();
    let grants = |login: &str| {
        let login = party::Contact::parse(login).expect("an address");
        let found = store.read_blocking(move |read| {
            let password = party::queries::password(read, &login)?;
            let person = password.expect("a password is set").person;
            party::queries::grants(read, person)
        });
        found.expect("grants can be read")
    };
    assert_eq!(
        grants("admin@demo.example").operator,
        Some(party::OperatorRole::Admin)
    );
    assert_eq!(
        grants("finance2@demo.example").operator,
        Some(party::OperatorRole::Finance)
    );
    let cashier = &grants("cashier@demo.example").staff[0];
    assert_eq!(
        (cashier.merchant, cashier.store),
        (demo.merchant, Some(demo.stores[0]))
    );
    assert_eq!(demo.stores.len(), 2);
    assert_eq!(demo.offers.len(), 5);
    let waiting = store.read_blocking(|read| {
        let certifications =
            party::queries::certifications(read, party::CertificationStatus::Submitted, None, 10)?;
        let agreements = offer::queries::agreements(read, offer::AgreementStatus::Negotiating, None, 10)?;
        let payouts = ledger::queries::payouts_at(read, ledger::PayoutStatus::Proposed, None, 50)?;
        let certified = party::queries::merchants(read, Some(MerchantStatus::Certified), None, 200)?;
        Ok((
            certifications.len(),
            agreements.len(),
            payouts.is_empty(),
            certified.len(),
        ))
    });
    assert_eq!(waiting.expect("the consoles' lists"), (1, 1, false, 12));
    store.close();
}

#[test]
fn guests_speak_both_languages_and_sharers_earn() {
    let folder = Folder::new("village");
    let database = TestDatabase::sqlite();
    let store = database.open();
    let mut steps = Vec::new();
    let built = city::build(
        &store,
        &Plan::village(),
        1,
        NOW,
        HASH,
        &folder.0,
        &mut |done, total| {
            steps.push((done, total));
            ControlFlow::Continue(())
        },
    );
    let city = built.expect("a village");
    let counts = city.counts;
    assert_eq!((counts.merchants, counts.consumers), (40, 60));
    assert!(counts.orders > 250 && counts.redemptions > 250, "{counts:?}");
    assert!(counts.refunds > 10 && counts.reviews > 100, "{counts:?}");
    assert!(counts.share_links > 20 && counts.rebates > 20, "{counts:?}");
    assert!(steps.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    assert_eq!(
        steps.last().map(|(done, total)| done == total),
        Some(true),
        "{:?}",
        steps.last()
    );
    let merchant = city.demo.merchant;
    let reviews =
        store.read_blocking(move |read| feedback::queries::reviews_of_merchant(read, merchant, None, 200));
    let reviews = reviews.expect("reviews can be read");
    assert!(reviews.iter().any(|review| review.text.is_ascii()));
    assert!(reviews.iter().any(|review| !review.text.is_ascii()));
    assert!(reviews.iter().any(|review| review.reply.is_some()));
    assert!(reviews.iter().all(|review| review.created_at <= NOW));
    let names = store.read_blocking(|read| {
        let merchants = party::queries::merchants(read, Some(MerchantStatus::Certified), None, 200)?;
        Ok(merchants
            .into_iter()
            .map(|merchant| merchant.name.in_language("en").to_owned())
            .collect::<BTreeSet<_>>())
    });
    assert_eq!(
        names.expect("merchants can be read").len(),
        40,
        "two merchants have the same name"
    );
    store.close();
}

#[test]
fn a_city_is_found_again_and_never_built_over() {
    let folder = Folder::new("again");
    for database in TestDatabase::both() {
        let store = database.open();
        assert!(city::describe(&store).expect("an empty database").is_none());
        let built = build(&store, &small(), 5, &folder).expect("a city");
        store.close();
        let store = database.open();
        assert_eq!(built.seed, 5);
        assert_eq!(city::describe(&store).expect("the database"), Some(built));
        let again = build(&store, &small(), 5, &folder);
        assert!(matches!(again, Err(CityError::NotEmpty)), "{again:?}");
        store.close();
    }
}

#[test]
fn a_part_of_a_city_is_no_city() {
    let folder = Folder::new("part");
    for database in TestDatabase::both() {
        let store = database.open();
        let mut stop_halfway = |done, total| match done * 2 < total {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        };
        let stopped = city::build(&store, &small(), 4, NOW, HASH, &folder.0, &mut stop_halfway);
        assert!(matches!(stopped, Err(CityError::Interrupted)), "{stopped:?}");
        assert_eq!(city::describe(&store).expect("the database"), None);
        let again = build(&store, &small(), 4, &folder).expect_err("a part is there");
        assert!(matches!(again, CityError::Unfinished), "{again:?}");
        assert!(again.to_string().contains("interrupted"), "{again}");
        store.close();
    }
}

#[test]
fn a_database_with_anything_in_it_is_left_alone() {
    let folder = Folder::new("taken");
    let database = TestDatabase::sqlite();
    let store = database.open();
    let ctx = Ctx::new(NOW, Actor::System, [1; 32]);
    let lane = ctx.request;
    let added = store.run_blocking("grantOperator", lane, ctx, |tx, ctx| {
        let cmd = party::GrantOperator {
            login: party::Contact::parse("boss@example.com")?,
            password_hash: HASH.to_owned(),
            name: "Boss".to_owned(),
            role: party::OperatorRole::Admin,
        };
        party::grant_operator(tx, ctx, &cmd)
    });
    added.expect("the database answers").expect("an operator");
    let refused = build(&store, &small(), 1, &folder).expect_err("the database is not empty");
    assert!(refused.to_string().contains("not empty"), "{refused}");
    assert!(city::describe(&store).expect("the database").is_none());
    assert!(!folder.0.exists(), "nothing was written");
    store.close();
}

#[test]
fn the_smallest_city_stands_too() {
    let folder = Folder::new("least");
    let database = TestDatabase::sqlite();
    let store = database.open();
    let plan = Plan {
        merchants: 0,
        consumers: 0,
        orders: 40,
        ..Plan::village()
    };
    let city = build(&store, &plan, 9, &folder).expect("a hamlet");
    assert_eq!((city.counts.merchants, city.counts.consumers), (1, 2));
    store.close();
}
