//! Uploaded bytes in a folder, each file named by its SHA-256. What a file is follows from its first
//! bytes, never from what the uploader says. Looks no further into a picture and changes none.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::shell;

/// The most bytes that one file has.
pub const MAX_MEDIA_BYTES: usize = 10 * 1024 * 1024;

/// The kind of picture that these bytes begin as; `None` for everything that is not kept.
pub fn content_type_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// How a file of this kind is called when it is saved.
pub fn extension_of(content_type: &str) -> &'static str {
    match content_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        _ => "bin",
    }
}

/// Keeps the bytes under their hash, on the disk when this returns. The same bytes are kept once.
pub fn keep(folder: &Path, sha256: &[u8; 32], bytes: &[u8]) -> io::Result<()> {
    let path = folder.join(hex::encode(sha256));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_without_scripts_are_known() {
        assert_eq!(content_type_of(&[0xff, 0xd8, 0xff, 0xe0]), Some("image/jpeg"));
        assert_eq!(content_type_of(b"\x89PNG\r\n\x1a\n\0"), Some("image/png"));
        assert_eq!(content_type_of(b"RIFF\x10\0\0\0WEBPVP8 "), Some("image/webp"));
        for hostile in [
            &b""[..],
            b"\xff\xd8",
            b"\x89PNG",
            b"GIF89a",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"<html>",
            b"%PDF-1.7",
            b"RIFF\x10\0\0\0WAVE",
            b" \xff\xd8\xff",
        ] {
            assert_eq!(content_type_of(hostile), None, "{hostile:?}");
        }
    }

    #[test]
    fn what_is_kept_is_found_and_kept_once() {
        let name = format!("qiao_media_{}", hex::encode(shell::random_bytes::<8>()));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        keep(&folder, &[7; 32], b"picture").unwrap();
        keep(&folder, &[7; 32], b"picture").unwrap();
        assert_eq!(load(&folder, &[7; 32]).unwrap(), b"picture");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(load(&folder, &[8; 32]).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
