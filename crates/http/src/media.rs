//! Uploaded pictures in a folder, each file named by its SHA-256. What a file is follows from its bytes,
//! never from what the uploader says: it is decoded and written anew, so that what is kept is a picture
//! and nothing else, without where and when it was taken.

use std::fs::{self, File};
use std::io::{self, Cursor, Write as _};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::shell;

/// The most bytes that an uploaded file has.
pub const MAX_MEDIA_BYTES: usize = 10 * 1024 * 1024;
/// The most pixels on a side of an uploaded picture.
const MAX_SIDE: u32 = 10_000;
/// The most memory that decoding one may take.
const MAX_DECODED_BYTES: u64 = 256 * 1024 * 1024;
/// Pixels on the longer side of what is kept.
const KEPT_SIDE: u32 = 1_600;
/// JPEG quality of everything that is written, of 100.
const QUALITY: u8 = 84;

/// Widths to which pictures are made smaller, in pixels.
pub const WIDTHS: [u32; 3] = [160, 480, 960];

/// The type of everything that is uploaded, as it is kept.
pub const CONTENT_TYPE: &str = "image/jpeg";

/// The type of a kept picture and how its file is called when it is saved.
pub fn kind_of(bytes: &[u8]) -> (&'static str, &'static str) {
    match image::guess_format(bytes) {
        Ok(format) => (format.to_mime_type(), format.extensions_str()[0]),
        Err(_) => ("application/octet-stream", "bin"),
    }
}

/// A picture as it is kept: upright, on white, at most [`KEPT_SIDE`] wide and high, as JPEG. `None`: these
/// bytes are no JPEG, PNG or WebP picture, or one that is too large.
pub fn normalised(bytes: &[u8]) -> Option<Vec<u8>> {
    let picture = decode(bytes)?;
    let (width, height) = picture.dimensions();
    let picture = match width.max(height) > KEPT_SIDE {
        true => picture.resize(KEPT_SIDE, KEPT_SIDE, FilterType::CatmullRom),
        false => picture,
    };
    encode(&picture)
}

fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader
        .format()
        .filter(|format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    Some(picture)
}

fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    on_white(picture).write_with_encoder(encoder).ok()?;
    Some(bytes)
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, alpha] = source.get_pixel(x, y).0.map(u16::from);
        Rgb([r, g, b].map(|channel| ((channel * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

/// Keeps the bytes under their hash, on the disk when this returns. The same bytes are kept once.
pub fn keep(folder: &Path, sha256: &[u8; 32], bytes: &[u8]) -> io::Result<()> {
    keep_as(folder, &hex::encode(sha256), bytes)
}

fn keep_as(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let path = folder.join(name);
    if !path.exists() {
        // Written beside and renamed, so that a file under its hash is always whole.
        let unfinished = folder.join(format!(".{}", hex::encode(shell::random_bytes::<16>())));
        let written = write_synced(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &path));
        if written.is_err() {
            // The first error counts; what is left behind is only space.
            let _ = fs::remove_file(&unfinished);
        }
        written?;
    }
    // Also for a file that another upload has only just renamed.
    File::open(folder)?.sync_all()
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The bytes under a hash.
pub fn load(folder: &Path, sha256: &[u8; 32]) -> io::Result<Vec<u8>> {
    fs::read(folder.join(hex::encode(sha256)))
}

/// The picture under a hash, at most so wide; made when it is first asked for and kept beside it.
pub fn load_at_width(folder: &Path, sha256: &[u8; 32], width: u32) -> io::Result<Vec<u8>> {
    let name = format!("{}.{width}", hex::encode(sha256));
    if let Ok(made) = fs::read(folder.join(&name)) {
        return Ok(made);
    }
    let bytes = load(folder, sha256)?;
    let picture = decode(&bytes).filter(|picture| picture.width() > width);
    let Some(smaller) =
        picture.and_then(|picture| encode(&picture.resize(width, u32::MAX, FilterType::CatmullRom)))
    else {
        return Ok(bytes);
    };
    keep_as(folder, &name, &smaller)?;
    Ok(smaller)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    /// A small picture in each of the formats that are taken.
    fn sample(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = RgbImage::from_fn(23, 17, |x, y| Rgb([x as u8 * 11, y as u8 * 15, 7]));
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    /// What is kept of hostile bytes, if anything is, is a picture of bounded size.
    fn assert_harmless(bytes: &[u8]) -> Result<(), TestCaseError> {
        if let Some(kept) = normalised(bytes) {
            let kept = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg);
            let (width, height) = kept
                .map_err(|error| TestCaseError::fail(error.to_string()))?
                .dimensions();
            prop_assert!(width.max(height) <= KEPT_SIDE);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_picture_whose_bytes_were_changed_is_harmless(
            format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            length in any::<prop::sample::Index>(),
            cut_off in any::<bool>(),
            after in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let mut bytes = sample(format);
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            if cut_off {
                bytes.truncate(length.index(bytes.len()));
            }
            bytes.extend(after);
            assert_harmless(&bytes)?;
        }

        #[test]
        fn a_header_and_nonsense_after_it_are_harmless(
            head in prop::sample::select(vec![
                &b"\xff\xd8\xff\xe0"[..], b"\xff\xd8\xff\xc0", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\xff\xff\xffWEBPVP8 ",
                b"RIFF\x20\0\0\0WEBPVP8L", b"RIFF\x20\0\0\0WEBPVP8X",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            assert_harmless(&[head, &rest].concat())?;
        }

        /// It says how large it is; its few bytes do not make it so.
        #[test]
        fn a_png_that_says_it_is_larger_than_its_data_is_refused(width in 24_u32..20_000, height in 18_u32..20_000) {
            let mut bytes = sample(ImageFormat::Png);
            bytes[16..20].copy_from_slice(&width.to_be_bytes());
            bytes[20..24].copy_from_slice(&height.to_be_bytes());
            let sum = crc32(&bytes[12..29]);
            bytes[29..33].copy_from_slice(&sum.to_be_bytes());
            prop_assert_eq!(normalised(&bytes), None);
        }
    }

    /// The checksum of a chunk of PNG.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                sum >> 1 ^ (0xedb8_8320 * (sum & 1))
            })
        })
    }

    fn png(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = RgbaImage::from_pixel(width, height, Rgba(colour));
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    #[test]
    fn a_picture_is_written_anew_smaller_and_on_white() {
        let mut hostile = png(2_000, 500, [200, 0, 0, 0]);
        hostile.extend_from_slice(b"<script>alert(1)</script>");
        let kept = normalised(&hostile).unwrap();
        assert_eq!(image::guess_format(&kept).unwrap(), ImageFormat::Jpeg);
        assert!(!kept.windows(8).any(|part| part == b"<script>"));
        let kept = image::load_from_memory(&kept).unwrap();
        assert_eq!(kept.dimensions(), (1_600, 400));
        assert_eq!(kept.to_rgb8().get_pixel(800, 200).0, [255, 255, 255]);
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_not_kept() {
        let mut cut_off = png(64, 64, [0, 0, 0, 255]);
        cut_off.truncate(40);
        for hostile in [
            &b""[..],
            b"GIF89a",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"%PDF-1.7",
            b"\x89PNG\r\n\x1a\n and so on",
            &cut_off,
            &png(10_001, 1, [0, 0, 0, 255]),
        ] {
            assert_eq!(
                normalised(hostile),
                None,
                "{:?}",
                &hostile[..hostile.len().min(20)]
            );
        }
    }

    #[test]
    fn what_is_kept_is_found_and_kept_once() {
        let name = format!("qiao_media_{}", hex::encode(shell::random_bytes::<8>()));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let picture = normalised(&png(600, 300, [0, 90, 0, 255])).unwrap();
        keep(&folder, &[7; 32], &picture).unwrap();
        keep(&folder, &[7; 32], &picture).unwrap();
        assert_eq!(load(&folder, &[7; 32]).unwrap(), picture);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        let smaller = load_at_width(&folder, &[7; 32], 160).unwrap();
        assert_eq!(image::load_from_memory(&smaller).unwrap().dimensions(), (160, 80));
        assert_eq!(load_at_width(&folder, &[7; 32], 160).unwrap(), smaller);
        assert_eq!(
            load_at_width(&folder, &[7; 32], 960).unwrap(),
            picture,
            "it is not made larger"
        );
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        assert!(load(&folder, &[8; 32]).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
