//! The 12-digit code of a voucher, for holders whose screen cannot be scanned.
//! It is a number to look up, not a secret that proves anything: who may look, and how often they may
//! miss, is decided where it is looked up.

use std::fmt;
use std::str::FromStr;

/// One more than the largest code.
const CODES: u64 = 1_000_000_000_000;

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

impl VoucherCode {
    /// A code from unpredictable bytes, every code as likely as any other (to one part in 18 million).
    /// The caller tries again with other bytes while a live voucher of the merchant has the code.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let scaled = u128::from(u64::from_be_bytes(bytes)) * u128::from(CODES);
        Self((scaled >> 64) as u64)
    }

    /// The code as a number, for the database.
    pub fn number(self) -> i64 {
        self.0 as i64
    }

    /// Reads back [`VoucherCode::number`]; `None` if it has more than twelve digits or is negative.
    pub fn from_number(number: i64) -> Option<Self> {
        u64::try_from(number).ok().filter(|&n| n < CODES).map(Self)
    }
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
