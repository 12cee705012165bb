//! One file as an iterator over its rows. It puts the format's reader before the checker and stops at
//! what nothing can be read behind; it holds no rule of its own.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::ImportedMerchant;
use super::bytes::{Bytes, Source};
use super::check::{Checker, Notes};
use super::columns::Field;
use super::csv::CsvRows;
use super::features::Features;
use super::geojson::{Cutter, GeojsonRows};
use super::lines::{Kind, Lines};
use super::options::{Format, OpenError, Options};
use super::raw::Sources;
use super::refusal::{At, Refusal, Rule, excerpt};

/// The rows of one file, in its order: each a merchant, or why it is none. Ends after a row
/// whose rule [ends the file](Rule::ends_the_file).
pub struct Merchants {
    rows: Rows,
    checker: Checker,
    reading: Reading,
    taken: Arc<AtomicU64>,
    last: At,
    ended: bool,
}

enum Rows {
    Csv(Box<CsvRows>),
    Geojson(Box<GeojsonRows>),
}

/// How a file is read, to be shown before it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// As told or found.
    pub format: Format,
    /// Where each field is read from; for GeoJSON only what the user chose.
    pub columns: Vec<(Field, String)>,
    /// Columns of a CSV file that are not read.
    pub unused: Vec<String>,
}

impl Merchants {
    /// Opens a file.
    ///
    /// # Errors
    /// If its beginning cannot be read, or shows that no row could be.
    pub fn open(path: &Path, options: &Options) -> Result<Self, OpenError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self::from_source(Box::new(File::open(path)?), &name, options)
    }

    /// Reads from any source of bytes; `name` is the file's, which tells format and source prefix.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_source(source: Source, name: &str, options: &Options) -> Result<Self, OpenError> {
        let taken = Arc::new(AtomicU64::new(0));
        let mut bytes = Bytes::new(source, Arc::clone(&taken))?;
        let name = name.strip_suffix(".zst").unwrap_or(name);
        let format = format(name, &mut bytes, options)?;
        let sources = Sources {
            prefix: options.source_prefix.clone(),
            stem: name.split('.').next().unwrap_or_default().to_owned(),
        };
        let (rows, columns, unused) = match format {
            Format::Csv => {
                let usual = if name.ends_with(".tsv") { b'\t' } else { b',' };
                let rows = CsvRows::open(bytes, options.delimiter.unwrap_or(usual), options, sources)?;
                let (mut used, mut unused) = (Vec::new(), Vec::new());
                for (header, field) in rows.columns() {
                    match field {
                        Some(field) => used.push((field, excerpt(header))),
                        None => unused.push(excerpt(header)),
                    }
                }
                (Rows::Csv(Box::new(rows)), used, unused)
            }
            Format::Geojson | Format::Ndjson => {
                let cutter = match format {
                    Format::Ndjson => Cutter::Lines(Lines::new(bytes, Kind::Json)),
                    Format::Geojson | Format::Csv => Cutter::Collection(Features::new(bytes)),
                };
                let rows = GeojsonRows::open(cutter, options, sources)?;
                let chosen = options.columns.clone().into_iter().collect();
                (Rows::Geojson(Box::new(rows)), chosen, Vec::new())
            }
        };
        Ok(Self {
            rows,
            checker: Checker::new(options.clone()),
            reading: Reading {
                format,
                columns,
                unused,
            },
            taken,
            last: At {
                row: 0,
                line: 1,
                byte: 0,
            },
            ended: false,
        })
    }

    /// How the file is read.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// What was worth telling about the merchants so far.
    pub fn notes(&self) -> &Notes {
        self.checker.notes()
    }

    /// How many bytes were taken from the file so far, packed as they are in it; it goes on counting.
    pub fn bytes_taken(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.taken)
    }
}

impl Iterator for Merchants {
    type Item = Result<ImportedMerchant, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = match &mut self.rows {
            Rows::Csv(rows) => rows.next(),
            Rows::Geojson(rows) => rows.next(),
        };
        let raw = match next {
            Ok(raw) => raw,
            Err(error) => Some(Err(Refusal {
                at: At {
                    row: self.last.row + 1,
                    ..self.last
                },
                field: "row",
                value: String::new(),
                rule: Rule::Unreadable,
                detail: format!("after this row's line: {error}"),
            })),
        };
        self.ended = raw.is_none();
        let merchant = raw?.and_then(|raw| {
            self.last = raw.at;
            self.checker.check(raw)
        });
        if let Err(refusal) = &merchant {
            self.last = refusal.at;
            self.ended = refusal.rule.ends_the_file();
        }
        Some(merchant)
    }
}

/// The format by the user's word, else by the file's name; what is JSON is a collection if
/// `"FeatureCollection"` or `"features"` stands in its first 64 KiB before any `"Feature"`.
fn format(name: &str, bytes: &mut Bytes, options: &Options) -> Result<Format, OpenError> {
    bytes.fill_to(SNIFFED_BYTES)?;
    let window = bytes.window();
    if window.is_empty() {
        return Err(OpenError::Empty);
    }
    if let Some(format) = options.format {
        return Ok(format);
    }
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "csv" | "tsv" => Ok(Format::Csv),
        "geojsonl" | "geojsons" | "geojsonseq" | "ndjson" | "jsonl" => Ok(Format::Ndjson),
        _ if extension.contains("json") || window.trim_ascii_start().starts_with(b"{") => {
            let head = &window[..window.len().min(SNIFFED_BYTES)];
            let first = |word: &[u8]| head.windows(word.len()).position(|part| part == word);
            let collection = [first(b"\"FeatureCollection\""), first(b"\"features\"")];
            let collection = collection.into_iter().flatten().min();
            Ok(match (collection, first(b"\"Feature\"")) {
                (Some(collection), Some(feature)) if feature < collection => Format::Ndjson,
                (None, Some(_)) => Format::Ndjson,
                _ => Format::Geojson,
            })
        }
        _ => Err(OpenError::UnknownFormat),
    }
}

const SNIFFED_BYTES: usize = 64 << 10;

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|(field, header)| format!("{field}={header}"))
            .collect();
        let columns = columns.join(", ");
        match self.format {
            Format::Csv if columns.is_empty() => {
                let hint = "name some with --column, or another --delimiter or --encoding";
                write!(f, "CSV, no known column among {}; {hint}", self.unused.join(", "))
            }
            Format::Csv => {
                write!(f, "CSV, columns {columns}")?;
                if !self.unused.is_empty() {
                    write!(f, "; not read: {}", self.unused.join(", "))?;
                }
                Ok(())
            }
            Format::Geojson | Format::Ndjson => {
                let kind = match self.format {
                    Format::Ndjson => "GeoJSON, one feature a line",
                    Format::Geojson | Format::Csv => "GeoJSON FeatureCollection",
                };
                write!(f, "{kind}, properties of OpenStreetMap")?;
                if columns.is_empty() {
                    Ok(())
                } else {
                    write!(f, ", and {columns}")
                }
            }
        }
    }
}
