//! The payer's bank took a payment back: what the order still gave a right to is closed, what was used is reversed as
//! by a refund, and the merchant owes what it got for it.

use convert::{AttemptStatus, ChargeBack};
use kernel::{Ctx, VoucherId};
use ledger::{LineKind, Reason};
use offer::place;
use store::{Fail, Lock, Tx};

use super::book_with_card::kept_of;
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

/// Books that a chargeback was reversed, for payment providers, and the chargeback itself if it was not heard of.
/// Repeating it changes nothing.
///
/// Rejects as [`convert::confirm_payment`] does.
pub fn reverse_chargeback(tx: &mut Tx, ctx: &Ctx, cmd: &ChargeBack) -> Result<(), Fail> {
    charge_back(tx, ctx, cmd)?;
    let attempt = convert::queries::attempt(tx, cmd.payment.attempt)?;
    let mut reversed = Vec::new();
    // Money that paid no order was for nobody's use.
    if let Some(paid) = attempt.filter(|attempt| attempt.status == AttemptStatus::Paid) {
        let vouchers = convert::queries::order_vouchers(tx, paid.order)?;
        let vouchers: Vec<_> = vouchers.into_iter().map(|of| of.voucher).collect();
        let visits = queries::redemptions_of_vouchers(tx, &vouchers)?;
        let visits = visits.into_iter().map(|visit| visit.id.uuid());
        for taken_off in visits.chain(vouchers.iter().map(|voucher| voucher.uuid())) {
            let line = ledger::queries::line_of(tx, taken_off, LineKind::Chargeback)?;
            reversed.extend(line.map(|(line, _)| line));
        }
    }
    convert::reverse_chargeback(tx, ctx, cmd, &reversed)
}

/// Nobody is expected any more whose voucher was closed.
fn end_bookings(tx: &mut Tx, ctx: &Ctx, closed: &[VoucherId]) -> Result<(), Fail> {
    let mut bookings: Vec<_> = queries::bookings_of_vouchers(tx, closed)?.into_values().collect();
    for card in closed {
        bookings.extend(queries::bookings_with_card(tx, *card)?);
    }
    for id in bookings {
        let Some(found) = queries::booking(tx, id)? else {
            continue;
        };
        tx.lock(&[place::lock(found.store), Lock::row("booking", id)]);
        if let Some(booking) = queries::booking(tx, id)? {
            if let Some((card, kept)) = kept_of(&booking) {
                voucher::release_uses(tx, card, kept.uses)?;
            }
            end(tx, ctx, &booking, Outcome::Cancelled, (None, false))?;
        }
    }
    Ok(())
}
