//! Menus, and what a store is out of.

use offer::testing::{dish, first_menu};
use offer::{DishDetails, SetDishSoldOut, queries};
use party::testing::{Shop, ctx};

use super::act::{Act, act};
use super::world::World;

impl World {
    /// The first menu of a shop: one dish with a picture.
    pub fn set_menu(&self, shop: Shop) -> Act<i64> {
        let details = DishDetails {
            media: Some(self.done(self.record_media(shop))),
            ..dish("鲜肉小笼", 2_800)
        };
        act(ctx(shop.as_owner()), offer::set_menu, first_menu(shop, [details]))
    }

    /// The one dish of a shop's new menu.
    pub fn set_dish_sold_out(&self, shop: Shop) -> Act<()> {
        self.done(self.set_menu(shop));
        let menu = self.read(move |read| queries::menu(read, shop.merchant));
        let cmd = SetDishSoldOut {
            merchant: shop.merchant,
            store: shop.store,
            dish: menu.sections[0].dishes[0].id,
            sold_out: true,
        };
        act(ctx(shop.as_owner()), offer::set_dish_sold_out, cmd)
    }
}
