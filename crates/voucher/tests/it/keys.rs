//! The platform's keys: which are trusted, and how the private ones lie in the database.

use kernel::SigningKeyId;
use uuid::Uuid;
use voucher::*;

use crate::fixture::{NOW, fixture};

fn key_id(n: u128) -> SigningKeyId {
    SigningKeyId::from_uuid(Uuid::from_u128(n))
}

#[test]
fn after_a_rotation_both_keys_are_accepted_until_the_old_one_leaves_the_ring() {
    let old = fixture();
    let mut new = fixture();
    new.platform = SigningKey::from_bytes(&[5; 32]);
    new.keys.add(new.platform.verifying_key().as_bytes()).unwrap();
    assert!(new.scan(&old.qr(NOW), NOW).is_ok());
    assert!(new.scan(&new.qr(NOW), NOW).is_ok());

    new.keys = KeyRing::default();
    new.keys.add(new.platform.verifying_key().as_bytes()).unwrap();
    assert!(matches!(
        new.scan(&old.qr(NOW), NOW),
        Err(QrRefusal::UnknownKey(_))
    ));
}

#[test]
fn bytes_that_are_no_sound_key_are_not_trusted() {
    let mut ring = KeyRing::default();
    let mut identity = [0; 32];
    identity[0] = 1;
    for hostile in [&[][..], &[7; 31], &[7; 33], &[0; 32], &identity] {
        assert_eq!(ring.add(hostile), Err(KeyRefusal::Invalid), "{hostile:?}");
    }
}

#[test]
fn the_same_key_twice_is_one_key() {
    let mut f = fixture();
    let id = ShortKeyId::of(&f.platform.verifying_key());
    assert_eq!(f.keys.add(f.platform.verifying_key().as_bytes()), Ok(id));
}

#[test]
fn a_sealed_key_opens_with_its_master_key_and_id_alone() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let master = MasterKey::new([4; 32]);
    let sealed = SealedKey::seal(&key, key_id(1), &master, [5; 24]);
    let stored = SealedKey::from_bytes(sealed.as_bytes()).unwrap();
    assert_eq!(stored.open(key_id(1), &master).unwrap(), key);
    assert_eq!(
        stored.open(key_id(2), &master).unwrap_err(),
        OpenFault::WrongKeyOrAltered
    );
    let other = MasterKey::new([6; 32]);
    assert_eq!(
        stored.open(key_id(1), &other).unwrap_err(),
        OpenFault::WrongKeyOrAltered
    );
}

#[test]
fn a_sealed_key_hides_the_key_and_no_bit_of_it_can_be_changed() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let master = MasterKey::new([4; 32]);
    let sealed = *SealedKey::seal(&key, key_id(1), &master, [5; 24]).as_bytes();
    assert!(!sealed.windows(4).any(|window| window == [3; 4]));
    for bit in 0..SEALED_KEY_LEN * 8 {
        let mut altered = sealed;
        altered[bit / 8] ^= 1 << (bit % 8);
        let said = SealedKey::from_bytes(&altered).unwrap().open(key_id(1), &master);
        assert_eq!(said.unwrap_err(), OpenFault::WrongKeyOrAltered, "bit {bit}");
    }
    assert_eq!(SealedKey::from_bytes(&sealed[1..]), Err(OpenFault::WrongLength));
    assert_eq!(SealedKey::from_bytes(&[]), Err(OpenFault::WrongLength));
    assert!(!format!("{master:?}").contains('4'));
}
