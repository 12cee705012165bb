//! GeoJSON features: properties as osmtogeojson and Overpass write them, and one point for any shape.
//! It takes the shape's own centre by a stated rule; it never looks an address up.

use std::io;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::category::{self, OSM_KEYS};
use super::columns::{Columns, Field};
use super::features::Features;
use super::lines::{Cut, Lines, RowBytes};
use super::options::{OpenError, Options};
use super::raw::{Cells, RawRow, Sources};
use super::refusal::{Refusal, Rule, excerpt};
use super::shape;

/// The features of a GeoJSON file.
pub struct GeojsonRows {
    cutter: Cutter,
    columns: Columns,
    chosen_id: bool,
    chosen_category: bool,
    sources: Sources,
}

/// What finds the features in the file.
pub enum Cutter {
    /// One FeatureCollection.
    Collection(Features),
    /// One feature a line.
    Lines(Lines),
}

#[derive(Deserialize)]
struct Feature {
    r#type: String,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    geometry: Value,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
}

impl GeojsonRows {
    /// Features as `cutter` finds them.
    pub fn open(cutter: Cutter, options: &Options, sources: Sources) -> Result<Self, OpenError> {
        if options.encoding != encoding_rs::UTF_8 {
            let text = "GeoJSON is UTF-8 (RFC 7946); convert the file first, for example with iconv";
            return Err(OpenError::Encoding(text.to_owned()));
        }
        Ok(Self {
            cutter,
            columns: Columns::new(&options.columns)?,
            chosen_id: options.columns.contains_key(&Field::Id),
            chosen_category: options.columns.contains_key(&Field::Category),
            sources,
        })
    }

    /// The next feature; `None` at the end of the file.
    pub fn next(&mut self) -> io::Result<Option<Result<RawRow, Refusal>>> {
        let cut: Option<Cut> = match &mut self.cutter {
            Cutter::Collection(features) => features.next()?,
            Cutter::Lines(lines) => lines.next()?,
        };
        Ok(cut.map(|cut| cut.and_then(|row| self.read(&row))))
    }

    fn read(&self, row: &RowBytes) -> Result<RawRow, Refusal> {
        let bytes = row.bytes.strip_prefix(b"\x1E").unwrap_or(&row.bytes);
        let refused = |rule, value: &[u8], detail| Refusal {
            at: row.at,
            field: "row",
            value: excerpt(String::from_utf8_lossy(&value[..value.len().min(400)]).trim()),
            rule,
            detail,
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let position = error.valid_up_to();
            let skipped = row.bytes.len() - bytes.len();
            let byte = row.at.byte + (skipped + position) as u64;
            let near = &bytes[position.saturating_sub(20)..];
            refused(
                Rule::BrokenEncoding,
                near,
                format!("not UTF-8 at byte {byte} of the file"),
            )
        })?;
        let feature: Feature = serde_json::from_str(text).map_err(|error| {
            let cut_off = error.is_eof() && !matches!(row.bytes.last(), Some(b'\n' | b'\r'));
            let rule = if cut_off && matches!(self.cutter, Cutter::Lines(_)) {
                Rule::Truncated
            } else {
                Rule::Malformed
            };
            refused(rule, bytes, excerpt(&error.to_string()))
        })?;
        if feature.r#type != "Feature" {
            let detail = format!("its type is \"{}\", not \"Feature\"", excerpt(&feature.r#type));
            return Err(refused(Rule::Malformed, bytes, detail));
        }
        Ok(self.row(row, feature))
    }

    fn row(&self, row: &RowBytes, feature: Feature) -> RawRow {
        let properties = feature.properties.unwrap_or_default();
        let mut cells = Cells::default();
        let mut ranks = [usize::MAX; Field::COUNT];
        let mut id_header = "";
        for (key, value) in &properties {
            let (Some((field, rank)), Some(text)) = (self.columns.field(key), scalar(value)) else {
                continue;
            };
            if rank < ranks[field as usize] {
                ranks[field as usize] = rank;
                cells.set(field, &text);
                if field == Field::Id {
                    id_header = key;
                }
            }
        }
        // OpenStreetMap's own reference first, then the feature's id, then whatever is called id.
        if let Some(id) = properties.get("@id").filter(|_| !self.chosen_id).and_then(scalar) {
            cells.set(Field::Id, &id);
            id_header = "@id";
        } else if let Some(id) = scalar(&feature.id).filter(|_| !self.chosen_id) {
            cells.set(Field::Id, &id);
            id_header = "id";
        }
        if cells.get(Field::Address).is_none()
            && let Some(address) = address(&properties)
        {
            cells.set(Field::Address, &address);
        }
        RawRow {
            at: row.at,
            category: self.category(&mut cells, &properties),
            source: self.sources.source(cells.get(Field::Id), id_header, &row.bytes),
            place: shape::place(&feature.geometry),
            cells,
        }
    }

    /// The first key of OpenStreetMap whose value is known; the label becomes that value.
    fn category(&self, cells: &mut Cells, properties: &Map<String, Value>) -> &'static str {
        if !self.chosen_category {
            let tags = OSM_KEYS
                .iter()
                .filter_map(|key| Some((*key, properties.get(*key)?.as_str()?)));
            for (key, value) in tags {
                let slug = category::of_osm_tag(key, value);
                if slug != category::OTHER {
                    cells.set(Field::Category, value);
                    return slug;
                }
            }
        }
        category::of_label(cells.get(Field::Category).unwrap_or_default())
    }
}

/// Strings, numbers and booleans as text; lists, objects and null are none.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// One line of the parts of OpenStreetMap's address: `city district street number` without spaces
/// if the street has Han characters, else `number street, city postcode`.
fn address(properties: &Map<String, Value>) -> Option<String> {
    let part = |key: &str| properties.get(key).and_then(scalar).unwrap_or_default();
    let street = match part("addr:street") {
        street if street.trim().is_empty() => part("addr:place"),
        street => street,
    };
    let (number, city) = (part("addr:housenumber"), part("addr:city"));
    if street.trim().is_empty() {
        return None;
    }
    if street.chars().any(super::check::is_han) {
        return Some(format!("{city}{}{street}{number}", part("addr:district")));
    }
    let door = format!("{number} {street}");
    let town = format!("{city} {}", part("addr:postcode"));
    let parts = [door.trim(), town.trim()];
    Some(
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
    )
}
