//! What somebody who is still typing may mean: the last word completed by what the index has, and the names
//! that stand on what is found then.

use std::collections::HashMap;

use kernel::{LocalText, Timestamp};

use super::index::{IndexError, SearchFail, SearchIndex};
use super::query::{Near, Request, SearchQuery};
use super::view::View;

/// How many are given at most.
const MOST: usize = 8;
/// How many offers they are taken from.
const HITS: usize = 20;
/// Terms of one segment that may complete a word.
const MOST_TERMS: usize = 500;

/// Something to search for instead of what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Everything of this category.
    Category(String),
    /// A merchant, by name.
    Merchant(LocalText),
    /// An offer, by title.
    Offer(LocalText),
}

impl SearchIndex {
    /// What `text` may become, of what is live at `now`: first the category that most of it is in, then merchants
    /// and offers, the best first. Nothing for a text without a word.
    pub fn suggest(
        &self,
        text: &str,
        near: Option<Near>,
        now: Timestamp,
    ) -> Result<Vec<Suggestion>, SearchFail> {
        let query = SearchQuery {
            text: text.to_owned(),
            near,
            page_size: HITS,
            ..SearchQuery::default()
        };
        let mut request = Request::check(&query, now).map_err(SearchFail::Reject)?;
        let Some(last) = request.words.last_mut() else {
            return Ok(Vec::new());
        };
        let view = self.view().map_err(SearchFail::Index)?;
        if let [gram] = &mut last.grams[..]
            && let Some(whole) = completion(&view, gram).map_err(SearchFail::Index)?
        {
            *gram = whole;
        }
        let page = self.answer(&request).map_err(SearchFail::Index)?;
        if page.relaxed {
            return Ok(Vec::new());
        }
        let mut categories: HashMap<&str, usize> = HashMap::new();
        for hit in &page.hits {
            *categories.entry(&hit.doc.category).or_default() += 1;
        }
        // Of equals the one that comes first in the alphabet, so that the answer is always the same.
        let usual = categories
            .into_iter()
            .max_by_key(|(code, count)| (*count, std::cmp::Reverse(*code)));
        let mut found: Vec<Suggestion> = Vec::new();
        found.extend(usual.map(|(code, _)| Suggestion::Category(code.to_owned())));
        for hit in &page.hits {
            for name in [
                Suggestion::Merchant(hit.doc.merchant_name.clone()),
                Suggestion::Offer(hit.doc.title.clone()),
            ] {
                if found.len() < MOST && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        Ok(found)
    }
}

/// The term that most documents have of those that begin so.
fn completion(view: &View, beginning: &str) -> Result<Option<String>, IndexError> {
    let mut counts: HashMap<Vec<u8>, u64> = HashMap::new();
    for segment in &view.segments {
        let mut terms = segment.grams.terms().range().ge(beginning).into_stream()?;
        for _ in 0..MOST_TERMS {
            if !terms.advance() || !terms.key().starts_with(beginning.as_bytes()) {
                break;
            }
            *counts.entry(terms.key().to_owned()).or_default() += u64::from(terms.value().doc_freq);
        }
    }
    let usual = counts
        .into_iter()
        .max_by_key(|(term, count)| (*count, std::cmp::Reverse(term.clone())));
    Ok(usual.and_then(|(term, _)| String::from_utf8(term).ok()))
}
