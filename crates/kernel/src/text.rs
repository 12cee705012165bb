//! Text that a merchant wrote in one or more languages.

use std::collections::BTreeMap;

/// A map from BCP 47 language tag to text. Never empty once checked by the crate that stores it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct LocalText(pub BTreeMap<String, String>);

impl LocalText {
    /// One text in one language.
    pub fn one(tag: &str, text: &str) -> Self {
        Self(BTreeMap::from([(tag.to_owned(), text.to_owned())]))
    }

    /// The text in `tag`, else in the same primary language, else in English, else any.
    pub fn in_language(&self, tag: &str) -> &str {
        let primary = |t: &str| t.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let same_language = || {
            self.0
                .iter()
                .find(|(t, _)| primary(t) == primary(tag))
                .map(|(_, text)| text)
        };
        let english = || {
            self.0
                .iter()
                .find(|(t, _)| primary(t) == "en")
                .map(|(_, text)| text)
        };
        let any = || self.0.values().next();
        self.0
            .get(tag)
            .or_else(same_language)
            .or_else(english)
            .or_else(any)
            .map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_back_by_language_then_english_then_any() {
        let mut text = LocalText::one("zh-CN", "火锅");
        assert_eq!(text.in_language("en"), "火锅");
        text.0.insert("en".into(), "hot pot".into());
        assert_eq!(text.in_language("zh-TW"), "火锅");
        assert_eq!(text.in_language("fr"), "hot pot");
    }
}
