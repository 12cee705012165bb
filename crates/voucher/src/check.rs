//! Judges the QR of a voucher: is it genuine, fresh, and for this store? All that can be known without
//! a network. Whether the voucher was used up, refunded or bound anew is for the server to say.

use kernel::{DAY_US, SECOND_US, StoreId, Timestamp};

use crate::qr::{Qr, STEP_S, step_at};
use crate::{KeyRing, PassTerms, QrRefusal, StoreSets};

/// Microseconds after which a scanner without a network no longer trusts its own clock.
pub const MAX_CLOCK_AGE_US: i64 = DAY_US;

/// Who scans, and what it knows.
#[derive(Debug, Clone, Copy)]
pub struct Scanner<'a> {
    /// The platform's keys.
    pub keys: &'a KeyRing,
    /// The store sets of the scanner's merchant.
    pub store_sets: &'a StoreSets,
    /// The store in which it stands.
    pub store: StoreId,
    /// Whether the answer rests on the scanner alone.
    pub network: Network,
}

/// Whether the server can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The server checks, by its own clock, or will have the last word at once.
    Online,
    /// The scanner decides alone, by its own clock.
    Offline {
        /// When, by that clock, it last agreed with the platform's. A scanner should count on from there
        /// with a clock that nobody can set (`performance.now()`): one set back by less than the time since
        /// the sync cannot be noticed here.
        clock_synced_at: Timestamp,
    },
}

/// A QR that was found genuine, fresh and for this store. Only [`check_qr`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedPass {
    /// What the platform signed.
    pub terms: PassTerms,
    /// The beginning of the step in which the device made the QR.
    pub shown_at: Timestamp,
}

/// Judges the text of a scanned QR. The first thing that is wrong is the answer, genuineness before
/// freshness before place, so that a forged QR is called forged whatever it claims.
pub fn check_qr(text: &str, scanner: &Scanner<'_>, now: Timestamp) -> Result<CheckedPass, QrRefusal> {
    let qr = Qr::parse(text)?;
    let terms = qr.pass.verify(scanner.keys)?;
    if !qr.signed_by(terms.device_key) {
        return Err(QrRefusal::DeviceSignature);
    }
    check_clock(scanner.network, now)?;
    let shown_at = check_step(qr.step, now)?;
    check_store(&terms, scanner)?;
    check_offline(&terms, scanner.network, now)?;
    Ok(CheckedPass { terms, shown_at })
}

/// A clock that shows an earlier time than at its last sync was set back, and is not trusted either.
fn check_clock(network: Network, now: Timestamp) -> Result<(), QrRefusal> {
    match network {
        Network::Offline { clock_synced_at }
            if !(0..=MAX_CLOCK_AGE_US).contains(&now.since_us(clock_synced_at)) =>
        {
            Err(QrRefusal::ClockNotSynced {
                synced_at: clock_synced_at,
            })
        }
        Network::Offline { .. } | Network::Online => Ok(()),
    }
}

/// Accepts this step and the one before: a QR lives 30 to 60 seconds. A step ahead is refused although
/// clocks differ, because it would let a QR live 90 seconds; a holder whose clock is a second fast is
/// refused for that second only, and the holder's page sets itself by the platform's time.
fn check_step(step: u32, now: Timestamp) -> Result<Timestamp, QrRefusal> {
    let shown_at = Timestamp(i64::from(step) * STEP_S * SECOND_US);
    match step_at(now) - i64::from(step) {
        0 | 1 => Ok(shown_at),
        2.. => Err(QrRefusal::Stale { shown_at }),
        ..0 => Err(QrRefusal::FromFuture { shown_at }),
    }
}

fn check_store(terms: &PassTerms, scanner: &Scanner<'_>) -> Result<(), QrRefusal> {
    match scanner.store_sets.get(terms.store_set) {
        Some(stores) if stores.contains(scanner.store) => Ok(()),
        Some(_) => Err(QrRefusal::WrongStore),
        None => Err(QrRefusal::UnknownStoreSet),
    }
}

fn check_offline(terms: &PassTerms, network: Network, now: Timestamp) -> Result<(), QrRefusal> {
    match network {
        Network::Offline { .. } if now > terms.offline_until => Err(QrRefusal::OfflineExpired {
            until: terms.offline_until,
        }),
        Network::Offline { .. } | Network::Online => Ok(()),
    }
}
