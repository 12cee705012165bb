//! The rules of form for what people write and show, pure.

use std::collections::BTreeMap;

use kernel::{MediaId, Reject, RejectKind};

use crate::REVIEW_INVALID;

/// How many aspects a review may rate.
pub const MAX_ASPECTS: usize = 8;

/// How many characters a review, a reply or a statement in a complaint may have.
pub const MAX_TEXT: usize = 2_000;

/// How many pictures a review or a statement in a complaint may have.
pub const MAX_PICTURES: usize = 6;

/// Letters of an aspect's name.
const MAX_ASPECT_NAME: usize = 32;

/// 1 to 5.
pub(crate) fn check_stars(field: &'static str, stars: i64) -> Result<(), Reject> {
    if (1..=5).contains(&stars) {
        return Ok(());
    }
    Err(REVIEW_INVALID.at(field, format!("Stars are 1 to 5, not {stars}.")))
}

/// Few, named as identifiers, each 1 to 5.
pub(crate) fn check_aspects(aspects: &BTreeMap<String, i64>) -> Result<(), Reject> {
    if aspects.len() > MAX_ASPECTS {
        let detail = format!(
            "A review rates at most {MAX_ASPECTS} aspects, not {}.",
            aspects.len()
        );
        return Err(REVIEW_INVALID.at("/aspects", detail));
    }
    for (name, stars) in aspects {
        let of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || name.len() > MAX_ASPECT_NAME || !name.chars().all(of_name) {
            let detail = format!(
                "An aspect's name is 1 to {MAX_ASPECT_NAME} lower-case letters, digits and underscores (`taste`)."
            );
            return Err(REVIEW_INVALID.at("/aspects", detail));
        }
        check_stars("/aspects", *stars)?;
    }
    Ok(())
}

/// Few, each once, or it is of this kind.
pub(crate) fn check_pictures(kind: &'static RejectKind, media: &[MediaId]) -> Result<(), Reject> {
    if media.len() > MAX_PICTURES {
        let detail = format!("There are at most {MAX_PICTURES} pictures, not {}.", media.len());
        return Err(kind.at("/media", detail));
    }
    let mut different = media.to_vec();
    different.sort_unstable();
    different.dedup();
    if different.len() < media.len() {
        return Err(kind.at("/media", "Each picture is shown once."));
    }
    Ok(())
}

/// How others see the name of somebody who wrote: 李伟 as 李**, Emma Stone as Emma S.
pub fn short_name(name: &str) -> String {
    let mut words = name.split_whitespace();
    let (first, last) = (words.next().unwrap_or_default(), words.next_back());
    match last.and_then(|last| last.chars().next()) {
        Some(initial) => format!("{first} {initial}."),
        None => first.chars().take(1).chain("**".chars()).collect(),
    }
}

/// What a review, a reply or a statement in a complaint says, as [`clean`] has it.
pub(crate) fn clean_text(invalid: &'static RejectKind, text: &str) -> Result<String, Reject> {
    clean(invalid, text, MAX_TEXT)
}

/// What people write: trimmed, at most `max` characters, and nothing in it that a screen obeys instead of showing. What
/// is not so is refused as the field `text`.
pub fn clean(invalid: &'static RejectKind, text: &str, max: usize) -> Result<String, Reject> {
    let text = text.trim();
    let length = text.chars().count();
    if length > max {
        let detail = format!("The text has {length} characters; it may have {max}.");
        return Err(invalid.at("/text", detail));
    }
    if let Some(found) = text.chars().find(|c| is_command(*c)) {
        let detail = format!(
            "The text holds the control character U+{:04X}. Remove it.",
            u32::from(found)
        );
        return Err(invalid.at("/text", detail));
    }
    Ok(text.to_owned())
}

/// Control characters other than tab and line breaks, and those that turn the direction of text, with
/// which a name or a rating can be made to read as another.
fn is_command(c: char) -> bool {
    let turns_direction = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    turns_direction || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_one_to_five() {
        for stars in [i64::MIN, -1, 0, 6, i64::MAX] {
            assert_eq!(
                check_stars("/stars", stars).unwrap_err().field.as_deref(),
                Some("/stars")
            );
        }
        assert!((1..=5).all(|stars| check_stars("/stars", stars).is_ok()));
    }

    #[test]
    fn aspects_are_few_well_named_and_rated() {
        let of = |pairs: &[(&str, i64)]| pairs.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        assert!(check_aspects(&of(&[("taste", 5), ("service_2", 1)])).is_ok());
        for bad in [
            of(&[("", 5)]),
            of(&[("Taste", 5)]),
            of(&[("口味", 5)]),
            of(&[("taste", 0)]),
        ] {
            assert!(check_aspects(&bad).is_err(), "{bad:?}");
        }
        assert!(check_aspects(&of(&[(&"a".repeat(33), 5)])).is_err());
        let nine: BTreeMap<String, i64> = (0..9).map(|n| (format!("aspect_{n}"), 3)).collect();
        assert!(check_aspects(&nine).is_err());
    }

    #[test]
    fn a_name_is_told_in_part() {
        for (name, short) in [
            ("李伟", "李**"),
            ("Emma Stone", "Emma S."),
            ("Ana de la Cruz", "Ana C."),
            ("Lin", "L**"),
        ] {
            assert_eq!(short_name(name), short);
        }
    }

    #[test]
    fn text_is_kept_as_written_but_for_what_a_screen_would_obey() {
        assert_eq!(
            clean_text(&REVIEW_INVALID, "  <b>好吃</b>\n=SUM(A1) ").unwrap(),
            "<b>好吃</b>\n=SUM(A1)"
        );
        for bad in ["a\u{0}b", "a\u{1b}[2Jb", "a\u{202E}b", "\u{9b}2J"] {
            assert!(clean_text(&REVIEW_INVALID, bad).is_err(), "{bad:?}");
        }
        assert!(clean_text(&REVIEW_INVALID, &"字".repeat(MAX_TEXT)).is_ok());
        assert!(clean_text(&REVIEW_INVALID, &"字".repeat(MAX_TEXT + 1)).is_err());
    }
}
