//! Who may do something, asked inside the command's own transaction, so that a revoked grant stops at
//! once. A merchant's things look to another merchant's staff as if they did not exist.

use kernel::{Actor, Ctx, DeviceId, MediaId, MerchantId, PersonId, Reject, RejectKind, StoreId};
use store::{Fail, Lock, Tx, sql};
use uuid::Uuid;

use crate::account::touch_merchant;
use crate::model::{MerchantStatus, OperatorRole, Role};
use crate::rows::{EVERY_STORE, named, stored_store};
use crate::{
    DEVICE_REVOKED, FORBIDDEN, MERCHANT_NOT_CERTIFIED, MERCHANT_SUSPENDED, NOT_FOUND, REASON_MISSING,
    SIGN_IN_REQUIRED,
};

/// The staff member who acts, if a live grant gives at least `at_least`: at `store`, or for the whole
/// merchant if that is `None`. Rejects with [`FORBIDDEN`] when the role is too small, and with
/// [`NOT_FOUND`] for staff of another merchant and for a store of another merchant.
pub fn require_staff(
    tx: &mut Tx,
    ctx: &Ctx,
    merchant: MerchantId,
    store: Option<StoreId>,
    at_least: Role,
) -> Result<PersonId, Fail> {
    let (person, granted) = staff_role(tx, ctx, merchant, store)?;
    if granted.is_none_or(|role| role < at_least) {
        return Err(FORBIDDEN.plain().into());
    }
    Ok(person)
}

/// The staff member who acts and the merchant they act for, by what the actor says: for commands whose
/// input names a thing of the merchant and not the merchant. Looks at no data.
pub fn staff_actor(ctx: &Ctx) -> Result<(PersonId, MerchantId), Fail> {
    match ctx.actor {
        Actor::Staff(person, merchant) => Ok((person, merchant)),
        Actor::Anonymous => Err(SIGN_IN_REQUIRED.plain().into()),
        Actor::Consumer(_) | Actor::Operator(_) | Actor::Provider(_) | Actor::System => {
            Err(FORBIDDEN.plain().into())
        }
    }
}

/// The staff member who acts, with any live role at any of the merchant's stores.
pub fn require_any_staff(tx: &mut Tx, ctx: &Ctx, merchant: MerchantId) -> Result<PersonId, Fail> {
    let person = staff_of_merchant(ctx, merchant)?;
    let role = tx.one(sql!(
        "SELECT role FROM staff WHERE merchant_id = $1 AND person_id = $2 LIMIT 1",
        merchant,
        person
    ))?;
    role.map(|_| person).ok_or_else(|| FORBIDDEN.plain().into())
}

fn staff_of_merchant(ctx: &Ctx, merchant: MerchantId) -> Result<PersonId, Fail> {
    let (person, of) = staff_actor(ctx)?;
    if of != merchant {
        return Err(NOT_FOUND.plain().into());
    }
    Ok(person)
}

/// Locks the merchant against every other change of its staff, then asks as [`staff_role`] does: what it
/// answers holds until the command is done. Gives the merchant's new version too.
pub(crate) fn lock_staff(
    tx: &mut Tx,
    ctx: &Ctx,
    merchant: MerchantId,
    store: Option<StoreId>,
) -> Result<(PersonId, Option<Role>, i64), Fail> {
    staff_of_merchant(ctx, merchant)?;
    let version = touch_merchant(tx, merchant)?;
    let (person, role) = staff_role(tx, ctx, merchant, store)?;
    Ok((person, role, version))
}

/// The staff member who acts and the highest role that covers `store` (or the whole merchant).
fn staff_role(
    tx: &mut Tx,
    ctx: &Ctx,
    merchant: MerchantId,
    store: Option<StoreId>,
) -> Result<(PersonId, Option<Role>), Fail> {
    let person = staff_of_merchant(ctx, merchant)?;
    let grants = tx.many(match store {
        Some(store) => sql!(
            "SELECT f.store_id, f.role FROM store s
             LEFT JOIN staff f ON f.merchant_id = s.merchant_id AND f.person_id = $1
             WHERE s.id = $2 AND s.merchant_id = $3",
            person,
            store,
            merchant
        ),
        None => sql!(
            "SELECT store_id, role FROM staff WHERE merchant_id = $1 AND person_id = $2",
            merchant,
            person
        ),
    })?;
    if store.is_some() && grants.is_empty() {
        return Err(NOT_FOUND.plain().into());
    }
    let covering = [stored_store(store), EVERY_STORE];
    let mut highest = None;
    for mut grant in grants {
        let at: Option<[u8; 16]> = grant.take()?;
        if at.is_some_and(|at| covering.contains(&at)) {
            highest = highest.max(Some(named(&mut grant, Role::from_name)?));
        }
    }
    Ok((person, highest))
}

/// The operator who acts, if they have one of these roles now.
pub fn require_operator(tx: &mut Tx, ctx: &Ctx, roles: &[OperatorRole]) -> Result<PersonId, Fail> {
    let person = match ctx.actor {
        Actor::Operator(person) => person,
        Actor::Anonymous => return Err(SIGN_IN_REQUIRED.plain().into()),
        Actor::Consumer(_) | Actor::Staff(..) | Actor::Provider(_) | Actor::System => {
            return Err(FORBIDDEN.plain().into());
        }
    };
    let row = tx.one(sql!("SELECT role FROM operator WHERE person_id = $1", person))?;
    let role = row
        .map(|mut row| named(&mut row, OperatorRole::from_name))
        .transpose()?;
    match role {
        Some(role) if roles.contains(&role) => Ok(person),
        Some(_) | None => Err(FORBIDDEN.plain().into()),
    }
}

/// The consumer who acts.
pub fn require_consumer(ctx: &Ctx) -> Result<PersonId, Fail> {
    match ctx.actor {
        Actor::Consumer(person) => Ok(person),
        Actor::Anonymous => Err(SIGN_IN_REQUIRED.plain().into()),
        Actor::Staff(..) | Actor::Operator(_) | Actor::Provider(_) | Actor::System => {
            Err(FORBIDDEN.plain().into())
        }
    }
}

/// The consumer who acts, locked, if their account is open: for what nobody shall write after it is closed, because nobody could
/// have that erased again.
pub fn require_open_account(tx: &mut Tx, ctx: &Ctx) -> Result<PersonId, Fail> {
    let person = require_consumer(ctx)?;
    tx.lock(&[Lock::row("person", person)]);
    let open = tx.one(sql!(
        "SELECT id FROM person WHERE id = $1 AND erased_at IS NULL",
        person
    ))?;
    match open {
        Some(_) => Ok(person),
        None => Err(SIGN_IN_REQUIRED.plain().into()),
    }
}

/// This very person acts, in whatever capacity.
pub fn require_person(ctx: &Ctx, person: PersonId) -> Result<(), Fail> {
    match ctx.actor.person() {
        Some(actor) if actor == person => Ok(()),
        Some(_) => Err(FORBIDDEN.plain().into()),
        None if ctx.actor == Actor::Anonymous => Err(SIGN_IN_REQUIRED.plain().into()),
        None => Err(FORBIDDEN.plain().into()),
    }
}

/// Refuses pictures that none of these owners has uploaded, as if they did not exist.
pub fn require_own_media(
    tx: &mut Tx,
    invalid: &'static RejectKind,
    owners: &[Uuid],
    media: &[MediaId],
) -> Result<(), Fail> {
    let files = crate::queries::media_files(tx, media)?;
    let own = files.iter().filter(|file| owners.contains(&file.owner));
    if own.count() < media.len() {
        return Err(invalid
            .at("/media", "You have not uploaded such a picture.")
            .into());
    }
    Ok(())
}

/// Somebody says why, in [`Ctx::reason`].
pub fn require_reason(ctx: &Ctx) -> Result<(), Reject> {
    let reason = ctx.reason.as_deref().unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(REASON_MISSING.at("/reason", REASON_MISSING.title));
    }
    Ok(())
}

/// Qiao itself acts: a timer, an event consumer or the command line.
pub fn require_system(ctx: &Ctx) -> Result<(), Fail> {
    match ctx.actor {
        Actor::System => Ok(()),
        Actor::Anonymous => Err(SIGN_IN_REQUIRED.plain().into()),
        Actor::Consumer(_) | Actor::Staff(..) | Actor::Operator(_) | Actor::Provider(_) => {
            Err(FORBIDDEN.plain().into())
        }
    }
}

fn merchant_status(tx: &mut Tx, merchant: MerchantId) -> Result<MerchantStatus, Fail> {
    let row = tx.one(sql!("SELECT status FROM merchant WHERE id = $1", merchant))?;
    let mut row = row.ok_or_else(|| NOT_FOUND.plain())?;
    Ok(named(&mut row, MerchantStatus::from_name)?)
}

/// The merchant may sell at this moment.
pub fn require_certified(tx: &mut Tx, merchant: MerchantId) -> Result<(), Fail> {
    match merchant_status(tx, merchant)? {
        MerchantStatus::Certified => Ok(()),
        MerchantStatus::Registered => Err(MERCHANT_NOT_CERTIFIED.plain().into()),
        MerchantStatus::Suspended => Err(MERCHANT_SUSPENDED.plain().into()),
    }
}

/// The platform has not suspended the merchant: it may prepare what it will sell.
pub fn require_not_suspended(tx: &mut Tx, merchant: MerchantId) -> Result<(), Fail> {
    match merchant_status(tx, merchant)? {
        MerchantStatus::Registered | MerchantStatus::Certified => Ok(()),
        MerchantStatus::Suspended => Err(MERCHANT_SUSPENDED.plain().into()),
    }
}

/// The device stands in this store and was not revoked.
pub fn require_device(
    tx: &mut Tx,
    merchant: MerchantId,
    store: StoreId,
    device: DeviceId,
) -> Result<(), Fail> {
    let row = tx.one(sql!(
        "SELECT revoked_at FROM device WHERE id = $1 AND merchant_id = $2 AND store_id = $3",
        device,
        merchant,
        store
    ))?;
    let mut row = row.ok_or_else(|| NOT_FOUND.plain())?;
    match row.take::<Option<i64>>()? {
        None => Ok(()),
        Some(_) => Err(DEVICE_REVOKED.plain().into()),
    }
}
