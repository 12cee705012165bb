//! Where accepted merchants go: through the platform's own command into the database, a chunk to a
//! transaction. Running an import again changes nothing, so an interrupted one is simply run again.

use http::shell;
use kernel::{Actor, Currency, GeoPoint};
use party::{ImportMerchants, ImportOutcome, ImportRow, StoreDetails};
use store::{NoAnswer, Store};

use super::ImportedMerchant;
use crate::config::{Flags, Settings};

/// The most rows that the command takes.
const CHUNK: usize = 200;
/// What an imported store may accept offline until its merchant says otherwise.
const OFFLINE_USES: i64 = 0;

/// An open database with what the file does not say of its rows.
pub struct Target {
    store: Store,
    time_zone: String,
    currency: Currency,
}

impl Target {
    /// Opens the database that the flags name. No server may run on it if it is SQLite.
    pub fn open(flags: Flags, time_zone: &str, currency: Currency) -> Result<Self, String> {
        let settings = Settings::from(flags)?;
        std::fs::create_dir_all(&settings.data)
            .map_err(|error| format!("{}: {error}", settings.data.display()))?;
        let store =
            Store::open(&store::Settings::new(&settings.database_url)).map_err(|error| error.to_string())?;
        Ok(Self {
            store,
            time_zone: time_zone.to_owned(),
            currency,
        })
    }

    /// Stores a batch and adds to `stored` what that did.
    pub fn write(&self, batch: Vec<ImportedMerchant>, stored: &mut ImportOutcome) -> Result<(), String> {
        let rows: Vec<ImportRow> = batch.into_iter().map(|merchant| self.row(merchant)).collect();
        for rows in rows.chunks(CHUNK) {
            let cmd = ImportMerchants { rows: rows.to_vec() };
            let ctx = shell::ctx(Actor::System);
            let lane = ctx.request;
            let outcome = self
                .store
                .run_blocking("importMerchants", lane, ctx, move |tx, ctx| {
                    party::import_merchants(tx, ctx, &cmd)
                });
            let outcome = outcome.map_err(|error: NoAnswer| error.to_string())?;
            let outcome = outcome.map_err(|rejected| rejected.detail)?;
            stored.created += outcome.created;
            stored.updated += outcome.updated;
            stored.unchanged += outcome.unchanged;
        }
        Ok(())
    }

    /// Finishes and closes the database.
    pub fn close(self) {
        self.store.close();
    }

    fn row(&self, merchant: ImportedMerchant) -> ImportRow {
        ImportRow {
            source: merchant.source,
            details: StoreDetails {
                name: merchant.name.clone(),
                category: merchant.category,
                address: merchant.address.unwrap_or_else(|| on_the_map(merchant.place)),
                phone: merchant.phone.unwrap_or_default(),
                place: merchant.place,
                time_zone: self.time_zone.clone(),
                currency: self.currency,
                opening_hours: merchant.opening_hours.unwrap_or_default(),
                offline_max_uses: OFFLINE_USES,
                offline_max_amount: 0,
            },
            name: merchant.name,
        }
    }
}

/// Every store has an address; of this one only the place is known.
fn on_the_map(place: GeoPoint) -> String {
    let degrees = |microdegrees: i64| {
        let sign = if microdegrees < 0 { "-" } else { "" };
        let whole = microdegrees.unsigned_abs();
        format!("{sign}{}.{:06}", whole / 1_000_000, whole % 1_000_000)
    };
    format!(
        "{}, {}",
        degrees(place.lat_microdegrees()),
        degrees(place.lon_microdegrees())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_in_degrees() {
        let place = GeoPoint::from_microdegrees(31_023_040, -500_000).unwrap();
        assert_eq!(on_the_map(place), "31.023040, -0.500000");
    }
}
