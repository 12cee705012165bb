//! How much a gram counts by where it stands, handed to the index as the number of times that the gram
//! occurs. So one list of documents serves all texts of an offer, and the index can say how well a word
//! fits without looking at the text.

use std::collections::BTreeMap;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::document::OfferDoc;
use super::words::index_grams;

/// The name under which the index knows [`PointsTokenizer`].
pub(super) const POINTS: &str = "points";
/// What a gram can count at most: that of the title.
pub(super) const MOST_POINTS: u64 = 4;
const MERCHANT_POINTS: u64 = 3;
const STORE_POINTS: u64 = 2;
const CATEGORY_POINTS: u64 = 2;
const DISH_POINTS: u64 = 1;

/// Stands between grams; never inside one, because a gram has letters, digits and pictures only.
const SEPARATOR: char = '\u{1f}';

/// The grams of a document with their points.
pub(super) struct Points(BTreeMap<String, u64>);

impl Points {
    /// A gram counts by the best of the texts that it stands in.
    pub fn of(doc: &OfferDoc) -> Self {
        let mut points = Self(BTreeMap::new());
        let names = [
            (&doc.title, MOST_POINTS),
            (&doc.merchant_name, MERCHANT_POINTS),
            (&doc.store_name, STORE_POINTS),
        ];
        for (text, worth) in names {
            text.0.values().for_each(|text| points.add(text, worth));
        }
        points.add(&doc.category, CATEGORY_POINTS);
        doc.dishes.iter().for_each(|dish| points.add(dish, DISH_POINTS));
        points
    }

    fn add(&mut self, text: &str, worth: u64) {
        index_grams(text, |gram| match self.0.get_mut(gram) {
            Some(most) => *most = worth.max(*most),
            None => {
                self.0.insert(gram.to_owned(), worth);
            }
        });
    }

    /// The points of a gram, 0 if the document does not have it.
    #[cfg(test)]
    pub fn get(&self, gram: &str) -> u64 {
        self.0.get(gram).copied().unwrap_or(0)
    }

    /// What [`PointsTokenizer`] reads: one digit and the gram, for each gram.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (gram, points) in &self.0 {
            text.push_str(&points.to_string());
            text.push_str(gram);
            text.push(SEPARATOR);
        }
        text
    }
}

/// Gives each gram as many times as it has points.
#[derive(Debug, Clone, Default)]
pub(super) struct PointsTokenizer;

/// What is left of the text, and how often the current gram is still due.
pub(super) struct PointsStream<'a> {
    left: std::str::Split<'a, char>,
    due: u32,
    token: Token,
}

impl Tokenizer for PointsTokenizer {
    type TokenStream<'a> = PointsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PointsStream<'a> {
        PointsStream {
            left: text.split(SEPARATOR),
            due: 0,
            token: Token {
                position: 0,
                ..Token::default()
            },
        }
    }
}

impl TokenStream for PointsStream<'_> {
    fn advance(&mut self) -> bool {
        while self.due == 0 {
            let Some(part) = self.left.next() else {
                return false;
            };
            let mut chars = part.chars();
            self.due = chars.next().and_then(|digit| digit.to_digit(10)).unwrap_or(0);
            self.token.text.clear();
            self.token.text.push_str(chars.as_str());
        }
        self.due -= 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
