//! Why a row was refused: one rule per row, with where, which field and what stood there.
//! Says nothing about how rows are read.

use std::fmt;

use party::check::is_hidden;

/// Where a row starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Which row of data, from 1; a header and blank lines do not count.
    pub row: u64,
    /// Which line of the unpacked file, from 1.
    pub line: u64,
    /// Position in the unpacked file, in bytes, from 0.
    pub byte: u64,
}

/// A row that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where the row starts.
    pub at: At,
    /// What it is about: a field of [`Field`](super::Field) by its name, or `row`.
    pub field: &'static str,
    /// What stood there, shortened, with control characters made visible.
    pub value: String,
    /// The rule that it breaks.
    pub rule: Rule,
    /// What exactly was wrong this time.
    pub detail: String,
}

/// The rules of import. The first one broken, in the order in which a row is read, is the one named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The file cannot be read any further (disk, network, damaged compression). Ends the import.
    Unreadable,
    /// The file ends in the middle of a row. Ends the import.
    Truncated,
    /// Not the document that it should be, so that rows cannot be told apart. Ends the import.
    BrokenDocument,
    /// Not JSON, not a feature, or a quote that is never closed.
    Malformed,
    /// Longer than [`ROW_BYTES_MAX`](super::ROW_BYTES_MAX).
    RowTooLong,
    /// Bytes that are no text in the file's encoding, or U+FFFD, which an earlier conversion left.
    BrokenEncoding,
    /// Another number of fields than the header has.
    WrongFieldCount,
    /// No name, and no rule to make one.
    EmptyName,
    /// A text longer than its field takes.
    TooLong,
    /// A control character or one that turns the direction of writing.
    ControlCharacter,
    /// No coordinates (0, 0 counts as none), and no rule to make some.
    MissingPlace,
    /// Coordinates that are no numbers or not on Earth, or a shape without one centre.
    BadPlace,
    /// Coordinates that make sense only the other way round.
    SwappedPlace,
    /// The same source as an earlier accepted row.
    DuplicateSource,
    /// The same name within 30 m of an earlier accepted row.
    DuplicateName,
}

impl Rule {
    /// Stable name, `snake_case`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Truncated => "truncated",
            Self::BrokenDocument => "broken_document",
            Self::Malformed => "malformed",
            Self::RowTooLong => "row_too_long",
            Self::BrokenEncoding => "broken_encoding",
            Self::WrongFieldCount => "wrong_field_count",
            Self::EmptyName => "empty_name",
            Self::TooLong => "too_long",
            Self::ControlCharacter => "control_character",
            Self::MissingPlace => "missing_place",
            Self::BadPlace => "bad_place",
            Self::SwappedPlace => "swapped_place",
            Self::DuplicateSource => "duplicate_source",
            Self::DuplicateName => "duplicate_name",
        }
    }

    /// What a person can do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Unreadable => "Copy the file again and repeat the import; what was accepted does no harm.",
            Self::Truncated => "Download the file again; the rows before this one are whole.",
            Self::BrokenDocument => {
                "Repair the file here, or name its --format; raw Overpass JSON is first converted by osmtogeojson."
            }
            Self::Malformed => "Repair the row.",
            Self::RowTooLong => "Shorten the row, or look for a missing line break.",
            Self::BrokenEncoding => "Name the file's encoding with --encoding, for example gbk.",
            Self::WrongFieldCount => "Quote the fields that hold the delimiter, or name another --delimiter.",
            Self::EmptyName => "Give it a name, map the name's --column, or name a rule with --name-from.",
            Self::TooLong => "Shorten the text.",
            Self::ControlCharacter => "Remove the character from the text.",
            Self::MissingPlace => {
                "Give it coordinates, map --column lat and lon, or name a rule with --place-in."
            }
            Self::BadPlace => "Give latitude and longitude in decimal degrees (WGS 84).",
            Self::SwappedPlace => "Exchange latitude and longitude, in the file or with --column.",
            Self::DuplicateSource => "Keep one row per id, or map another --column id.",
            Self::DuplicateName => "Keep one of the two rows, or tell the names apart.",
        }
    }

    /// Whether nothing behind this row can be read.
    pub fn ends_the_file(self) -> bool {
        matches!(self, Self::Unreadable | Self::Truncated | Self::BrokenDocument)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let At { row, line, .. } = self.at;
        let (field, code) = (self.field, self.rule.code());
        write!(f, "row {row} (line {line}): {code} at {field}: {}", self.detail)
    }
}

/// The start of a text, at most 60 characters, with control characters made visible.
pub fn excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut shown = String::new();
    for c in text.chars().take(CHARS_MAX) {
        if is_hidden(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}
