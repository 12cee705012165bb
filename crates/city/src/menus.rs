//! The menus of some restaurants, and what their first stores are out of today.

use kernel::{Actor, Currency, DishId, LocalText, Money};
use offer::{DishDetails, DishSaid, SectionSaid, SetDishSoldOut, SetMenu};
use store::{Fail, Tx};

use crate::CityError;
use crate::founding::record_picture;
use crate::picture::{self, Album, Kept};
use crate::shops::Shop;
use crate::texts::menus::{Dish, MENUS, Menu};
use crate::texts::{self, Words, both};
use crate::works::{Works, acting};

/// Writes the menu of the first merchant of each trade that has one.
pub(crate) fn write(works: &mut Works, album: &Album, shops: &[Shop]) -> Result<(), CityError> {
    for menu in MENUS {
        if let Some(shop) = shops.iter().find(|shop| shop.trade.noun.1 == menu.trade) {
            write_one(works, album, shop, menu)?;
        }
    }
    Ok(())
}

fn write_one(works: &mut Works, album: &Album, shop: &Shop, menu: &'static Menu) -> Result<(), CityError> {
    let calendar = works.calendar;
    let (merchant, owner, counter) = (shop.merchant, shop.owner, shop.counters[0]);
    let pictures = draw(album, texts::color_of(shop.trade), menu)?;
    works.run(
        "a menu",
        merchant,
        0,
        move |tx: &mut Tx, ctx| -> Result<(), Fail> {
            let as_owner = acting(ctx, Actor::Staff(owner, merchant), calendar.at(2, 9 * 60));
            let mut pictures = pictures.iter();
            let mut said = |dish: &Dish| -> Result<DishSaid, Fail> {
                let picture = dish.picture.and_then(|_| pictures.next());
                let media = picture.map(|kept| record_picture(tx, &as_owner, merchant, *kept));
                Ok(DishSaid {
                    dish: None,
                    details: DishDetails {
                        media: media.transpose()?,
                        ..details(dish)
                    },
                })
            };
            let mut sections = Vec::new();
            for section in menu.sections {
                sections.push(SectionSaid {
                    name: both(section.name.0, section.name.1),
                    dishes: section.dishes.iter().map(&mut said).collect::<Result<_, _>>()?,
                });
            }
            let set = SetMenu {
                merchant,
                version: 0,
                sections,
            };
            offer::set_menu(tx, &as_owner, &set)?;
            let written = offer::queries::menu(tx, merchant)?;
            let dishes = menu.sections.iter().flat_map(|section| section.dishes);
            let gone = written.dishes().zip(dishes).filter(|(_, dish)| dish.sold_out);
            let gone: Vec<DishId> = gone.map(|(written, _)| written.id).collect();
            let at_counter = acting(ctx, Actor::Staff(counter.clerk, merchant), calendar.now);
            for dish in gone {
                let out = SetDishSoldOut {
                    merchant,
                    store: counter.store,
                    dish,
                    sold_out: true,
                };
                offer::set_dish_sold_out(tx, &at_counter, &out)?;
            }
            Ok(())
        },
    )
}

/// A picture for each dish that has one, in their order.
fn draw(album: &Album, hue: usize, menu: &Menu) -> std::io::Result<Vec<Kept>> {
    let dishes = menu.sections.iter().flat_map(|section| section.dishes);
    let shown = dishes.filter_map(|dish| dish.picture).enumerate();
    let draw = |(turn, motif)| album.keep((motif, hue, turn), || picture::of_offer(motif, hue, turn));
    shown.map(draw).collect()
}

fn details(dish: &Dish) -> DishDetails {
    let some = |words: Words| match words {
        ("", _) => LocalText::default(),
        (zh, en) => both(zh, en),
    };
    DishDetails {
        name: some(dish.name),
        description: some(dish.details),
        price: Money::new(dish.price, Currency::CNY),
        media: None,
        signature: dish.signature,
        spicy: dish.spicy,
        vegetarian: dish.vegetarian,
        allergens: dish.allergens.to_vec(),
        stores: Vec::new(),
    }
}
