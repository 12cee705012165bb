//! New vouchers of one purchase, each with a code that no other live voucher of the merchant has.

use kernel::{Ctx, Currency, MerchantId, OfferId, PersonId, Timestamp, VoucherId};
use store::{Fail, StorageError, Tx, sql};

use crate::events::VoucherIssued;
use crate::{StoreSetDigest, VoucherCode};

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

/// With 12 digits and a million live vouchers, eight misses in a row come once in 10^48 times.
const MAX_DRAWS: usize = 8;

/// Issues the vouchers, live and bound to no device yet, and says so in one event each. All codes are
/// claimed in one round trip.
pub fn issue(tx: &mut Tx, ctx: &Ctx, cmd: &IssueVoucher) -> Result<Vec<VoucherId>, Fail> {
    let most = cmd.currency.map_or(i64::from(u16::MAX), |_| i64::MAX);
    if !(1..=most).contains(&cmd.uses) || !(1..=1_000).contains(&cmd.count) {
        let message = format!("{} vouchers of {} uses cannot be issued", cmd.count, cmd.uses);
        return Err(StorageError::bug(message).into());
    }
    let vouchers: Vec<VoucherId> = (0..cmd.count).map(|_| ctx.new_id()).collect();
    let codes = claim_codes(tx, ctx, cmd.merchant, &vouchers)?;
    for (voucher, code) in vouchers.iter().zip(codes) {
        insert(tx, ctx, cmd, *voucher, code)?;
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

/// A free code for each voucher, claimed for it.
pub(super) fn claim_codes(
    tx: &mut Tx,
    ctx: &Ctx,
    merchant: MerchantId,
    vouchers: &[VoucherId],
) -> Result<Vec<VoucherCode>, Fail> {
    let mut codes: Vec<Option<VoucherCode>> = vec![None; vouchers.len()];
    for _ in 0..MAX_DRAWS {
        let missing: Vec<usize> = (0..codes.len()).filter(|i| codes[*i].is_none()).collect();
        let drawn: Vec<_> = missing
            .iter()
            .map(|_| VoucherCode::from_random(ctx.random_bytes()))
            .collect();
        let claims = missing
            .iter()
            .zip(&drawn)
            .map(|(i, code)| claim_code(merchant, *code, vouchers[*i]));
        let answers = tx.ask_all(claims.collect())?;
        for ((i, code), rows) in missing.iter().zip(drawn).zip(answers) {
            codes[*i] = (!rows.is_empty()).then_some(code);
        }
        if codes.iter().all(Option::is_some) {
            break;
        }
    }
    let codes: Option<Vec<_>> = codes.into_iter().collect();
    Ok(codes.ok_or_else(|| StorageError::bug(format!("no free code in {MAX_DRAWS} draws")))?)
}

/// Answers with a row if no live voucher has the code.
pub(super) fn claim_code(merchant: MerchantId, code: VoucherCode, voucher: VoucherId) -> store::Query {
    sql!(
        "INSERT INTO voucher_code (merchant_id, code, voucher_id) VALUES ($1, $2, $3)
         ON CONFLICT (merchant_id, code) DO UPDATE SET voucher_id = excluded.voucher_id, closed_at = NULL
         WHERE voucher_code.closed_at IS NOT NULL RETURNING voucher_id",
        merchant,
        code.number(),
        voucher
    )
}

fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &IssueVoucher,
    voucher: VoucherId,
    code: VoucherCode,
) -> Result<(), StorageError> {
    tx.tell(sql!(
        "INSERT INTO voucher
           (id, merchant_id, offer_id, store_set, holder_id, status, uses_total, uses_left, currency, code, binding, device_key,
            issued_at, valid_until, version)
         VALUES ($1, $2, $3, $4, $5, 'live', $6, $6, $7, $8, 0, NULL, $9, $10, 1)",
        voucher,
        cmd.merchant,
        cmd.offer,
        cmd.store_set.0.as_slice(),
        cmd.holder,
        cmd.uses,
        cmd.currency,
        code.number(),
        ctx.now,
        cmd.valid_until
    ))
}
