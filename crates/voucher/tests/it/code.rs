//! The 12-digit code as people read and type it.

use proptest::prelude::*;
use voucher::{CodeFault, VoucherCode};

#[test]
fn shown_in_three_groups_with_its_zeros() {
    let code = VoucherCode::from_number(1_234).unwrap();
    assert_eq!(code.to_string(), "0000 0000 1234");
    assert_eq!(
        VoucherCode::from_number(123_456_789_012).unwrap().to_string(),
        "1234 5678 9012"
    );
}

#[test]
fn read_however_people_type_it() {
    let code = VoucherCode::from_number(123_456_789_012).unwrap();
    for text in [
        "123456789012",
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

#[test]
fn numbers_outside_twelve_digits_are_no_codes() {
    assert_eq!(VoucherCode::from_number(-1), None);
    assert_eq!(VoucherCode::from_number(1_000_000_000_000), None);
    assert_eq!(VoucherCode::from_number(i64::MAX), None);
    assert_eq!(VoucherCode::from_random([0; 8]).number(), 0);
    assert_eq!(VoucherCode::from_random([0xff; 8]).number(), 999_999_999_999);
}

proptest! {
    #[test]
    fn every_code_is_read_back_as_it_is_shown(random: [u8; 8]) {
        let code = VoucherCode::from_random(random);
        prop_assert_eq!(code.to_string().parse(), Ok(code));
        prop_assert_eq!(VoucherCode::from_number(code.number()), Some(code));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[0-9 ０-９-]{0,20}|.*") {
        if let Ok(code) = text.parse::<VoucherCode>() {
            prop_assert!(VoucherCode::from_number(code.number()).is_some());
        }
    }
}
