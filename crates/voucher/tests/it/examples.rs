//! Examples for the scanner in the browser, which judges by the same rules in another language: QRs with
//! what this crate says of them. `QIAO_BLESS=1` writes the file anew.

use kernel::{OfferId, SECOND_US, StoreId, Timestamp, VoucherId};
use serde::Serialize;
use store::testing::assert_committed;
use voucher::*;

use crate::fixture::{Fixture, NOW, bytes, device, fixture, seconds, store};

#[derive(Serialize)]
struct Examples {
    /// Ed25519 public keys by short id, in hexadecimal.
    keys: Vec<(String, String)>,
    store_sets: Vec<(String, Vec<StoreId>)>,
    examples: Vec<Example>,
}

#[derive(Serialize)]
struct Example {
    name: &'static str,
    qr: String,
    store: StoreId,
    now_ms: i64,
    clock_synced_at_ms: i64,
    /// The code of the refusal, or nothing where it is accepted.
    refusal: Option<&'static str>,
    /// What is accepted.
    voucher: Option<VoucherId>,
    offer: Option<OfferId>,
}

/// A scan in store 1 at `now` by a scanner that was synced then, unless something else is said.
struct Scan {
    name: &'static str,
    qr: String,
    store: StoreId,
    now: Timestamp,
    synced_at: Timestamp,
}

fn scan(name: &'static str, qr: String) -> Scan {
    Scan {
        name,
        qr,
        store: store(1),
        now: NOW,
        synced_at: NOW,
    }
}

impl Scan {
    fn at(self, now: Timestamp) -> Self {
        Self {
            now,
            synced_at: now,
            ..self
        }
    }
}

fn altered(qr: &str, byte: usize) -> String {
    let mut altered = bytes(qr);
    altered[byte] ^= 1;
    base45::encode(altered)
}

fn with(change: impl FnOnce(&mut Fixture)) -> String {
    let mut changed = fixture();
    change(&mut changed);
    changed.qr(NOW)
}

fn scans() -> Vec<Scan> {
    let good = fixture().qr(NOW);
    let day = 86_400;
    vec![
        scan("fresh", good.clone()),
        scan("in its second step", good.clone()).at(seconds(59)),
        scan("in its third step", good.clone()).at(seconds(60)),
        scan("made ahead of time", fixture().qr(seconds(30))).at(seconds(29)),
        scan("some other text", "https://example.org/".to_owned()),
        scan("only the first letters", "QI".to_owned()),
        scan("a later format", format!("QI2{}", &good[3..])),
        scan("cut off", good[..300].to_owned()),
        scan("not Base45", format!("{}#", &good[..332])),
        scan("beyond two bytes", format!("{}:::", &good[..330])),
        scan("another key's id", altered(&good, 3)),
        scan("another voucher", altered(&good, 10)),
        scan("another device key", altered(&good, 60)),
        scan("an altered platform signature", altered(&good, 100)),
        scan("another step", altered(&good, 157)),
        scan("an altered device signature", altered(&good, 200)),
        scan(
            "another device",
            with(|f| f.terms.device_key = device(9).public_key()),
        ),
        scan("ten uses less one", with(|f| f.terms.uses_total = 9)),
        Scan {
            store: store(2),
            ..scan("the other store", good.clone())
        },
        Scan {
            store: store(3),
            ..scan("a store that does not take it", good.clone())
        },
        scan(
            "stores that are not known",
            with(|f| f.terms.store_set = StoreSetDigest([9; 8])),
        ),
        scan(
            "at the last offline second",
            with(|f| f.terms.offline_until = NOW),
        ),
        scan(
            "past the last offline second",
            with(|f| f.terms.offline_until = seconds(10)),
        )
        .at(seconds(11)),
        Scan {
            synced_at: seconds(-day),
            ..scan("synced a day ago", good.clone())
        },
        Scan {
            synced_at: seconds(-day - 1),
            ..scan("synced more than a day ago", good.clone())
        },
        Scan {
            synced_at: seconds(1),
            ..scan("a clock set back", good)
        },
    ]
}

fn judged(scan: Scan) -> Example {
    let f = fixture();
    let network = Network::Offline {
        clock_synced_at: scan.synced_at,
    };
    let said = check_qr(&scan.qr, &f.scanner(scan.store, network), scan.now);
    let ms = |at: Timestamp| at.0 * 1000 / SECOND_US;
    Example {
        name: scan.name,
        qr: scan.qr,
        store: scan.store,
        now_ms: ms(scan.now),
        clock_synced_at_ms: ms(scan.synced_at),
        refusal: said.err().map(|refusal| refusal.kind().code),
        voucher: said.ok().map(|checked| checked.terms.voucher),
        offer: said.ok().map(|checked| checked.terms.offer),
    }
}

#[test]
fn the_examples_for_browsers_are_what_this_crate_says() {
    let key = fixture().platform.verifying_key();
    let set = |stores: &[u128]| {
        let stores: Vec<StoreId> = stores.iter().map(|n| store(*n)).collect();
        let digest = stores.iter().copied().collect::<StoreSet>().digest();
        (hex::encode(digest.0), stores)
    };
    let examples = Examples {
        keys: vec![(ShortKeyId::of(&key).to_string(), hex::encode(key.as_bytes()))],
        store_sets: vec![set(&[1, 2]), set(&[3])],
        examples: scans().into_iter().map(judged).collect(),
    };
    let text = serde_json::to_string_pretty(&examples).expect("plain data") + "\n";
    assert_committed("qr-examples.json", &text);
}
