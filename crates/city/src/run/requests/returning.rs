//! Refunds, and vouchers that run out.

use consume::RefundRedeemed;
use convert::{ExpireVoucher, MarkRefundSent, RefundVoucher};
use http::PROVIDER;
use kernel::Actor;

use super::{Reply, Request, Scene, look};
use crate::run::model::money::Paid;
use crate::run::op::{Name, No, Staff, VoucherName};

pub(super) fn refund_voucher(scene: Scene<'_>, person: usize, voucher: VoucherName) -> Request {
    let cmd = RefundVoucher {
        voucher: scene.id(Name::Voucher(voucher.0, voucher.1)),
    };
    let locks = cmd.locks();
    Request::new(
        "refundVoucher",
        scene.consumer(person),
        cmd.voucher.uuid(),
        move |tx, ctx| {
            let refunded = convert::refund_voucher(tx, ctx, &cmd)?;
            let part = refunded.part;
            let paid = Paid {
                price: part.price.into(),
                platform: part.discount_platform.into(),
                merchant: part.discount_merchant.into(),
                rebate: part.rebate_used.into(),
                cash: part.cash.into(),
                at_store: part.due_at_store.into(),
            };
            Ok(Reply::made(format!("{paid:?}"), vec![refunded.refund.uuid()]))
        },
    )
    .locking(locks)
}

pub(super) fn refund_redeemed(scene: Scene<'_>, shop: usize, by_operator: bool, redemption: No) -> Request {
    let cmd = RefundRedeemed {
        redemption: scene.id(Name::Redemption(redemption)),
    };
    let actor = if by_operator {
        scene.admin()
    } else {
        scene.staff(shop, Staff::Owner)
    };
    Request::new("refundRedeemed", actor, cmd.redemption.uuid(), move |tx, ctx| {
        let refund = consume::refund_redeemed(tx, ctx, &cmd)?;
        Ok(Reply::made("", vec![refund.uuid()]))
    })
    .locking(cmd.locks())
    .because("the guest was not content")
}

pub(super) fn send_refund(scene: Scene<'_>, refund: No) -> Request {
    let cmd = MarkRefundSent {
        refund: scene.id(Name::Refund(refund)),
    };
    let locks = cmd.locks();
    Request::new("markRefundSent", PROVIDER, cmd.refund.uuid(), move |tx, ctx| {
        convert::mark_refund_sent(tx, ctx, &cmd)?;
        Ok(Reply::text(""))
    })
    .locking(locks)
}

pub(super) fn expire(scene: Scene<'_>, voucher: VoucherName) -> Request {
    let cmd = ExpireVoucher {
        voucher: scene.id(Name::Voucher(voucher.0, voucher.1)),
    };
    let locks = cmd.locks();
    Request::new(
        "expireVoucher",
        Actor::System,
        cmd.voucher.uuid(),
        move |tx, ctx| {
            let expired = convert::expire_voucher(tx, ctx, &cmd)?;
            let refund = match expired {
                true => look::refund_of_expired(tx, cmd.voucher)?,
                false => None,
            };
            let made = refund.into_iter().map(|refund| refund.uuid()).collect();
            Ok(Reply::made(expired.to_string(), made))
        },
    )
    .locking(locks)
}
