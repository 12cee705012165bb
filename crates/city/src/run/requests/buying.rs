//! Coupons and orders.

use convert::{
    CancelOrder, ClaimCode, ClaimCoupon, CloseGroup, PlaceCart, PlaceOrder, PlacedOrder, ReleaseOrder,
    StartPayment,
};
use http::PROVIDER_NAME;
use kernel::{Actor, Money, ShareLinkId};
use store::{Fail, Tx};

use super::{Reply, Request, Scene, look};
use crate::run::model::money::Paid;
use crate::run::op::{GroupChoice, Name, No, Place};

pub(super) fn claim(scene: Scene<'_>, person: usize, coupon: usize) -> Request {
    let cmd = ClaimCoupon {
        coupon: scene.directory.cast.coupons[coupon],
        device: None,
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
            let claimed = convert::claim_code(tx, ctx, &ClaimCode { code, device: None })?;
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
    let order = Order::new(scene, place);
    Request::new(
        "placeOrder",
        scene.consumer(place.person),
        order.cmd.offer.uuid(),
        move |tx, ctx| {
            let cmd = order.with_token(tx)?;
            let placed = convert::place_order(tx, ctx, &cmd)?;
            placed_reply(tx, &placed)
        },
    )
}

pub(super) fn place_cart(scene: Scene<'_>, places: &[Place; 2]) -> Request {
    let orders = places.each_ref().map(|place| Order::new(scene, place));
    Request::new(
        "placeCart",
        scene.consumer(places[0].person),
        orders[0].cmd.offer.uuid(),
        move |tx, ctx| {
            let mut cart = PlaceCart { orders: Vec::new() };
            for order in &orders {
                cart.orders.push(order.with_token(tx)?);
            }
            let mut whole = Reply::text("");
            for placed in convert::place_cart(tx, ctx, &cart)? {
                let reply = placed_reply(tx, &placed)?;
                let text = format!("{} {}", whole.text, reply.text).trim_start().to_owned();
                whole = Reply::made(text, [whole.made, reply.made].concat());
            }
            Ok(whole)
        },
    )
}

/// An order, but for its link's secret, which is looked up.
pub(super) struct Order {
    pub cmd: PlaceOrder,
    link: Option<ShareLinkId>,
}

impl Order {
    pub fn new(scene: Scene<'_>, place: &Place) -> Self {
        let currency = scene.model.world.currency_of(place.good);
        let wallets = place.wallets.into_iter().flatten();
        let cmd = PlaceOrder {
            offer: scene.directory.cast.goods[place.good],
            quantity: place.quantity,
            wallet_coupons: wallets.map(|wallet| scene.id(Name::Wallet(wallet))).collect(),
            share_token: None,
            entry: place.entry.map(|entry| scene.id(Name::Entry(entry))),
            use_rebate: place.use_rebate,
            group: place.group.map(|group| match group {
                GroupChoice::Open => convert::GroupChoice::Open,
                GroupChoice::Join(group) => convert::GroupChoice::Join(scene.id(Name::Group(group))),
            }),
            seats: None,
            expected_cash: place.expected.map(|amount| Money::new(amount, currency)),
        };
        let link = place.link.map(|link| scene.id(Name::Link(link)));
        Self { cmd, link }
    }

    pub fn with_token(&self, tx: &mut Tx) -> Result<PlaceOrder, Fail> {
        let share_token = self.link.map(|link| look::token_of(tx, link)).transpose()?;
        Ok(PlaceOrder {
            share_token,
            ..self.cmd.clone()
        })
    }
}

/// What an order comes to, itself and what it made.
pub(super) fn placed_reply(tx: &mut Tx, placed: &PlacedOrder) -> Result<Reply, Fail> {
    let amounts = placed.amounts;
    let whole = Paid {
        price: amounts.list_total.into(),
        platform: amounts.discount_platform.into(),
        merchant: amounts.discount_merchant.into(),
        rebate: amounts.rebate_used.into(),
        cash: amounts.cash_due.into(),
        at_store: amounts.due_at_store.into(),
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
}
