//! What texts and store details must be before they are stored. Pure: no SQL. What is refused here is
//! what a database cannot keep (NUL), what deceives a reader (control and direction characters) or
//! what is too long to show.

use kernel::{Currency, LocalText, Reject, Timestamp};

use crate::model::StoreDetails;
use crate::{CERTIFICATION_INVALID, CONTACT_INVALID, Contact, ContactKind, STORE_INVALID, TEXT_INVALID};

/// The most characters of a merchant's or a store's name.
pub const MAX_NAME: usize = 120;
/// The most characters of an address.
pub const MAX_ADDRESS: usize = 300;
/// The most characters of a phone number.
pub const MAX_PHONE: usize = 40;
/// The most characters of opening hours.
pub const MAX_OPENING_HOURS: usize = 500;
/// The most characters of what an imported merchant is called at its source.
pub const MAX_SOURCE: usize = 200;
/// The most languages that one text has.
const MAX_LANGUAGES: usize = 16;
/// The most uses that a store may let a device accept without a network.
const MAX_OFFLINE_USES: i64 = 10_000;
/// The most money, in minor units, that a store may let a device accept without a network.
const MAX_OFFLINE_AMOUNT: i64 = 1_000_000_000;
/// 50 years: a certification that says more is a typing mistake.
const MAX_VALIDITY_US: i64 = 50 * 366 * kernel::DAY_US;

/// Control characters, and those that change how the characters around them are shown (Unicode's bidi
/// controls).
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// At most `max` characters, none of them hidden. May be empty.
pub fn text(field: &'static str, text: &str, max: usize) -> Result<(), Reject> {
    if text.chars().any(is_hidden) {
        return Err(TEXT_INVALID.at(field, "control and direction characters are not allowed"));
    }
    if text.chars().nth(max).is_some() {
        return Err(TEXT_INVALID.at(field, format!("at most {max} characters are allowed")));
    }
    Ok(())
}

/// The same, and something other than spaces.
pub fn some_text(field: &'static str, text: &str, max: usize) -> Result<(), Reject> {
    self::text(field, text, max)?;
    if text.trim().is_empty() {
        return Err(TEXT_INVALID.at(field, "a text is needed"));
    }
    Ok(())
}

/// 1 to 64 lower-case letters, digits and underscores.
pub fn code(field: &'static str, code: &str) -> Result<(), Reject> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !(1..=64).contains(&code.len()) || !code.bytes().all(allowed) {
        return Err(TEXT_INVALID.at(
            field,
            "a code is 1 to 64 lower-case letters, digits and underscores",
        ));
    }
    Ok(())
}

/// A BCP 47 tag as far as its form goes: `zh`, `zh-CN`, `en-GB`.
pub fn language_tag(field: &'static str, tag: &str) -> Result<(), Reject> {
    let mut parts = tag.split('-');
    let primary = parts
        .next()
        .is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !primary || !rest || tag.len() > 35 {
        return Err(TEXT_INVALID.at(field, "a language is a BCP 47 tag like zh-CN or en"));
    }
    Ok(())
}

/// At least one language, each with a text of at most `max` characters.
pub fn local_text(field: &'static str, local: &LocalText, max: usize) -> Result<(), Reject> {
    if !(1..=MAX_LANGUAGES).contains(&local.0.len()) {
        return Err(TEXT_INVALID.at(field, format!("a text has 1 to {MAX_LANGUAGES} languages")));
    }
    for (tag, text) in &local.0 {
        language_tag(field, tag)?;
        some_text(field, text, max)?;
    }
    Ok(())
}

/// The same for prose: it may be empty, and has lines.
pub fn local_prose(field: &'static str, local: &LocalText, max: usize) -> Result<(), Reject> {
    if !(1..=MAX_LANGUAGES).contains(&local.0.len()) {
        return Err(TEXT_INVALID.at(field, format!("a text has 1 to {MAX_LANGUAGES} languages")));
    }
    for (tag, prose) in &local.0 {
        language_tag(field, tag)?;
        text(field, &prose.replace('\n', " "), max)?;
    }
    Ok(())
}

/// A login is a mail address.
pub(crate) fn login(contact: &Contact) -> Result<(), Reject> {
    match contact.kind() {
        ContactKind::Mail => Ok(()),
        ContactKind::Phone => Err(CONTACT_INVALID.at("/login", "a login is a mail address")),
    }
}

/// What is said of a store is possible.
pub(crate) fn store_details(details: &StoreDetails) -> Result<(), Reject> {
    local_text("/name", &details.name, MAX_NAME)?;
    code("/category", &details.category)?;
    some_text("/address", &details.address, MAX_ADDRESS)?;
    text("/phone", &details.phone, MAX_PHONE)?;
    text("/opening_hours", &details.opening_hours, MAX_OPENING_HOURS)?;
    time_zone("/time_zone", &details.time_zone)?;
    currency("/currency", details.currency)?;
    if !(0..=MAX_OFFLINE_USES).contains(&details.offline_max_uses) {
        let detail = format!("between 0 and {MAX_OFFLINE_USES} uses are possible");
        return Err(STORE_INVALID.at("/offline_max_uses", detail));
    }
    if !(0..=MAX_OFFLINE_AMOUNT).contains(&details.offline_max_amount) {
        let detail = format!("between 0 and {MAX_OFFLINE_AMOUNT} minor units are possible");
        return Err(STORE_INVALID.at("/offline_max_amount", detail));
    }
    Ok(())
}

/// A time zone exactly as its database spells it, so that every reader finds it again.
pub fn time_zone(field: &'static str, name: &str) -> Result<(), Reject> {
    let is_known = jiff::tz::TimeZone::get(name).is_ok_and(|zone| zone.iana_name() == Some(name));
    if !name.is_ascii() || !is_known {
        return Err(STORE_INVALID.at(field, "a time zone is an IANA name like Asia/Shanghai"));
    }
    Ok(())
}

/// A currency in which amounts can be counted.
pub fn currency(field: &'static str, currency: Currency) -> Result<(), Reject> {
    if currency.exponent().is_none() {
        return Err(STORE_INVALID.at(field, "this currency has no minor unit to count in"));
    }
    Ok(())
}

/// A certification is valid for some time yet.
pub(crate) fn valid_until(until: Timestamp, now: Timestamp) -> Result<(), Reject> {
    if until <= now {
        return Err(CERTIFICATION_INVALID.at("/valid_until", "this day has passed"));
    }
    if until.since_us(now) > MAX_VALIDITY_US {
        return Err(CERTIFICATION_INVALID.at("/valid_until", "this is more than 50 years away"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use kernel::{Currency, GeoPoint};

    use super::*;

    fn details() -> StoreDetails {
        StoreDetails {
            name: LocalText::one("zh-CN", "桥头火锅"),
            category: "hot_pot".into(),
            address: "南京西路 1 号".into(),
            phone: String::new(),
            place: GeoPoint::from_microdegrees(31_230_400, 121_473_700).unwrap(),
            time_zone: "Asia/Shanghai".into(),
            currency: Currency::CNY,
            opening_hours: "Mo-Su 10:00-22:00".into(),
            offline_max_uses: 20,
            offline_max_amount: 100_000,
        }
    }

    fn field(result: Result<(), Reject>) -> Option<Cow<'static, str>> {
        result.err().and_then(|reject| reject.field)
    }

    #[test]
    fn an_ordinary_store_passes() {
        assert_eq!(store_details(&details()), Ok(()));
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        type Spoil = fn(&mut StoreDetails);
        let cases: [(&str, Spoil); 14] = [
            ("/name", |d| d.name = LocalText::default()),
            ("/name", |d| d.name = LocalText::one("zh-CN", "  ")),
            ("/name", |d| d.name = LocalText::one("../..", "a")),
            ("/name", |d| d.name = LocalText::one("en", "cheap\u{202e}tsop")),
            ("/name", |d| d.name = LocalText::one("en", &"长".repeat(121))),
            ("/category", |d| d.category = "Hot pot".into()),
            ("/address", |d| d.address = "a\0b".into()),
            ("/phone", |d| d.phone = "1".repeat(41)),
            ("/time_zone", |d| d.time_zone = "Mars/Olympus".into()),
            ("/time_zone", |d| d.time_zone = "../../etc/passwd".into()),
            ("/time_zone", |d| d.time_zone = String::new()),
            ("/currency", |d| d.currency = Currency::XAU),
            ("/offline_max_uses", |d| d.offline_max_uses = -1),
            ("/offline_max_amount", |d| d.offline_max_amount = i64::MAX),
        ];
        for (expected, spoil) in cases {
            let mut spoilt = details();
            spoil(&mut spoilt);
            assert_eq!(
                field(store_details(&spoilt)).as_deref(),
                Some(expected),
                "{spoilt:?}"
            );
        }
    }

    #[test]
    fn a_length_counts_characters_and_not_bytes() {
        assert_eq!(text("/x", &"长".repeat(40), 40), Ok(()));
        assert_eq!(field(text("/x", &"长".repeat(41), 40)).as_deref(), Some("/x"));
    }

    #[test]
    fn a_certification_runs_from_now_to_at_most_50_years() {
        let now = Timestamp(1_800_000_000_000_000);
        assert_eq!(valid_until(now.plus_us(1), now), Ok(()));
        assert!(valid_until(now, now).is_err());
        assert!(valid_until(Timestamp::MAX, now).is_err());
        assert!(valid_until(Timestamp(i64::MIN), now).is_err());
    }
}
