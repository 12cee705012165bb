//! How a person can be reached: a phone number in E.164 form or a lower-case mail address. One spelling
//! per address, so that limits count addresses and not spellings. It refuses what it cannot normalise.

use kernel::Reject;

use crate::CONTACT_INVALID;

/// Which sort of address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContactKind {
    /// E.164: `+8613800138000`.
    Phone,
    /// `name@example.com`.
    Mail,
}

impl ContactKind {
    /// The name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Mail => "mail",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Phone, Self::Mail]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// A normalised address. Only [`Contact::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Contact {
    kind: ContactKind,
    address: String,
}

/// What people put between the digits of a phone number.
const PHONE_SEPARATORS: [char; 5] = [' ', '-', '.', '(', ')'];

impl Contact {
    /// Reads what a person typed. Without an `@` it is a phone number and needs its country code.
    pub fn parse(text: &str) -> Result<Self, Reject> {
        let text = text.trim();
        let (kind, address) = if text.contains('@') {
            (ContactKind::Mail, mail(text)?)
        } else {
            (ContactKind::Phone, phone(text)?)
        };
        Ok(Self { kind, address })
    }

    /// Which sort of address.
    pub fn kind(&self) -> ContactKind {
        self.kind
    }

    /// The one spelling of it.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn from_stored(kind: &str, address: String) -> Option<Self> {
        ContactKind::from_name(kind).map(|kind| Self { kind, address })
    }
}

/// E.164: `+`, then 8 to 15 digits of which the first is not 0. `00` stands for `+`.
fn phone(text: &str) -> Result<String, Reject> {
    if text.len() > 32 {
        return Err(CONTACT_INVALID.because("a phone number has at most 15 digits"));
    }
    let compact: String = text.chars().filter(|c| !PHONE_SEPARATORS.contains(c)).collect();
    let digits = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"));
    let digits =
        digits.ok_or_else(|| CONTACT_INVALID.because("a phone number starts with + and its country code"))?;
    let well_formed = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if !well_formed || !(8..=15).contains(&digits.len()) {
        return Err(CONTACT_INVALID.because("a phone number has 8 to 15 digits after the +"));
    }
    Ok(format!("+{digits}"))
}

/// A dot-atom in front of a domain name (RFC 5321 without quotes, comments and literals), ASCII only, so
/// that no two addresses look the same.
fn mail(text: &str) -> Result<String, Reject> {
    let wrong = |what: &str| CONTACT_INVALID.because(format!("in a mail address {what}"));
    if text.len() > 254 || !text.is_ascii() {
        return Err(wrong("there are at most 254 characters, all of them ASCII"));
    }
    let (local, domain) = text.split_once('@').ok_or_else(|| wrong("there is one @"))?;
    let local_char = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&b);
    let dots_apart = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    if local.is_empty() || local.len() > 64 || !dots_apart || !local.bytes().all(local_char) {
        return Err(wrong(
            "the part before the @ is 1 to 64 letters, digits and signs",
        ));
    }
    let labels: Vec<&str> = domain.split('.').collect();
    if labels.len() < 2 || !labels.iter().all(|label| is_domain_label(label)) {
        return Err(wrong("a domain name like example.com follows the @"));
    }
    Ok(text.to_ascii_lowercase())
}

fn is_domain_label(label: &str) -> bool {
    let inner = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (1..=63).contains(&label.len()) && inner && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_address_become_one() {
        for text in [
            "+86 138-0013-8000",
            " +8613800138000 ",
            "0086 138 0013 8000",
            "+86 (138) 0013.8000",
        ] {
            let contact = Contact::parse(text).expect(text);
            assert_eq!(
                (contact.kind(), contact.address()),
                (ContactKind::Phone, "+8613800138000")
            );
        }
        let contact = Contact::parse(" Li.Wei+Shop@Example.COM ").unwrap();
        assert_eq!(
            (contact.kind(), contact.address()),
            (ContactKind::Mail, "li.wei+shop@example.com")
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "+",
            "13800138000",
            "+0138001380",
            "+86138",
            "+861380013800012345",
            "+86１３８００１３８０００",
            "+8613800138000\0",
            "+86;DROP",
            "@example.com",
            "a@",
            "a@b",
            "a@@b.com",
            "a b@example.com",
            "a@exa mple.com",
            "a@-x.com",
            ".a@x.com",
            "a..b@x.com",
            "аdmin@example.com",
            "a@x.com\r\nBcc: b@x.com",
            "<a@x.com>",
            &long,
        ] {
            assert_eq!(
                Contact::parse(text).map_err(|r| r.kind.code),
                Err("contact_invalid"),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_normalised_address_stays_as_it_is(text in "[+0-9a-zA-Z@. -]{0,40}") {
            if let Ok(contact) = Contact::parse(&text) {
                let again = Contact::parse(contact.address());
                prop_assert_eq!(again, Ok(contact));
            }
        }
    }
}
