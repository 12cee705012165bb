//! Coupons and orders.

use convert::{CancelOrder, ClaimCode, ClaimCoupon, CloseGroup, PlaceOrder, ReleaseOrder, StartPayment};
use http::PROVIDER_NAME;
use kernel::{Actor, Money, ShareLinkId};

use super::{Reply, Request, Scene, look};
use crate::run::model::money::Paid;
use crate::run::op::{GroupChoice, Name, No, Place};

pub(super) fn claim(scene: Scene<'_>, person: usize, coupon: usize) -> Request {
    let cmd = ClaimCoupon {
        coupon: scene.directory.cast.coupons[coupon],
    };
    Request::new(
        "claimCoupon",
        scene.consumer(person),
        cmd.coupon.uuid(),
        move |tx, ctx| {
            let claimed = convert::claim_coupon(tx, ctx, &cmd)?;
            Ok(Reply::made("", vec![claimed.uuid()]))
        },
    )
}

pub(super) fn claim_code(
    scene: Scene<'_>,
    person: usize,
    coupon: usize,
    (number, mistyped): (i64, bool),
) -> Request {
    let coupon = scene.directory.cast.coupons[coupon];
    Request::new(
        "claimCode",
        scene.consumer(person),
        coupon.uuid(),
        move |tx, ctx| {
            let mut code = look::code_of(tx, coupon, number)?;
            if mistyped {
                let wrong = if code.ends_with('0') { '1' } else { '0' };
                code.pop();
                code.push(wrong);
            }
            let claimed = convert::claim_code(tx, ctx, &ClaimCode { code })?;
            Ok(Reply::made("", vec![claimed.uuid()]))
        },
    )
}

pub(super) fn cancel(scene: Scene<'_>, person: usize, order: No) -> Request {
    let cmd = CancelOrder {
        order: scene.id(Name::Order(order)),
    };
    let locks = cmd.locks();
    Request::new(
        "cancelOrder",
        scene.consumer(person),
        cmd.order.uuid(),
        move |tx, ctx| {
            convert::cancel_order(tx, ctx, &cmd)?;
            Ok(Reply::text(""))
        },
    )
    .locking(locks)
}

pub(super) fn start(scene: Scene<'_>, person: usize, order: No) -> Request {
    let cmd = StartPayment {
        order: scene.id(Name::Order(order)),
        provider: PROVIDER_NAME.to_owned(),
    };
    let locks = cmd.locks();
    Request::new(
        "startPayment",
        scene.consumer(person),
        cmd.order.uuid(),
        move |tx, ctx| {
            let attempt = convert::start_payment(tx, ctx, &cmd)?.attempt;
            Ok(Reply::made("", vec![attempt.uuid()]))
        },
    )
    .locking(locks)
}

pub(super) fn release(scene: Scene<'_>, order: No) -> Request {
    let cmd = ReleaseOrder {
        order: scene.id(Name::Order(order)),
    };
    let locks = cmd.locks();
    Request::new("releaseOrder", Actor::System, cmd.order.uuid(), move |tx, ctx| {
        Ok(Reply::text(convert::release_order(tx, ctx, &cmd)?.to_string()))
    })
    .locking(locks)
}

pub(super) fn close_group(scene: Scene<'_>, group: No) -> Request {
    let cmd = CloseGroup {
        group: scene.id(Name::Group(group)),
    };
    Request::new("closeGroup", Actor::System, cmd.group.uuid(), move |tx, ctx| {
        let closed = convert::close_group(tx, ctx, &cmd)?;
        let refunds = match closed {
            true => look::refunds_of_group(tx, cmd.group)?,
            false => Vec::new(),
        };
        Ok(Reply::made(closed.to_string(), refunds))
    })
}

pub(super) fn place(scene: Scene<'_>, place: &Place) -> Request {
    let offer = scene.directory.cast.goods[place.good];
    let currency = scene.model.world.currency_of(place.good);
    let link: Option<ShareLinkId> = place.link.map(|link| scene.id(Name::Link(link)));
    let cmd = PlaceOrder {
        offer,
        quantity: place.quantity,
        wallet_coupons: place
            .wallets
            .into_iter()
            .flatten()
            .map(|wallet| scene.id(Name::Wallet(wallet)))
            .collect(),
        share_token: None,
        entry: place.entry.map(|entry| scene.id(Name::Entry(entry))),
        use_rebate: place.use_rebate,
        group: place.group.map(|group| match group {
            GroupChoice::Open => convert::GroupChoice::Open,
            GroupChoice::Join(group) => convert::GroupChoice::Join(scene.id(Name::Group(group))),
        }),
        expected_cash: place.expected.map(|amount| Money::new(amount, currency)),
    };
    Request::new(
        "placeOrder",
        scene.consumer(place.person),
        offer.uuid(),
        move |tx, ctx| {
            let share_token = link.map(|link| look::token_of(tx, link)).transpose()?;
            let cmd = PlaceOrder {
                share_token,
                ..cmd.clone()
            };
            let placed = convert::place_order(tx, ctx, &cmd)?;
            let amounts = placed.amounts;
            let whole = Paid {
                price: amounts.list_total.into(),
                platform: amounts.discount_platform.into(),
                merchant: amounts.discount_merchant.into(),
                rebate: amounts.rebate_used.into(),
                cash: amounts.cash_due.into(),
            };
            let mut made = vec![placed.order.uuid()];
            match placed.group {
                None => made.extend(placed.vouchers.iter().map(|voucher| voucher.uuid())),
                Some(group) => {
                    made.push(group.uuid());
                    made.extend(look::vouchers_together(tx, placed.order)?);
                }
            }
            Ok(Reply::made(format!("{whole:?}"), made))
        },
    )
}
