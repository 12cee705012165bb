//! What forgers try: altered bits, borrowed signatures, other keys, and text that is no QR at all.

use p256::ecdsa::Signature;
use proptest::prelude::*;
use voucher::*;

use crate::fixture::{NOW, bytes, device, fixture, seconds};

#[test]
fn every_flipped_bit_is_refused_for_its_own_reason() {
    let f = fixture();
    let genuine = bytes(&f.qr(NOW));
    assert!(f.scan(&base45::encode(&genuine), NOW).is_ok());
    for bit in 0..QR_LEN * 8 {
        let mut altered = genuine.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let said = f.scan(&base45::encode(&altered), NOW).unwrap_err();
        let expected = match bit / 8 {
            0..2 => matches!(said, QrRefusal::NotAVoucher | QrRefusal::UnknownVersion(_)),
            2..7 => matches!(said, QrRefusal::UnknownKey(_)),
            7..PASS_LEN => said == QrRefusal::PlatformSignature,
            _ => said == QrRefusal::DeviceSignature,
        };
        assert!(expected, "bit {bit}: {said:?}");
    }
}

#[test]
fn another_device_cannot_show_a_copied_pass() {
    let f = fixture();
    let copied = present(&f.pass(), &device(3), NOW);
    assert_eq!(f.scan(&copied, NOW), Err(QrRefusal::DeviceSignature));
}

#[test]
fn a_signature_made_for_another_voucher_of_the_same_device_is_refused() {
    let f = fixture();
    let mut other = fixture();
    other.terms.voucher = kernel::VoucherId::from_uuid(uuid::Uuid::from_u128(7));
    let mut spliced = bytes(&f.qr(NOW));
    spliced[PASS_LEN..].copy_from_slice(&bytes(&other.qr(NOW))[PASS_LEN..]);
    assert_eq!(
        f.scan(&base45::encode(spliced), NOW),
        Err(QrRefusal::DeviceSignature)
    );
}

#[test]
fn a_screenshot_with_a_newer_step_is_refused() {
    let f = fixture();
    let mut refreshed = bytes(&f.qr(NOW));
    refreshed[PASS_LEN..PASS_LEN + 4].copy_from_slice(&bytes(&f.qr(seconds(60)))[PASS_LEN..PASS_LEN + 4]);
    assert_eq!(
        f.scan(&base45::encode(refreshed), seconds(60)),
        Err(QrRefusal::DeviceSignature)
    );
}

#[test]
fn a_forger_with_a_key_of_their_own_is_refused_even_under_the_platforms_key_id() {
    let f = fixture();
    let mut forger = fixture();
    forger.platform = SigningKey::from_bytes(&[66; 32]);
    let id = ShortKeyId::of(&forger.platform.verifying_key());
    assert_eq!(f.scan(&forger.qr(NOW), NOW), Err(QrRefusal::UnknownKey(id)));

    let mut pass = bytes(&forger.pass().to_base45());
    pass[2..7].copy_from_slice(&ShortKeyId::of(&f.platform.verifying_key()).0);
    let pass = SignedPass::from_base45(&base45::encode(pass)).unwrap();
    let said = f.scan(&present(&pass, &forger.device, NOW), NOW);
    assert_eq!(said, Err(QrRefusal::PlatformSignature));
}

#[test]
fn a_holder_cannot_change_the_terms_and_sign_again() {
    let f = fixture();
    let mut pass = bytes(&f.pass().to_base45());
    pass[47..49].copy_from_slice(&u16::MAX.to_be_bytes());
    let pass = SignedPass::from_base45(&base45::encode(pass)).unwrap();
    assert_eq!(
        f.scan(&present(&pass, &f.device, NOW), NOW),
        Err(QrRefusal::PlatformSignature)
    );
}

#[test]
fn the_mirrored_signature_that_browsers_may_make_is_accepted() {
    let f = fixture();
    let mut qr = bytes(&f.qr(NOW));
    let signature = Signature::from_slice(&qr[PASS_LEN + 4..]).unwrap();
    let mirrored = Signature::from_scalars(signature.r(), -signature.s()).unwrap();
    assert_ne!(mirrored, signature);
    qr[PASS_LEN + 4..].copy_from_slice(&mirrored.to_bytes());
    assert!(f.scan(&base45::encode(qr), NOW).is_ok());
}

#[test]
fn signatures_of_zeros_and_of_ones_are_refused() {
    let f = fixture();
    for byte in [0, 0xff] {
        for (range, refusal) in [
            (PASS_LEN - 64..PASS_LEN, QrRefusal::PlatformSignature),
            (PASS_LEN + 4..QR_LEN, QrRefusal::DeviceSignature),
        ] {
            let mut qr = bytes(&f.qr(NOW));
            qr[range].fill(byte);
            assert_eq!(f.scan(&base45::encode(qr), NOW), Err(refusal));
        }
    }
}

#[test]
fn text_that_is_no_qr_of_a_voucher_is_named_so() {
    let f = fixture();
    let genuine = f.qr(NOW);
    for text in [
        "",
        "Q",
        "QI",
        "qi1",
        "QIA",
        "QI火",
        "QI１",
        "\0",
        " QI1",
        "HC1:NCFOXN%TS3DH",
        "https://example.org/o/1",
        "1234 5678 9012",
    ] {
        assert_eq!(f.scan(text, NOW), Err(QrRefusal::NotAVoucher), "{text:?}");
        assert_eq!(
            SignedPass::from_base45(text),
            Err(QrRefusal::NotAVoucher),
            "{text:?}"
        );
    }
    assert_eq!(
        f.scan(&genuine.replacen("QI1", "QI2", 1), NOW),
        Err(QrRefusal::UnknownVersion('2'))
    );
    for text in [
        "QI1".to_owned(),
        f.pass().to_base45(),
        genuine[..QR_TEXT_LEN - 3].to_owned(),
        genuine[..QR_TEXT_LEN - 1].to_owned(),
        format!("{genuine}000"),
        format!("{genuine}\n"),
        genuine.to_lowercase().replacen("qi1", "QI1", 1),
        format!("QI1{}", ":".repeat(QR_TEXT_LEN - 3)),
        format!("QI1{}", "火".repeat((QR_TEXT_LEN - 3) / 3)),
        format!("QI1{}", "0".repeat(1 << 20)),
    ] {
        assert_eq!(f.scan(&text, NOW), Err(QrRefusal::Malformed), "{text:.40}");
    }
    assert_eq!(SignedPass::from_base45(&genuine), Err(QrRefusal::Malformed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,400}") {
        prop_assert!(fixture().scan(&text, NOW).is_err());
        prop_assert!(SignedPass::from_base45(&text).is_err());
    }

    #[test]
    fn any_base45_that_begins_as_a_voucher_does_is_refused(rest in "[0-9A-Z $%*+./:-]{330}") {
        let text = format!("QI1{rest}");
        prop_assert!(fixture().scan(&text, NOW).is_err());
    }

    #[test]
    fn a_genuine_text_with_one_other_character_is_refused(
        at in 0..QR_TEXT_LEN,
        other in "[0-9A-Z $%*+./:-]",
    ) {
        let f = fixture();
        let mut altered = f.qr(NOW);
        altered.replace_range(at..=at, &other);
        prop_assert_eq!(f.scan(&altered, NOW).is_ok(), altered == f.qr(NOW));
    }
}
