//! Signatures: what is genuine passes, and everything else is refused for its own reason.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use gateway::webhook::{
    ID_HEADER, SIGNATURE_HEADER, SecretError, TIMESTAMP_HEADER, TOLERANCE_US, WebhookRefusal, WebhookSecret,
    sign, verify,
};
use kernel::{SECOND_US, Timestamp};
use proptest::prelude::*;

use crate::support::{SECRET, secret};

const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const AT: Timestamp = Timestamp(1_614_265_330 * SECOND_US);
const BODY: &[u8] = br#"{"test": 2432232314}"#;
/// Published with the specification's own libraries.
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn other_secret() -> WebhookSecret {
    "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse().unwrap()
}

fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
    let pairs = [
        (ID_HEADER, id),
        (TIMESTAMP_HEADER, timestamp),
        (SIGNATURE_HEADER, signature),
    ];
    let to_header = |(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        )
    };
    pairs.into_iter().map(to_header).collect()
}

fn genuine() -> HeaderMap {
    headers(ID, "1614265330", SIGNATURE)
}

fn refusal(headers: &HeaderMap, body: &[u8], now: Timestamp) -> WebhookRefusal {
    verify(&[secret()], headers, body, now).unwrap_err()
}

#[test]
fn the_published_example_is_signed_and_verified_as_published() {
    assert_eq!(sign(&[secret()], ID, AT, BODY), SIGNATURE);
    let headers = genuine();
    let event = verify(&[secret()], &headers, BODY, AT).unwrap();
    assert_eq!((event.id(), event.signed_at(), event.body()), (ID, AT, BODY));
}

#[test]
fn every_flipped_bit_is_refused() {
    for bit in 0..BODY.len() * 8 {
        let mut body = BODY.to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            refusal(&genuine(), &body, AT),
            WebhookRefusal::SignatureMismatch,
            "body, bit {bit}"
        );
    }
    for name in [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER] {
        let value = genuine()[name].as_bytes().to_vec();
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // What no header can carry does not even arrive.
            let Ok(flipped) = HeaderValue::from_bytes(&flipped) else {
                continue;
            };
            let mut headers = genuine();
            headers.insert(name, flipped);
            assert!(
                verify(&[secret()], &headers, BODY, AT).is_err(),
                "{name}, bit {bit}"
            );
        }
    }
}

#[test]
fn cutting_appending_and_emptying_are_refused() {
    for body in [
        &b""[..],
        &BODY[1..],
        &BODY[..BODY.len() - 1],
        br#"{"test": 2432232314} "#,
    ] {
        assert_eq!(refusal(&genuine(), body, AT), WebhookRefusal::SignatureMismatch);
    }
    for cut in 3..SIGNATURE.len() {
        let headers = headers(ID, "1614265330", &SIGNATURE[..cut]);
        assert_eq!(
            refusal(&headers, BODY, AT),
            WebhookRefusal::SignatureMalformed,
            "cut at {cut}"
        );
    }
}

#[test]
fn each_broken_header_has_its_own_reason() {
    for name in [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER] {
        let mut without = genuine();
        without.remove(name);
        assert_eq!(refusal(&without, BODY, AT), WebhookRefusal::HeaderMissing(name));
        let mut twice = genuine();
        twice.append(name, genuine()[name].clone());
        assert_eq!(refusal(&twice, BODY, AT), WebhookRefusal::HeaderRepeated(name));
    }
    for id in ["", "a.b", "a b", "é", &"x".repeat(129)] {
        let headers = headers(id, "1614265330", SIGNATURE);
        assert_eq!(refusal(&headers, BODY, AT), WebhookRefusal::IdMalformed, "{id}");
    }
    for seconds in [
        "",
        "0",
        "-1",
        "+1614265330",
        "01614265330",
        "1614265330.0",
        "1e9",
        "9".repeat(40).as_str(),
    ] {
        let headers = headers(ID, seconds, SIGNATURE);
        assert_eq!(
            refusal(&headers, BODY, AT),
            WebhookRefusal::TimestampMalformed,
            "{seconds}"
        );
    }
    let of_signature = |text: &str| refusal(&headers(ID, "1614265330", text), BODY, AT);
    for text in [
        "",
        "v2,AAAA",
        "v1a,AAAA",
        &SIGNATURE[3..],
        &SIGNATURE.to_uppercase(),
    ] {
        assert_eq!(of_signature(text), WebhookRefusal::NoKnownVersion, "{text}");
    }
    for text in ["v1,", "v1,%%%", "v1,AAAA", &SIGNATURE.replace('=', "")] {
        assert_eq!(of_signature(text), WebhookRefusal::SignatureMalformed, "{text}");
    }
    assert_eq!(
        of_signature(&[SIGNATURE; 9].join(" ")),
        WebhookRefusal::TooManySignatures
    );
}

#[test]
fn a_wrong_secret_and_no_secret_are_refused() {
    let headers = genuine();
    assert_eq!(
        verify(&[other_secret()], &headers, BODY, AT),
        Err(WebhookRefusal::SignatureMismatch)
    );
    assert_eq!(verify(&[], &headers, BODY, AT), Err(WebhookRefusal::NoSecret));
}

#[test]
fn a_replay_is_refused_after_five_minutes_and_a_fast_clock_before() {
    let headers = genuine();
    for within in [-TOLERANCE_US, 0, TOLERANCE_US] {
        assert!(verify(&[secret()], &headers, BODY, AT.plus_us(within)).is_ok());
    }
    let (late, hours_late) = (AT.plus_us(TOLERANCE_US + 1), AT.plus_us(72 * kernel::HOUR_US));
    assert_eq!(refusal(&headers, BODY, late), WebhookRefusal::TimestampTooOld);
    assert_eq!(
        refusal(&headers, BODY, hours_late),
        WebhookRefusal::TimestampTooOld
    );
    assert_eq!(
        refusal(&headers, BODY, AT.plus_us(-TOLERANCE_US - 1)),
        WebhookRefusal::TimestampTooNew
    );

    // A new time on an old signature is a forgery, not a fresh delivery.
    let forged = self::headers(ID, &hours_late.unix_seconds().to_string(), SIGNATURE);
    assert_eq!(
        refusal(&forged, BODY, hours_late),
        WebhookRefusal::SignatureMismatch
    );
    // The sender's own late delivery is signed afresh, and passes.
    let fresh = sign(&[secret()], ID, hours_late, BODY);
    let late_delivery = self::headers(ID, &hours_late.unix_seconds().to_string(), &fresh);
    assert!(verify(&[secret()], &late_delivery, BODY, hours_late).is_ok());
}

#[test]
fn secrets_rotate_without_a_lost_delivery() {
    let (old, new) = (secret(), other_secret());
    let by_both = headers(ID, "1614265330", &sign(&[old.clone(), new.clone()], ID, AT, BODY));
    for receiver in [
        vec![old.clone()],
        vec![new.clone()],
        vec![old.clone(), new.clone()],
    ] {
        assert!(verify(&receiver, &by_both, BODY, AT).is_ok());
    }
    let by_new = headers(ID, "1614265330", &sign(std::slice::from_ref(&new), ID, AT, BODY));
    assert!(verify(&[old.clone(), new], &by_new, BODY, AT).is_ok());
    assert!(verify(&[old], &by_new, BODY, AT).is_err());
    // Signatures of other versions and broken ones do not hide a good one.
    let mixed = headers(ID, "1614265330", &format!("v1a,AAAA v1,???? {SIGNATURE}"));
    assert!(verify(&[secret()], &mixed, BODY, AT).is_ok());
}

#[test]
fn the_seam_between_id_time_and_body_cannot_be_moved() {
    let body = b"1614265330.{}";
    let signature = sign(&[secret()], "evt", AT, body);
    // The same signed bytes, cut elsewhere: id `evt.1614265330`, body `{}`.
    let moved = headers("evt.1614265330", "1614265330", &signature);
    assert_eq!(refusal(&moved, b"{}", AT), WebhookRefusal::IdMalformed);
}

#[test]
fn a_secret_is_checked_when_it_is_read_and_never_shown() {
    assert_eq!(format!("{:?}", secret()), "WebhookSecret(…)");
    let parse = |text: &str| text.parse::<WebhookSecret>().map(drop);
    assert_eq!(parse(&SECRET[6..]), Err(SecretError::NoPrefix));
    assert_eq!(parse("whsec_not base64"), Err(SecretError::NotBase64));
    assert_eq!(parse("whsec_"), Err(SecretError::WrongLength));
    assert_eq!(
        parse("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        Err(SecretError::WrongLength)
    );
    assert_eq!(
        parse(&format!("whsec_{}", "A".repeat(88))),
        Err(SecretError::WrongLength)
    );
}

proptest! {
    #[test]
    fn nothing_but_the_secret_makes_a_signature(
        id in "[ -~]{0,40}", seconds in "[ -~]{0,20}", signature in "(v1,)?[ -~]{0,60}",
        body in prop::collection::vec(any::<u8>(), 0..200), now in any::<i64>()
    ) {
        let headers = headers(&id, &seconds, &signature);
        prop_assert!(verify(&[secret()], &headers, &body, Timestamp(now)).is_err());
    }
}
