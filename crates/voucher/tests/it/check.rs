//! Freshness, place, and what a scanner without a network may accept.

use kernel::{DAY_US, StoreId, Timestamp};
use proptest::prelude::*;
use voucher::*;

use crate::fixture::{Fixture, NOW, fixture, seconds, store};

#[test]
fn a_fresh_qr_in_its_store_is_accepted_with_its_terms() {
    let f = fixture();
    let checked = f.scan(&f.qr(seconds(29)), seconds(29)).unwrap();
    assert_eq!(checked.terms, f.terms);
    assert_eq!(checked.shown_at, NOW);
}

#[test]
fn a_screenshot_is_accepted_for_this_step_and_the_next_and_never_after_a_minute() {
    let f = fixture();
    for made in [0, 1, 15, 29] {
        let screenshot = f.qr(seconds(made));
        for scanned in [made, 30, 59] {
            assert!(
                f.scan(&screenshot, seconds(scanned)).is_ok(),
                "made {made}, scanned {scanned}"
            );
        }
        for scanned in [60, made + 60, 90, 3000, 86_400, 30 * (1 << 32)] {
            let said = f.scan(&screenshot, seconds(scanned));
            assert_eq!(
                said,
                Err(QrRefusal::Stale { shown_at: NOW }),
                "made {made}, scanned {scanned}"
            );
        }
    }
}

#[test]
fn a_qr_made_ahead_of_time_is_refused() {
    let f = fixture();
    for ahead in [30, 31, 60, 86_400] {
        let said = f.scan(&f.qr(seconds(ahead)), seconds(29));
        let shown_at = seconds(ahead / 30 * 30);
        assert_eq!(said, Err(QrRefusal::FromFuture { shown_at }), "{ahead} s ahead");
    }
    assert!(f.scan(&f.qr(seconds(30)), seconds(30)).is_ok());
}

#[test]
fn another_store_is_told_apart_from_unknown_stores() {
    let f = fixture();
    let said = |store: StoreId, f: &Fixture| {
        check_qr(&f.qr(NOW), &f.scanner(store, Network::Online), NOW).map(|checked| checked.terms)
    };
    assert_eq!(said(store(1), &f), Ok(f.terms));
    assert_eq!(said(store(2), &f), Ok(f.terms));
    assert_eq!(said(store(3), &f), Err(QrRefusal::WrongStore));
    let mut stranger = fixture();
    stranger.store_sets = [[store(1)].into_iter().collect()].into_iter().collect();
    assert_eq!(said(store(1), &stranger), Err(QrRefusal::UnknownStoreSet));
}

#[test]
fn past_offline_until_a_network_is_needed() {
    let mut f = fixture();
    f.terms.offline_until = seconds(10);
    let qr = f.qr(NOW);
    assert!(f.scan(&qr, seconds(10)).is_ok());
    let late = seconds(10).plus_us(1);
    assert_eq!(
        f.scan(&qr, late),
        Err(QrRefusal::OfflineExpired { until: seconds(10) })
    );
    assert!(check_qr(&qr, &f.scanner(store(1), Network::Online), late).is_ok());
}

#[test]
fn a_scanner_whose_clock_was_not_synced_for_a_day_or_was_set_back_refuses() {
    let f = fixture();
    let said = |synced_at: Timestamp| {
        let network = Network::Offline {
            clock_synced_at: synced_at,
        };
        check_qr(&f.qr(NOW), &f.scanner(store(1), network), NOW)
    };
    assert!(said(NOW.plus_us(-DAY_US)).is_ok());
    for synced_at in [
        NOW.plus_us(-DAY_US - 1),
        NOW.plus_us(1),
        Timestamp(i64::MIN),
        Timestamp(i64::MAX),
    ] {
        assert_eq!(said(synced_at), Err(QrRefusal::ClockNotSynced { synced_at }));
    }
}

#[test]
fn an_untrusted_clock_does_not_hide_a_forgery() {
    let mut f = fixture();
    f.terms.device_key = crate::fixture::device(9).public_key();
    let network = Network::Offline {
        clock_synced_at: seconds(-999_999),
    };
    let said = check_qr(&f.qr(NOW), &f.scanner(store(3), network), NOW);
    assert_eq!(said, Err(QrRefusal::DeviceSignature));
}

#[test]
fn offline_until_is_held_within_the_format() {
    for (given, kept) in [
        (Timestamp(i64::MIN), 0),
        (Timestamp(-1), 0),
        (Timestamp(1_999_999), 1),
        (Timestamp::MAX, i64::from(u32::MAX)),
    ] {
        let mut f = fixture();
        f.terms.offline_until = given;
        assert_eq!(
            f.pass().verify(&f.keys).unwrap().offline_until.unix_seconds(),
            kept
        );
    }
}

#[test]
fn the_order_of_stores_does_not_matter_and_every_store_does() {
    let digest = |stores: &[u128]| stores.iter().map(|n| store(*n)).collect::<StoreSet>().digest();
    assert_eq!(digest(&[1, 2, 3]), digest(&[3, 1, 2, 1]));
    assert_ne!(digest(&[1, 2, 3]), digest(&[1, 2]));
    assert_ne!(digest(&[]), digest(&[0]));
    assert!(!StoreSet::default().contains(store(1)));
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    for refusal in [
        QrRefusal::NotAVoucher,
        QrRefusal::UnknownVersion('2'),
        QrRefusal::Malformed,
        QrRefusal::UnknownKey(ShortKeyId([7; 5])),
        QrRefusal::PlatformSignature,
        QrRefusal::DeviceSignature,
        QrRefusal::Stale { shown_at: NOW },
        QrRefusal::FromFuture { shown_at: NOW },
        QrRefusal::WrongStore,
        QrRefusal::UnknownStoreSet,
        QrRefusal::OfflineExpired { until: NOW },
        QrRefusal::ClockNotSynced { synced_at: NOW },
    ] {
        let said = refusal.to_string();
        assert!(
            said.ends_with('.') && said.contains(". ") && !said.contains("  "),
            "{said}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_time_is_judged_without_a_panic(made: i64, scanned: i64, synced: i64) {
        let f = fixture();
        let network = Network::Offline { clock_synced_at: Timestamp(synced) };
        let scanner = f.scanner(store(1), network);
        let said = check_qr(&f.qr(Timestamp(made)), &scanner, Timestamp(scanned));
        prop_assert!(said.is_err() || (made..=made.saturating_add(60_000_000)).contains(&scanned));
    }
}
