//! A merchant writes its menu, or writes it anew.

use std::collections::BTreeSet;

use kernel::{Ctx, Currency, DishId, LocalText, MediaId, MerchantId, StoreId};
use party::Role;
use store::{Fail, Lock, Tx, sql, to_json};

use super::create_offer::details_of_stores;
use crate::events::MenuSet;
use crate::menu::{check_sections, pointer, refusal};
use crate::reject::{MENU_CHANGED, MENU_INVALID};
use crate::{Dish, DishDetails, Menu, MenuSection, queries};

/// The whole menu.
#[derive(Debug, Clone)]
pub struct SetMenu {
    /// Whose.
    pub merchant: MerchantId,
    /// The version that the change starts from; 0 for the first menu.
    pub version: i64,
    /// From top to bottom, at most 40 with 400 dishes in all.
    pub sections: Vec<SectionSaid>,
}

/// A section as its merchant says it.
#[derive(Debug, Clone)]
pub struct SectionSaid {
    /// 1 to 40 characters in each language.
    pub name: LocalText,
    /// From top to bottom.
    pub dishes: Vec<DishSaid>,
}

/// A dish as its merchant says it.
#[derive(Debug, Clone)]
pub struct DishSaid {
    /// Which of the menu as it was; none for a new one.
    pub dish: Option<DishId>,
    /// What is said of it.
    pub details: DishDetails,
}

impl SetMenu {
    /// The merchant, whose menu is read before it is written.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// Sets the whole menu of a merchant, for managers of all its stores, and gives its new version. A dish that is named
/// by its id stays the same one: it is still sold out where it was.
///
/// Rejects with `MENU_INVALID`, `MENU_CHANGED`, [`party::TEXT_INVALID`], [`party::MERCHANT_SUSPENDED`] and as
/// [`party::require_staff`] does.
///
/// Statements: eight, and one for each picture that is new or gone; those of new ones are looked up in one round trip.
pub fn set_menu(tx: &mut Tx, ctx: &Ctx, cmd: &SetMenu) -> Result<i64, Fail> {
    party::require_staff(tx, ctx, cmd.merchant, None, Role::Manager)?;
    party::require_not_suspended(tx, cmd.merchant)?;
    check_sections(&cmd.sections)?;
    check_stores(tx, cmd)?;
    tx.lock(&cmd.locks());
    let before = queries::menu(tx, cmd.merchant)?;
    if before.version != cmd.version {
        return Err(MENU_CHANGED.plain().into());
    }
    let sections = with_ids(ctx, cmd, &before)?;
    let shown = queries::menu_media(tx, cmd.merchant)?;
    let wanted = check_media(tx, cmd, &shown)?;
    let version = cmd.version + 1;
    tx.tell(sql!(
        "INSERT INTO menu (merchant_id, sections, version) VALUES ($1, $2, $3)
         ON CONFLICT (merchant_id) DO UPDATE SET sections = excluded.sections, version = excluded.version",
        cmd.merchant,
        to_json(&sections)?,
        version
    ))?;
    for media in shown.difference(&wanted) {
        tx.tell(sql!(
            "DELETE FROM menu_media WHERE merchant_id = $1 AND media_id = $2",
            cmd.merchant,
            *media
        ))?;
    }
    for media in wanted.difference(&shown) {
        tx.tell(sql!(
            "INSERT INTO menu_media (merchant_id, media_id) VALUES ($1, $2)",
            cmd.merchant,
            *media
        ))?;
    }
    let event = MenuSet {
        merchant: cmd.merchant,
        version,
        is_found_otherwise: !found_by(&before.sections).eq(found_by(&sections)),
    };
    tx.emit(ctx, cmd.merchant, version, &event)?;
    Ok(version)
}

/// By what, and where, dishes are searched for.
fn found_by(sections: &[MenuSection]) -> impl Iterator<Item = (&LocalText, &[StoreId], Currency)> {
    let dishes = sections.iter().flat_map(|section| &section.dishes);
    dishes.map(|Dish { details, .. }| (&details.name, details.stores.as_slice(), details.price.currency))
}

/// Every dish with the field that it is in.
fn dishes(cmd: &SetMenu) -> impl Iterator<Item = (String, &DishSaid)> {
    cmd.sections.iter().enumerate().flat_map(|(n, section)| {
        let said = section.dishes.iter().enumerate();
        said.map(move |(m, dish)| (pointer(n, m), dish))
    })
}

/// The stores that serve a dish are the merchant's own and trade in its currency.
fn check_stores(tx: &mut Tx, cmd: &SetMenu) -> Result<(), Fail> {
    let known = details_of_stores(tx, cmd.merchant)?;
    for (at, DishSaid { details, .. }) in dishes(cmd) {
        let currency = details.price.currency;
        if !known.values().any(|store| store.currency == currency) {
            let detail = format!("No store of the merchant trades in {}.", currency.code());
            return Err(refusal(&MENU_INVALID, format!("{at}/price/currency"), detail).into());
        }
        for store in &details.stores {
            let detail = match known.get(store) {
                Some(of) if of.currency == currency => continue,
                Some(of) => format!("Store {store} trades in {}.", of.currency.code()),
                None => format!("The merchant has no store {store}."),
            };
            return Err(refusal(&MENU_INVALID, format!("{at}/stores"), detail).into());
        }
    }
    Ok(())
}

/// The sections with the ids of their dishes: those that they had, and new ones.
fn with_ids(ctx: &Ctx, cmd: &SetMenu, before: &Menu) -> Result<Vec<MenuSection>, Fail> {
    let known: BTreeSet<DishId> = before.dishes().map(|dish| dish.id).collect();
    let unknown = dishes(cmd).find(|(_, said)| said.dish.is_some_and(|dish| !known.contains(&dish)));
    if let Some((at, _)) = unknown {
        let detail = "The menu has no such dish; a new one comes without an id.";
        return Err(refusal(&MENU_INVALID, format!("{at}/dish"), detail).into());
    }
    let dish = |said: &DishSaid| Dish {
        id: said.dish.unwrap_or_else(|| ctx.new_id()),
        details: said.details.clone(),
    };
    let section = |said: &SectionSaid| MenuSection {
        name: said.name.clone(),
        dishes: said.dishes.iter().map(&dish).collect(),
    };
    Ok(cmd.sections.iter().map(section).collect())
}

/// The pictures of the menu, all of them uploaded for its merchant. Those that it shows already were looked at before.
fn check_media(tx: &mut Tx, cmd: &SetMenu, shown: &BTreeSet<MediaId>) -> Result<BTreeSet<MediaId>, Fail> {
    let wanted: BTreeSet<MediaId> = dishes(cmd).filter_map(|(_, said)| said.details.media).collect();
    let new: Vec<MediaId> = wanted.difference(shown).copied().collect();
    let found = party::queries::media_files(tx, &new)?;
    let own = found.iter().filter(|media| media.owner == cmd.merchant.uuid());
    let own: BTreeSet<MediaId> = own.map(|media| media.id).collect();
    let is_foreign = |media: MediaId| !shown.contains(&media) && !own.contains(&media);
    if let Some((at, _)) = dishes(cmd).find(|(_, said)| said.details.media.is_some_and(is_foreign)) {
        let detail = "The merchant has not uploaded such a picture.";
        return Err(refusal(&MENU_INVALID, format!("{at}/media"), detail).into());
    }
    Ok(wanted)
}
