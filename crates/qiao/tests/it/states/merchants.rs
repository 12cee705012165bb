//! Merchants, their certifications, stores, staff and devices.

use kernel::{
    Actor, AgreementId, CertificationId, DAY_US, DeviceId, LocalText, Media, MediaId, OfferId, PersonId,
    StoreId,
};
use offer::testing::{agreed, terms};
use party::testing::{
    NOW, PASSWORD_HASH, Shop, ctx, ctx_at, mail, registered_shop, sha_like, staff, store_details,
};
use party::{
    AcceptFranchise, AddStaff, AddStore, CertificationStatus, ChangeRole, DecideCertification, EndFranchise,
    ExpireCertification, MediaOwner, MerchantRegistered, MerchantStatus, OfferFranchise, RecordMedia,
    RegisterDevice, RegisterMerchant, ReinstateMerchant, RevokeDevice, RevokeStaff, Role, SetStaffPassword,
    SubmitCertification, SuspendMerchant, UpdateMerchant, UpdateStore, queries,
};

use super::act::{Act, act};
use super::machine::Machine;
use super::orders::{Purchase, order_of};
use super::vouchers::{declined, lost};
use super::world::World;

const CERTIFIED_US: i64 = 365 * DAY_US;

/// A merchant with something to sell and something sold.
#[derive(Clone)]
pub struct Business {
    shop: Shop,
    /// A certification that was approved, and is not yet over or just is.
    approved: CertificationId,
    /// Another one that waits.
    submitted: CertificationId,
    /// Accepted.
    agreement: AgreementId,
    /// Not on sale yet.
    draft: OfferId,
    offer: OfferId,
    sold: Purchase,
}

pub const MERCHANT: Machine<MerchantStatus, Business> = Machine {
    name: "Merchant",
    states: &MerchantStatus::ALL,
    named: MerchantStatus::as_str,
    bring: |w, status| {
        let shop = registered_shop(&w.store, w.next());
        let approved = w.certification(shop, CertificationStatus::Approved);
        let (agreement, _) = agreed(&w.store, shop, terms(), w.next());
        let [draft, offer] = [(); 2].map(|()| w.done(w.create_offer(shop, agreement)));
        w.done(w.publish_offer(shop, offer));
        let business = Business {
            shop,
            approved,
            submitted: w.certification(shop, CertificationStatus::Submitted),
            agreement,
            draft,
            offer,
            sold: w.bought(order_of(offer)),
        };
        match status {
            MerchantStatus::Registered => drop(w.done(w.expire_certification(approved))),
            MerchantStatus::Certified => {}
            MerchantStatus::Suspended => w.done(w.suspend_merchant(shop)),
        }
        business
    },
    look: |read, business| Ok(queries::merchant(read, business.shop.merchant)?.unwrap().status),
    tries: &[
        |w, b| w.submit_certification(b.shop).probe(),
        |w, b| w.decide_certification(b.submitted, true).probe(),
        |w, b| w.expire_certification(b.approved).probe(),
        |w, b| w.suspend_merchant(b.shop).probe(),
        |w, b| w.reinstate_merchant(b.shop).probe(),
        |w, b| w.add_store(b.shop).probe(),
        |w, b| w.update_store(b.shop).probe(),
        |w, b| w.offer_franchise(w.other_shop(), b.shop).with("to it").probe(),
        |w, b| w.add_staff(b.shop).probe(),
        |w, b| w.change_role(b.shop, w.new_cashier(b.shop)).probe(),
        |w, b| w.set_staff_password(b.shop, w.new_cashier(b.shop)).probe(),
        |w, b| w.revoke_staff(b.shop, w.new_cashier(b.shop)).probe(),
        |w, b| w.update_merchant(b.shop).probe(),
        |w, b| w.register_device(b.shop).probe(),
        |w, b| w.revoke_device(b.shop, w.new_device(b.shop)).probe(),
        |w, b| w.record_media(b.shop).probe(),
        |w, b| w.propose_agreement(b.shop).probe(),
        |w, b| w.create_offer(b.shop, b.agreement).probe(),
        |w, b| w.publish_offer(b.shop, b.draft).probe(),
        |w, b| w.set_menu(b.shop).probe(),
        |w, b| w.create_share_link(w.consumer(), b.offer).probe(),
        |w, b| w.create_entry(b.shop).probe(),
        |w, b| w.rename_entry(b.shop, w.new_entry(b.shop)).probe(),
        |w, b| w.close_entry(b.shop, w.new_entry(b.shop)).probe(),
        |w, b| w.create_coupon(b.shop, None).probe(),
        |w, b| w.place_order(w.consumer(), order_of(b.offer)).probe(),
        |w, b| w.redeem_scan(b.shop, b.sold.vouchers[0]).probe(),
        |w, b| w.redeem_code(b.shop, b.sold.vouchers[0]).probe_for(declined),
        |w, b| {
            w.sync_offline(b.shop, b.sold.vouchers[0])
                .probe_for(|scans| lost(scans[0].outcome))
        },
        |w, b| {
            w.done(w.redeem_scan(b.shop, b.sold.vouchers[0]));
            w.propose_payout(b.shop).probe()
        },
    ],
};

pub const CERTIFICATION: Machine<CertificationStatus, CertificationId> = Machine {
    name: "Certification",
    states: &CertificationStatus::ALL,
    named: CertificationStatus::as_str,
    bring: |w, status| w.certification(registered_shop(&w.store, w.next()), status),
    look: |read, id| Ok(queries::certification(read, *id)?.unwrap().status),
    tries: &[
        |w, id| w.decide_certification(*id, true).with("approving").probe(),
        |w, id| w.decide_certification(*id, false).with("refusing").probe(),
        |w, id| w.expire_certification(*id).probe(),
    ],
};

/// How a store of a chain stands with the world's own shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Franchise {
    None,
    Offered,
    Accepted,
}

pub const FRANCHISE: Machine<Franchise, Shop> = Machine {
    name: "Franchise",
    states: &[Franchise::None, Franchise::Offered, Franchise::Accepted],
    named: |franchise| match franchise {
        Franchise::None => "none",
        Franchise::Offered => "offered",
        Franchise::Accepted => "accepted",
    },
    bring: |w, franchise| {
        let chain = w.other_shop();
        if franchise != Franchise::None {
            w.done(w.offer_franchise(chain, w.shop));
        }
        if franchise == Franchise::Accepted {
            w.done(w.accept_franchise(w.shop, chain));
        }
        chain
    },
    look: |read, chain| {
        Ok(match queries::franchise(read, chain.store)? {
            None => Franchise::None,
            Some(franchise) if franchise.since.is_none() => Franchise::Offered,
            Some(_) => Franchise::Accepted,
        })
    },
    tries: &[
        |w, chain| w.offer_franchise(*chain, w.shop).probe(),
        |w, chain| w.accept_franchise(w.shop, *chain).probe(),
        |w, chain| w.end_franchise(*chain, *chain).with("by the chain").probe(),
        |w, chain| w.end_franchise(w.shop, *chain).with("by the franchisee").probe(),
    ],
};

impl World {
    fn certification(&self, shop: Shop, status: CertificationStatus) -> CertificationId {
        let id = self.done(self.submit_certification(shop));
        match status {
            CertificationStatus::Submitted => {}
            CertificationStatus::Approved => drop(self.done(self.decide_certification(id, true))),
            CertificationStatus::Refused => drop(self.done(self.decide_certification(id, false))),
            CertificationStatus::Expired => {
                self.done(self.decide_certification(id, true));
                self.done(self.expire_certification(id));
            }
        }
        id
    }

    /// A certification that waits for an operator.
    pub fn waiting(&self) -> CertificationId {
        self.done(self.submit_certification(self.other_shop()))
    }

    /// A shop that sells nothing.
    pub fn other_shop(&self) -> Shop {
        registered_shop(&self.store, self.next())
    }

    pub fn register_merchant(&self) -> Act<MerchantRegistered> {
        let n = self.next();
        let input = RegisterMerchant {
            name: LocalText::one("zh-CN", "桥头餐饮"),
            login: mail("merchant", n),
            password_hash: PASSWORD_HASH.to_owned(),
            person_name: "Owner".to_owned(),
            token_hash: sha_like(0x0f, n),
            device: "test".to_owned(),
        };
        act(ctx(Actor::Anonymous), party::register_merchant, input)
    }

    pub fn submit_certification(&self, shop: Shop) -> Act<CertificationId> {
        let input = SubmitCertification {
            merchant: shop.merchant,
            kind: "business_license".to_owned(),
            number: "9131".to_owned(),
            media: self.done(self.record_media(shop)),
            valid_until: NOW.plus_us(CERTIFIED_US),
        };
        act(ctx(shop.as_owner()), party::submit_certification, input)
    }

    pub fn decide_certification(&self, certification: CertificationId, approve: bool) -> Act<MerchantStatus> {
        let input = DecideCertification {
            certification,
            approve,
            note: "The stamp cannot be read.".to_owned(),
        };
        act(ctx(self.admin), party::decide_certification, input)
    }

    /// When it is over.
    pub fn expire_certification(&self, certification: CertificationId) -> Act<bool> {
        let over = ctx_at(NOW.plus_us(CERTIFIED_US), Actor::System);
        act(
            over,
            party::expire_certification,
            ExpireCertification { certification },
        )
    }

    pub fn suspend_merchant(&self, shop: Shop) -> Act<()> {
        let merchant = shop.merchant;
        let ctx = ctx(self.admin).with_reason("complaints".to_owned());
        act(ctx, party::suspend_merchant, SuspendMerchant { merchant })
    }

    pub fn reinstate_merchant(&self, shop: Shop) -> Act<MerchantStatus> {
        let merchant = shop.merchant;
        let ctx = ctx(self.admin).with_reason("settled".to_owned());
        act(ctx, party::reinstate_merchant, ReinstateMerchant { merchant })
    }

    pub fn add_store(&self, shop: Shop) -> Act<StoreId> {
        let input = AddStore {
            merchant: shop.merchant,
            details: store_details(self.next()),
        };
        act(ctx(shop.as_owner()), party::add_store, input)
    }

    pub fn update_store(&self, shop: Shop) -> Act<i64> {
        let input = UpdateStore {
            store: shop.store,
            version: 1,
            details: store_details(self.next()),
        };
        act(ctx(shop.as_owner()), party::update_store, input)
    }

    /// Of a chain to another merchant.
    pub fn offer_franchise(&self, chain: Shop, to: Shop) -> Act<()> {
        let input = OfferFranchise {
            store: chain.store,
            franchisee: to.merchant,
        };
        act(ctx(chain.as_owner()), party::offer_franchise, input)
    }

    pub fn accept_franchise(&self, by: Shop, of: Shop) -> Act<()> {
        let input = AcceptFranchise { store: of.store };
        act(ctx(by.as_owner()), party::accept_franchise, input)
    }

    pub fn end_franchise(&self, by: Shop, of: Shop) -> Act<()> {
        let input = EndFranchise { store: of.store };
        act(ctx(by.as_owner()), party::end_franchise, input)
    }

    pub fn add_staff(&self, shop: Shop) -> Act<PersonId> {
        let input = AddStaff {
            merchant: shop.merchant,
            login: mail("cashier", self.next()),
            password_hash: PASSWORD_HASH.to_owned(),
            name: "Cashier".to_owned(),
            store: None,
            role: Role::Cashier,
        };
        act(ctx(shop.as_owner()), party::add_staff, input)
    }

    pub fn new_cashier(&self, shop: Shop) -> PersonId {
        staff(&self.store, shop, None, Role::Cashier, self.next())
    }

    pub fn revoke_staff(&self, shop: Shop, person: PersonId) -> Act<()> {
        let input = RevokeStaff {
            merchant: shop.merchant,
            person,
            store: None,
        };
        act(ctx(shop.as_owner()), party::revoke_staff, input)
    }

    pub fn change_role(&self, shop: Shop, person: PersonId) -> Act<()> {
        let input = ChangeRole {
            merchant: shop.merchant,
            person,
            store: None,
            role: Role::Manager,
        };
        act(ctx(shop.as_owner()), party::change_role, input)
    }

    pub fn set_staff_password(&self, shop: Shop, person: PersonId) -> Act<()> {
        let input = SetStaffPassword {
            merchant: shop.merchant,
            person,
            password_hash: PASSWORD_HASH.to_owned(),
        };
        act(ctx(shop.as_owner()), party::set_staff_password, input)
    }

    pub fn update_merchant(&self, shop: Shop) -> Act<()> {
        let input = UpdateMerchant {
            merchant: shop.merchant,
            name: LocalText::one("en", "Bridge Noodles"),
            logo: None,
        };
        act(ctx(shop.as_owner()), party::update_merchant, input)
    }

    pub fn register_device(&self, shop: Shop) -> Act<DeviceId> {
        let input = RegisterDevice {
            merchant: shop.merchant,
            store: shop.store,
            name: "Till".to_owned(),
        };
        act(ctx(shop.as_owner()), party::register_device, input)
    }

    pub fn new_device(&self, shop: Shop) -> DeviceId {
        self.done(self.register_device(shop))
    }

    pub fn revoke_device(&self, shop: Shop, device: DeviceId) -> Act<()> {
        act(
            ctx(shop.as_owner()),
            party::revoke_device,
            RevokeDevice { device },
        )
    }

    pub fn record_media(&self, shop: Shop) -> Act<MediaId> {
        let ctx = ctx(shop.as_owner());
        let input = RecordMedia {
            id: ctx.new_id::<Media>(),
            owner: MediaOwner::Merchant(shop.merchant),
            sha256: sha_like(0x3d, self.next()),
            content_type: "image/png".to_owned(),
            size: 1_000,
        };
        act(ctx, party::record_media, input)
    }
}
