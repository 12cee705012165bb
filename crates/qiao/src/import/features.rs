//! Cuts a GeoJSON FeatureCollection into its features without holding the collection.
//! It only finds where each feature starts and ends; whether that is valid JSON is serde_json's word.

use std::io;

use super::bytes::{Bytes, ROW_BYTES_MAX};
use super::lines::{Cut, RowBytes};
use super::refusal::{At, Refusal, Rule, excerpt};

/// The elements of the `features` array, wherever it stands in the document. Several documents may
/// follow each other.
pub struct Features {
    bytes: Bytes,
    spot: Spot,
    next_row: u64,
}

/// Which part of the document comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    Document,
    Member { features_seen: bool },
    Element,
    End,
}

/// How a JSON value ended.
enum Value {
    Whole(Vec<u8>),
    TooLong(Vec<u8>),
    Truncated(Vec<u8>),
}

impl Features {
    /// The features of `bytes`.
    pub fn new(bytes: Bytes) -> Self {
        Self {
            bytes,
            spot: Spot::Document,
            next_row: 1,
        }
    }

    /// The next feature; `None` at the end of the document. What breaks the document itself is
    /// refused as a last row.
    pub fn next(&mut self) -> io::Result<Option<Cut>> {
        loop {
            let spot = self.spot;
            self.skip_between(spot != Spot::Document)?;
            let at = self.at();
            let next = self.bytes.peek()?;
            match (spot, next) {
                (Spot::End, _) => return Ok(None),
                (Spot::Document, None) => return Ok(None),
                (Spot::Document, Some(b'{')) => {
                    self.bytes.consume(1);
                    self.spot = Spot::Member { features_seen: false };
                }
                (Spot::Document, Some(_)) => {
                    return Ok(Some(Err(self.broken(
                        at,
                        Rule::BrokenDocument,
                        "here a JSON object should start",
                    ))));
                }
                (Spot::Member { .. } | Spot::Element, None) => {
                    return Ok(Some(Err(self.truncated(at))));
                }
                (Spot::Member { features_seen }, Some(b'}')) => {
                    self.bytes.consume(1);
                    self.spot = Spot::Document;
                    if !features_seen {
                        let what = "this object has no \"features\" array";
                        return Ok(Some(Err(self.broken(at, Rule::BrokenDocument, what))));
                    }
                }
                (Spot::Member { features_seen }, Some(_)) => {
                    if let Some(refusal) = self.step_over_member(at, features_seen)? {
                        return Ok(Some(Err(refusal)));
                    }
                }
                (Spot::Element, Some(b']')) => {
                    self.bytes.consume(1);
                    self.spot = Spot::Member { features_seen: true };
                }
                (Spot::Element, Some(_)) => return self.element(at).map(Some),
            }
        }
    }

    /// Reads `"key": value` of the document, and stops in front of the features if it is them.
    fn step_over_member(&mut self, at: At, features_seen: bool) -> io::Result<Option<Refusal>> {
        let key = match self.value(true)? {
            Value::Whole(key) if key.starts_with(b"\"") => key,
            Value::Truncated(_) => return Ok(Some(self.truncated(at))),
            Value::Whole(_) | Value::TooLong(_) => {
                let what = "here the name of a member should stand";
                return Ok(Some(self.broken(at, Rule::BrokenDocument, what)));
            }
        };
        self.skip_between(false)?;
        match self.bytes.peek()? {
            Some(b':') => self.bytes.consume(1),
            Some(_) => {
                return Ok(Some(self.broken(
                    self.at(),
                    Rule::BrokenDocument,
                    "here a colon should stand",
                )));
            }
            None => return Ok(Some(self.truncated(at))),
        }
        self.skip_between(false)?;
        if key == b"\"features\"" && self.bytes.peek()? == Some(b'[') {
            self.bytes.consume(1);
            self.spot = Spot::Element;
            return Ok(None);
        }
        self.spot = Spot::Member { features_seen };
        match self.value(false)? {
            Value::Truncated(_) => Ok(Some(self.truncated(at))),
            Value::Whole(_) | Value::TooLong(_) => Ok(None),
        }
    }

    fn element(&mut self, at: At) -> io::Result<Cut> {
        let value = self.value(true)?;
        self.next_row += 1;
        Ok(match value {
            Value::Whole(bytes) if bytes.is_empty() => {
                Err(self.broken(at, Rule::BrokenDocument, "here a feature should start"))
            }
            Value::Whole(bytes) => Ok(RowBytes { at, bytes }),
            Value::TooLong(head) => Err(Refusal {
                at,
                field: "row",
                value: excerpt(&String::from_utf8_lossy(&head[..head.len().min(400)])),
                rule: Rule::RowTooLong,
                detail: format!("the feature is longer than {ROW_BYTES_MAX} bytes"),
            }),
            Value::Truncated(head) => Err(Refusal {
                value: excerpt(&String::from_utf8_lossy(&head[..head.len().min(400)])),
                ..self.truncated(at)
            }),
        })
    }

    /// Reads one JSON value, told by its brackets and quotes alone. Keeps its bytes if asked to, up
    /// to the longest row. A scalar ends before what cannot belong to it.
    fn value(&mut self, keep: bool) -> io::Result<Value> {
        let mut kept = Vec::new();
        let mut too_long = false;
        let mut depth = 0_u64;
        let (mut in_string, mut escaped) = (false, false);
        loop {
            let mut end = None;
            for (i, &b) in self.bytes.window().iter().enumerate() {
                if in_string {
                    in_string = escaped || b != b'"';
                    escaped = b == b'\\' && !escaped;
                    if !in_string && depth == 0 {
                        end = Some(i + 1);
                        break;
                    }
                    continue;
                }
                match b {
                    b'"' => in_string = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth == 1 => {
                        end = Some(i + 1);
                        break;
                    }
                    b'}' | b']' if depth > 1 => depth -= 1,
                    b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                        end = Some(i);
                        break;
                    }
                    _ => {}
                }
            }
            let taken = end.unwrap_or(self.bytes.window().len());
            if keep && !too_long {
                let room = ROW_BYTES_MAX - kept.len();
                kept.extend_from_slice(&self.bytes.window()[..taken.min(room)]);
                too_long = taken > room;
            }
            self.bytes.consume(taken);
            if end.is_some() {
                return Ok(if too_long {
                    Value::TooLong(kept)
                } else {
                    Value::Whole(kept)
                });
            }
            if !self.bytes.fill()? {
                return Ok(Value::Truncated(kept));
            }
        }
    }

    /// Steps over white space, and over commas where a list goes on.
    fn skip_between(&mut self, commas: bool) -> io::Result<()> {
        loop {
            let window = self.bytes.window();
            let is_between = |b: &u8| b.is_ascii_whitespace() || (commas && *b == b',');
            let count = window.iter().take_while(|b| is_between(b)).count();
            let more = count == window.len();
            self.bytes.consume(count);
            if !more || !self.bytes.fill()? {
                return Ok(());
            }
        }
    }

    fn at(&self) -> At {
        At {
            row: self.next_row,
            line: self.bytes.line(),
            byte: self.bytes.byte(),
        }
    }

    fn truncated(&mut self, at: At) -> Refusal {
        let detail = format!("the file ends at byte {}, inside the document", self.bytes.byte());
        self.broken(at, Rule::Truncated, detail)
    }

    /// Refuses the rest of the document: after this nothing in it can be told apart.
    fn broken(&mut self, at: At, rule: Rule, detail: impl Into<String>) -> Refusal {
        self.spot = Spot::End;
        let head = &self.bytes.window()[..self.bytes.window().len().min(400)];
        Refusal {
            at,
            field: "row",
            value: excerpt(&String::from_utf8_lossy(head)),
            rule,
            detail: detail.into(),
        }
    }
}
