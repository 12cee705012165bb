//! The rules that a row must keep to become a merchant, the same for every format. A row breaks one
//! rule at most: the first in the order below. What is missing is made only by a rule that the user
//! named; what is optional and cannot be read is left out and counted.

use std::collections::BTreeMap;

use kernel::{GeoPoint, LocalText};
use party::check::{MAX_ADDRESS, MAX_NAME, MAX_OPENING_HOURS, MAX_PHONE, MAX_SOURCE, is_hidden};

use super::category::OTHER;
use super::columns::Field;
use super::duplicates::Duplicates;
use super::options::Options;
use super::raw::{Cells, RawPlace, RawRow, RawSource};
use super::refusal::{At, Refusal, Rule, excerpt};
use super::{ImportedMerchant, numbers};

/// The longest text of a field that is read and not stored, in characters; OpenStreetMap's own values end
/// at 255.
const TEXT_CHARS_MAX: usize = 300;

/// How many different unknown category labels are counted one by one.
const LABELS_MAX: usize = 1_000;

/// What is worth telling about the accepted rows.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// Names made by `--name-from`.
    pub names_made: u64,
    /// Places made by `--place-in`.
    pub places_made: u64,
    /// Sources made from a row's content, because it has no id.
    pub sources_made: u64,
    /// Optional values that could not be read and were left out, by field.
    pub left_out: BTreeMap<Field, u64>,
    /// Rows with a rating of another platform.
    pub ratings: u64,
    /// Rows with a review count of another platform.
    pub review_counts: u64,
    /// Rows by category.
    pub categories: BTreeMap<&'static str, u64>,
    /// Labels that became `other`, as many as are counted.
    pub unknown_labels: BTreeMap<String, u64>,
}

/// Checks rows one after the other.
pub struct Checker {
    options: Options,
    duplicates: Duplicates,
    notes: Notes,
}

impl Checker {
    /// Nothing seen yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            duplicates: Duplicates::default(),
            notes: Notes::default(),
        }
    }

    /// What was worth telling so far.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// The merchant of a row, or why there is none.
    pub fn check(&mut self, mut raw: RawRow) -> Result<ImportedMerchant, Refusal> {
        let at = raw.at;
        for field in Field::ALL {
            if let Some(text) = raw.cells.get(field) {
                check_text(at, field, text)?;
            }
        }
        let source = self.source(&raw.source);
        check_text(at, Field::Id, &source)?;
        let (name, name_made) = self.name(at, &mut raw.cells)?;
        let address = address(at, &mut raw.cells)?;
        let (place, place_made) = self.place(at, &raw.place, &source)?;
        let main_name = name.in_language("zh-CN");
        self.check_duplicate(at, &source, main_name, place)?;

        self.duplicates.remember(&source, main_name, place, at.row);
        self.notes.names_made += u64::from(name_made);
        self.notes.places_made += u64::from(place_made);
        self.notes.sources_made += u64::from(matches!(raw.source, RawSource::Content(_)));
        self.count_category(raw.category, raw.cells.get(Field::Category));
        let currency = self.options.currency;
        let price = |text: &str| numbers::minor_units(text, currency);
        let price_per_person = self.optional(&raw.cells, Field::Price, price);
        let rating_milli = self.optional(&raw.cells, Field::Rating, numbers::rating_milli);
        let review_count = self.optional(&raw.cells, Field::Reviews, numbers::count);
        self.notes.ratings += u64::from(rating_milli.is_some());
        self.notes.review_counts += u64::from(review_count.is_some());
        Ok(ImportedMerchant {
            source,
            name,
            category: raw.category.to_owned(),
            place,
            address,
            phone: raw.cells.take(Field::Phone),
            opening_hours: raw.cells.take(Field::OpeningHours),
            price_per_person,
            rating_milli,
            review_count,
        })
    }

    /// The row's source. Rows of the same content and without an id are numbered, so that the same
    /// file gives the same sources again, wherever its other rows moved.
    fn source(&mut self, raw: &RawSource) -> String {
        match raw {
            RawSource::Id(source) => source.clone(),
            RawSource::Content(source) => match self.duplicates.count_content(source) {
                1 => source.clone(),
                time => format!("{source}-{time}"),
            },
        }
    }

    fn name(&self, at: At, cells: &mut Cells) -> Result<(LocalText, bool), Refusal> {
        let mut name = LocalText::default();
        for (tag, field) in [
            ("zh-CN", Field::NameZh),
            ("zh-Hant", Field::NameZhHant),
            ("en", Field::NameEn),
        ] {
            if let Some(text) = cells.take(field) {
                name.0.insert(tag.to_owned(), text);
            }
        }
        let plain = cells.take(Field::Name);
        let made = plain.is_none() && name.0.is_empty();
        let plain = match (plain, &self.options.name_from) {
            (None, Some(template)) if made => {
                let text = |field| cells.get(field).map(str::to_owned);
                let made = template.name(at.row, text).map_err(|missing| {
                    let detail = format!("the name's template needs {missing}, which is empty");
                    refusal(at, Field::Name, "", Rule::EmptyName, detail)
                })?;
                check_text(at, Field::Name, &made)?;
                Some(made.trim().to_owned())
            }
            (plain, _) => plain,
        };
        if let Some(plain) = plain.filter(|plain| !plain.is_empty()) {
            let tag = self.options.language.as_deref().unwrap_or(language(&plain));
            let known = name.0.values().any(|text| *text == plain);
            if !known {
                name.0.entry(tag.to_owned()).or_insert(plain);
            }
        }
        if name.0.is_empty() {
            let detail = "the row has no name".to_owned();
            return Err(refusal(at, Field::Name, "", Rule::EmptyName, detail));
        }
        Ok((name, made))
    }

    fn place(&self, at: At, raw: &RawPlace, source: &str) -> Result<(GeoPoint, bool), Refusal> {
        let (lat, lon) = match raw {
            RawPlace::Degrees { lat, lon } => (*lat, *lon),
            RawPlace::Unreadable { value, detail } => {
                return Err(refusal(at, Field::Lat, value, Rule::BadPlace, detail.clone()));
            }
            RawPlace::Missing => (0.0, 0.0),
        };
        let place = GeoPoint::from_degrees(lat, lon);
        let is_missing = place.is_some_and(|p| (p.lat_microdegrees(), p.lon_microdegrees()) == (0, 0));
        if is_missing {
            return match self.options.place_in {
                Some(rule) => Ok((rule.place(source), true)),
                None => {
                    let value = match raw {
                        RawPlace::Missing => "",
                        RawPlace::Degrees { .. } | RawPlace::Unreadable { .. } => "lat=0 lon=0",
                    };
                    let detail = "the row has no coordinates".to_owned();
                    Err(refusal(at, Field::Lat, value, Rule::MissingPlace, detail))
                }
            };
        }
        let value = || format!("lat={lat} lon={lon}");
        if is_swapped(lat, lon) {
            let detail = format!("nobody lives at latitude {lat}; exchanged it is {lon}, {lat}: swapped?");
            return Err(refusal(at, Field::Lat, &value(), Rule::SwappedPlace, detail));
        }
        place.map(|place| (place, false)).ok_or_else(|| {
            let detail = "not on Earth".to_owned();
            refusal(at, Field::Lat, &value(), Rule::BadPlace, detail)
        })
    }

    fn check_duplicate(&self, at: At, source: &str, name: &str, place: GeoPoint) -> Result<(), Refusal> {
        if let Some(row) = self.duplicates.row_of_source(source) {
            let detail = format!("row {row} has this source already");
            return Err(refusal(at, Field::Id, source, Rule::DuplicateSource, detail));
        }
        if let Some((row, distance_m)) = self.duplicates.row_of_name_near(name, place) {
            let detail = format!("row {row} has this name {distance_m:.0} m away");
            return Err(refusal(at, Field::Name, name, Rule::DuplicateName, detail));
        }
        Ok(())
    }

    fn count_category(&mut self, slug: &'static str, label: Option<&str>) {
        *self.notes.categories.entry(slug).or_insert(0) += 1;
        let labels = &mut self.notes.unknown_labels;
        let label = label.unwrap_or("(none)");
        if slug == OTHER && (labels.len() < LABELS_MAX || labels.contains_key(label)) {
            *labels.entry(label.to_owned()).or_insert(0) += 1;
        }
    }

    /// A number, if there is one that can be read.
    fn optional(
        &mut self,
        cells: &Cells,
        field: Field,
        read: impl Fn(&str) -> Result<Option<i64>, numbers::Unreadable>,
    ) -> Option<i64> {
        read(cells.get(field)?).unwrap_or_else(|numbers::Unreadable| {
            *self.notes.left_out.entry(field).or_insert(0) += 1;
            None
        })
    }
}

/// The address, or else what the row says of where it is.
fn address(at: At, cells: &mut Cells) -> Result<Option<String>, Refusal> {
    if let Some(address) = cells.take(Field::Address) {
        return Ok(Some(address));
    }
    let parts = [Field::City, Field::District];
    let parts: Vec<String> = parts.into_iter().filter_map(|field| cells.take(field)).collect();
    let address = parts.join(" ");
    check_text(at, Field::Address, &address)?;
    Ok((!parts.is_empty()).then_some(address))
}

/// Encoding, hidden characters and length of a text. What `party` stores is held to `party`'s limits.
fn check_text(at: At, field: Field, text: &str) -> Result<(), Refusal> {
    if text.contains('\u{FFFD}') {
        let detail = "it holds U+FFFD, which an earlier conversion left for what it could not read";
        return Err(refusal(at, field, text, Rule::BrokenEncoding, detail.to_owned()));
    }
    if let Some(c) = text.chars().find(|c| is_hidden(*c)) {
        let detail = format!("it holds U+{:04X}", u32::from(c));
        return Err(refusal(at, field, text, Rule::ControlCharacter, detail));
    }
    let max = match field {
        Field::Id => MAX_SOURCE,
        Field::Name | Field::NameZh | Field::NameZhHant | Field::NameEn => MAX_NAME,
        Field::Address => MAX_ADDRESS,
        Field::Phone => MAX_PHONE,
        Field::OpeningHours => MAX_OPENING_HOURS,
        Field::Category
        | Field::Lat
        | Field::Lon
        | Field::City
        | Field::District
        | Field::Price
        | Field::Rating
        | Field::Reviews => TEXT_CHARS_MAX,
    };
    let length = text.chars().count();
    if length > max {
        let detail = format!("{length} characters where {max} fit");
        return Err(refusal(at, field, text, Rule::TooLong, detail));
    }
    Ok(())
}

/// Whether the coordinates look exchanged: the latitude is off the globe, or south of 60° S or north
/// of 84° N where nobody lives, and exchanged they are where somebody could. That finds all of China
/// east of 84° E and all of the Americas west of 60° W; elsewhere exchanged coordinates look sound.
fn is_swapped(lat: f64, lon: f64) -> bool {
    let inhabited = |lat: f64| (-60.0..=84.0).contains(&lat);
    !inhabited(lat) && inhabited(lon) && GeoPoint::from_degrees(lon, lat).is_some()
}

/// The language of a plain name by its script.
fn language(name: &str) -> &'static str {
    let is_kana_or_hangul = |c: char| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{AC00}'..='\u{D7AF}');
    if name.chars().any(is_han) && !name.chars().any(is_kana_or_hangul) {
        "zh-CN"
    } else {
        "und"
    }
}

/// Whether it is a Chinese character (CJK unified ideographs and extension A).
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}')
}

fn refusal(at: At, field: Field, value: &str, rule: Rule, detail: String) -> Refusal {
    Refusal {
        at,
        field: field.name(),
        value: excerpt(value),
        rule,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exchanged_coordinates_are_told_where_that_is_possible() {
        assert!(is_swapped(121.47, 31.23)); // Shanghai
        assert!(is_swapped(-74.0, 40.7)); // New York
        assert!(is_swapped(-118.2, 34.0)); // Los Angeles
        assert!(!is_swapped(31.23, 121.47));
        assert!(!is_swapped(78.2, 15.6)); // Longyearbyen, as it should be
        assert!(!is_swapped(-77.8, 166.7)); // McMurdo, as it should be
        assert!(!is_swapped(200.0, 31.0)); // not on Earth in either order
    }

    #[test]
    fn labels_beyond_the_limit_are_not_kept() {
        let mut checker = Checker::new(Options::default());
        for i in 0..LABELS_MAX + 5 {
            checker.count_category(OTHER, Some(&i.to_string()));
        }
        assert_eq!(checker.notes.unknown_labels.len(), LABELS_MAX);
    }
}
