//! Redeems a voucher whose QR was scanned with a network. Whether the QR is genuine and fresh was
//! judged before, from the same bytes; whether the voucher may be used now is judged here.

use kernel::{
    Ctx, Currency, DeviceId, MerchantId, Money, OfferId, PersonId, RedemptionId, StoreId, Timestamp,
    VoucherId,
};
use store::{Fail, Lock, Tx};
use voucher::CheckedPass;

use crate::redeeming::{Counter, Presented, refuse, take_uses};
use crate::{RedemptionMode, VOUCHER_UNKNOWN};

/// Take uses of the voucher that was scanned.
#[derive(Debug, Clone)]
pub struct RedeemScan {
    /// Whose staff scans.
    pub merchant: MerchantId,
    /// In which store.
    pub store: StoreId,
    /// With which registered device.
    pub device: Option<DeviceId>,
    /// The QR, found genuine, fresh and for this store.
    pub pass: CheckedPass,
    /// How many uses; one if not said. Of a stored-value card the amount in minor units, which has to be said.
    pub uses: Option<i64>,
}

/// Uses were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// The redemption.
    pub redemption: RedemptionId,
    /// Of which voucher.
    pub voucher: VoucherId,
    /// What was bought.
    pub offer: OfferId,
    /// The voucher's holder.
    pub holder: PersonId,
    /// Which of the voucher's uses, from 1; of several the last.
    pub use_no: i64,
    /// How many were taken.
    pub uses: i64,
    /// How many are left.
    pub uses_left: i64,
    /// How many there were.
    pub uses_total: i64,
    /// Of a stored-value card: its uses are minor units of it.
    pub currency: Option<Currency>,
    /// What was paid ahead for them, by buyer and platform together.
    pub amount: Money,
    /// What the staff collects for it.
    pub due_at_store: Money,
    /// Until when the staff can undo it.
    pub undo_until: Timestamp,
}

impl RedeemScan {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("voucher", self.pass.terms.voucher)]
    }
}

/// Takes uses of the scanned voucher and settles their money.
///
/// Rejects: `redeem_voucher_unknown` (another merchant's too), `redeem_wrong_store`,
/// `redeem_voucher_rebound`, `redeem_voucher_used_up` (says when and where), `redeem_voucher_refunded`,
/// `redeem_voucher_expired`, `redeem_period_full` (says until when), `redeem_uses_held`, `redeem_ticket_needs_seats`, `redeem_amount_missing`,
/// `redeem_uses_left`, and `party`'s for staff without the right and for a device that is not of
/// this store.
///
/// Statements: 11 with a device and without a sharer. With a sharer 18, because the rebate has an entry and a timer of its own.
pub fn redeem_scan(tx: &mut Tx, ctx: &Ctx, cmd: &RedeemScan) -> Result<Redeemed, Fail> {
    let place = (cmd.merchant, cmd.store);
    let counter = Counter::of_actor(tx, ctx, place, cmd.device, RedemptionMode::Scan)?;
    let terms = &cmd.pass.terms;
    let presented = Presented::at_counter(tx, &counter, terms.voucher, Some(terms.binding), ctx.now)?;
    let presented = presented.ok_or_else(|| VOUCHER_UNKNOWN.plain())?;
    if let Err(reason) = presented.check() {
        return Err(refuse(tx, &presented, reason)?.into());
    }
    presented.require_seats()?;
    let uses = presented.uses(cmd.uses)?;
    take_uses(tx, ctx, &counter, &presented, uses)
}
