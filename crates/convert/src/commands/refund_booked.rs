//! A booking does not take place: the merchant keeps what its policy says, and the rest goes back. Or it takes place
//! at another time, or an open ticket becomes one.

use kernel::{Ctx, OrderId, RefundId, StoreId, Timestamp, VoucherId};
use store::{Fail, Tx, sql};
use voucher::Closed;

use crate::commands::EXPIRE_VOUCHER;
use crate::give_up::give_up;
use crate::model::{GivenUp, RefundCause};
use crate::queries::voucher_money;
use crate::reject::{REFUND_NOT_FOUND, REFUND_NOTHING_LEFT};
use crate::security_deposit;

/// What [`refund_booked`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundBooked {
    /// The booking's, not used yet.
    pub voucher: VoucherId,
    /// By whom.
    pub given_up: GivenUp,
    /// Why.
    pub cause: RefundCause,
}

/// Closes the voucher of a booking; what is not kept goes back by the way it was paid, and its units can be sold
/// again. A step inside the caller's command, which has checked the actor. Its guarded closing decides between this,
/// a redemption and the expiry at the same moment.
pub fn refund_booked(tx: &mut Tx, ctx: &Ctx, cmd: &RefundBooked) -> Result<RefundId, Fail> {
    let money = voucher_money(tx, cmd.voucher)?.ok_or_else(|| REFUND_NOT_FOUND.plain())?;
    let closed = voucher::close(tx, cmd.voucher, Closed::Refunded)?;
    let closed = closed.filter(|closed| closed.uses_left == money.uses);
    closed.ok_or_else(|| REFUND_NOTHING_LEFT.plain())?;
    let (refund, _) = give_up(tx, ctx, &money, (money.paid, true), (cmd.given_up, cmd.cause))?;
    if let Some(deposit) = security_deposit::load_paid(tx, money.order, money.security_deposit)? {
        security_deposit::settle(tx, ctx, &deposit, None)?;
    }
    Ok(refund)
}

/// An open ticket becomes the right to a booking at a store. A step inside the caller's command; `false` if it is none (any
/// more).
pub fn book_open_ticket(
    tx: &mut Tx,
    (order, voucher): (OrderId, VoucherId),
    store: StoreId,
    until: Timestamp,
) -> Result<bool, Fail> {
    let booked = tx.claim(sql!(
        "UPDATE order_line SET booked_store = $1
         WHERE order_id = $2 AND n = 1 AND booked_until IS NOT NULL AND booked_store IS NULL",
        store,
        order
    ))?;
    if booked == 0 {
        return Ok(false);
    }
    prolong(tx, order, voucher, until)?;
    Ok(true)
}

/// The voucher of a booking is valid until another time, and its security deposit held accordingly. A step inside the
/// caller's command. Told but for one.
pub fn prolong_booked(tx: &mut Tx, order: OrderId, voucher: VoucherId, until: Timestamp) -> Result<(), Fail> {
    prolong(tx, order, voucher, until)?;
    security_deposit::prolong(tx, order, until)
}

fn prolong(tx: &mut Tx, order: OrderId, voucher: VoucherId, until: Timestamp) -> Result<(), Fail> {
    tx.tell(sql!(
        "UPDATE order_line SET booked_until = $1 WHERE order_id = $2 AND n = 1",
        until,
        order
    ))?;
    voucher::prolong(tx, voucher, until)?;
    tx.set_timer(EXPIRE_VOUCHER, voucher, until)?;
    Ok(())
}
