//! Offers for the tests of this crate and those below. All of it goes through the commands.

use kernel::{
    Actor, AgreementId, BasisPoints, BucketId, Currency, DAY_US, HOUR_US, LocalText, MINUTE_US, Money,
    OfferId,
};
use party::OperatorRole;
use party::testing::{NOW, Shop, ctx, operator, run};
use store::Store;

use crate::{
    AcceptAgreement, AgreementTerms, CreateOffer, OnExpiry, ProposeAgreement, PublishOffer, accept_agreement,
    create_offer, propose_agreement, publish_offer,
};

/// What a test sells under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnSale {
    /// Accepted and live at [`NOW`].
    pub agreement: AgreementId,
    /// Its head count.
    pub head_count: BucketId,
    /// Published.
    pub offer: OfferId,
}

/// Basis points, of which a test knows that they are right.
pub fn bp(points: i64) -> BasisPoints {
    BasisPoints::new(points).expect("0 to 10,000")
}

/// 20 % off, a quarter of it by the platform; 10 % commission, 2 % rebate, 5 % for a friend; 30 days from
/// an hour before [`NOW`].
pub fn terms() -> AgreementTerms {
    AgreementTerms {
        starts_at: NOW.plus_us(-HOUR_US),
        ends_at: NOW.plus_us(30 * DAY_US),
        head_count: 1_000,
        discount_bp: bp(2_000),
        discount_platform_bp: bp(2_500),
        platform_cap: None,
        commission_bp: bp(1_000),
        rebate_bp: bp(200),
        friend_discount_bp: bp(500),
        refund_window_us: 7 * DAY_US,
        undo_window_us: 15 * MINUTE_US,
        on_expiry: OnExpiry::Refund,
    }
}

/// A draft of the shop: 100.00 CNY a unit, one use, in its one store, 100 in stock.
pub fn draft(shop: Shop, agreement: AgreementId) -> CreateOffer {
    CreateOffer {
        merchant: shop.merchant,
        agreement,
        title: LocalText::one("zh-CN", "双人火锅套餐"),
        description: LocalText::one("zh-CN", "锅底、两荤三素\n节假日通用"),
        category: "hot_pot".to_owned(),
        list_price: Money::new(10_000, Currency::CNY),
        price_rules: Vec::new(),
        group: None,
        stock: 100,
        uses: 1,
        valid_us: 90 * DAY_US,
        max_per_order: 10,
        stores: vec![shop.store],
        media: None,
    }
}

/// An agreement that the shop proposed and an operator accepted; `n` tells them apart.
pub fn agreed(store: &Store, shop: Shop, terms: AgreementTerms, n: u64) -> (AgreementId, BucketId) {
    let admin = operator(store, OperatorRole::Admin, 6_000_000 + n);
    let propose = ProposeAgreement {
        merchant: shop.merchant,
        terms,
    };
    let agreement = run(store, ctx(shop.as_owner()), move |tx, ctx| {
        propose_agreement(tx, ctx, &propose)
    })
    .expect("sound terms");
    let accept = AcceptAgreement {
        agreement,
        version: 1,
    };
    let head_count = run(store, ctx(Actor::Operator(admin)), move |tx, ctx| {
        accept_agreement(tx, ctx, &accept)
    });
    (agreement, head_count.expect("the other side accepts"))
}

/// An offer on sale at [`NOW`] under an agreement of its own; `change` changes the [`draft`].
pub fn on_sale(
    store: &Store,
    shop: Shop,
    terms: AgreementTerms,
    n: u64,
    change: impl Fn(&mut CreateOffer),
) -> OnSale {
    let (agreement, head_count) = agreed(store, shop, terms, n);
    let mut create = draft(shop, agreement);
    change(&mut create);
    let offer = run(store, ctx(shop.as_owner()), move |tx, ctx| {
        let offer = create_offer(tx, ctx, &create)?;
        publish_offer(tx, ctx, &PublishOffer { offer })?;
        Ok(offer)
    });
    OnSale {
        agreement,
        head_count,
        offer: offer.expect("a sound offer"),
    }
}
