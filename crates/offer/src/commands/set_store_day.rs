//! A store has other hours on one day, or is closed.

use kernel::{Ctx, MerchantId, StoreId};
use party::Role;
use party::hours::{Span, check_spans};
use store::{Fail, Lock, Tx, sql, to_json};

use crate::Day;
use crate::events::StoreDaySet;
use crate::place;
use crate::reject::BOOKING_TERMS_INVALID;

/// The hours of one day.
#[derive(Debug, Clone)]
pub struct SetStoreDay {
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// When.
    pub day: Day,
    /// None: as its weekday. Otherwise the hours in which bookings can be made; without any it is closed.
    pub spans: Option<Vec<Span>>,
}

impl SetStoreDay {
    /// The store, whose bookings of that moment are made before or after.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store)]
    }
}

/// Sets the hours of one day, for managers of the store. What is booked stays booked: the store moves or cancels it.
///
/// Rejects with `BOOKING_TERMS_INVALID` and as [`party::require_staff`] does.
pub fn set_store_day(tx: &mut Tx, ctx: &Ctx, cmd: &SetStoreDay) -> Result<(), Fail> {
    party::require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Manager)?;
    let store = party::queries::store(tx, cmd.store)?.filter(|store| store.merchant == cmd.merchant);
    store.ok_or_else(|| party::NOT_FOUND.plain())?;
    tx.lock(&cmd.locks());
    match &cmd.spans {
        None => {
            tx.claim(sql!(
                "DELETE FROM store_day WHERE store_id = $1 AND day = $2",
                cmd.store,
                cmd.day.0
            ))?;
        }
        Some(spans) => {
            check_of_day(cmd.day, spans)?;
            tx.tell(sql!(
                "INSERT INTO store_day (store_id, day, spans) VALUES ($1, $2, $3)
                 ON CONFLICT (store_id, day) DO UPDATE SET spans = excluded.spans",
                cmd.store,
                cmd.day.0,
                to_json(spans)?
            ))?;
        }
    }
    let event = StoreDaySet {
        store: cmd.store,
        merchant: cmd.merchant,
        day: cmd.day.to_string(),
    };
    tx.emit(ctx, cmd.store, 0, &event)?;
    Ok(())
}

fn check_of_day(day: Day, spans: &[Span]) -> Result<(), Fail> {
    if spans.is_empty() {
        return Ok(());
    }
    check_spans(&BOOKING_TERMS_INVALID, "/spans", spans)?;
    if spans.iter().any(|span| span.weekday != day.weekday()) {
        let detail = format!("{day} is weekday {}.", day.weekday());
        return Err(BOOKING_TERMS_INVALID.at("/spans", detail).into());
    }
    Ok(())
}
