//! A store is out of a dish, or has it again.

use jiff::tz::TimeZone;
use kernel::{Ctx, DishId, MerchantId, StoreId};
use party::Role;
use store::{Fail, Lock, StorageError, Tx, sql};

use crate::events::{DishBack, DishSoldOut};
use crate::menu::next_morning;
use crate::{Dish, place, queries};

/// Whether a dish is sold out.
#[derive(Debug, Clone)]
pub struct SetDishSoldOut {
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// Which.
    pub dish: DishId,
    /// Whether it is, until the next morning.
    pub sold_out: bool,
}

impl SetDishSoldOut {
    /// The store.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store)]
    }
}

/// Says that a store is out of a dish until four in the morning, or has it again; for everybody at its counter. It lapses
/// by itself: nobody counts dishes.
///
/// Rejects with [`party::NOT_FOUND`] for a dish that the store does not serve, and as [`party::require_staff`] does.
pub fn set_dish_sold_out(tx: &mut Tx, ctx: &Ctx, cmd: &SetDishSoldOut) -> Result<(), Fail> {
    party::require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Cashier)?;
    let store = party::queries::store(tx, cmd.store)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let menu = queries::menu(tx, cmd.merchant)?;
    let is_served =
        |dish: &Dish| dish.id == cmd.dish && dish.details.is_served_at(store.id, store.details.currency);
    if !menu.dishes().any(is_served) {
        return Err(party::NOT_FOUND.plain().into());
    }
    tx.lock(&cmd.locks());
    // With what has lapsed, so that no more is kept than the store is out of.
    tx.claim(sql!(
        "DELETE FROM dish_sold_out WHERE store_id = $1 AND (dish_id = $2 OR ends_at <= $3)",
        cmd.store,
        cmd.dish,
        ctx.now
    ))?;
    if !cmd.sold_out {
        let event = DishBack {
            dish: cmd.dish,
            merchant: cmd.merchant,
            store: cmd.store,
        };
        tx.emit(ctx, cmd.dish, 0, &event)?;
        return Ok(());
    }
    let zone = TimeZone::get(&store.details.time_zone)
        .map_err(|error| StorageError::bug(format!("a stored time zone: {error}")))?;
    let ends_at =
        next_morning(ctx.now, &zone).ok_or_else(|| StorageError::bug("there is no next morning"))?;
    tx.tell(sql!(
        "INSERT INTO dish_sold_out (store_id, dish_id, ends_at) VALUES ($1, $2, $3)",
        cmd.store,
        cmd.dish,
        ends_at
    ))?;
    let event = DishSoldOut {
        dish: cmd.dish,
        merchant: cmd.merchant,
        store: cmd.store,
        ends_at: ends_at.0,
    };
    tx.emit(ctx, cmd.dish, 0, &event)?;
    Ok(())
}
