//! Which id each named thing has. Ids follow from the seed and the number of the step, so they are the same on
//! every engine and in every replay.

use std::collections::BTreeMap;

use kernel::{
    AgreementId, CouponId, DeviceId, MerchantId, OfferId, PersonId, ResourceId, StaticType, StoreId,
};
use type_safe_id::TypeSafeId;
use uuid::Uuid;

use super::op::{Name, Staff};

/// A shop with its people and tills.
#[derive(Debug, Clone)]
pub(crate) struct CastShop {
    pub merchant: MerchantId,
    pub owner: PersonId,
    pub clerk: PersonId,
    pub stores: Vec<(StoreId, DeviceId)>,
}

/// Everybody and everything that was there before the first step.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub admin: PersonId,
    pub finance: PersonId,
    pub second: PersonId,
    pub people: Vec<PersonId>,
    pub shops: Vec<CastShop>,
    pub agreements: Vec<AgreementId>,
    pub goods: Vec<OfferId>,
    pub resources: Vec<ResourceId>,
    pub coupons: Vec<CouponId>,
}

/// The ids of a life.
#[derive(Clone)]
pub(crate) struct Directory {
    pub cast: Cast,
    ids: BTreeMap<Name, Uuid>,
    names: BTreeMap<Uuid, Name>,
}

impl Directory {
    pub fn new(cast: Cast) -> Self {
        let mut directory = Self {
            cast,
            ids: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        let cast = directory.cast.clone();
        for (n, shop) in cast.shops.iter().enumerate() {
            directory.bind(Name::Staff(n, Staff::Owner), shop.owner.uuid());
            directory.bind(Name::Staff(n, Staff::Clerk), shop.clerk.uuid());
        }
        for (n, agreement) in cast.agreements.iter().enumerate() {
            directory.bind(Name::Agreement(n), agreement.uuid());
        }
        directory
    }

    /// The id of something that was made.
    pub fn id<K: StaticType>(&self, name: Name) -> TypeSafeId<K> {
        TypeSafeId::from_uuid(self.ids[&name])
    }

    /// Whether the id is known.
    pub fn has(&self, name: Name) -> bool {
        self.ids.contains_key(&name)
    }

    pub fn name_of(&self, id: Uuid) -> Option<Name> {
        self.names.get(&id).copied()
    }

    /// Notes that `id` is what `name` stands for. `false` if one of them stands for something else.
    pub fn bind(&mut self, name: Name, id: Uuid) -> bool {
        *self.ids.entry(name).or_insert(id) == id && *self.names.entry(id).or_insert(name) == name
    }
}
