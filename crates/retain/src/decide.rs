//! The rules of form for what a guest and a merchant write to each other, pure.

use kernel::{MediaId, Reject};

use crate::CHAT_INVALID;

/// How many characters a message of a conversation may have.
pub const MAX_CHAT_TEXT: usize = 1_000;

/// How many pictures a message of a conversation may have.
pub const MAX_CHAT_PICTURES: usize = 3;

/// How many messages a guest may write before the merchant answers.
pub const MAX_UNANSWERED: i64 = 20;

/// Cleaned as a review is. It says something or shows something.
pub(crate) fn check_message(text: &str, pictures: &[MediaId]) -> Result<String, Reject> {
    let text = feedback::clean(&CHAT_INVALID, text, MAX_CHAT_TEXT)?;
    if pictures.len() > MAX_CHAT_PICTURES {
        let detail = format!(
            "A message has at most {MAX_CHAT_PICTURES} pictures, not {}.",
            pictures.len()
        );
        return Err(CHAT_INVALID.at("/media", detail));
    }
    let mut different = pictures.to_vec();
    different.sort_unstable();
    different.dedup();
    if different.len() < pictures.len() {
        return Err(CHAT_INVALID.at("/media", "A message shows each picture once."));
    }
    if text.is_empty() && pictures.is_empty() {
        return Err(CHAT_INVALID.at("/text", "A message says something or shows a picture."));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use kernel::TypeSafeId;

    use super::*;

    fn picture(n: u128) -> MediaId {
        TypeSafeId::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_message_says_or_shows_something_and_not_too_much() {
        assert_eq!(check_message("  有宝宝椅吗？ ", &[]).unwrap(), "有宝宝椅吗？");
        assert_eq!(check_message(" ", &[1, 2, 3].map(picture)).unwrap(), "");
        assert!(check_message(&"字".repeat(MAX_CHAT_TEXT), &[]).is_ok());
        let field =
            |text: &str, pictures: &[MediaId]| check_message(text, pictures).unwrap_err().field.unwrap();
        assert_eq!(field(&"字".repeat(MAX_CHAT_TEXT + 1), &[]), "/text");
        assert_eq!(field(" \n", &[]), "/text");
        assert_eq!(field("a\u{202E}b", &[]), "/text");
        assert_eq!(field("", &[1, 2, 3, 4].map(picture)), "/media");
        assert_eq!(field("", &[1, 1].map(picture)), "/media");
    }
}
