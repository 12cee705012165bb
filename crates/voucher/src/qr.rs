//! What a voucher's QR holds: the pass, the current 30-second step, and the device's signature over
//! both. This reads and writes it; whether to believe it is decided in `check.rs`.

use kernel::Timestamp;

use crate::pass::decode_base45;
use crate::{DeviceKey, DevicePublicKey, PASS_LEN, QrRefusal, SignedPass};

/// Bytes of a QR before Base45. Even, for the reason given at [`PASS_LEN`].
pub const QR_LEN: usize = PASS_LEN + 4 + 64;

/// Characters of a QR. They fit a symbol of 53 modules a side with error correction level L (version 9,
/// 335 characters), and one of 61 with level M (version 11, 366).
pub const QR_TEXT_LEN: usize = QR_LEN / 2 * 3;

/// Seconds for which a device shows the same QR.
pub const STEP_S: i64 = 30;

/// A QR that was read but not yet checked. Numbers are big-endian; the text is Base45 (RFC 9285).
///
/// | bytes | what |
/// | --- | --- |
/// | 0–1 | `0B 2D`: a Qiao voucher in format 1; makes the text begin with `QI1` |
/// | 2–6 | short id of the platform's key: the first 5 bytes of the SHA-256 of its public key |
/// | 7–22 | voucher, UUID |
/// | 23–38 | offer, UUID |
/// | 39–46 | store set: the first 8 bytes of the SHA-256 over its store UUIDs, ascending |
/// | 47–48 | uses in all |
/// | 49–52 | binding number |
/// | 53–56 | `offline_until`, seconds since 1970 |
/// | 57–89 | the device's public key: P-256, SEC 1 compressed |
/// | 90–153 | the platform's Ed25519 signature over bytes 0–89; here the pass ends |
/// | 154–157 | step: seconds since 1970, divided by 30 and rounded down |
/// | 158–221 | the device's signature over bytes 0–157: ECDSA with SHA-256, r then s, 32 bytes each |
///
/// A device in a browser decodes its pass, appends the step, calls
/// `crypto.subtle.sign({name: "ECDSA", hash: "SHA-256"}, key, bytes)`, appends what that returns, and
/// shows the Base45 of the whole as an alphanumeric QR. Spaces belong to the text and must not be trimmed.
pub(crate) struct Qr {
    pub(crate) pass: SignedPass,
    pub(crate) step: u32,
    signature: [u8; 64],
}

impl Qr {
    /// Reads any text without a panic. Errors: `NotAVoucher`, `UnknownVersion`, `Malformed`.
    pub(crate) fn parse(text: &str) -> Result<Self, QrRefusal> {
        let bytes = decode_base45::<QR_LEN>(text)?;
        Self::read(&bytes).ok_or(QrRefusal::Malformed)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (pass, rest) = bytes.split_first_chunk()?;
        let (step, signature) = rest.split_first_chunk()?;
        Some(Self {
            pass: SignedPass::from_bytes(*pass),
            step: u32::from_be_bytes(*step),
            signature: signature.try_into().ok()?,
        })
    }

    /// Whether `device` signed this pass for this step.
    pub(crate) fn signed_by(&self, device: DevicePublicKey) -> bool {
        device.signed(&signed_bytes(&self.pass, self.step), &self.signature)
    }
}

/// The QR's text of a holder written in Rust at the time `now`, which should be the platform's: a holder
/// whose own clock runs ahead is refused.
pub fn present(pass: &SignedPass, device_key: &DeviceKey, now: Timestamp) -> String {
    let step = step_at(now).clamp(0, i64::from(u32::MAX)) as u32;
    let mut qr = signed_bytes(pass, step);
    let signature = device_key.sign(&qr);
    qr.extend_from_slice(&signature);
    base45::encode(qr)
}

/// The 30-second step of a point in time.
pub(crate) fn step_at(now: Timestamp) -> i64 {
    now.unix_seconds().div_euclid(STEP_S)
}

/// What the device signs.
fn signed_bytes(pass: &SignedPass, step: u32) -> Vec<u8> {
    [&pass.as_bytes()[..], &step.to_be_bytes()].concat()
}
