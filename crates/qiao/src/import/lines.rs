//! Cuts CSV and newline-delimited JSON into rows. A line break inside CSV quotes does not end a row.
//! Looks at no more than quotes and line ends; what a row means is decided elsewhere.

use std::io;

use super::bytes::{Bytes, ROW_BYTES_MAX};
use super::refusal::{At, Refusal, Rule, excerpt};

/// Looking for the end of a quoted text in vain costs up to the longest row each time. After this many
/// times in one file no quoted text reaches over its line's end, so that a hostile file stays cheap.
const OPEN_QUOTES_MAX: u32 = 64;

/// The bytes of one row, with its line end, and where they stand.
pub struct RowBytes {
    pub at: At,
    pub bytes: Vec<u8>,
}

/// One row, or why it cannot be cut out.
pub type Cut = Result<RowBytes, Refusal>;

/// Rows that end with a line. CR, LF and CRLF are line ends; blank lines are no rows.
pub struct Lines {
    bytes: Bytes,
    kind: Kind,
    next_row: u64,
    open_quotes: u32,
}

/// What a line of the file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Fields with this delimiter, quoted after RFC 4180. The first row is the header and has number 0.
    Csv { delimiter: u8 },
    /// One JSON text a line; the record separator of RFC 8142 before it is allowed.
    Json,
}

/// How far a scan for the end of a row came.
enum Scan {
    Ends(usize),
    TooLong,
    OpenQuote,
}

/// Where the scan stands in a CSV field, as csv-core reads it: only a quote at the start of a field
/// opens a quoted text, and a doubled quote inside does not close it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Start,
    Bare,
    Quoted,
    QuoteInQuoted,
}

impl Quoting {
    fn after(self, b: u8, delimiter: u8) -> Self {
        match self {
            Self::Quoted if b == b'"' => Self::QuoteInQuoted,
            Self::Quoted => Self::Quoted,
            Self::Start | Self::QuoteInQuoted if b == b'"' => Self::Quoted,
            Self::Start | Self::QuoteInQuoted | Self::Bare if b == delimiter => Self::Start,
            Self::Start | Self::QuoteInQuoted | Self::Bare => Self::Bare,
        }
    }
}

impl Lines {
    /// The rows of `bytes`.
    pub fn new(bytes: Bytes, kind: Kind) -> Self {
        let next_row = u64::from(kind == Kind::Json);
        Self {
            bytes,
            kind,
            next_row,
            open_quotes: 0,
        }
    }

    /// The next row; `None` at the end of the file.
    pub fn next(&mut self) -> io::Result<Option<Cut>> {
        loop {
            let scan = self.scan()?;
            let at = At {
                row: self.next_row,
                line: self.bytes.line(),
                byte: self.bytes.byte(),
            };
            let cut = match scan {
                Scan::Ends(0) => return Ok(None),
                Scan::Ends(end) => {
                    let bytes = self.bytes.window()[..end].to_vec();
                    self.bytes.consume(end);
                    if self.is_blank(&bytes) {
                        continue;
                    }
                    Ok(RowBytes { at, bytes })
                }
                Scan::TooLong => Err(self.skip_line(at)?),
                Scan::OpenQuote => Err(self.skip_open_quote(at)),
            };
            self.next_row += 1;
            return Ok(Some(cut));
        }
    }

    fn is_blank(&self, row: &[u8]) -> bool {
        match self.kind {
            Kind::Csv { .. } => row.iter().all(|b| matches!(b, b'\r' | b'\n')),
            Kind::Json => row.iter().all(|b| b.is_ascii_whitespace() || *b == 0x1E),
        }
    }

    /// Looks for the end of the row at the start of the window, and reads as much as that takes.
    fn scan(&mut self) -> io::Result<Scan> {
        let mut quoting = Quoting::Start;
        let mut scanned = 0;
        loop {
            let window = self.bytes.window();
            let known = window.len().min(ROW_BYTES_MAX);
            for (i, &b) in window[scanned..known].iter().enumerate() {
                if b == b'\n' || b == b'\r' {
                    if quoting != Quoting::Quoted {
                        return Ok(Scan::Ends(scanned + i + 1));
                    }
                    if self.open_quotes >= OPEN_QUOTES_MAX {
                        return Ok(Scan::OpenQuote);
                    }
                }
                if let Kind::Csv { delimiter } = self.kind {
                    quoting = quoting.after(b, delimiter);
                }
            }
            scanned = known;
            let quoted = quoting == Quoting::Quoted;
            if scanned == ROW_BYTES_MAX {
                return Ok(if quoted && self.first_line_end().is_some() {
                    Scan::OpenQuote
                } else {
                    Scan::TooLong
                });
            }
            if !self.bytes.fill()? {
                return Ok(if quoted {
                    Scan::OpenQuote
                } else {
                    Scan::Ends(scanned)
                });
            }
        }
    }

    /// Length of the window's first line with its end, whatever the quotes say.
    fn first_line_end(&self) -> Option<usize> {
        let position = self
            .bytes
            .window()
            .iter()
            .position(|b| matches!(b, b'\n' | b'\r'))?;
        Some(position + 1)
    }

    /// A quote that is not closed within the longest row would swallow the rows behind it, so only
    /// the line that opens it is refused and reading goes on with the next line.
    fn skip_open_quote(&mut self, at: At) -> Refusal {
        self.open_quotes += 1;
        let end = self.first_line_end();
        let skipped = end.unwrap_or(self.bytes.window().len());
        let value = excerpt(&String::from_utf8_lossy(&self.bytes.window()[..skipped]));
        self.bytes.consume(skipped);
        let (rule, detail) = match end {
            Some(_) => (
                Rule::Malformed,
                "a quote opened in this line is never closed".to_owned(),
            ),
            None => {
                let byte = self.bytes.byte();
                (
                    Rule::Truncated,
                    format!("the file ends inside a quoted field, at byte {byte}"),
                )
            }
        };
        Refusal {
            at,
            field: "row",
            value,
            rule,
            detail,
        }
    }

    /// Steps over the rest of a line of any length, holding one chunk of it at a time.
    fn skip_line(&mut self, at: At) -> io::Result<Refusal> {
        let head = &self.bytes.window()[..self.bytes.window().len().min(400)];
        let value = excerpt(&String::from_utf8_lossy(head));
        loop {
            if let Some(end) = self.first_line_end() {
                self.bytes.consume(end);
                break;
            }
            self.bytes.consume(self.bytes.window().len());
            if !self.bytes.fill()? {
                break;
            }
        }
        Ok(Refusal {
            at,
            field: "row",
            value,
            rule: Rule::RowTooLong,
            detail: format!("no end of the row within {ROW_BYTES_MAX} bytes"),
        })
    }
}
