//! Drawn pictures for demo data: a motif for each kind of trade, in colours that differ from offer to
//! offer, and licences. Reads no picture.

#![allow(clippy::float_arithmetic, reason = "shapes, no money")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use sha2::{Digest, Sha256};

const WIDTH: u32 = 480;
const HEIGHT: u32 = 360;
/// JPEG quality, of 100.
const QUALITY: u8 = 82;

type Color = [f32; 3];

/// Bytes that were written to the media folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub sha256: [u8; 32],
    pub size: i64,
}

/// What a picture shows: a trade's category or a licence, its colour, and which of several it is.
pub(crate) type Subject = (&'static str, usize, usize);

/// The folder that pictures go to, each under the SHA-256 of its bytes in hexadecimal.
#[derive(Debug)]
pub(crate) struct Album {
    folder: PathBuf,
    kept: RefCell<HashMap<Subject, Kept>>,
}

impl Album {
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            kept: RefCell::default(),
        })
    }

    /// Draws and writes a picture, the first time that it is wanted. Not synced: a city that a power cut spoils is
    /// built again.
    pub fn keep(&self, subject: Subject, draw: impl FnOnce() -> Vec<u8>) -> std::io::Result<Kept> {
        if let Some(kept) = self.kept.borrow().get(&subject) {
            return Ok(*kept);
        }
        let bytes = draw();
        let kept = Kept {
            sha256: Sha256::digest(&bytes).into(),
            size: bytes.len() as i64,
        };
        std::fs::write(self.folder.join(hex::encode(kept.sha256)), bytes)?;
        self.kept.borrow_mut().insert(subject, kept);
        Ok(kept)
    }
}

/// A form in pixels around the picture's middle: centre (x to the right, y down), then its measures.
#[derive(Clone, Copy)]
enum Form {
    /// Radius.
    Disc(f32, f32, f32),
    /// Radius and half the breadth of the line.
    Ring(f32, f32, f32, f32),
    /// Half of the width and of the height, and the radius of the corners.
    Bar(f32, f32, f32, f32, f32),
    /// Radius of the lower half of a disc.
    Bowl(f32, f32, f32),
    /// Half of the width, and the height, of a triangle on its base.
    Roof(f32, f32, f32, f32),
    /// Half of the width and of the height of what two discs have in common; pointed at its longer ends.
    Lens(f32, f32, f32, f32),
}
use Form::{Bar, Bowl, Disc, Lens, Ring, Roof};

/// What is drawn in which of [`Paint`]'s colours, one over the other.
type Motif = &'static [(Form, usize)];

const DEEP: usize = 0;
const BASE: usize = 1;
const LIGHT: usize = 2;
const WHITE: usize = 3;

#[rustfmt::skip]
const POT: Motif = &[
    (Bar(0.0, 8.0, 148.0, 13.0, 13.0), DEEP), (Disc(0.0, 0.0, 116.0), DEEP), (Disc(0.0, 0.0, 102.0), WHITE), (Disc(0.0, 0.0, 94.0), BASE),
    (Bar(0.0, 0.0, 5.0, 92.0, 2.0), WHITE), (Disc(-42.0, -30.0, 15.0), LIGHT), (Disc(-52.0, 24.0, 20.0), LIGHT), (Disc(-24.0, 50.0, 9.0), WHITE),
    (Disc(40.0, -36.0, 20.0), WHITE), (Disc(56.0, 16.0, 13.0), LIGHT), (Disc(30.0, 46.0, 15.0), LIGHT), (Ring(40.0, -36.0, 12.0, 3.0), DEEP),
];
#[rustfmt::skip]
const DISH: Motif = &[
    (Bar(-34.0, -74.0, 5.0, 26.0, 5.0), LIGHT), (Bar(0.0, -86.0, 5.0, 34.0, 5.0), LIGHT), (Bar(34.0, -74.0, 5.0, 26.0, 5.0), LIGHT),
    (Disc(-44.0, -14.0, 30.0), LIGHT), (Disc(2.0, -22.0, 36.0), WHITE), (Disc(48.0, -14.0, 30.0), BASE),
    (Bowl(0.0, -8.0, 112.0), DEEP), (Bar(0.0, -8.0, 122.0, 9.0, 9.0), WHITE), (Bar(0.0, 104.0, 44.0, 8.0, 6.0), DEEP), (Bar(0.0, 34.0, 88.0, 5.0, 5.0), BASE),
];
#[rustfmt::skip]
const FISH: Motif = &[
    (Lens(116.0, 0.0, 24.0, 62.0), DEEP), (Lens(-16.0, 0.0, 136.0, 66.0), DEEP), (Lens(-16.0, 12.0, 118.0, 44.0), BASE), (Lens(-6.0, 6.0, 34.0, 12.0), DEEP),
    (Disc(-96.0, -14.0, 12.0), WHITE), (Disc(-97.0, -14.0, 6.0), DEEP), (Bar(40.0, 0.0, 4.0, 26.0, 4.0), LIGHT), (Bar(62.0, 0.0, 4.0, 20.0, 4.0), LIGHT),
    (Bar(0.0, 98.0, 150.0, 9.0, 9.0), WHITE), (Disc(-104.0, 78.0, 20.0), LIGHT), (Disc(-68.0, 84.0, 14.0), BASE), (Disc(104.0, -84.0, 12.0), WHITE), (Disc(80.0, -108.0, 7.0), WHITE),
];
#[rustfmt::skip]
const SKEWERS: Motif = &[
    (Bar(-72.0, 6.0, 4.0, 126.0, 4.0), DEEP), (Bar(0.0, -2.0, 4.0, 126.0, 4.0), DEEP), (Bar(72.0, 6.0, 4.0, 126.0, 4.0), DEEP),
    (Bar(-72.0, -76.0, 27.0, 19.0, 12.0), BASE), (Bar(-72.0, -32.0, 27.0, 19.0, 12.0), LIGHT), (Bar(-72.0, 12.0, 27.0, 19.0, 12.0), BASE),
    (Bar(0.0, -84.0, 27.0, 19.0, 12.0), LIGHT), (Bar(0.0, -40.0, 27.0, 19.0, 12.0), BASE), (Bar(0.0, 4.0, 27.0, 19.0, 12.0), LIGHT),
    (Bar(72.0, -76.0, 27.0, 19.0, 12.0), BASE), (Bar(72.0, -32.0, 27.0, 19.0, 12.0), LIGHT), (Bar(72.0, 12.0, 27.0, 19.0, 12.0), BASE),
    (Bar(0.0, 62.0, 138.0, 6.0, 6.0), DEEP), (Bar(0.0, 86.0, 138.0, 6.0, 6.0), DEEP),
];
#[rustfmt::skip]
const SUSHI: Motif = &[
    (Bar(0.0, -96.0, 140.0, 4.0, 4.0), DEEP), (Bar(0.0, -80.0, 140.0, 4.0, 4.0), DEEP), (Bar(-66.0, 22.0, 50.0, 30.0, 20.0), WHITE), (Bar(-66.0, -10.0, 58.0, 24.0, 20.0), BASE),
    (Bar(-84.0, -10.0, 4.0, 20.0, 4.0), LIGHT), (Bar(-56.0, -10.0, 4.0, 20.0, 4.0), LIGHT), (Bar(66.0, 22.0, 50.0, 30.0, 20.0), WHITE), (Bar(66.0, -10.0, 58.0, 24.0, 20.0), LIGHT),
    (Bar(66.0, 8.0, 14.0, 42.0, 6.0), DEEP), (Bar(0.0, 64.0, 148.0, 11.0, 8.0), DEEP), (Bar(-92.0, 86.0, 16.0, 14.0, 4.0), DEEP), (Bar(92.0, 86.0, 16.0, 14.0, 4.0), DEEP),
];
#[rustfmt::skip]
const CUP: Motif = &[
    (Bar(-24.0, -98.0, 5.0, 24.0, 5.0), LIGHT), (Bar(8.0, -106.0, 5.0, 30.0, 5.0), LIGHT), (Ring(78.0, 6.0, 36.0, 10.0), DEEP),
    (Bar(-6.0, 0.0, 82.0, 62.0, 10.0), DEEP), (Bowl(-6.0, 44.0, 82.0), DEEP), (Bar(-6.0, -50.0, 82.0, 14.0, 12.0), WHITE), (Bar(-6.0, -50.0, 70.0, 8.0, 8.0), BASE),
    (Disc(-6.0, 22.0, 30.0), BASE), (Disc(-6.0, 22.0, 17.0), LIGHT), (Bar(-6.0, 134.0, 112.0, 7.0, 7.0), WHITE),
];
#[rustfmt::skip]
const CAKE: Motif = &[
    (Bar(0.0, 112.0, 138.0, 9.0, 9.0), WHITE), (Bar(0.0, 66.0, 104.0, 38.0, 12.0), DEEP), (Bar(0.0, 34.0, 104.0, 12.0, 10.0), LIGHT),
    (Disc(-78.0, 48.0, 15.0), LIGHT), (Disc(-26.0, 52.0, 17.0), LIGHT), (Disc(30.0, 48.0, 15.0), LIGHT), (Disc(78.0, 50.0, 15.0), LIGHT),
    (Bar(0.0, -8.0, 70.0, 34.0, 12.0), BASE), (Bar(0.0, -38.0, 70.0, 11.0, 10.0), WHITE), (Disc(-40.0, -26.0, 13.0), WHITE), (Disc(14.0, -24.0, 14.0), WHITE),
    (Disc(0.0, -66.0, 19.0), DEEP), (Bar(3.0, -96.0, 3.0, 16.0, 3.0), DEEP),
];
#[rustfmt::skip]
const STAGE: Motif = &[
    (Bar(0.0, -12.0, 150.0, 92.0, 14.0), DEEP), (Bar(0.0, -12.0, 136.0, 78.0, 8.0), LIGHT), (Disc(0.0, -12.0, 46.0), WHITE),
    (Disc(0.0, -12.0, 18.0), DEEP), (Disc(-84.0, 108.0, 24.0), DEEP), (Disc(-28.0, 112.0, 26.0), BASE), (Disc(30.0, 112.0, 26.0), DEEP), (Disc(86.0, 108.0, 24.0), BASE),
];
#[rustfmt::skip]
const HOUSE: Motif = &[
    (Roof(0.0, -44.0, 142.0, 88.0), DEEP), (Bar(0.0, 40.0, 106.0, 84.0, 6.0), WHITE), (Bar(0.0, 66.0, 30.0, 58.0, 6.0), BASE), (Disc(18.0, 70.0, 5.0), WHITE),
    (Bar(-68.0, 28.0, 20.0, 22.0, 4.0), LIGHT), (Bar(68.0, 28.0, 20.0, 22.0, 4.0), LIGHT), (Bar(-68.0, 28.0, 2.5, 22.0, 0.0), WHITE), (Bar(68.0, 28.0, 2.5, 22.0, 0.0), WHITE),
    (Bar(0.0, 126.0, 150.0, 6.0, 6.0), DEEP),
];
#[rustfmt::skip]
const CAR: Motif = &[
    (Bar(-6.0, -30.0, 84.0, 46.0, 34.0), DEEP), (Bar(-46.0, -28.0, 32.0, 26.0, 12.0), LIGHT), (Bar(34.0, -28.0, 32.0, 26.0, 12.0), LIGHT),
    (Bar(0.0, 34.0, 150.0, 38.0, 28.0), DEEP), (Bar(128.0, 26.0, 14.0, 9.0, 8.0), LIGHT), (Disc(-78.0, 72.0, 36.0), WHITE), (Disc(-78.0, 72.0, 28.0), BASE), (Disc(-78.0, 72.0, 11.0), WHITE),
    (Disc(80.0, 72.0, 36.0), WHITE), (Disc(80.0, 72.0, 28.0), BASE), (Disc(80.0, 72.0, 11.0), WHITE), (Bar(0.0, 114.0, 168.0, 5.0, 5.0), LIGHT),
];
#[rustfmt::skip]
const MIRROR: Motif = &[
    (Bar(0.0, 108.0, 13.0, 50.0, 12.0), DEEP), (Disc(0.0, -18.0, 100.0), DEEP), (Disc(0.0, -18.0, 84.0), WHITE), (Disc(0.0, -18.0, 76.0), LIGHT),
    (Bar(-20.0, -34.0, 7.0, 26.0, 7.0), WHITE), (Bar(4.0, -24.0, 7.0, 40.0, 7.0), WHITE), (Disc(112.0, -74.0, 13.0), WHITE), (Disc(-120.0, 40.0, 9.0), WHITE), (Disc(118.0, 52.0, 7.0), LIGHT),
];
#[rustfmt::skip]
const COMB: Motif = &[
    (Bar(-94.0, 0.0, 16.0, 112.0, 12.0), DEEP), (Bar(-58.0, -99.0, 26.0, 5.0, 4.0), DEEP), (Bar(-58.0, -77.0, 26.0, 5.0, 4.0), DEEP), (Bar(-58.0, -55.0, 26.0, 5.0, 4.0), DEEP),
    (Bar(-58.0, -33.0, 26.0, 5.0, 4.0), DEEP), (Bar(-58.0, -11.0, 26.0, 5.0, 4.0), DEEP), (Bar(-58.0, 11.0, 26.0, 5.0, 4.0), DEEP), (Bar(-58.0, 33.0, 26.0, 5.0, 4.0), DEEP),
    (Bar(-58.0, 55.0, 26.0, 5.0, 4.0), DEEP), (Bar(-58.0, 77.0, 26.0, 5.0, 4.0), DEEP), (Bar(-58.0, 99.0, 26.0, 5.0, 4.0), DEEP),
    (Bar(64.0, 74.0, 11.0, 44.0, 11.0), BASE), (Disc(64.0, -32.0, 74.0), BASE), (Disc(64.0, -32.0, 60.0), WHITE), (Disc(64.0, -32.0, 52.0), LIGHT),
    (Bar(50.0, -46.0, 5.0, 18.0, 5.0), WHITE), (Bar(68.0, -38.0, 5.0, 28.0, 5.0), WHITE),
];
#[rustfmt::skip]
const DUMBBELL: Motif = &[
    (Bar(0.0, 0.0, 150.0, 11.0, 8.0), DEEP), (Bar(-84.0, 0.0, 19.0, 78.0, 12.0), DEEP), (Bar(84.0, 0.0, 19.0, 78.0, 12.0), DEEP), (Bar(-121.0, 0.0, 15.0, 52.0, 10.0), BASE),
    (Bar(121.0, 0.0, 15.0, 52.0, 10.0), BASE), (Bar(-84.0, -34.0, 6.0, 22.0, 6.0), LIGHT), (Bar(84.0, -34.0, 6.0, 22.0, 6.0), LIGHT), (Bar(0.0, 118.0, 150.0, 6.0, 6.0), WHITE),
];
#[rustfmt::skip]
const BRIDGE: Motif = &[
    (Ring(-92.0, -20.0, 54.0, 13.0), DEEP), (Ring(92.0, -20.0, 54.0, 13.0), DEEP), (Bar(0.0, 76.0, 180.0, 11.0, 8.0), BASE),
    (Bar(-92.0, 100.0, 9.0, 40.0, 4.0), BASE), (Bar(92.0, 100.0, 9.0, 40.0, 4.0), BASE), (Disc(-92.0, -20.0, 20.0), LIGHT), (Disc(92.0, -20.0, 20.0), LIGHT),
];

fn motif_of(category: &str) -> Motif {
    match category {
        "hot_pot" | "korean_food" | "buffet" => POT,
        "seafood" => FISH,
        "barbecue" => SKEWERS,
        "japanese_food" => SUSHI,
        "cafe" | "tea_drinks" | "bar" => CUP,
        "bakery" | "dessert" => CAKE,
        "cinema" | "ktv" | "theatre" | "photography" => STAGE,
        "hotel" | "home_service" | "property" | "laundry" | "education" => HOUSE,
        "car_service" | "ride_hailing" | "fuel" => CAR,
        "massage" | "bath" => MIRROR,
        "beauty" => COMB,
        "fitness" => DUMBBELL,
        "restaurant" | "snacks" | "western_food" | "southeast_asian_food" => DISH,
        _ => BRIDGE,
    }
}

#[rustfmt::skip]
const COLORS: [Color; 9] = [
    [196.0, 62.0, 46.0], [216.0, 124.0, 44.0], [205.0, 156.0, 52.0], [92.0, 142.0, 76.0], [46.0, 124.0, 116.0],
    [58.0, 104.0, 160.0], [108.0, 84.0, 152.0], [180.0, 84.0, 124.0], [130.0, 94.0, 70.0],
];
const PAPER: Color = [255.0, 251.0, 245.0];

/// A picture of an offer of a trade: the trade's motif in colours that follow from `hue` and `turn`.
pub(crate) fn of_offer(category: &str, hue: usize, turn: usize) -> Vec<u8> {
    let own = COLORS[hue % COLORS.len()];
    let other = COLORS[(hue + 2 * turn + 1) % COLORS.len()];
    let paint = [mix(own, [30.0; 3], 0.35), own, mix(other, PAPER, 0.55), PAPER];
    let (from, to) = (mix(other, PAPER, 0.62), mix(own, PAPER, 0.78));
    let size = [1.0, 0.9, 1.08, 0.96][turn % 4];
    let plate = Disc(0.0, 6.0, 168.0);
    let motif = motif_of(category);
    draw(|x, y| {
        let (x, y) = (x - WIDTH as f32 / 2.0, y - HEIGHT as f32 / 2.0);
        let ground = mix(from, to, (x + y) / (WIDTH + HEIGHT) as f32 + 0.5);
        let ground = mix(ground, PAPER, 0.45 * coverage(plate, x, y));
        let on_top = |under, (form, color): &(Form, usize)| {
            mix(under, paint[*color], coverage(*form, x / size, y / size))
        };
        motif.iter().fold(ground, on_top)
    })
}

/// So many licences differ.
pub(crate) const LICENCES: u64 = 40;

/// A picture of a licence: dark lines of different lengths on paper and a seal.
pub(crate) fn of_licence(number: u64) -> Vec<u8> {
    let ink = [92.0, 84.0, 78.0];
    let seal = [176.0, 44.0, 36.0];
    draw(|x, y| {
        let row = (y / 34.0) as u64;
        let length = 120.0 + ((number * 37 + row * 71) % LICENCES) as f32;
        let line = Bar(
            52.0 + length / 2.0,
            row as f32 * 34.0 + 17.0,
            length / 2.0,
            4.0,
            4.0,
        );
        let written = if (2..9).contains(&row) {
            coverage(line, x, y)
        } else {
            0.0
        };
        let page = mix(PAPER, ink, 0.55 * written);
        let head = mix(
            page,
            ink,
            coverage(Bar(WIDTH as f32 / 2.0, 36.0, 110.0, 9.0, 4.0), x, y),
        );
        let ring =
            coverage(Ring(382.0, 268.0, 48.0, 5.0), x, y).max(coverage(Disc(382.0, 268.0, 15.0), x, y));
        mix(head, seal, 0.85 * ring)
    })
}

/// How much of the pixel the form covers, 0 to 1.
fn coverage(form: Form, x: f32, y: f32) -> f32 {
    let outside = match form {
        Disc(cx, cy, r) => (x - cx).hypot(y - cy) - r,
        Ring(cx, cy, r, half) => ((x - cx).hypot(y - cy) - r).abs() - half,
        Bar(cx, cy, w, h, r) => {
            let (dx, dy) = ((x - cx).abs() - w + r, (y - cy).abs() - h + r);
            dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - r
        }
        Bowl(cx, cy, r) => ((x - cx).hypot(y - cy) - r).max(cy - y),
        Roof(cx, base, w, h) => {
            let slope = (x - cx).abs() * h + (base - y) * w - w * h;
            (slope / w.hypot(h).max(1.0)).max(y - base)
        }
        Lens(cx, cy, w, h) => {
            let (along, across) = if w < h { (y - cy, x - cx) } else { (x - cx, y - cy) };
            let (long, short) = (w.max(h), w.min(h));
            let radius = (long * long + short * short) / (2.0 * short.max(1.0));
            along.hypot(across.abs() + radius - short) - radius
        }
    };
    (0.5 - outside).clamp(0.0, 1.0)
}

fn mix(from: Color, to: Color, share: f32) -> Color {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
}

fn draw(color: impl Fn(f32, f32) -> Color) -> Vec<u8> {
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        Rgb(color(x as f32, y as f32).map(|channel| channel as u8))
    });
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
        .expect("a picture in memory can be written");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_small_and_differ() {
        let picture = of_offer("hot_pot", 3, 1);
        assert_eq!(image::guess_format(&picture).unwrap(), image::ImageFormat::Jpeg);
        assert!(picture.len() < 40_000, "{} bytes", picture.len());
        assert_ne!(picture, of_offer("hot_pot", 3, 2));
        assert_ne!(picture, of_offer("cafe", 3, 1));
        assert_ne!(of_licence(1), of_licence(2));
    }
}
