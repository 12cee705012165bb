//! Small generated pictures as PNG (W3C PNG, third edition): palette pixels in one uncompressed block, so
//! that no image library is needed. Only for demo data; it reads no picture.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const WIDTH: usize = 64;
const HEIGHT: usize = 48;
/// Colours between the two ends of a palette.
const SHADES: usize = 64;

type Color = [u8; 3];

/// Bytes that were written to the media folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub sha256: [u8; 32],
    pub size: i64,
}

/// The folder that pictures go to, each under the SHA-256 of its bytes in hexadecimal.
#[derive(Debug)]
pub(crate) struct Album(PathBuf);

impl Album {
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// Writes the bytes. Not synced: a city that a power cut spoils is built again.
    pub fn keep(&self, bytes: &[u8]) -> std::io::Result<Kept> {
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let path = self.0.join(hex::encode(sha256));
        if !path.exists() {
            std::fs::write(path, bytes)?;
        }
        Ok(Kept {
            sha256,
            size: bytes.len() as i64,
        })
    }
}

/// A picture of an offer: a soft gradient with a disc, in colours that follow from `hue` and `turn`.
pub(crate) fn of_offer(hue: usize, turn: usize) -> Vec<u8> {
    let from = COLORS[hue % COLORS.len()];
    let to = COLORS[(hue + turn + 1) % COLORS.len()];
    let (center_x, center_y, radius) = (18 + 9 * (turn % 4), 20 + 4 * (hue % 3), 13);
    png(from, to, |x, y| {
        let shade = (x * SHADES / WIDTH + y * SHADES / HEIGHT) / 2;
        let (dx, dy) = (x.abs_diff(center_x), y.abs_diff(center_y));
        let inside = dx * dx + dy * dy < radius * radius;
        if inside { SHADES - 1 - shade } else { shade }
    })
}

/// A picture of a licence: dark lines of different lengths on paper and a seal.
pub(crate) fn of_licence(number: u64) -> Vec<u8> {
    png([250, 247, 240], [168, 38, 32], |x, y| {
        let seal = (44..58).contains(&x) && (30..44).contains(&y);
        let length = 20 + (number as usize * 7 + y * 5) % 32;
        let line = y % 6 == 3 && (6..6 + length).contains(&x) && y > 6;
        match (seal, line) {
            (true, _) => SHADES - 1,
            (false, true) => SHADES / 2,
            (false, false) => 0,
        }
    })
}

#[rustfmt::skip]
const COLORS: [Color; 9] = [
    [206, 66, 48], [240, 150, 60], [247, 205, 92], [120, 172, 96], [58, 140, 130],
    [66, 118, 178], [120, 92, 168], [196, 94, 138], [142, 104, 78],
];

fn png(from: Color, to: Color, shade: impl Fn(usize, usize) -> usize) -> Vec<u8> {
    let mut palette = Vec::with_capacity(SHADES * 3);
    for step in 0..SHADES {
        for (a, b) in from.iter().zip(to) {
            let mixed = usize::from(*a) * (SHADES - 1 - step) + usize::from(b) * step;
            palette.push((mixed / (SHADES - 1)) as u8);
        }
    }
    let mut rows = Vec::with_capacity((WIDTH + 1) * HEIGHT);
    for y in 0..HEIGHT {
        // Each row starts with its filter: none.
        rows.push(0);
        rows.extend((0..WIDTH).map(|x| shade(x, y) as u8));
    }
    let mut header = Vec::from((WIDTH as u32).to_be_bytes());
    header.extend((HEIGHT as u32).to_be_bytes());
    // 8 bits a pixel, colours from a palette, the one compression and filter method, not interlaced.
    header.extend([8, 3, 0, 0, 0]);
    let mut bytes = Vec::from(*b"\x89PNG\r\n\x1a\n");
    chunk(&mut bytes, b"IHDR", &header);
    chunk(&mut bytes, b"PLTE", &palette);
    chunk(&mut bytes, b"IDAT", &stored(&rows));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    bytes.extend((body.len() as u32).to_be_bytes());
    let start = bytes.len();
    bytes.extend(kind);
    bytes.extend(body);
    let sum = crc32(&bytes[start..]);
    bytes.extend(sum.to_be_bytes());
}

/// A zlib stream (RFC 1950) of one stored block (RFC 1951); the rows are below 64 KiB.
fn stored(rows: &[u8]) -> Vec<u8> {
    let length = rows.len() as u16;
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(rows);
    stream.extend(adler32(rows).to_be_bytes());
    stream
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    });
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_published_ones() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_picture_is_a_small_png_and_differs_from_the_next() {
        let picture = of_offer(3, 1);
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.len() < 4_000);
        assert_eq!(&picture[picture.len() - 8..picture.len() - 4], b"IEND");
        assert_ne!(picture, of_offer(3, 2));
        assert_ne!(of_licence(1), of_licence(2));
    }
}
