//! People, merchants and their members, stores, staff, roles and certification: who somebody is and what they may do.
//! It sends no message and hashes no password (codes and passwords arrive hashed), and it knows no
//! offer, order or money.
//!
//! Commands. People: [`request_code`], [`sign_in_with_code`], [`sign_in_with_password`],
//! [`count_password_miss`], [`sign_out`], [`end_session`], [`end_sessions`], [`prune_sessions`],
//! [`update_person`], [`join_membership`], [`leave_membership`], [`grant_operator`], [`revoke_operator`]; steps of others' commands: [`erase_person`],
//! [`note_device`]. Merchants: [`register_merchant`], [`import_merchants`], [`submit_certification`],
//! [`decide_certification`], [`expire_certification`], [`suspend_merchant`], [`reinstate_merchant`].
//! Their stores: [`add_store`], [`update_store`], [`add_staff`], [`revoke_staff`], [`register_device`],
//! [`revoke_device`], [`record_media`].

mod access;
mod account;
pub mod check;
mod commands;
mod contact;
mod decide;
pub mod hours;
mod model;
mod reject;
mod rows;

pub mod events;
pub mod queries;
pub mod testing;

pub use access::{
    require_any_staff, require_certified, require_consumer, require_device, require_not_suspended,
    require_open_account, require_operator, require_own_media, require_person, require_reason, require_staff,
    require_system, staff_actor,
};
pub use commands::*;
pub use contact::{Contact, ContactKind};
pub use decide::{
    CODE_LIFE_US, CODE_TRIES, CODES_PER_DAY, CODES_PER_HOUR, CONSUMER_SESSION_US, PASSWORD_LOCK_US,
    PASSWORD_MISSES, STAFF_SESSION_US,
};
pub use model::*;
pub use reject::*;
