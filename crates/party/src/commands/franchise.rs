//! A chain has one of its stores run by another merchant. What is used there is settled to the franchisee from the moment
//! it accepts, and to the chain again once either of them ends it; what was settled before stays where it is.

use kernel::{Ctx, MerchantId, StoreId};
use store::{Fail, Lock, Tx, sql};

use crate::access::staff_actor;
use crate::events::{FranchiseAccepted, FranchiseEnded, FranchiseOffered};
use crate::model::{Franchise, MerchantStatus, Role};
use crate::{FRANCHISE_NOT_OFFERED, FRANCHISE_TAKEN, FRANCHISEE_INVALID, NOT_FOUND, queries, require_staff};

/// A store that another merchant is to run.
#[derive(Debug, Clone, Copy)]
pub struct OfferFranchise {
    /// Which.
    pub store: StoreId,
    /// Who.
    pub franchisee: MerchantId,
}

/// A store that the merchant is to run.
#[derive(Debug, Clone, Copy)]
pub struct AcceptFranchise {
    /// Which.
    pub store: StoreId,
}

/// A store that its own merchant is to run again.
#[derive(Debug, Clone, Copy)]
pub struct EndFranchise {
    /// Which.
    pub store: StoreId,
}

impl OfferFranchise {
    /// The store.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("store", self.store)]
    }
}

impl AcceptFranchise {
    /// The store.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("store", self.store)]
    }
}

impl EndFranchise {
    /// The store.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("store", self.store)]
    }
}

/// For owners of the chain. Nothing changes until the franchisee accepts.
///
/// Rejects: `franchisee_invalid` (not a certified merchant, or the chain itself), `franchise_taken` (the store is offered
/// to somebody, or run by them).
pub fn offer_franchise(tx: &mut Tx, ctx: &Ctx, cmd: &OfferFranchise) -> Result<(), Fail> {
    let (_, merchant) = staff_actor(ctx)?;
    require_staff(tx, ctx, merchant, Some(cmd.store), Role::Owner)?;
    let invalid = |detail: &str| FRANCHISEE_INVALID.at("/franchisee", detail);
    if cmd.franchisee == merchant {
        return Err(invalid("A chain is not its own franchisee.").into());
    }
    let franchisee = queries::merchant(tx, cmd.franchisee)?;
    if franchisee.is_none_or(|franchisee| franchisee.status != MerchantStatus::Certified) {
        return Err(invalid("This is no certified merchant.").into());
    }
    let row = tx.one(sql!(
        "UPDATE store SET franchisee_id = $1, version = version + 1 WHERE id = $2 AND franchisee_id IS NULL
         RETURNING version",
        cmd.franchisee,
        cmd.store
    ))?;
    let mut row = row.ok_or_else(|| FRANCHISE_TAKEN.plain())?;
    let event = FranchiseOffered {
        store: cmd.store,
        merchant,
        franchisee: cmd.franchisee,
    };
    Ok(tx.emit(ctx, cmd.store, row.take()?, &event)?)
}

/// For owners of the franchisee.
///
/// Rejects: `not_found`, `franchise_not_offered` (it was accepted before).
pub fn accept_franchise(tx: &mut Tx, ctx: &Ctx, cmd: &AcceptFranchise) -> Result<(), Fail> {
    let franchise = own_franchise(tx, ctx, cmd.store)?;
    let (_, franchisee) = staff_actor(ctx)?;
    if franchise.franchisee != franchisee {
        return Err(NOT_FOUND.plain().into());
    }
    let row = tx.one(sql!(
        "UPDATE store SET franchised_at = $1, version = version + 1
         WHERE id = $2 AND franchisee_id = $3 AND franchised_at IS NULL RETURNING version",
        ctx.now,
        cmd.store,
        franchisee
    ))?;
    let mut row = row.ok_or_else(|| FRANCHISE_NOT_OFFERED.plain())?;
    let event = FranchiseAccepted {
        store: cmd.store,
        merchant: franchise.merchant,
        franchisee,
    };
    Ok(tx.emit(ctx, cmd.store, row.take()?, &event)?)
}

/// For owners of the chain and of the franchisee, who may so refuse what is offered too.
///
/// Rejects: `not_found`.
pub fn end_franchise(tx: &mut Tx, ctx: &Ctx, cmd: &EndFranchise) -> Result<(), Fail> {
    let franchise = own_franchise(tx, ctx, cmd.store)?;
    let row = tx.one(sql!(
        "UPDATE store SET franchisee_id = NULL, franchised_at = NULL, version = version + 1
         WHERE id = $1 AND franchisee_id = $2 RETURNING version",
        cmd.store,
        franchise.franchisee
    ))?;
    let mut row = row.ok_or_else(|| NOT_FOUND.plain())?;
    let event = FranchiseEnded {
        store: cmd.store,
        merchant: franchise.merchant,
        franchisee: franchise.franchisee,
    };
    Ok(tx.emit(ctx, cmd.store, row.take()?, &event)?)
}

/// The franchise of a store, if the actor is an owner on one of its sides.
fn own_franchise(tx: &mut Tx, ctx: &Ctx, store: StoreId) -> Result<Franchise, Fail> {
    let (_, actor) = staff_actor(ctx)?;
    let found = queries::franchise(tx, store)?;
    let found = found.filter(|franchise| [franchise.merchant, franchise.franchisee].contains(&actor));
    let franchise = found.ok_or_else(|| NOT_FOUND.plain())?;
    require_staff(tx, ctx, actor, None, Role::Owner)?;
    Ok(franchise)
}
