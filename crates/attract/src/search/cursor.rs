//! Where a page ended: the order and the id of its last offer, never a count, so that what is added or
//! removed in between moves nothing. It is opaque, not secret: a forged cursor only starts elsewhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Reject;
use sha2::{Digest, Sha256};

use super::query::SearchQuery;
use super::words::Word;
use crate::reject::SEARCH_CURSOR_UNKNOWN;

const VERSION: u8 = 1;
const LENGTH: usize = 1 + 1 + 8 + 8 + 16;

/// A place in the order of offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The smaller comes first.
    pub order: i64,
    /// The offer's id, as a number.
    pub offer: u128,
}

/// The text of the cursor for what comes after `place`.
pub(super) fn write(place: Place, relaxed: bool, fingerprint: u64) -> String {
    let mut bytes = Vec::with_capacity(LENGTH);
    bytes.extend([VERSION, u8::from(relaxed)]);
    bytes.extend(fingerprint.to_be_bytes());
    bytes.extend(place.order.to_be_bytes());
    bytes.extend(place.offer.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place, and whether the search was relaxed. Rejects what [`write`] did not write for the same
/// question.
pub(super) fn read(text: &str, fingerprint: u64) -> Result<(Place, bool), Reject> {
    decode(text, fingerprint).ok_or_else(|| SEARCH_CURSOR_UNKNOWN.at("/cursor", SEARCH_CURSOR_UNKNOWN.title))
}

fn decode(text: &str, fingerprint: u64) -> Option<(Place, bool)> {
    let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    let (found_fingerprint, rest) = rest.split_first_chunk::<8>()?;
    let (order, offer) = rest.split_first_chunk::<8>()?;
    let known = head[0] == VERSION && head[1] <= 1 && u64::from_be_bytes(*found_fingerprint) == fingerprint;
    let place = Place {
        order: i64::from_be_bytes(*order),
        offer: u128::from_be_bytes(offer.try_into().ok()?),
    };
    known.then_some((place, head[1] == 1))
}

/// Tells questions apart by what decides about hits and their order: everything but the page size and
/// the cursor.
pub(super) fn fingerprint(query: &SearchQuery, words: &[Word]) -> u64 {
    let mut hash = Sha256::new();
    let near = query
        .near
        .map(|n| (n.place.lat_microdegrees(), n.place.lon_microdegrees(), n.radius_m));
    let price = query.price.map(|p| (p.currency.numeric(), p.min, p.max));
    hash.update(format!(
        "{words:?}{near:?}{:?}{price:?}{:?}{:?}",
        query.category, query.min_rating_milli, query.sort
    ));
    let bytes: [u8; 32] = hash.finalize().into();
    let (first, _) = bytes
        .split_first_chunk::<8>()
        .expect("32 bytes have a first eight");
    u64::from_be_bytes(*first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_is_read_back_by_its_own_question_alone(
            (order, offer, relaxed, of, other) in any::<(i64, u128, bool, u64, u64)>()
        ) {
            let place = Place { order, offer };
            let text = write(place, relaxed, of);
            prop_assert_eq!(read(&text, of), Ok((place, relaxed)));
            prop_assert_eq!(read(&text, other).is_ok(), other == of);
        }

        #[test]
        fn any_other_text_is_refused_by_name(text in "\\PC{0,80}|[A-Za-z0-9_-]{45,46}", of in any::<u64>()) {
            match read(&text, of) {
                Ok((place, relaxed)) => prop_assert_eq!(write(place, relaxed, of), text),
                Err(refusal) => prop_assert_eq!(refusal.kind.code, SEARCH_CURSOR_UNKNOWN.code),
            }
        }
    }
}
