//! Text into the grams that are indexed and the words that are looked for. Scripts written without
//! spaces are indexed as single characters and pairs of neighbours, so that any piece of a name is
//! found; the dictionary (jieba) only says where a query may be taken apart. All text is plain text:
//! there is no query syntax and nothing that people type is an error.
//!
//! Why pairs: over 9,884 real shop names, words cut by the dictionary on both sides found the shop by
//! the first three characters of its name in 31 % of the cases; pairs find all of them, at a similar
//! number of terms, and a new dictionary needs no new index.

use std::sync::LazyLock;

use jieba_rs::{Jieba, TokenizeMode};
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RawTokenizer, Stemmer, TextAnalyzer, TokenStream,
};

/// What is read of a query, in characters. The rest is left out, not refused.
const MAX_QUERY_CHARS: usize = 200;
/// How many words of a query count.
const MAX_QUERY_WORDS: usize = 12;
/// What is read of one indexed text, in characters.
const MAX_INDEXED_CHARS: usize = 1_000;
/// Letters in a row that are told apart; longer words are cut here, on both sides alike.
const MAX_WORD_CHARS: usize = 32;

/// Words that say nothing about the offer. Left out of a query unless it has no others.
const EMPTY_WORDS: &[&str] = &[
    "a", "an", "and", "at", "best", "cheap", "for", "good", "in", "me", "near", "of", "on", "or", "the",
    "to", "with", "的", "了", "和", "与", "及", "在", "是", "有", "附近", "周边", "推荐", "好吃", "便宜",
];

/// 30 MB and a seventh of a second, so it is loaded by the first query that needs it or by [`warm_up`].
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Loads the Chinese dictionary now, so that no search has to wait for it. Takes about 150 ms: call it
/// from a thread of its own when the server starts.
pub fn warm_up() {
    LazyLock::force(&DICTIONARY);
}

/// A word of a query. A document has the word if it has all its grams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Terms of the index.
    pub grams: Vec<String>,
}

/// A stretch of text of one kind.
enum Run<'a> {
    /// Letters and digits of a script with spaces between words.
    Spaced(String),
    /// Chinese, Japanese, Korean, or pictures.
    Dense(&'a str),
}

/// Calls `emit` with each gram of `text`, in the order of the text, repeats included.
pub(super) fn index_grams(text: &str, mut emit: impl FnMut(&str)) {
    let mut analyzer = spaced_analyzer();
    for run in runs(prefix(text, MAX_INDEXED_CHARS)) {
        match run {
            Run::Spaced(word) => analyze(&mut analyzer, &word, &mut emit),
            Run::Dense(run) => {
                grams(run, 1).for_each(&mut emit);
                grams(run, 2).for_each(&mut emit);
            }
        }
    }
}

/// The words that a query asks for: at most 12 different ones, none if there is nothing to look for.
pub(super) fn query_words(text: &str) -> Vec<Word> {
    let mut analyzer = spaced_analyzer();
    let mut words: Vec<(bool, Word)> = Vec::new();
    let mut push = |text: &str, word: Word| {
        let known = words.iter().any(|(_, w)| *w == word);
        if !known && !word.grams.is_empty() {
            words.push((EMPTY_WORDS.contains(&text), word));
        }
    };
    for run in runs(prefix(text, MAX_QUERY_CHARS)) {
        match run {
            Run::Spaced(word) => {
                let mut grams = Vec::new();
                analyze(&mut analyzer, &word, &mut |gram| grams.push(gram.to_owned()));
                push(&word.to_lowercase(), Word { grams });
            }
            Run::Dense(run) => cut(run, &mut |piece| push(piece, dense_word(piece))),
        }
    }
    let has_meaning = words.iter().any(|(empty, _)| !empty);
    words.retain(|(empty, _)| !(*empty && has_meaning));
    words
        .into_iter()
        .take(MAX_QUERY_WORDS)
        .map(|(_, word)| word)
        .collect()
}

/// A dense word as its pairs; a single character as itself.
fn dense_word(piece: &str) -> Word {
    let length = if piece.chars().nth(1).is_some() { 2 } else { 1 };
    let mut grams: Vec<String> = grams(piece, length).map(str::to_owned).collect();
    grams.sort_unstable();
    grams.dedup();
    Word { grams }
}

/// Cuts a dense run into dictionary words, and a long word into the words that it is made of.
fn cut(run: &str, push: &mut impl FnMut(&str)) {
    if run.chars().nth(2).is_none() {
        return push(run);
    }
    for word in DICTIONARY.cut(run, false) {
        let length = word.word.chars().count();
        let parts = if length < 4 {
            Vec::new()
        } else {
            parts_of(word.word, length)
        };
        if parts.is_empty() {
            push(word.word);
        }
        parts.into_iter().for_each(&mut *push);
    }
}

/// The dictionary words inside a long word, if they cover all of it: "重庆火锅" is "重庆" and "火锅".
fn parts_of(word: &str, length: usize) -> Vec<&str> {
    let mut tokens = DICTIONARY.tokenize(word, TokenizeMode::Search, false);
    tokens.retain(|t| t.end - t.start < length);
    tokens.sort_by_key(|t| t.start);
    let covered = tokens
        .iter()
        .fold(0, |end, t| if t.start > end { end } else { end.max(t.end) });
    if covered < length {
        return Vec::new();
    }
    tokens.into_iter().map(|t| t.word).collect()
}

/// Pieces of `length` characters that follow each other by one character.
fn grams(run: &str, length: usize) -> impl Iterator<Item = &str> {
    let ends = run.char_indices().map(|(at, c)| at + c.len_utf8());
    run.char_indices()
        .map(|(at, _)| at)
        .zip(ends.skip(length - 1))
        .map(|(from, to)| &run[from..to])
}

fn prefix(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(at, _)| &text[..at])
}

fn spaced_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(RawTokenizer::default())
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

fn analyze(analyzer: &mut TextAnalyzer, word: &str, emit: &mut impl FnMut(&str)) {
    let mut tokens = analyzer.token_stream(word);
    while tokens.advance() {
        emit(&tokens.token().text);
    }
}

/// Splits text into runs; what is neither letter, digit nor picture only separates. An apostrophe
/// inside a word does not: "McDonald's" is one word.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((from, first)) = chars.next() {
        if is_dense(first) {
            let mut to = from + first.len_utf8();
            while let Some((at, c)) = chars.next_if(|(_, c)| is_dense(*c)) {
                to = at + c.len_utf8();
            }
            runs.push(Run::Dense(&text[from..to]));
        } else if first.is_alphanumeric() {
            let mut word = String::from(first);
            while let Some((_, c)) = chars.next_if(|(_, c)| is_spaced(*c) || is_apostrophe(*c)) {
                word.extend((!is_apostrophe(c)).then_some(c));
            }
            runs.push(Run::Spaced(prefix(&word, MAX_WORD_CHARS).to_owned()));
        }
    }
    runs
}

fn is_spaced(c: char) -> bool {
    c.is_alphanumeric() && !is_dense(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

/// Han, kana, hangul, and the blocks of pictures (Unicode 17 ranges, rounded up).
fn is_dense(c: char) -> bool {
    matches!(u32::from(c),
        0x2600..=0x27BF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x1F000..=0x1FAFF | 0x20000..=0x3FFFF)
}
