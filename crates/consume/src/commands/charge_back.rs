//! The payer's bank took a payment back: what the order still gave a right to is closed, what was used is reversed as
//! by a refund, and the merchant owes what it got for it.

use convert::ChargeBack;
use kernel::{Ctx, VoucherId};
use ledger::{LineKind, Reason};
use offer::place;
use store::{Fail, Lock, Tx};

use super::cancel_booking::end;
use super::{change_status, take_back};
use crate::booking::Outcome;
use crate::{RedemptionStatus, queries};

/// Books a chargeback, for payment providers. Repeating it changes nothing.
///
/// Rejects as [`convert::confirm_payment`] does.
///
/// Statements: 19 for one unit that was not used.
pub fn charge_back(tx: &mut Tx, ctx: &Ctx, cmd: &ChargeBack) -> Result<(), Fail> {
    let Some(order) = convert::charge_back(tx, ctx, cmd)? else {
        return Ok(());
    };
    let visits = queries::redemptions_of_vouchers(tx, &order.vouchers)?;
    let visits = visits.into_iter().map(|visit| visit.id);
    tx.lock(
        &visits
            .clone()
            .map(|visit| Lock::row("redemption", visit))
            .collect::<Vec<_>>(),
    );
    for visit in queries::redemptions(tx, &visits.collect::<Vec<_>>())? {
        if visit.status == RedemptionStatus::Live {
            change_status(tx, &visit, RedemptionStatus::Refunded)?;
            take_back(tx, ctx, &visit, (LineKind::Chargeback, Reason::ChargedBack))?;
        }
    }
    end_bookings(tx, ctx, &order.closed)
}

/// Nobody is expected any more whose voucher was closed.
fn end_bookings(tx: &mut Tx, ctx: &Ctx, closed: &[VoucherId]) -> Result<(), Fail> {
    for id in queries::bookings_of_vouchers(tx, closed)?.into_values() {
        let Some(found) = queries::booking(tx, id)? else {
            continue;
        };
        tx.lock(&[place::lock(found.store), Lock::row("booking", id)]);
        if let Some(booking) = queries::booking(tx, id)? {
            end(tx, ctx, &booking, Outcome::Cancelled, (None, false))?;
        }
    }
    Ok(())
}
