//! A merchant registers itself: the business, its first owner with a login, and that owner's session.

use kernel::{Ctx, LocalText, MerchantId, PersonId};
use store::{Fail, Tx, sql, to_json};

use crate::decide::STAFF_SESSION_US;
use crate::model::{MerchantStatus, Role};
use crate::rows::EVERY_STORE;
use crate::{Contact, account, check, events};

/// Anybody may register a business; it sells nothing before it is certified.
#[derive(Debug, Clone)]
pub struct RegisterMerchant {
    /// The business's name.
    pub name: LocalText,
    /// The owner's mail address. It is a login and no proof: nobody is reached by it.
    pub login: Contact,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// The owner's name.
    pub person_name: String,
    /// SHA-256 of the new session's token.
    pub token_hash: [u8; 32],
    /// What the browser or app says it is.
    pub device: String,
}

/// Who is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MerchantRegistered {
    /// The business.
    pub merchant: MerchantId,
    /// Its owner.
    pub person: PersonId,
}

/// Rejects malformed names, a phone number as login, and a login that is in use.
pub fn register_merchant(tx: &mut Tx, ctx: &Ctx, cmd: &RegisterMerchant) -> Result<MerchantRegistered, Fail> {
    check::local_text("/name", &cmd.name, check::MAX_NAME)?;
    check::login(&cmd.login)?;
    check::some_text("/person_name", &cmd.person_name, 80)?;
    let name = to_json(&cmd.name)?;
    let person = account::claim_account(tx, ctx, &cmd.login, &cmd.password_hash, &cmd.person_name)?;
    let merchant: MerchantId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO merchant (id, name, status, created_at, version) VALUES ($1, $2, $3, $4, 1)",
        merchant,
        name,
        MerchantStatus::Registered.as_str(),
        ctx.now
    ))?;
    tx.tell(sql!(
        "INSERT INTO staff (merchant_id, person_id, store_id, role, granted_at) VALUES ($1, $2, $3, $4, $5)",
        merchant,
        person,
        EVERY_STORE,
        Role::Owner.as_str(),
        ctx.now
    ))?;
    account::open_session(tx, ctx, person, cmd.token_hash, &cmd.device, STAFF_SESSION_US)?;
    let registered = events::MerchantRegistered {
        merchant,
        owner: Some(person),
    };
    tx.emit(ctx, merchant, 1, &registered)?;
    Ok(MerchantRegistered { merchant, person })
}
