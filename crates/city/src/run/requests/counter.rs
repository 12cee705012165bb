//! Uses of vouchers by their codes, uses taken back, and rebates.

use consume::{CodeAnswer, RedeemCode, UndoRedemption};
use kernel::{Actor, MerchantId, RedemptionId, VoucherId};
use ledger::PostRebate;
use store::{Fail, StorageError, Tx};

use super::{Reply, Request, Scene, look};
use crate::run::op::{Name, No, Staff, VoucherName};

pub(super) fn redeem(
    scene: Scene<'_>,
    counter: (usize, Staff, usize),
    voucher: VoucherName,
    uses: Option<i64>,
) -> Request {
    let voucher: VoucherId = scene.id(Name::Voucher(voucher.0, voucher.1));
    redeem_by(scene, counter, uses, move |tx| {
        let known = voucher::queries::voucher(tx, voucher)?;
        Ok(known
            .ok_or_else(|| StorageError::bug("an issued voucher cannot be found"))?
            .number)
    })
}

/// A code whose number no voucher of a run reaches.
pub(super) fn type_nonsense(scene: Scene<'_>, shop: usize, staff: Staff) -> Request {
    redeem_by(scene, (shop, staff, 0), None, |_| Ok(999_999_999_999))
}

pub(super) fn undo(scene: Scene<'_>, shop: usize, staff: Staff, redemption: No) -> Request {
    let cmd = UndoRedemption {
        redemption: scene.id(Name::Redemption(redemption)),
    };
    let lane = merchant(scene, shop).uuid();
    Request::new(
        "undoRedemption",
        scene.staff(shop, staff),
        lane,
        move |tx, ctx| {
            consume::undo_redemption(tx, ctx, &cmd)?;
            Ok(Reply::text(""))
        },
    )
    .locking(cmd.locks())
}

pub(super) fn post_rebate(scene: Scene<'_>, redemption: No) -> Request {
    let redemption: RedemptionId = scene.id(Name::Redemption(redemption));
    Request::new("postRebate", Actor::System, redemption.uuid(), move |tx, ctx| {
        let cmd = PostRebate {
            rebate: look::rebate_of(tx, redemption)?,
        };
        Ok(Reply::text(ledger::post_rebate(tx, ctx, &cmd)?.to_string()))
    })
}

fn merchant(scene: Scene<'_>, shop: usize) -> MerchantId {
    scene.directory.cast.shops[shop].merchant
}

fn redeem_by(
    scene: Scene<'_>,
    (shop, staff, store): (usize, Staff, usize),
    uses: Option<i64>,
    number: impl Fn(&mut Tx) -> Result<i64, Fail> + Send + 'static,
) -> Request {
    let (merchant, (store, device)) = (
        merchant(scene, shop),
        scene.directory.cast.shops[shop].stores[store],
    );
    Request::new(
        "redeemCode",
        scene.staff(shop, staff),
        merchant.uuid(),
        move |tx, ctx| {
            let cmd = RedeemCode {
                merchant,
                store,
                device: Some(device),
                number: number(tx)?,
                uses,
            };
            Ok(match consume::redeem_code(tx, ctx, &cmd)? {
                CodeAnswer::Declined { tries_left } => Reply::text(format!("declined {tries_left}")),
                CodeAnswer::Redeemed(redeemed) => Reply::redeemed(&redeemed),
            })
        },
    )
}
