//! Coupons and what a wallet holds of them.

use convert::decide::Conditions;
use convert::{
    ClaimCode, ClaimCoupon, CouponKind, CouponStatus, CreateCoupon, Distribution, PlaceOrder, StopCoupon,
    Stored, WalletCouponStatus, queries,
};
use kernel::{Actor, BasisPoints, CouponId, Currency, DAY_US, LocalText, OfferId, PersonId, WalletCouponId};
use party::testing::{NOW, Shop, ctx};

use super::act::{Act, act};
use super::machine::Machine;
use super::orders::{Purchase, order_of};
use super::world::World;

/// A coupon that one person has in the wallet.
#[derive(Clone)]
pub struct Claimed {
    coupon: CouponId,
    person: PersonId,
    wallet_coupon: WalletCouponId,
    /// Another one that is claimed by code, in the same state, and a code of it.
    by_code: (CouponId, String),
}

pub const COUPON: Machine<CouponStatus, Claimed> = Machine {
    name: "Coupon",
    states: CouponStatus::ALL,
    named: CouponStatus::as_str,
    bring: |w, status| {
        let claimed = w.claimed();
        match status {
            CouponStatus::Live => {}
            CouponStatus::Stopped => {
                w.done(w.stop_coupon(claimed.coupon));
                w.done(w.stop_coupon(claimed.by_code.0));
            }
        }
        claimed
    },
    look: |read, claimed| Ok(queries::coupon(read, claimed.coupon)?.unwrap().status),
    tries: &[
        |w, c| w.claim_coupon(w.consumer(), c.coupon).probe(),
        |w, c| w.claim_code(w.consumer(), &c.by_code.1).probe(),
        |w, c| w.stop_coupon(c.coupon).probe(),
        |w, c| {
            w.place_order(c.person, with_coupon(w, c.wallet_coupon))
                .with("with it")
                .probe()
        },
    ],
};

pub const WALLET_COUPON: Machine<WalletCouponStatus, Purchase> = Machine {
    name: "Coupon in a wallet",
    states: WalletCouponStatus::ALL,
    named: WalletCouponStatus::as_str,
    bring: |w, status| {
        let Claimed {
            person,
            wallet_coupon,
            ..
        } = w.claimed();
        let placed = w.placed_by(person, with_coupon(w, wallet_coupon));
        match status {
            WalletCouponStatus::Claimed => {
                w.done(w.cancel_order(&placed));
                placed
            }
            WalletCouponStatus::Held => placed,
            WalletCouponStatus::Used => w.paid(placed),
        }
    },
    look: |read, purchase| Ok(queries::wallet(read, purchase.buyer, None, 1)?[0].status),
    tries: &[
        |w, p| {
            w.place_order(p.buyer, with_coupon(w, p.wallet_coupon?))
                .with("with it")
                .probe()
        },
        |w, p| w.cancel_order(p).probe(),
        |w, p| w.release_order(p).probe(),
        |w, p| w.confirm_payment(p).probe(),
        |w, p| w.refund_voucher(p.buyer, *p.vouchers.first()?).probe(),
        |w, p| w.expire_voucher(*p.vouchers.first()?).probe(),
    ],
};

fn with_coupon(world: &World, wallet_coupon: WalletCouponId) -> PlaceOrder {
    PlaceOrder {
        wallet_coupons: vec![wallet_coupon],
        ..order_of(world.offer)
    }
}

fn coupon(shop: Shop, offer: Option<OfferId>) -> CreateCoupon {
    CreateCoupon {
        merchant: Some(shop.merchant),
        offer,
        title: LocalText::one("zh-CN", "满 50 减 10"),
        kind: CouponKind::Cash { amount: 1_000 },
        conditions: Conditions::default(),
        currency: Currency::CNY,
        min_spend: 5_000,
        platform_share: BasisPoints::ZERO,
        per_person: 1,
        per_day: 1,
        per_device: None,
        distribution: Distribution::Claimed,
        total: 100,
        budget: 100_000,
        starts_at: NOW,
        ends_at: NOW.plus_us(30 * DAY_US),
    }
}

impl World {
    /// The merchant's own, for one offer or all of them.
    pub fn create_coupon(&self, shop: Shop, offer: Option<OfferId>) -> Act<CouponId> {
        act(ctx(shop.as_owner()), convert::create_coupon, coupon(shop, offer))
    }

    /// A coupon that is claimed by code, and one of its codes.
    pub fn new_code(&self) -> (CouponId, String) {
        let input = CreateCoupon {
            distribution: Distribution::ByCode,
            ..coupon(self.shop, None)
        };
        let coupon = self.done(act(ctx(self.shop.as_owner()), convert::create_coupon, input));
        let codes = self
            .read(move |read| queries::coupon(read, coupon))
            .unwrap()
            .codes;
        (coupon, codes.unwrap().code(0))
    }

    pub fn claim_code(&self, person: PersonId, code: &str) -> Act<WalletCouponId> {
        let code = code.to_owned();
        act(
            ctx(Actor::Consumer(person)),
            convert::claim_code,
            ClaimCode { code, device: None },
        )
    }

    pub fn stop_coupon(&self, coupon: CouponId) -> Act<()> {
        act(
            ctx(self.shop.as_owner()),
            convert::stop_coupon,
            StopCoupon { coupon },
        )
    }

    pub fn claim_coupon(&self, person: PersonId, coupon: CouponId) -> Act<WalletCouponId> {
        act(
            ctx(Actor::Consumer(person)),
            convert::claim_coupon,
            ClaimCoupon { coupon, device: None },
        )
    }

    pub fn new_coupon(&self) -> CouponId {
        self.done(self.create_coupon(self.shop, None))
    }

    fn claimed(&self) -> Claimed {
        let (coupon, person) = (self.new_coupon(), self.consumer());
        Claimed {
            coupon,
            person,
            wallet_coupon: self.done(self.claim_coupon(person, coupon)),
            by_code: self.new_code(),
        }
    }
}
