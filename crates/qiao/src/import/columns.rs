//! Which column or property holds which field: by the user's word, else by common names.
//! It never looks at values, so a column is never chosen because its contents look right.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use super::options::OpenError;
use super::refusal::excerpt;

/// What a row may say about a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The id in the data's own source.
    Id,
    /// The plain name.
    Name,
    /// The name in simplified Chinese.
    NameZh,
    /// The name in traditional Chinese.
    NameZhHant,
    /// The name in English.
    NameEn,
    /// What sort of merchant, in the source's own words.
    Category,
    /// Latitude in degrees.
    Lat,
    /// Longitude in degrees.
    Lon,
    /// The address as one text.
    Address,
    /// The city; used in names made by a template only.
    City,
    /// The district; used in names made by a template only.
    District,
    /// The telephone number.
    Phone,
    /// Opening hours, as text.
    OpeningHours,
    /// Price per person in major units.
    Price,
    /// The mean rating on another platform, 0 to 5.
    Rating,
    /// The number of reviews on another platform.
    Reviews,
}

impl Field {
    /// How many fields there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Every field, in the order of the declaration.
    pub const ALL: [Self; 16] = [
        Self::Id,
        Self::Name,
        Self::NameZh,
        Self::NameZhHant,
        Self::NameEn,
        Self::Category,
        Self::Lat,
        Self::Lon,
        Self::Address,
        Self::City,
        Self::District,
        Self::Phone,
        Self::OpeningHours,
        Self::Price,
        Self::Rating,
        Self::Reviews,
    ];

    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        self.headers()[0]
    }

    /// The headers that mean this field, in lower case, the strongest first. The first is its name.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Id => &[
                "id", "@id", "osm_id", "shop_id", "poi_id", "uid", "店铺id", "商户id", "编号",
            ],
            Self::Name => &[
                "name",
                "shop_name",
                "title",
                "店铺名",
                "店名",
                "商户名",
                "名称",
                "店铺名称",
            ],
            Self::NameZh => &["name_zh", "name:zh", "name:zh-hans", "中文名", "中文名称"],
            Self::NameZhHant => &["name_zh_hant", "name:zh-hant"],
            Self::NameEn => &["name_en", "name:en", "英文名", "英文名称"],
            Self::Category => &[
                "category", "fclass", "amenity", "shop", "tourism", "leisure", "类别", "分类", "类型",
                "标签1",
            ],
            Self::Lat => &["lat", "latitude", "@lat", "纬度"],
            Self::Lon => &["lon", "lng", "long", "longitude", "@lon", "经度"],
            Self::Address => &["address", "addr:full", "addr", "地址", "详细地址"],
            Self::City => &["city", "addr:city", "城市"],
            Self::District => &["district", "addr:district", "行政区", "区域", "商圈", "标签2"],
            Self::Phone => &["phone", "contact:phone", "tel", "telephone", "电话", "联系电话"],
            Self::OpeningHours => &["opening_hours", "营业时间"],
            Self::Price => &["price", "price_per_person", "人均价格", "人均消费", "人均"],
            Self::Rating => &["rating", "score", "stars", "店铺总分", "评分", "总分"],
            Self::Reviews => &["reviews", "review_count", "评论总数", "点评数", "评论数"],
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|field| field.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("there is no field \"{name}\"; the fields are {names}")
        })
    }
}

/// Which header means which field, and how strongly (0 is strongest).
pub struct Columns {
    by_header: HashMap<String, (Field, usize)>,
}

impl Columns {
    /// The user's choices, and the common names for every field that the user did not choose.
    pub fn new(chosen: &BTreeMap<Field, String>) -> Result<Self, OpenError> {
        let mut by_header = HashMap::new();
        for field in Field::ALL.into_iter().filter(|field| !chosen.contains_key(field)) {
            for (rank, header) in field.headers().iter().enumerate() {
                by_header.insert((*header).to_owned(), (field, rank));
            }
        }
        let mut taken: HashMap<String, Field> = HashMap::new();
        for (field, header) in chosen {
            if let Some(other) = taken.insert(fold(header), *field) {
                let text = format!("column \"{header}\" is named for both {other} and {field}");
                return Err(OpenError::Columns(text));
            }
            by_header.insert(fold(header), (*field, 0));
        }
        Ok(Self { by_header })
    }

    /// The field that a header means, and how strongly.
    pub fn field(&self, header: &str) -> Option<(Field, usize)> {
        let exact = self.by_header.get(header);
        exact.or_else(|| self.by_header.get(&fold(header))).copied()
    }

    /// For each column of a CSV header the field that it holds. Of several columns for one field
    /// the strongest header wins.
    ///
    /// # Errors
    /// If a chosen header is missing, or a used one stands there twice.
    pub fn of_header(
        &self,
        header: &[String],
        chosen: &BTreeMap<Field, String>,
    ) -> Result<Vec<Option<Field>>, OpenError> {
        for (field, wanted) in chosen {
            if !header.iter().any(|h| fold(h) == fold(wanted)) {
                let list = excerpt(&header.join(", "));
                let text = format!("there is no column \"{wanted}\" for {field}; the columns are: {list}");
                return Err(OpenError::Columns(text));
            }
        }
        let mut best: BTreeMap<Field, (usize, usize)> = BTreeMap::new();
        for (column, name) in header.iter().enumerate() {
            let Some((field, rank)) = self.field(name) else {
                continue;
            };
            match best.get(&field) {
                Some((known, _)) if *known == rank => {
                    let text = format!(
                        "column \"{}\" stands there twice; rename one of them",
                        excerpt(name)
                    );
                    return Err(OpenError::Columns(text));
                }
                Some((known, _)) if *known < rank => {}
                _ => {
                    best.insert(field, (rank, column));
                }
            }
        }
        let mut columns = vec![None; header.len()];
        for (field, (_, column)) in best {
            columns[column] = Some(field);
        }
        Ok(columns)
    }
}

/// Headers are compared without case and surrounding space.
fn fold(header: &str) -> String {
    header.trim().to_lowercase()
}
