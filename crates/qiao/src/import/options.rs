//! What the user may say about a file: its format, its columns and the rules for what it lacks.
//! Nothing here has a hidden default: a rule that is not named is not applied.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use encoding_rs::Encoding;
use kernel::{Currency, GeoPoint};
use sha2::{Digest, Sha256};

use super::columns::Field;

/// How the rows of a file are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Fields with a delimiter, quoted after RFC 4180, with a header.
    Csv,
    /// One FeatureCollection (RFC 7946).
    Geojson,
    /// One feature a line.
    Ndjson,
}

/// How to read one file.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format; told by the file's name and beginning if not given.
    pub format: Option<Format>,
    /// The encoding of a CSV file: one in which every ASCII byte stands for itself.
    pub encoding: &'static Encoding,
    /// The delimiter of a CSV file, one ASCII character; a comma if not given, a tab for `.tsv`.
    pub delimiter: Option<u8>,
    /// Which column (CSV) or property (GeoJSON) holds a field; found by common names if not given.
    pub columns: BTreeMap<Field, String>,
    /// Put in front of each id to make the source; see [`ImportedMerchant::source`](super::ImportedMerchant::source).
    pub source_prefix: Option<String>,
    /// The currency of the prices.
    pub currency: Currency,
    /// The BCP 47 tag of the plain name; by its script if not given: `zh-CN` for Han characters
    /// without kana or hangul, else `und`.
    pub language: Option<String>,
    /// Where to put rows without coordinates.
    pub place_in: Option<PlaceIn>,
    /// How to name rows without a name.
    pub name_from: Option<NameTemplate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: None,
            encoding: encoding_rs::UTF_8,
            delimiter: None,
            columns: BTreeMap::new(),
            source_prefix: None,
            currency: Currency::CNY,
            language: None,
            place_in: None,
            name_from: None,
        }
    }
}

/// A bounding box, in degrees: `WEST,SOUTH,EAST,NORTH`. It does not cross the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundingBox {
    south_west: GeoPoint,
    north_east: GeoPoint,
}

impl FromStr for BoundingBox {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const SHAPE: &str = "give four numbers in degrees: WEST,SOUTH,EAST,NORTH";
        let numbers: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
        let Ok(&[west, south, east, north]) = numbers.as_deref() else {
            return Err(SHAPE.to_owned());
        };
        let corner = |lat, lon| {
            GeoPoint::from_degrees(lat, lon).ok_or(format!("{lat}, {lon} is not on Earth; {SHAPE}"))
        };
        if west > east || south > north {
            return Err("west must not be east of east, nor south north of north".to_owned());
        }
        Ok(Self {
            south_west: corner(south, west)?,
            north_east: corner(north, east)?,
        })
    }
}

/// The rule `--place-in`: rows without coordinates are spread evenly over a box, by degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceIn {
    /// The box.
    pub bounds: BoundingBox,
    /// Another seed gives other places.
    pub seed: u64,
}

impl PlaceIn {
    /// The place of the row with this source: the same for the same seed, box and source, wherever
    /// in the file the row stands (SHA-256 of seed and source, scaled to the box).
    pub fn place(&self, source: &str) -> GeoPoint {
        let digest = Sha256::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(source)
            .finalize();
        let share = |from: usize, low: i64, high: i64| {
            let bytes: [u8; 8] = std::array::from_fn(|i| digest[from + i]);
            let steps = u128::from(low.abs_diff(high)) + 1;
            low + ((u128::from(u64::from_be_bytes(bytes)) * steps) >> 64) as i64
        };
        let (low, high) = (self.bounds.south_west, self.bounds.north_east);
        let lat = share(0, low.lat_microdegrees(), high.lat_microdegrees());
        let lon = share(8, low.lon_microdegrees(), high.lon_microdegrees());
        GeoPoint::from_microdegrees(lat, lon).expect("inside a box whose corners are on Earth")
    }
}

/// The rule `--name-from`: rows without a name are named by a template such as
/// `{category} {district} {row}`. A placeholder is a [`Field`] or `row`, the row's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Row,
    Field(Field),
}

impl NameTemplate {
    /// The name of row number `row`, or the first field that the template needs and the row lacks.
    pub fn name(&self, row: u64, field: impl Fn(Field) -> Option<String>) -> Result<String, Field> {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Row => name.push_str(&row.to_string()),
                Part::Field(wanted) => name.push_str(&field(*wanted).ok_or(*wanted)?),
            }
        }
        Ok(name)
    }
}

impl FromStr for NameTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or("a { is never closed")?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(match name {
                "row" => Part::Row,
                _ => Part::Field(name.parse()?),
            });
            rest = behind;
        }
        if parts.is_empty() {
            return Err("the template needs at least one placeholder, such as {row}".to_owned());
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }
}

/// Why a file cannot be read at all.
#[derive(Debug)]
pub enum OpenError {
    /// The file cannot be opened or its beginning cannot be read.
    Io(std::io::Error),
    /// There is nothing in it.
    Empty,
    /// Neither the name nor the beginning tells the format.
    UnknownFormat,
    /// The encoding does not fit the format.
    Encoding(String),
    /// The header or the column map is wrong.
    Columns(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the file cannot be read: {error}"),
            Self::Empty => f.write_str("the file is empty"),
            Self::UnknownFormat => {
                f.write_str("what is this file? Name it with --format csv, geojson or ndjson")
            }
            Self::Encoding(what) | Self::Columns(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}
