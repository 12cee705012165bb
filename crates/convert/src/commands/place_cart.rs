//! A consumer orders all that is in a cart, of however many merchants: one order for each item, or none at all.

use kernel::Ctx;
use store::{Fail, Tx};

use crate::commands::place_order::{PlaceOrder, place_order};
use crate::model::PlacedOrder;
use crate::reject::CART_INVALID;

/// The most orders that are placed or paid together.
pub const MAX_CART: usize = 20;

/// What [`place_cart`] is told. Its rows are named by [`crate::queries::cart_route`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceCart {
    /// 1 to [`MAX_CART`] orders, in the order in which coupons and rebates are used up.
    pub orders: Vec<PlaceOrder>,
}

/// Places the orders of a cart one after the other. If one of them is refused none is placed, and the field says which.
///
/// Statements: those of [`place_order`] for each.
pub fn place_cart(tx: &mut Tx, ctx: &Ctx, cmd: &PlaceCart) -> Result<Vec<PlacedOrder>, Fail> {
    check_size(cmd.orders.len())?;
    each(&cmd.orders, |order| place_order(tx, ctx, order))
}

/// Refuses none, and more than are handled together.
pub(crate) fn check_size(orders: usize) -> Result<(), Fail> {
    if (1..=MAX_CART).contains(&orders) {
        return Ok(());
    }
    let detail = format!("These are {orders} orders; together they are 1 to {MAX_CART}.");
    Err(CART_INVALID.at("/orders", detail).into())
}

/// Does the same with each of these orders. The field of a refusal says with which it could not be done.
pub(crate) fn each<O, T>(orders: &[O], mut run: impl FnMut(&O) -> Result<T, Fail>) -> Result<Vec<T>, Fail> {
    let numbered = orders.iter().enumerate();
    let done = numbered.map(|(i, order)| {
        run(order).map_err(|fail| match fail {
            Fail::Reject(why) => why.within(&format!("/orders/{i}")).into(),
            Fail::Storage(_) => fail,
        })
    });
    done.collect()
}
