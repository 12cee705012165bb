//! The 12-digit code of a voucher, for holders whose screen cannot be scanned.
//! It is a number to look up, not a secret that proves anything: who may look, and how often they may
//! miss, is decided where it is looked up.
//!
//! Vouchers are numbered in the order in which they are issued, and a code is such a number, encrypted: no two vouchers
//! have the same, one says nothing of another, and new ones lie together in the database, which random ones would not.

use std::fmt;
use std::str::FromStr;

use aes::Aes256;
use fpe::ff1::{FF1, FlexibleNumeralString};

/// Codes and numbers are decimal.
const RADIX: u32 = 10;

/// Digits of a code.
const DIGITS: usize = 12;

/// Twelve digits, shown in three groups: `1234 5678 9012`. Zeros in front count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoucherCode(u64);

/// Why a text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// It has fewer than twelve digits, namely so many.
    TooShort(usize),
    /// It has more than twelve digits.
    TooLong,
    /// It holds something that is neither digit, space nor hyphen.
    NotADigit(char),
}

impl fmt::Display for CodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(digits) => write!(f, "a code has 12 digits, and this has {digits}"),
            Self::TooLong => f.write_str("a code has 12 digits, and this has more"),
            Self::NotADigit(found) => write!(f, "a code is made of digits, and this holds {found:?}"),
        }
    }
}

impl std::error::Error for CodeFault {}

/// The secret with which numbers of vouchers become codes, and codes numbers again: format-preserving encryption, FF1 of
/// NIST SP 800-38G with AES-256. With another key every code is another.
pub struct CodeKey(FF1<Aes256>);

impl CodeKey {
    /// A key from 32 unpredictable bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(FF1::new(bytes, RADIX).expect("FF1 takes any radix from 2 to 65,536"))
    }

    /// The code of the voucher with this number, below a million million.
    pub fn code(&self, number: i64) -> VoucherCode {
        let code = self.0.encrypt(&[], &digits(number as u64));
        VoucherCode(read_digits(code.expect("FF1 takes twelve digits")))
    }

    /// Whose code this is: there may be no such voucher.
    pub fn number(&self, code: VoucherCode) -> i64 {
        let number = self.0.decrypt(&[], &digits(code.0));
        read_digits(number.expect("FF1 takes twelve digits")) as i64
    }
}

fn digits(number: u64) -> FlexibleNumeralString {
    let digit = |place| (number / 10_u64.pow(place) % 10) as u16;
    (0..DIGITS as u32).rev().map(digit).collect::<Vec<_>>().into()
}

fn read_digits(digits: FlexibleNumeralString) -> u64 {
    let digits: Vec<u16> = digits.into();
    digits
        .iter()
        .fold(0, |number, digit| number * 10 + u64::from(*digit))
}

impl fmt::Display for VoucherCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (high, low) = (self.0 / 100_000_000, self.0 % 100_000_000);
        write!(f, "{high:04} {:04} {:04}", low / 10_000, low % 10_000)
    }
}

impl FromStr for VoucherCode {
    type Err = CodeFault;

    /// Takes what people type and tills send: digits, full-width ones too, with any spaces and hyphens.
    fn from_str(text: &str) -> Result<Self, CodeFault> {
        let mut number = 0;
        let mut digits = 0;
        for found in text.chars().filter(|c| !is_separator(*c)) {
            let digit = digit_value(found).ok_or(CodeFault::NotADigit(found))?;
            if digits == DIGITS {
                return Err(CodeFault::TooLong);
            }
            number = number * 10 + u64::from(digit);
            digits += 1;
        }
        if digits < DIGITS {
            return Err(CodeFault::TooShort(digits));
        }
        Ok(Self(number))
    }
}

/// Spaces of any width, and the hyphens and dashes that keyboards and documents put in their place.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}'
        )
}

/// The value of an ASCII or full-width digit.
fn digit_value(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '０'..='９' => Some(c as u32 - '０' as u32),
        _ => None,
    }
}
