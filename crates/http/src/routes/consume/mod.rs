//! At the counter: vouchers are redeemed by scan, by code and from a queue, and what was redeemed is
//! shown, undone and refunded.

mod bookings;
mod calendar;
mod card_bookings;
mod history;
mod open_tickets;
mod queue;
mod redeem;
mod showings;
mod store_bookings;
mod store_queue;
mod sync;
mod taking_back;
mod waitlist;

use consume::Redemption;
use kernel::{DeviceId, MerchantId, PersonId, RedemptionId, StoreId};
use serde::Serialize;
use store::{Fail, ReadTx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use voucher::StoreSets;

use crate::access::Staff;
use crate::app::App;
use crate::problem::Problem;

pub use bookings::{WireBooking, bookings_of};
pub use history::RedemptionListed;
pub use waitlist::{WaitlistEntryDetails, waitlist_of};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(bookings::operations())
        .merge(store_bookings::operations())
        .merge(calendar::operations())
        .merge(showings::operations())
        .merge(card_bookings::operations())
        .merge(open_tickets::operations())
        .merge(waitlist::operations())
        .merge(queue::operations())
        .merge(store_queue::operations())
        .merge(redeem::operations())
        .merge(sync::operations())
        .merge(history::operations())
        .merge(taking_back::operations())
}

/// What a QR is judged by in this store of the merchant, for staff whose role covers it.
async fn store_sets<R>(app: &App, staff: &Staff<R>, store: StoreId) -> Result<StoreSets, Problem> {
    let merchant = staff.merchant;
    let sets = app.read(move |read| {
        own_store(read, merchant, store)?;
        voucher::queries::store_sets(read, merchant)
    });
    let sets = sets.await?;
    staff.at(store)?;
    Ok(sets)
}

/// Another merchant's store looks as if it did not exist.
pub fn own_store(read: &mut ReadTx, merchant: MerchantId, store: StoreId) -> Result<(), Fail> {
    let own = party::queries::store(read, store)?.is_some_and(|store| store.merchant == merchant);
    if own {
        return Ok(());
    }
    Err(party::NOT_FOUND.plain().into())
}

/// The redemption that took the use before a scan that lost.
#[derive(Clone, Serialize, ToSchema)]
struct Winner {
    #[schema(value_type = String)]
    redemption: RedemptionId,
    #[schema(value_type = String)]
    store: StoreId,
    /// Who scanned or typed.
    #[schema(value_type = String)]
    staff: PersonId,
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// `scan`, `code` or `offline`.
    mode: String,
    /// RFC 3339.
    scanned_at: String,
}

impl From<Redemption> for Winner {
    fn from(redemption: Redemption) -> Self {
        Self {
            redemption: redemption.id,
            store: redemption.store,
            staff: redemption.staff,
            device: redemption.device,
            mode: redemption.mode.as_str().to_owned(),
            scanned_at: redemption.scanned_at.to_string(),
        }
    }
}

/// What is told of these redemptions of the merchant.
fn winners(
    read: &mut ReadTx,
    merchant: MerchantId,
    won: impl Iterator<Item = RedemptionId>,
) -> Result<Vec<Winner>, Fail> {
    let won: Vec<RedemptionId> = won.collect();
    let found = consume::queries::redemptions(read, &won)?.into_iter();
    let own = found.filter(|redemption| redemption.merchant == merchant);
    Ok(own.map(Winner::from).collect())
}

fn winner_of(winners: &[Winner], won: Option<RedemptionId>) -> Option<Winner> {
    let mut winners = winners.iter();
    winners.find(|winner| Some(winner.redemption) == won).cloned()
}
