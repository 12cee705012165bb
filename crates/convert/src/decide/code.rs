//! Unique codes of a coupon. None of them is stored: the `n`-th one is computed from the coupon's key, so that a million
//! cost nothing until they are claimed, and who does not know the key makes none that is right.
//!
//! A code is 20 letters and digits of Crockford's base 32, `WXYZ4-3NA7K-Q0V8M-2TE5R`: 5 that name the coupon, 6 with its
//! number and 9 with a seal over it. The number is masked by the seal, so that codes do not tell how many there are.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The most codes of one coupon.
pub const MAX_CODES: i64 = 1 << NUMBER_BITS;

/// The letters that name a coupon in its codes.
pub const BATCH_BITS: u32 = 25;

const NUMBER_BITS: u32 = 30;
const SEAL_BITS: u32 = 45;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What the codes of a coupon are made of.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeBatch {
    /// Names the coupon in its codes, 0 until 2^25.
    pub batch: i64,
    /// Seals them. Never told.
    pub key: Vec<u8>,
}

impl std::fmt::Debug for CodeBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CodeBatch({})", self.batch)
    }
}

impl CodeBatch {
    /// The code of this number, from 0.
    pub fn code(&self, number: i64) -> String {
        let seal = self.seal(b"seal", number);
        let masked = number ^ (self.seal(b"mask", seal) & (MAX_CODES - 1));
        let bits = (i128::from(self.batch) << (NUMBER_BITS + SEAL_BITS))
            | (i128::from(masked) << SEAL_BITS)
            | i128::from(seal);
        let mut code = String::with_capacity(23);
        for i in 0..20 {
            if i > 0 && i % 5 == 0 {
                code.push('-');
            }
            code.push(char::from(ALPHABET[(bits >> (5 * (19 - i)) & 31) as usize]));
        }
        code
    }

    /// Whose number this code is, if its seal is right.
    pub fn number(&self, code: &TypedCode) -> Option<i64> {
        let number = code.masked ^ (self.seal(b"mask", code.seal) & (MAX_CODES - 1));
        (code.batch == self.batch && self.seal(b"seal", number) == code.seal).then_some(number)
    }

    fn seal(&self, purpose: &[u8], number: i64) -> i64 {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length will do");
        mac.update(purpose);
        mac.update(&number.to_be_bytes());
        let bytes = mac.finalize().into_bytes();
        let first = bytes
            .iter()
            .take(8)
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        (first >> (64 - SEAL_BITS)) as i64
    }
}

/// A code as somebody typed it, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedCode {
    /// Which coupon it says it is of.
    pub batch: i64,
    masked: i64,
    seal: i64,
}

impl TypedCode {
    /// Reads 20 letters and digits in any case, with hyphens and spaces between them; O is 0, I and L are 1.
    pub fn read(text: &str) -> Option<Self> {
        let mut bits: i128 = 0;
        let mut count = 0;
        for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = ALPHABET.iter().position(|known| char::from(*known) == letter)?;
            bits = bits << 5 | value as i128;
            count += 1;
            if count > 20 {
                return None;
            }
        }
        let part = |shift: u32, width: u32| (bits >> shift & ((1 << width) - 1)) as i64;
        (count == 20).then(|| Self {
            batch: part(NUMBER_BITS + SEAL_BITS, BATCH_BITS),
            masked: part(SEAL_BITS, NUMBER_BITS),
            seal: part(0, SEAL_BITS),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn batch(key: u8) -> CodeBatch {
        CodeBatch {
            batch: 0x1a2_b3c4 & ((1 << BATCH_BITS) - 1),
            key: vec![key; 16],
        }
    }

    #[test]
    fn a_code_is_read_back_however_it_is_typed_and_by_its_own_key_alone() {
        let codes: BTreeSet<String> = (0..2_000).map(|number| batch(1).code(number)).collect();
        assert_eq!(codes.len(), 2_000);
        for number in [0, 1, 1_999, MAX_CODES - 1] {
            let code = batch(1).code(number);
            let typed = code
                .replace('-', " ")
                .to_lowercase()
                .replace('0', "o")
                .replace('1', "l");
            let read = TypedCode::read(&typed).expect("a code");
            assert_eq!(batch(1).number(&read), Some(number), "{code}");
            assert_eq!(batch(2).number(&read), None);
        }
    }

    #[test]
    fn a_code_with_one_wrong_letter_is_none() {
        let code = batch(1).code(7);
        for (i, letter) in code.char_indices().filter(|(_, letter)| *letter != '-') {
            let other = if letter == 'A' { 'B' } else { 'A' };
            let mut wrong = code.clone();
            wrong.replace_range(i..=i, &other.to_string());
            let read = TypedCode::read(&wrong).expect("well formed");
            assert_eq!(batch(1).number(&read), None, "{wrong}");
        }
        for text in [
            "",
            "WXYZ4",
            &format!("{code}0"),
            "UUUUU-UUUUU-UUUUU-UUUUU",
            "优惠券优惠券",
        ] {
            assert_eq!(TypedCode::read(text), None, "{text}");
        }
    }
}
