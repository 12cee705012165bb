//! The bytes of a file on their way to rows: read in chunks, unpacked if zstd, with the position and
//! the line of what comes next. Never holds more of the file than the row being cut; knows no format.

use std::io::{self, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::options::OpenError;

/// The longest row that is read, in bytes; a longer one is refused and skipped.
pub const ROW_BYTES_MAX: usize = 4 << 20;

const CHUNK_BYTES: usize = 64 << 10;
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Any source of bytes; boxed, because a file may or may not be packed.
pub type Source = Box<dyn Read + Send>;

/// Bytes not yet cut into rows, and where they stand in the (unpacked) file.
pub struct Bytes {
    source: Source,
    buffer: Vec<u8>,
    start: usize,
    byte: u64,
    line: u64,
    after_cr: bool,
}

impl Bytes {
    /// Starts at the first byte of `source`, after the byte order mark of UTF-8 if there is one.
    /// Unpacks zstd, told by its magic number and not by a file name.
    ///
    /// # Errors
    /// If the beginning cannot be read, or is the byte order mark of UTF-16.
    pub fn new(source: Source, taken: Arc<AtomicU64>) -> Result<Self, OpenError> {
        let mut bytes = Self {
            source: Box::new(Counted { source, taken }),
            buffer: Vec::new(),
            start: 0,
            byte: 0,
            line: 1,
            after_cr: false,
        };
        bytes.fill_to(ZSTD_MAGIC.len())?;
        if bytes.window().starts_with(&ZSTD_MAGIC) {
            let head = io::Cursor::new(std::mem::take(&mut bytes.buffer));
            let packed = head.chain(std::mem::replace(&mut bytes.source, Box::new(io::empty())));
            let packed = BufReader::with_capacity(CHUNK_BYTES, packed);
            bytes.source = Box::new(zstd::stream::read::Decoder::with_buffer(packed)?);
            bytes.fill_to(3)?;
        }
        if bytes.window().starts_with(&[0xFF, 0xFE]) || bytes.window().starts_with(&[0xFE, 0xFF]) {
            let text = "the file is UTF-16; save it as UTF-8 first";
            return Err(OpenError::Encoding(text.to_owned()));
        }
        if bytes.window().starts_with("\u{FEFF}".as_bytes()) {
            bytes.consume(3);
        }
        Ok(bytes)
    }

    /// What has been read and not yet consumed.
    pub fn window(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Position of the window's first byte, from 0.
    pub fn byte(&self) -> u64 {
        self.byte
    }

    /// Line of the window's first byte, from 1; CR, LF and CRLF each end one line.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Reads more behind the window; false at the end of the file.
    pub fn fill(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let held = self.buffer.len();
        self.buffer.resize(held + CHUNK_BYTES, 0);
        let outcome = loop {
            match self.source.read(&mut self.buffer[held..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(held + *outcome.as_ref().unwrap_or(&0));
        Ok(outcome? > 0)
    }

    /// Reads until the window holds `wanted` bytes or the file ends.
    pub fn fill_to(&mut self, wanted: usize) -> io::Result<()> {
        while self.window().len() < wanted && self.fill()? {}
        Ok(())
    }

    /// The next byte without consuming it; `None` at the end of the file.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        self.fill_to(1)?;
        Ok(self.window().first().copied())
    }

    /// Steps over the first `count` bytes of the window.
    pub fn consume(&mut self, count: usize) {
        for &b in &self.buffer[self.start..self.start + count] {
            if b == b'\r' || (b == b'\n' && !self.after_cr) {
                self.line += 1;
            }
            self.after_cr = b == b'\r';
        }
        self.start += count;
        self.byte += count as u64;
    }
}

/// Counts the bytes that leave the file, for the progress bar.
struct Counted {
    source: Source,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
