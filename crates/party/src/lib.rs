//! People, merchants, stores, staff, roles and certification: who somebody is and what they may do.
//! It sends no message and hashes no password (codes and passwords arrive hashed), and it knows no
//! offer, order or money.
//!
//! Commands:
mod access;
mod contact;
mod model;
mod reject;
mod rows;

pub mod queries;

pub use access::{
    require_certified, require_consumer, require_device, require_operator, require_staff, require_system,
};
pub use contact::{Contact, ContactKind};
pub use model::*;
pub use reject::*;
