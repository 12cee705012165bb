//! The cheapest HTTP/1.1 client that keeps a connection alive: the load generator shares the cores with
//! the server, so it does nothing that it can leave out. It reads answers with a Content-Length only.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::serve::Failure;

/// One connection, with one request under way at a time.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// A request under construction.
    pub request: Vec<u8>,
}

/// An answer, until the next request.
pub struct Response<'a> {
    /// The status.
    pub status: u16,
    /// The body as text.
    pub body: &'a str,
}

const BUFFER_BYTES: usize = 64 * 1024;

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; BUFFER_BYTES],
            request: Vec::with_capacity(2048),
        })
    }

    /// Writes a request into [`Self::request`]. `headers` end in a line break each.
    pub fn prepare(&mut self, start: std::fmt::Arguments<'_>, headers: std::fmt::Arguments<'_>, body: &str) {
        use std::io::Write;
        self.request.clear();
        // Writing into memory cannot fail.
        let _ = write!(
            self.request,
            "{start} HTTP/1.1\r\nhost: bench\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        );
    }

    /// Sends what was prepared and waits for the answer.
    pub async fn send(&mut self) -> Result<Response<'_>, Failure> {
        self.stream.write_all(&self.request).await?;
        let mut filled = 0;
        let (status, start, end) = loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err("the server closed the connection, or its answer is too long".into());
            }
            filled += read;
            if let Some((status, start, end)) = read_head(&self.buffer[..filled])?
                && end <= filled
            {
                break (status, start, end);
            }
        };
        Ok(Response {
            status,
            body: std::str::from_utf8(&self.buffer[start..end])?,
        })
    }
}

impl Response<'_> {
    /// An error unless the status is this one.
    pub fn expect(&self, status: u16) -> Result<(), Failure> {
        if self.status == status {
            return Ok(());
        }
        Err(format!("expected status {status}, got {}: {}", self.status, self.body).into())
    }

    /// The text under `"name":` in a flat place of a JSON body.
    pub fn text_of(&self, name: &str) -> Result<&str, Failure> {
        let mut from = 0;
        while let Some(found) = self.body[from..].find(name) {
            let after = from + found + name.len();
            if let Some(value) = self.body[after..].strip_prefix("\":\"") {
                return Ok(value.split('"').next().unwrap_or_default());
            }
            from = after;
        }
        Err(format!("no {name:?} in {}", self.body).into())
    }
}

/// Status, and where the body starts and ends. `None`: the head is not complete yet.
fn read_head(bytes: &[u8]) -> Result<Option<(u16, usize, usize)>, Failure> {
    let Some(head_end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..head_end])?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.get(9..12))
        .ok_or("no status line")?
        .parse()?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>())
    });
    let start = head_end + 4;
    Ok(Some((
        status,
        start,
        start + length.ok_or("an answer without a length")??,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_cut_where_its_length_says() {
        let bytes = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nx: y\r\n\r\nhello!";
        assert_eq!(read_head(bytes).unwrap(), Some((201, 49, 54)));
        assert!(read_head(&bytes[..30]).unwrap().is_none());
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        let response = Response {
            status: 200,
            body: r#"{"orders":1,"order":"ord_1"}"#,
        };
        assert_eq!(response.text_of("order").unwrap(), "ord_1");
        assert!(response.text_of("offer").is_err() && response.expect(201).is_err());
    }
}
