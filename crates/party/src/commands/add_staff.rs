//! Grants a role at a merchant: to a new person with a login of their own, or one more to somebody who
//! works there already.

use kernel::{Ctx, MerchantId, PersonId, StoreId};
use store::{Fail, Lock, Tx, sql};

use crate::access::lock_staff;
use crate::decide::may_grant;
use crate::events::StaffAdded;
use crate::model::Role;
use crate::rows::stored_store;
use crate::{Contact, FORBIDDEN, LOGIN_TAKEN, STAFF_EXISTS, account, check};

/// A new role.
#[derive(Debug, Clone)]
pub struct AddStaff {
    /// Where.
    pub merchant: MerchantId,
    /// The person's mail address.
    pub login: Contact,
    /// Argon2id in PHC form. Somebody who works there already keeps the password they have.
    pub password_hash: String,
    /// The person's name.
    pub name: String,
    /// One store, or all.
    pub store: Option<StoreId>,
    /// As what.
    pub role: Role,
}

impl AddStaff {
    /// The merchant, whose staff changes one at a time.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("merchant", self.merchant)]
    }
}

/// For owners; managers may add cashiers where they are managers. Rejects a login that belongs to somebody
/// who does not work there: whoever registered it first would otherwise get the role.
pub fn add_staff(tx: &mut Tx, ctx: &Ctx, cmd: &AddStaff) -> Result<PersonId, Fail> {
    check::login(&cmd.login)?;
    check::some_text("/name", &cmd.name, 80)?;
    let (_, granter, version) = lock_staff(tx, ctx, cmd.merchant, cmd.store)?;
    if !granter.is_some_and(|granter| may_grant(granter, cmd.role)) {
        return Err(FORBIDDEN.plain().into());
    }
    let colleague = find_colleague(tx, cmd)?;
    let person = match colleague {
        Some(person) => person,
        None => account::claim_account(tx, ctx, &cmd.login, &cmd.password_hash, &cmd.name)?,
    };
    let granted = tx.claim(sql!(
        "INSERT INTO staff (merchant_id, person_id, store_id, role, granted_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (merchant_id, person_id, store_id) DO NOTHING",
        cmd.merchant,
        person,
        stored_store(cmd.store),
        cmd.role.as_str(),
        ctx.now
    ))?;
    if granted == 0 {
        return Err(STAFF_EXISTS.plain().into());
    }
    if colleague.is_some() {
        // What a session may do has changed: a new one is needed.
        account::delete_sessions(tx, person)?;
    }
    let added = StaffAdded {
        merchant: cmd.merchant,
        person,
        store: cmd.store,
        role: cmd.role.as_str().to_owned(),
    };
    tx.emit(ctx, cmd.merchant, version, &added)?;
    Ok(person)
}

/// Who has this login and works for the merchant already.
fn find_colleague(tx: &mut Tx, cmd: &AddStaff) -> Result<Option<PersonId>, Fail> {
    let row = tx.one(sql!(
        "SELECT p.person_id, (SELECT COUNT(*) FROM staff f WHERE f.person_id = p.person_id AND f.merchant_id = $1)
         FROM password p WHERE p.login = $2",
        cmd.merchant,
        cmd.login.address()
    ))?;
    let Some(mut row) = row else { return Ok(None) };
    let (person, roles): (PersonId, i64) = (row.take()?, row.take()?);
    if roles == 0 {
        return Err(LOGIN_TAKEN.at("/login", LOGIN_TAKEN.title).into());
    }
    Ok(Some(person))
}
