//! A merchant's menu: sections of dishes, and what guests want to know of one before they choose. Pure. It sells
//! nothing: a dish has a price and no stock.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use kernel::{Currency, DishId, LocalText, MediaId, Money, Reject, RejectKind, StoreId, Timestamp};
use party::check;
use serde::{Deserialize, Serialize};

use crate::decide::MAX_LIST_PRICE;
use crate::reject::MENU_INVALID;
use crate::{Day, SectionSaid};

const MAX_SECTIONS: usize = 40;
const MAX_DISHES: usize = 400;
const MAX_STORES: usize = 200;
const MAX_SECTION_NAME: usize = 40;
const MAX_DISH_NAME: usize = 80;
const MAX_DESCRIPTION: usize = 300;
const MAX_SPICY: i64 = 3;
/// What is sold out late in the night is sold out for that evening: there is more of it from four in the morning on.
const MORNING_MINUTE: i64 = 4 * 60;

/// What a merchant's kitchen makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Menu {
    /// From top to bottom. Without any there is no menu.
    pub sections: Vec<MenuSection>,
    /// Rises with every change; 0 until the first.
    pub version: i64,
}

/// Dishes of one kind: `Noodles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuSection {
    /// By language.
    pub name: LocalText,
    /// From top to bottom.
    pub dishes: Vec<Dish>,
}

/// Something to eat or drink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dish {
    /// Which; it stays when the menu is changed.
    pub id: DishId,
    /// What is said of it.
    pub details: DishDetails,
}

/// What is said of a dish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DishDetails {
    /// 1 to 80 characters in each language.
    pub name: LocalText,
    /// Up to 300 characters in each language, with lines; may be in none.
    pub description: LocalText,
    /// At the table.
    #[serde(with = "price")]
    pub price: Money,
    /// Its picture, uploaded for this merchant.
    pub media: Option<MediaId>,
    /// What the house is known for.
    pub signature: bool,
    /// How hot it is: 0 to 3.
    pub spicy: i64,
    /// Whether it is made without meat and fish.
    pub vegetarian: bool,
    /// What it contains that some must not eat, each once.
    pub allergens: Vec<Allergen>,
    /// Where it is served, each store once; without any: in every store that trades in its currency.
    pub stores: Vec<StoreId>,
}

/// What has to be told of food in the European Union: Regulation (EU) No 1169/2011, Annex II.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allergen {
    /// Cereals that contain gluten.
    Gluten,
    /// Crab, prawns, lobster.
    Crustaceans,
    /// Of birds.
    Egg,
    /// Of any kind.
    Fish,
    /// A legume, and no nut.
    Peanut,
    /// Soybeans.
    Soy,
    /// With its lactose.
    Milk,
    /// Almonds, hazelnuts, walnuts, cashews and other tree nuts.
    Nuts,
    /// Stalk, leaf and root.
    Celery,
    /// Seed and leaf.
    Mustard,
    /// The seed.
    Sesame,
    /// Sulphur dioxide and sulphites.
    Sulphites,
    /// Its seeds and flour.
    Lupin,
    /// Mussels, squid, snails.
    Molluscs,
}

/// A store is out of a dish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldOut {
    /// Which.
    pub dish: DishId,
    /// Where.
    pub store: StoreId,
    /// From here on there is more of it.
    pub ends_at: Timestamp,
}

impl Menu {
    /// Every dish, from top to bottom.
    pub fn dishes(&self) -> impl Iterator<Item = &Dish> {
        self.sections.iter().flat_map(|section| &section.dishes)
    }
}

impl DishDetails {
    /// Whether a store that trades in this currency serves it.
    pub fn is_served_at(&self, store: StoreId, currency: Currency) -> bool {
        self.price.currency == currency && (self.stores.is_empty() || self.stores.contains(&store))
    }

    fn check(&self, at: &str) -> Result<(), Reject> {
        let of = |no: Reject, field: &str| refusal(no.kind, format!("{at}{field}"), no.detail);
        check::local_text("", &self.name, MAX_DISH_NAME).map_err(|no| of(no, "/name"))?;
        if !self.description.0.is_empty() {
            check::local_prose("", &self.description, MAX_DESCRIPTION)
                .map_err(|no| of(no, "/description"))?;
        }
        let no = |field: &str, detail: String| Err(refusal(&MENU_INVALID, format!("{at}{field}"), detail));
        if !(1..=MAX_LIST_PRICE).contains(&self.price.amount) {
            let detail = format!("A dish costs 1 to {MAX_LIST_PRICE} minor units.");
            return no("/price/amount", detail);
        }
        if !(0..=MAX_SPICY).contains(&self.spicy) {
            return no("/spicy", format!("How hot it is goes from 0 to {MAX_SPICY}."));
        }
        if self.allergens.iter().collect::<BTreeSet<_>>().len() < self.allergens.len() {
            return no("/allergens", "Each allergen is named once.".to_owned());
        }
        if self.stores.len() > MAX_STORES {
            return no("/stores", format!("A dish names at most {MAX_STORES} stores."));
        }
        if self.stores.iter().collect::<BTreeSet<_>>().len() < self.stores.len() {
            return no("/stores", "Each store is named once.".to_owned());
        }
        Ok(())
    }
}

/// The field of a dish, both counted from 0.
pub(crate) fn pointer(section: usize, dish: usize) -> String {
    format!("/sections/{section}/dishes/{dish}")
}

/// What is wrong with a field of the menu.
pub(crate) fn refusal(kind: &'static RejectKind, field: String, detail: impl Into<String>) -> Reject {
    Reject {
        field: Some(field.into()),
        ..kind.because(detail)
    }
}

/// Refuses what is no menu, by field. Ids, stores and pictures are looked up elsewhere.
pub(crate) fn check_sections(sections: &[SectionSaid]) -> Result<(), Reject> {
    if sections.len() > MAX_SECTIONS {
        return Err(MENU_INVALID.at(
            "/sections",
            format!("A menu has at most {MAX_SECTIONS} sections."),
        ));
    }
    let mut dishes = 0;
    let mut known = BTreeSet::new();
    for (n, section) in sections.iter().enumerate() {
        let at = format!("/sections/{n}");
        check::local_text("", &section.name, MAX_SECTION_NAME)
            .map_err(|no| refusal(no.kind, format!("{at}/name"), no.detail))?;
        dishes += section.dishes.len();
        if dishes > MAX_DISHES {
            let detail = format!("A menu has at most {MAX_DISHES} dishes in all.");
            return Err(refusal(&MENU_INVALID, format!("{at}/dishes"), detail));
        }
        for (m, said) in section.dishes.iter().enumerate() {
            let at = pointer(n, m);
            said.details.check(&at)?;
            if said.dish.is_some_and(|dish| !known.insert(dish)) {
                let detail = "A dish is on the menu once.";
                return Err(refusal(&MENU_INVALID, format!("{at}/dish"), detail));
            }
        }
    }
    Ok(())
}

/// When a store has more of what it is out of now: at four in the morning, on its clocks.
pub(crate) fn next_morning(now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = Day::at(now, zone);
    let mornings = [today, today.plus(1)].map(|day| day.minute(MORNING_MINUTE, zone));
    mornings.into_iter().flatten().find(|morning| *morning > now)
}

/// A price as its amount and the code of its currency.
mod price {
    use kernel::{Currency, Money};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(price: &Money, to: S) -> Result<S::Ok, S::Error> {
        (price.amount, price.currency.code()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Money, D::Error> {
        let (amount, code) = <(i64, String)>::deserialize(from)?;
        let currency =
            Currency::from_code(&code).ok_or_else(|| D::Error::custom("no ISO 4217 currency code"))?;
        Ok(Money::new(amount, currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_ends_at_four_on_the_clocks_of_the_store() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        for (now, morning) in [
            ("2027-01-15T08:00:00Z", "2027-01-15T20:00:00Z"),
            ("2027-01-15T17:30:00Z", "2027-01-15T20:00:00Z"),
            ("2027-01-15T20:00:00Z", "2027-01-16T20:00:00Z"),
        ] {
            assert_eq!(
                next_morning(moment(now), &shanghai),
                Some(moment(morning)),
                "{now}"
            );
        }
    }
}
