//! The 12-digit code as people read and type it.

use proptest::prelude::*;
use voucher::{CodeFault, CodeKey, VoucherCode};

fn code(text: &str) -> VoucherCode {
    text.parse().expect("a code")
}

#[test]
fn shown_in_three_groups_with_its_zeros() {
    assert_eq!(code("000000001234").to_string(), "0000 0000 1234");
    assert_eq!(code("123456789012").to_string(), "1234 5678 9012");
}

#[test]
fn read_however_people_type_it() {
    let code = code("123456789012");
    for text in [
        "1234 5678 9012",
        " 1234-5678-9012\r\n",
        "1234\u{2013}5678\u{2014}9012",
        "１２３４　５６７８　９０１２",
        "１２３４－５６７８－9012",
        "1 2 3 4 5 6 7 8 9 0 1 2",
    ] {
        assert_eq!(text.parse(), Ok(code), "{text:?}");
    }
}

#[test]
fn what_is_no_code_is_refused_with_the_reason() {
    let parse = |text: &str| text.parse::<VoucherCode>();
    assert_eq!(parse(""), Err(CodeFault::TooShort(0)));
    assert_eq!(parse("1234 5678 901"), Err(CodeFault::TooShort(11)));
    assert_eq!(parse("1234 5678 9012 3"), Err(CodeFault::TooLong));
    assert_eq!(parse(&"9".repeat(1 << 20)), Err(CodeFault::TooLong));
    for (text, found) in [
        ("1234 5678 901O", 'O'),
        ("+12345678901", '+'),
        ("１２３４.", '.'),
        ("٠١٢", '٠'),
        ("火锅", '火'),
    ] {
        assert_eq!(parse(text), Err(CodeFault::NotADigit(found)));
    }
}

/// Whoever was told a code has it on paper.
#[test]
fn the_codes_of_a_key_never_change() {
    let key = CodeKey::new(&[7; 32]);
    let codes = [1, 2, 999_999_999_999].map(|number| key.code(number).to_string());
    assert_eq!(codes, ["4287 5051 8508", "3877 9474 9178", "1847 5750 7571"]);
    assert_ne!(CodeKey::new(&[8; 32]).code(1), key.code(1));
}

proptest! {
    #[test]
    fn every_number_has_a_code_and_every_code_a_number(number in 0_i64..1_000_000_000_000, key: [u8; 32]) {
        let key = CodeKey::new(&key);
        prop_assert_eq!(key.number(key.code(number)), number);
        let code = code(&format!("{number:012}"));
        prop_assert_eq!(key.code(key.number(code)), code);
        prop_assert_eq!(code.to_string().parse(), Ok(code));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[0-9 ０-９-]{0,20}|.*") {
        if let Ok(code) = text.parse::<VoucherCode>() {
            prop_assert!((0..1_000_000_000_000).contains(&CodeKey::new(&[7; 32]).number(code)));
        }
    }
}
