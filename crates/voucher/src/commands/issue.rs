//! New vouchers of one purchase, each with a number of its own, which its code tells.

use kernel::{Ctx, Currency, MerchantId, OfferId, PersonId, Timestamp, VoucherId};
use store::{Fail, StorageError, Tx, sql};

use crate::StoreSetDigest;
use crate::events::VoucherIssued;

/// Which vouchers, and how many of the same kind.
#[derive(Debug, Clone)]
pub struct IssueVoucher {
    /// Whose stores redeem them.
    pub merchant: MerchantId,
    /// What they are a right to.
    pub offer: OfferId,
    /// Which of the stores.
    pub store_set: StoreSetDigest,
    /// Whose they are.
    pub holder: PersonId,
    /// How often each can be used, 1 to 65,535; of stored-value cards what each is worth, in minor units.
    pub uses: i64,
    /// Of stored-value cards: what their uses are minor units of.
    pub currency: Option<Currency>,
    /// They can be used before this moment.
    pub valid_until: Timestamp,
    /// How many vouchers, 1 to 1,000.
    pub count: i64,
}

/// Issues the vouchers, live and bound to no device yet, and says so in one event each.
pub fn issue(tx: &mut Tx, ctx: &Ctx, cmd: &IssueVoucher) -> Result<Vec<VoucherId>, Fail> {
    let most = cmd.currency.map_or(i64::from(u16::MAX), |_| i64::MAX);
    if !(1..=most).contains(&cmd.uses) || !(1..=1_000).contains(&cmd.count) {
        let message = format!("{} vouchers of {} uses cannot be issued", cmd.count, cmd.uses);
        return Err(StorageError::bug(message).into());
    }
    let vouchers: Vec<VoucherId> = (0..cmd.count).map(|_| ctx.new_id()).collect();
    for voucher in &vouchers {
        insert(tx, ctx, cmd, *voucher)?;
        let event = VoucherIssued {
            voucher: *voucher,
            merchant: cmd.merchant,
            offer: cmd.offer,
            holder: cmd.holder,
            uses: cmd.uses,
            valid_until: cmd.valid_until.0,
        };
        tx.emit(ctx, *voucher, 1, &event)?;
    }
    Ok(vouchers)
}

fn insert(tx: &mut Tx, ctx: &Ctx, cmd: &IssueVoucher, voucher: VoucherId) -> Result<(), StorageError> {
    let number = tx.take_number()?;
    tx.tell(sql!(
        "INSERT INTO voucher
           (id, merchant_id, offer_id, store_set, holder_id, status, uses_total, uses_left, currency, number, binding, device_key,
            issued_at, valid_until, version)
         VALUES ($1, $2, $3, $4, $5, 'live', $6, $6, $7, $8, 0, NULL, $9, $10, 1)",
        voucher,
        cmd.merchant,
        cmd.offer,
        cmd.store_set.0.as_slice(),
        cmd.holder,
        cmd.uses,
        cmd.currency,
        number,
        ctx.now,
        cmd.valid_until
    ))
}
