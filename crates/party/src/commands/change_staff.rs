//! A colleague gets another role in the same place, or a new password in place of a forgotten one. Either ends
//! every session of theirs.

use kernel::{Ctx, MerchantId, PersonId, StoreId};
use store::{Fail, Lock, Tx, sql};

use super::revoke_staff::find_role;
use crate::access::lock_staff;
use crate::decide::may_grant;
use crate::events::{StaffPasswordSet, StaffRoleChanged};
use crate::model::Role;
use crate::rows::{named, stored_store};
use crate::{FORBIDDEN, NOT_FOUND, STAFF_ELSEWHERE, STAFF_LAST_OWNER, account};

/// Another role for somebody who has one there.
#[derive(Debug, Clone, Copy)]
pub struct ChangeRole {
    /// Where.
    pub merchant: MerchantId,
    /// Whose.
    pub person: PersonId,
    /// The store that the role is for; `None` for the role at all stores.
    pub store: Option<StoreId>,
    /// What they are from now on.
    pub role: Role,
}

impl ChangeRole {
    /// The merchant, whose staff changes one at a time.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// For whoever may grant both roles, the old one and the new one. The last owner of the whole merchant stays one.
pub fn change_role(tx: &mut Tx, ctx: &Ctx, cmd: &ChangeRole) -> Result<(), Fail> {
    let (_, granter, version) = lock_staff(tx, ctx, cmd.merchant, cmd.store)?;
    let granter = granter.ok_or_else(|| FORBIDDEN.plain())?;
    let (role, owners) = find_role(tx, cmd.merchant, cmd.person, cmd.store)?;
    if !may_grant(granter, role) || !may_grant(granter, cmd.role) {
        return Err(FORBIDDEN.plain().into());
    }
    let is_last_owner = role == Role::Owner && cmd.store.is_none() && owners <= 1;
    if is_last_owner && cmd.role != Role::Owner {
        return Err(STAFF_LAST_OWNER.plain().into());
    }
    tx.tell(sql!(
        "UPDATE staff SET role = $1 WHERE merchant_id = $2 AND person_id = $3 AND store_id = $4",
        cmd.role.as_str(),
        cmd.merchant,
        cmd.person,
        stored_store(cmd.store)
    ))?;
    account::delete_sessions(tx, cmd.person)?;
    let changed = StaffRoleChanged {
        merchant: cmd.merchant,
        person: cmd.person,
        store: cmd.store,
        from: role.as_str().to_owned(),
        role: cmd.role.as_str().to_owned(),
    };
    tx.emit(ctx, cmd.merchant, version, &changed)?;
    Ok(())
}

/// A new password for a colleague.
#[derive(Debug, Clone)]
pub struct SetStaffPassword {
    /// Where they work.
    pub merchant: MerchantId,
    /// Whose.
    pub person: PersonId,
    /// Argon2id in PHC form.
    pub password_hash: String,
}

impl SetStaffPassword {
    /// The merchant, whose staff changes one at a time.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// For whoever may grant every role of the person. Nobody sets their own, and nobody that of a person who has
/// a role anywhere else: it would open another house.
pub fn set_staff_password(tx: &mut Tx, ctx: &Ctx, cmd: &SetStaffPassword) -> Result<(), Fail> {
    account::check_hash(&cmd.password_hash)?;
    let (actor, granter, version) = lock_staff(tx, ctx, cmd.merchant, None)?;
    let granter = granter.ok_or_else(|| FORBIDDEN.plain())?;
    let roles = roles_here_alone(tx, cmd)?;
    if actor == cmd.person || !roles.into_iter().all(|role| may_grant(granter, role)) {
        return Err(FORBIDDEN.plain().into());
    }
    tx.tell(sql!(
        "UPDATE password SET hash = $1, misses = 0, locked_until = 0 WHERE person_id = $2",
        &cmd.password_hash,
        cmd.person
    ))?;
    account::delete_sessions(tx, cmd.person)?;
    let set = StaffPasswordSet {
        merchant: cmd.merchant,
        person: cmd.person,
    };
    tx.emit(ctx, cmd.merchant, version, &set)?;
    Ok(())
}

/// The person's roles at the merchant, if they have none elsewhere.
fn roles_here_alone(tx: &mut Tx, cmd: &SetStaffPassword) -> Result<Vec<Role>, Fail> {
    let [here, elsewhere] = tx.ask([
        sql!(
            "SELECT role FROM staff WHERE merchant_id = $1 AND person_id = $2",
            cmd.merchant,
            cmd.person
        ),
        sql!(
            "SELECT person_id FROM staff WHERE person_id = $1 AND merchant_id <> $2
             UNION ALL SELECT person_id FROM operator WHERE person_id = $1",
            cmd.person,
            cmd.merchant
        ),
    ])?;
    if here.is_empty() {
        return Err(NOT_FOUND.plain().into());
    }
    if !elsewhere.is_empty() {
        return Err(STAFF_ELSEWHERE.plain().into());
    }
    let roles = here.into_iter().map(|mut row| named(&mut row, Role::from_name));
    Ok(roles.collect::<Result<_, _>>()?)
}
