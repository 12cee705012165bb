//! Numbers as listing platforms write them: prices with a currency sign, counts with a word behind.
//! No float touches a price, and what is not plainly a number is not one.

use kernel::Currency;

/// The text is there but is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// A price in minor units of `currency`, with its sign in front, or 元 behind if it is the yuan. The sign
/// of another currency makes it unreadable. `-` and 0 say that the price is not known.
pub fn minor_units(text: &str, currency: Currency) -> Result<Option<i64>, Unreadable> {
    let mut text = text.trim();
    if text == "-" {
        return Ok(None);
    }
    if currency == Currency::CNY {
        text = text.strip_suffix("/人").unwrap_or(text);
        text = text.strip_suffix('元').unwrap_or(text).trim_end();
    }
    let signs: &[char] = if [Currency::CNY, Currency::JPY].contains(&currency) {
        &['￥', '¥']
    } else if currency == Currency::EUR {
        &['€']
    } else if currency == Currency::GBP {
        &['£']
    } else {
        &['$']
    };
    let number = text.strip_prefix(signs).unwrap_or(text).trim_start();
    known(decimal(number, currency.exponent().unwrap_or(0).into())?)
}

/// A rating from 0 to 5 in thousandths. `-` and 0 say that there is none.
pub fn rating_milli(text: &str) -> Result<Option<i64>, Unreadable> {
    let text = text.trim();
    if text == "-" {
        return Ok(None);
    }
    let milli = decimal(text, 3)?;
    if milli > 5_000 {
        return Err(Unreadable);
    }
    known(milli)
}

/// A count such as `643` or `643条评价`. `-` says that it is not known.
pub fn count(text: &str) -> Result<Option<i64>, Unreadable> {
    let text = text.trim();
    if text == "-" {
        return Ok(None);
    }
    let text = ["条评价", "条评论", "条", "reviews", "review"]
        .iter()
        .find_map(|word| text.strip_suffix(word))
        .unwrap_or(text);
    decimal(text.trim_end(), 0).map(Some)
}

fn known(number: i64) -> Result<Option<i64>, Unreadable> {
    Ok((number != 0).then_some(number))
}

/// A non-negative decimal number in units of `10^-decimals`; more decimals than that must be zeros.
/// A comma may stand before each group of three digits.
fn decimal(text: &str, decimals: u32) -> Result<i64, Unreadable> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let well_grouped =
        rest.is_empty() || ((1..=3).contains(&first.len()) && rest.iter().all(|g| g.len() == 3));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !well_grouped || !is_digits(first) || !rest.iter().all(|g| is_digits(g)) || !is_digits(fraction) {
        return Err(Unreadable);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        return Err(Unreadable);
    }
    let digits = format!(
        "{}{fraction:0<width$}",
        whole.replace(',', ""),
        width = decimals as usize
    );
    digits.parse().map_err(|_| Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact_minor_units() {
        for (text, price) in [
            ("￥85", Ok(Some(8_500))),
            ("¥1,085.5", Ok(Some(108_550))),
            ("85元/人", Ok(Some(8_500))),
            ("0.10", Ok(Some(10))),
            ("85.500", Ok(Some(8_550))),
            ("0", Ok(None)),
            ("-", Ok(None)),
            ("85.555", Err(Unreadable)),
            ("-85", Err(Unreadable)),
            ("1,0", Err(Unreadable)),
            ("1e9", Err(Unreadable)),
            ("８５", Err(Unreadable)),
            ("99999999999999999999", Err(Unreadable)),
            (".5", Err(Unreadable)),
        ] {
            assert_eq!(minor_units(text, Currency::CNY), price, "{text}");
        }
        assert_eq!(minor_units("¥850", Currency::JPY), Ok(Some(850)));
        assert_eq!(minor_units("¥850.5", Currency::JPY), Err(Unreadable));
        assert_eq!(minor_units("$8.50", Currency::USD), Ok(Some(850)));
        assert_eq!(minor_units("￥85", Currency::USD), Err(Unreadable));
    }

    #[test]
    fn ratings_and_counts_are_read_as_platforms_write_them() {
        assert_eq!(rating_milli("4.5"), Ok(Some(4_500)));
        assert_eq!(rating_milli("0.0"), Ok(None));
        assert_eq!(rating_milli("9.1"), Err(Unreadable));
        assert_eq!(count("643条评价"), Ok(Some(643)));
        assert_eq!(count("0"), Ok(Some(0)));
        assert_eq!(count("-"), Ok(None));
        assert_eq!(count("many"), Err(Unreadable));
    }
}
