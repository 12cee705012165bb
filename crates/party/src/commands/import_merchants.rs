//! Brings merchants in from a list, each with one store, to be found and later claimed. Running the same
//! list again changes nothing; what a merchant's own staff has taken over is left alone.

use std::collections::BTreeSet;

use kernel::{Ctx, LocalText, MerchantId, StoreId};
use store::{Fail, Row, StorageError, Tx, sql, to_json};

use super::add_store::{details_update, tell_store};
use crate::events::{MerchantRegistered, MerchantRenamed, StoreUpdated};
use crate::model::{MerchantStatus, OperatorRole, StoreDetails, StoreView};
use crate::{IMPORT_INVALID, IMPORT_RACED, check, queries, require_operator, require_system};

/// The most rows of one command.
pub const MAX_IMPORT_ROWS: usize = 200;

/// One business with one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Where it comes from and what it is called there: `osm:node/123`. The same source is the same business.
    pub source: String,
    /// The business's name.
    pub name: LocalText,
    /// Its store.
    pub details: StoreDetails,
}

/// A chunk of a list.
#[derive(Debug, Clone)]
pub struct ImportMerchants {
    /// 1 to 200 rows with different sources.
    pub rows: Vec<ImportRow>,
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Were not there.
    pub created: u64,
    /// Were there and are the same, or belong to their own staff by now.
    pub unchanged: u64,
    /// Were there and said something else.
    pub updated: u64,
}

/// What is there of a row's source.
struct Existing {
    name: LocalText,
    version: i64,
    has_staff: bool,
    store: StoreView,
}

impl Existing {
    /// A store's currency is fixed, whatever the list says.
    fn wanted(&self, row: &ImportRow) -> StoreDetails {
        StoreDetails {
            currency: self.store.details.currency,
            ..row.details.clone()
        }
    }
}

/// For administrators, support and the command line. Rejects the whole chunk for one bad row, and says which.
pub fn import_merchants(tx: &mut Tx, ctx: &Ctx, cmd: &ImportMerchants) -> Result<ImportOutcome, Fail> {
    if require_system(ctx).is_err() {
        require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    }
    check_rows(&cmd.rows)?;
    let existing = find_existing(tx, &cmd.rows)?;
    let (mut new, mut outcome) = (Vec::new(), ImportOutcome::default());
    let mut changes = Vec::new();
    for (row, existing) in cmd.rows.iter().zip(existing) {
        match existing {
            None => new.push(row),
            Some(old) => {
                let same = old.name == row.name && old.store.details == old.wanted(row);
                if same || old.has_staff {
                    outcome.unchanged += 1;
                } else {
                    changes.push((row, old));
                }
            }
        }
    }
    (outcome.created, outcome.updated) = (new.len() as u64, changes.len() as u64);
    let made = claim_new(tx, ctx, &new)?;
    claim_changes(tx, &changes)?;
    for (row, merchant) in new.iter().zip(made) {
        tx.emit(
            ctx,
            merchant,
            1,
            &MerchantRegistered {
                merchant,
                owner: None,
            },
        )?;
        tell_store(tx, ctx, ctx.new_id(), merchant, &row.details, Some(&row.source))?;
    }
    for (row, old) in changes {
        emit_changes(tx, ctx, row, &old)?;
    }
    Ok(outcome)
}

fn check_rows(rows: &[ImportRow]) -> Result<(), Fail> {
    if !(1..=MAX_IMPORT_ROWS).contains(&rows.len()) {
        let detail = format!(
            "{} rows were given, 1 to {MAX_IMPORT_ROWS} are possible",
            rows.len()
        );
        return Err(IMPORT_INVALID.at("/rows", detail).into());
    }
    let mut sources = BTreeSet::new();
    for row in rows {
        check::some_text("/rows/source", &row.source, check::MAX_SOURCE)?;
        if !sources.insert(&row.source) {
            let detail = format!("the source {} is there twice", row.source);
            return Err(IMPORT_INVALID.at("/rows", detail).into());
        }
        let checked = check::local_text("/name", &row.name, check::MAX_NAME)
            .and_then(|()| check::store_details(&row.details));
        checked.map_err(|reject| {
            let field = reject.field.unwrap_or_default();
            reject
                .kind
                .at("/rows", format!("{}{field}: {}", row.source, reject.detail))
        })?;
    }
    Ok(())
}

fn find_existing(tx: &mut Tx, rows: &[ImportRow]) -> Result<Vec<Option<Existing>>, Fail> {
    let questions = rows.iter().map(|row| {
        sql!(
            "SELECT m.name, m.version, (SELECT COUNT(*) FROM staff f WHERE f.merchant_id = m.id),
                    s.id, s.merchant_id, s.source, s.created_at, s.version, s.name, s.category, s.address, s.phone,
                    s.lat, s.lon, s.time_zone, s.currency, s.opening_hours, s.offline_max_uses, s.offline_max_amount
             FROM merchant m JOIN store s ON s.merchant_id = m.id AND s.source = m.source WHERE m.source = $1",
            &row.source
        )
    });
    let answers = tx.ask_all(questions.collect())?;
    let read = |mut row: Row| -> Result<Existing, StorageError> {
        let (name, version) = (row.take_json()?, row.take()?);
        let has_staff = row.take()?;
        Ok(Existing {
            name,
            version,
            has_staff,
            store: queries::read_store(&mut row)?,
        })
    };
    let found = answers
        .into_iter()
        .map(|rows| rows.into_iter().next().map(read).transpose());
    Ok(found.collect::<Result<_, _>>()?)
}

/// The new merchants. Their sources are claimed before anything is told, because another import may be at it.
fn claim_new(tx: &mut Tx, ctx: &Ctx, new: &[&ImportRow]) -> Result<Vec<MerchantId>, Fail> {
    let mut made = Vec::with_capacity(new.len());
    let mut claims = Vec::with_capacity(new.len());
    for row in new {
        let merchant: MerchantId = ctx.new_id();
        made.push(merchant);
        claims.push(sql!(
            "INSERT INTO merchant (id, name, status, source, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)
             ON CONFLICT (source) DO NOTHING RETURNING id",
            merchant,
            to_json(&row.name)?,
            MerchantStatus::Registered.as_str(),
            &row.source,
            ctx.now
        ));
    }
    require_all(tx, claims)?;
    Ok(made)
}

fn claim_changes(tx: &mut Tx, changes: &[(&ImportRow, Existing)]) -> Result<(), Fail> {
    let mut claims = Vec::new();
    for (row, old) in changes {
        if old.name != row.name {
            claims.push(sql!(
                "UPDATE merchant SET name = $1, version = version + 1 WHERE id = $2 AND version = $3 RETURNING version",
                to_json(&row.name)?,
                old.store.merchant,
                old.version
            ));
        }
        let wanted = old.wanted(row);
        if old.store.details != wanted {
            claims.push(details_update(old.store.id, old.store.version, &wanted)?);
        }
    }
    require_all(tx, claims)
}

/// Runs guarded writes that each return a row; rejects if a guard said no.
fn require_all(tx: &mut Tx, claims: Vec<store::Query>) -> Result<(), Fail> {
    if claims.is_empty() {
        return Ok(());
    }
    if tx.ask_all(claims)?.iter().any(Vec::is_empty) {
        return Err(IMPORT_RACED.plain().into());
    }
    Ok(())
}

fn emit_changes(tx: &mut Tx, ctx: &Ctx, row: &ImportRow, old: &Existing) -> Result<(), Fail> {
    let (store, merchant): (StoreId, MerchantId) = (old.store.id, old.store.merchant);
    if old.name != row.name {
        tx.emit(ctx, merchant, old.version + 1, &MerchantRenamed { merchant })?;
    }
    if old.store.details != old.wanted(row) {
        tx.emit(
            ctx,
            store,
            old.store.version + 1,
            &StoreUpdated { store, merchant },
        )?;
    }
    Ok(())
}
