//! The format of pass and QR: sizes, round trips, and fixed examples from which it cannot drift.

use kernel::{OfferId, SECOND_US, Timestamp, VoucherId};
use proptest::prelude::*;
use uuid::Uuid;
use voucher::*;

use crate::fixture::{NOW, bytes, device, fixture};

/// The fixture's pass: the Ed25519 seed is 32 times `01`, the device's private key 32 times `02`.
const PASS_HEX: &str = concat!(
    "0b2d",
    "34750f98bd",
    "01900000000070008000000000000001",
    "01900000000070008000000000000002",
    "78d68721debb423c",
    "000a",
    "00000003",
    "69a40010",
    "02550f471003f3df97c3df506ac797f6721fb1a1fb7b8f6f83d224498a65c88e24",
    "0299c85d737e156bcc5fbe445cc5f64465d64bbed961467dd3c9998b349c75e8",
    "82bb2a2aa57115520cda756afd6a10e9b99cccb0af82d70b290a780dad96ef0f",
);

const STEP_HEX: &str = "03857700";

/// By the deterministic ECDSA of RFC 6979.
const DEVICE_SIGNATURE_HEX: &str = concat!(
    "a045383285b05a2b06b6a459cf932fb63c5377bbb23031a067c50395b08af454",
    "998c35e119b6c2f12f5270565dbac9275594a5c4d9ec9ba01f76c6ed430113ce",
);

/// Over the same bytes by the WebCrypto of Node.js 20, with s in the upper half.
const WEBCRYPTO_SIGNATURE_HEX: &str = concat!(
    "4ef8e66e6e7ce11ba513b26200ba4d06ef5d6ddd5b9bc59033a1a198271c50a3",
    "e2eeba857d2009fa21b12583fbc5a9f842d174b3fc25dfaf8797fd1b3949fb90",
);

/// The device's public key as WebCrypto's `exportKey("raw", …)` gives it.
const WEBCRYPTO_PUBLIC_KEY_HEX: &str = concat!(
    "04550f471003f3df97c3df506ac797f6721fb1a1fb7b8f6f83d224498a65c88e24",
    "136093d7012e509a73715cbd0b00a3cc0ff4b5c01b3ffa196ab1fb327036b8e6",
);

#[test]
fn the_example_is_still_written_byte_for_byte() {
    let f = fixture();
    assert_eq!(hex::encode(bytes(&f.pass().to_base45())), PASS_HEX);
    let qr = [PASS_HEX, STEP_HEX, DEVICE_SIGNATURE_HEX].concat();
    assert_eq!(hex::encode(bytes(&f.qr(NOW))), qr);
    assert!(f.qr(NOW).starts_with("QI1JS6W/1A+N99I000M20%2000"));
}

#[test]
fn the_example_that_a_browser_signed_is_accepted() {
    let f = fixture();
    let qr = hex::decode([PASS_HEX, STEP_HEX, WEBCRYPTO_SIGNATURE_HEX].concat()).unwrap();
    assert_eq!(f.scan(&base45::encode(qr), NOW).unwrap().terms, f.terms);
}

#[test]
fn a_qr_has_222_bytes_which_is_less_than_250() {
    let qr = fixture().qr(NOW);
    assert_eq!((PASS_LEN, QR_LEN, QR_TEXT_LEN), (154, 222, 333));
    assert_eq!((bytes(&qr).len(), qr.len()), (QR_LEN, QR_TEXT_LEN));
}

#[test]
fn a_qr_begins_with_the_text_of_its_pass() {
    let f = fixture();
    assert!(f.qr(NOW).starts_with(&f.pass().to_base45()));
    assert!(f.qr(NOW).starts_with("QI1"));
}

#[test]
fn the_device_key_is_read_as_webcrypto_exports_it() {
    let key = device(2).public_key();
    let compressed = key.to_bytes();
    let exported = hex::decode(WEBCRYPTO_PUBLIC_KEY_HEX).unwrap();
    assert_eq!(DevicePublicKey::from_sec1(&exported), Ok(key));
    assert_eq!(DevicePublicKey::from_sec1(&compressed), Ok(key));
    for hostile in [
        &[][..],
        &[0],
        &[4; 65],
        &[2; 32],
        &[0xff; 33],
        &compressed[..32],
        &[5; 33],
    ] {
        assert_eq!(
            DevicePublicKey::from_sec1(hostile),
            Err(InvalidDeviceKey),
            "{hostile:?}"
        );
    }
    assert!(DeviceKey::from_bytes(&[0; 32]).is_err());
    assert!(DeviceKey::from_bytes(&[0xff; 32]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_platform_signs_is_what_a_scanner_reads(
        (voucher, offer, store_set) in any::<(u128, u128, [u8; 8])>(),
        (uses_total, binding, until) in any::<(u16, u32, u32)>(),
        platform: [u8; 32],
        holder in 1..=u8::MAX - 1,
    ) {
        let terms = PassTerms {
            voucher: VoucherId::from_uuid(Uuid::from_u128(voucher)),
            offer: OfferId::from_uuid(Uuid::from_u128(offer)),
            store_set: StoreSetDigest(store_set),
            uses_total,
            binding,
            offline_until: Timestamp(i64::from(until) * SECOND_US),
            device_key: device(holder).public_key(),
        };
        let platform = SigningKey::from_bytes(&platform);
        let mut keys = KeyRing::default();
        keys.add(platform.verifying_key().as_bytes()).unwrap();
        let pass = sign_pass(&platform, &terms);
        let delivered = SignedPass::from_base45(&pass.to_base45()).unwrap();
        prop_assert_eq!(delivered, pass);
        prop_assert_eq!(delivered.verify(&keys), Ok(terms));
    }
}
