//! Takes a role away, at once: every session of the person ends, and whoever has no role left anywhere
//! loses the login too, so that it can be given again.

use kernel::{Ctx, MerchantId, PersonId, StoreId};
use store::{Fail, Lock, Tx, sql};

use crate::access::lock_staff;
use crate::decide::may_grant;
use crate::events::StaffRevoked;
use crate::model::Role;
use crate::rows::{EVERY_STORE, named, stored_store};
use crate::{FORBIDDEN, NOT_FOUND, STAFF_LAST_OWNER, account};

/// One role of one person.
#[derive(Debug, Clone, Copy)]
pub struct RevokeStaff {
    /// Where.
    pub merchant: MerchantId,
    /// Whose.
    pub person: PersonId,
    /// The store that the role is for; `None` for the role at all stores.
    pub store: Option<StoreId>,
}

impl RevokeStaff {
    /// The merchant, whose staff changes one at a time.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// For whoever may grant the role, and for the person. The last owner of the whole merchant stays.
pub fn revoke_staff(tx: &mut Tx, ctx: &Ctx, cmd: &RevokeStaff) -> Result<(), Fail> {
    // Locked first, so that two owners cannot revoke each other.
    let (actor, granter, version) = lock_staff(tx, ctx, cmd.merchant, cmd.store)?;
    let granter = granter.ok_or_else(|| FORBIDDEN.plain())?;
    let (role, owners) = find_role(tx, cmd.merchant, cmd.person, cmd.store)?;
    if actor != cmd.person && !may_grant(granter, role) {
        return Err(FORBIDDEN.plain().into());
    }
    if role == Role::Owner && cmd.store.is_none() && owners <= 1 {
        return Err(STAFF_LAST_OWNER.plain().into());
    }
    tx.tell(sql!(
        "DELETE FROM staff WHERE merchant_id = $1 AND person_id = $2 AND store_id = $3",
        cmd.merchant,
        cmd.person,
        stored_store(cmd.store)
    ))?;
    account::delete_sessions(tx, cmd.person)?;
    account::delete_unused_login(tx, cmd.person)?;
    let revoked = StaffRevoked {
        merchant: cmd.merchant,
        person: cmd.person,
        store: cmd.store,
        role: role.as_str().to_owned(),
    };
    tx.emit(ctx, cmd.merchant, version, &revoked)?;
    Ok(())
}

/// A person's role in a place, and how many owners the whole merchant has.
pub(super) fn find_role(
    tx: &mut Tx,
    merchant: MerchantId,
    person: PersonId,
    store: Option<StoreId>,
) -> Result<(Role, i64), Fail> {
    let [roles, owners] = tx.ask([
        sql!(
            "SELECT role FROM staff WHERE merchant_id = $1 AND person_id = $2 AND store_id = $3",
            merchant,
            person,
            stored_store(store)
        ),
        sql!(
            "SELECT COUNT(*) FROM staff WHERE merchant_id = $1 AND store_id = $2 AND role = 'owner'",
            merchant,
            EVERY_STORE
        ),
    ])?;
    let mut role = roles.into_iter().next().ok_or_else(|| NOT_FOUND.plain())?;
    let owners = owners.into_iter().next().map_or(Ok(0), |mut row| row.take())?;
    Ok((named(&mut role, Role::from_name)?, owners))
}
