//! CSV rows: the header decides the columns once, then each row is split, counted and decoded.
//! A row that does not fit the header is refused, never shifted or padded.

use std::borrow::Cow;
use std::io;

use csv_core::ReadRecordResult;
use encoding_rs::{DecoderResult, Encoding, UTF_8};

use super::bytes::Bytes;
use super::category;
use super::columns::{Columns, Field};
use super::lines::{Kind, Lines, RowBytes};
use super::options::{OpenError, Options};
use super::raw::{Cells, RawPlace, RawRow, Sources};
use super::refusal::{Refusal, Rule, excerpt};

/// The rows of a CSV file.
pub struct CsvRows {
    lines: Lines,
    splitter: Splitter,
    encoding: &'static Encoding,
    header: Vec<String>,
    columns: Vec<Option<Field>>,
    sources: Sources,
}

impl CsvRows {
    /// Reads the header and settles the columns.
    pub fn open(bytes: Bytes, delimiter: u8, options: &Options, sources: Sources) -> Result<Self, OpenError> {
        if !delimiter.is_ascii() || matches!(delimiter, b'"' | b'\r' | b'\n') {
            let text = "the delimiter must be one ASCII character other than a quote or a line end";
            return Err(OpenError::Columns(text.to_owned()));
        }
        let encoding = options.encoding;
        if !encoding.is_ascii_compatible() {
            let text = format!(
                "{} is not read here; convert the file to UTF-8 first",
                encoding.name()
            );
            return Err(OpenError::Encoding(text));
        }
        let mut lines = Lines::new(bytes, Kind::Csv { delimiter });
        let row = match lines.next()? {
            None => return Err(OpenError::Empty),
            Some(Err(refusal)) => return Err(OpenError::Columns(format!("the header: {}", refusal.detail))),
            Some(Ok(row)) => row,
        };
        if let Some(position) = broken_at(encoding, &row.bytes) {
            let byte = row.at.byte + position as u64;
            let name = encoding.name();
            let text = format!("the header is not {name} at byte {byte}; name another --encoding");
            return Err(OpenError::Encoding(text));
        }
        let mut splitter = Splitter::new(delimiter);
        let cells = splitter.split(&row.bytes);
        let header: Vec<String> = (0..cells)
            .map(|i| decode(encoding, splitter.cell(i)).trim().to_owned())
            .collect();
        let columns = Columns::new(&options.columns)?.of_header(&header, &options.columns)?;
        Ok(Self {
            lines,
            splitter,
            encoding,
            header,
            columns,
            sources,
        })
    }

    /// The header, and for each column the field that it holds.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Option<Field>)> {
        let headers = self.header.iter().map(String::as_str);
        headers.zip(self.columns.iter().copied())
    }

    /// The next row; `None` at the end of the file.
    pub fn next(&mut self) -> io::Result<Option<Result<RawRow, Refusal>>> {
        let cut = self.lines.next()?;
        Ok(cut.map(|cut| cut.and_then(|row| self.read(&row))))
    }

    fn read(&mut self, row: &RowBytes) -> Result<RawRow, Refusal> {
        let count = self.splitter.split(&row.bytes);
        if let Some(position) = broken_at(self.encoding, &row.bytes) {
            return Err(self.broken_encoding(row, position, count));
        }
        if count != self.columns.len() {
            let wanted = self.columns.len();
            return Err(Refusal {
                at: row.at,
                field: "row",
                value: excerpt(decode(self.encoding, &row.bytes).trim_end()),
                rule: Rule::WrongFieldCount,
                detail: format!("{count} fields where the header has {wanted}"),
            });
        }
        let mut cells = Cells::default();
        let mut id_header = "";
        for (i, field) in self.columns.iter().enumerate() {
            if let Some(field) = *field {
                cells.set(field, &decode(self.encoding, self.splitter.cell(i)));
                if field == Field::Id {
                    id_header = &self.header[i];
                }
            }
        }
        let source = self.sources.source(cells.get(Field::Id), id_header, &row.bytes);
        Ok(RawRow {
            at: row.at,
            category: category::of_label(cells.get(Field::Category).unwrap_or_default()),
            place: place(&cells),
            source,
            cells,
        })
    }

    fn broken_encoding(&self, row: &RowBytes, position: usize, count: usize) -> Refusal {
        let broken = (0..count).find(|i| broken_at(self.encoding, self.splitter.cell(*i)).is_some());
        let field = broken.and_then(|i| self.columns.get(i).copied().flatten());
        let cell = broken.map_or(row.bytes.as_slice(), |i| self.splitter.cell(i));
        let byte = row.at.byte + position as u64;
        Refusal {
            at: row.at,
            field: field.map_or("row", Field::name),
            value: excerpt(&String::from_utf8_lossy(cell)),
            rule: Rule::BrokenEncoding,
            detail: format!("not {} at byte {byte} of the file", self.encoding.name()),
        }
    }
}

fn place(cells: &Cells) -> RawPlace {
    let (lat, lon) = match (cells.get(Field::Lat), cells.get(Field::Lon)) {
        (None, None) => return RawPlace::Missing,
        (lat, lon) => (lat.unwrap_or_default(), lon.unwrap_or_default()),
    };
    match (lat.parse(), lon.parse()) {
        (Ok(lat), Ok(lon)) => RawPlace::Degrees { lat, lon },
        _ => RawPlace::Unreadable {
            value: format!("lat={lat} lon={lon}"),
            detail: "latitude and longitude must both be decimal numbers".to_owned(),
        },
    }
}

/// Where the bytes stop being text in this encoding, counted from their start.
fn broken_at(encoding: &'static Encoding, bytes: &[u8]) -> Option<usize> {
    if encoding == UTF_8 {
        return std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut scratch = [0; 1024];
    let mut position = 0;
    loop {
        let (outcome, read, _) =
            decoder.decode_to_utf8_without_replacement(&bytes[position..], &mut scratch, true);
        position += read;
        match outcome {
            DecoderResult::InputEmpty => return None,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                return Some(position - usize::from(length) - usize::from(after));
            }
        }
    }
}

fn decode<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    encoding.decode_without_bom_handling(bytes).0
}

/// Splits one row at a time with csv-core, into buffers that are used again.
struct Splitter {
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        Self {
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: Vec::new(),
            ends: vec![0; 64],
        }
    }

    /// Splits a row and says into how many cells.
    fn split(&mut self, row: &[u8]) -> usize {
        self.reader.reset();
        // Unquoting only shortens, so the text always has room.
        self.text.resize(self.text.len().max(row.len()), 0);
        let (mut read, mut written, mut cells) = (0, 0, 0);
        loop {
            let (outcome, took, wrote, ended) =
                self.reader
                    .read_record(&row[read..], &mut self.text[written..], &mut self.ends[cells..]);
            read += took;
            written += wrote;
            cells += ended;
            match outcome {
                ReadRecordResult::Record | ReadRecordResult::End => return cells,
                // The next call sees no input, which csv-core takes for the end of the file.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2 + 64, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
        }
    }

    fn cell(&self, i: usize) -> &[u8] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.text[start..self.ends[i]]
    }
}
