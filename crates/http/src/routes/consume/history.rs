//! What was redeemed in a store, and the offline scans that lost.

use axum::Json;
use axum::extract::State;
use consume::{Conflict, Redemption};
use convert::Stored;
use kernel::{
    ConflictId, DeviceId, LocalText, MerchantId, OfferId, OrderId, PersonId, RedemptionId, StoreId,
    Timestamp, VoucherId, first_id_at,
};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Winner, own_store, winner_of, winners};
use crate::access::{AnyOperator, Cashier, Manager, OfMerchant, Operator, Staff};
use crate::app::App;
use crate::body::{Path, Query};
use crate::labels::{Label, Labelled, Names, labelled};
use crate::problem::Problem;
use crate::routes::party::OfStore;
use crate::wire::{After, PAGE_SIZE, Page, optional_time};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_redemptions))
        .routes(routes!(list_conflicts))
        .routes(routes!(list_conflicts_as_platform))
}

/// A use as the staff see it. Whose voucher it was is not said.
#[derive(Serialize, ToSchema)]
pub struct StoreRedemption {
    #[schema(value_type = String)]
    id: RedemptionId,
    #[schema(value_type = String)]
    voucher: VoucherId,
    /// Which of the voucher's uses, from 1.
    use_no: i64,
    /// How many uses.
    uses: i64,
    /// Of a stored-value card: its uses are minor units of this currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[schema(value_type = String)]
    offer: OfferId,
    /// Who scanned or typed.
    #[schema(value_type = String)]
    staff: PersonId,
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// `scan`, `code`, `offline`, `booking` or `missed`: kept for a booking that did not take place.
    mode: String,
    /// `live`, `undone` or `refunded`.
    status: String,
    /// RFC 3339.
    scanned_at: String,
    /// When the server took it, RFC 3339.
    recorded_at: String,
    /// Until when the staff can undo it, RFC 3339.
    undo_until: String,
    /// Until when a manager can refund it, RFC 3339.
    refund_until: String,
}

impl From<Redemption> for StoreRedemption {
    fn from(redemption: Redemption) -> Self {
        Self {
            id: redemption.id,
            voucher: redemption.voucher,
            use_no: redemption.use_no,
            uses: redemption.uses,
            currency: redemption.currency.map(|currency| currency.code().to_owned()),
            offer: redemption.offer,
            staff: redemption.staff,
            device: redemption.device,
            mode: redemption.mode.as_str().to_owned(),
            status: redemption.status.as_str().to_owned(),
            scanned_at: redemption.scanned_at.to_string(),
            recorded_at: redemption.recorded_at.to_string(),
            undo_until: redemption.undo_until.to_string(),
            refund_until: redemption.refund_until.to_string(),
        }
    }
}

/// A use as the platform sees it.
#[derive(Serialize, ToSchema)]
pub struct RedemptionListed {
    #[serde(flatten)]
    redemption: StoreRedemption,
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = String)]
    store: StoreId,
    #[schema(value_type = String)]
    order: OrderId,
    /// Why the sharer earned nothing by it: `same_person`, `same_instrument`, `circle` (each bought by the other's link) or
    /// `same_device`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rebate_refused: Option<&'static str>,
}

impl From<Redemption> for RedemptionListed {
    fn from(redemption: Redemption) -> Self {
        Self {
            rebate_refused: redemption.rebate_refused.map(Stored::as_str),
            merchant: redemption.merchant,
            store: redemption.store,
            order: redemption.order,
            redemption: redemption.into(),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RedemptionsAsked {
    /// Recorded from here on, RFC 3339; absent: from the first one on.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Recorded before here, RFC 3339; absent: up to now.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<RedemptionId>,
}

/// A use with the names that its page shows.
#[derive(Serialize, ToSchema)]
struct NamedRedemption {
    #[serde(flatten)]
    redemption: StoreRedemption,
    #[serde(flatten)]
    label: Label,
    /// Who scanned or typed; absent for somebody whose name was erased.
    staff_name: Option<String>,
}

fn with_names(read: &mut ReadTx, found: Page<Redemption>) -> Result<Page<NamedRedemption>, Fail> {
    let people: Vec<PersonId> = found.items.iter().map(|one| one.staff).collect();
    let names = party::queries::names_of(read, &people)?;
    let items = labelled(read, found.items, |one| (one.offer, one.merchant))?.into_iter();
    let items = items.map(|Labelled { item, label }| NamedRedemption {
        label,
        staff_name: names.get(&item.staff).cloned(),
        redemption: item.into(),
    });
    Ok(Page {
        items: items.collect(),
        next: found.next,
    })
}

/// What was redeemed in a store, newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/redemptions", operation_id = "listRedemptions",
    tag = "consume", params(OfMerchant, OfStore, RedemptionsAsked), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Page<NamedRedemption>), (status = "4XX", body = Problem)))]
async fn list_redemptions(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    Query(asked): Query<RedemptionsAsked>,
) -> Result<Json<Page<NamedRedemption>>, Problem> {
    let merchant = staff.merchant;
    let since = asked.since.unwrap_or(Timestamp(0));
    let after = asked.after.or(asked
        .until
        .map(|until| RedemptionId::from_uuid(first_id_at(until))));
    let found = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        let found = consume::queries::redemptions_of_store(read, of.store, since, after, PAGE_SIZE + 1)?;
        with_names(
            read,
            Page::of(
                found,
                |redemption| redemption.id.to_string(),
                |redemption| redemption,
            ),
        )
    });
    let found = found.await?;
    staff.at(of.store)?;
    Ok(Json(found))
}

/// The scan that lost.
#[derive(Serialize, ToSchema)]
struct Loser {
    #[schema(value_type = String)]
    store: StoreId,
    #[schema(value_type = String)]
    device: DeviceId,
    /// Who sent it.
    #[schema(value_type = String)]
    staff: PersonId,
    /// By the device's clock, RFC 3339.
    scanned_at: String,
}

/// An offline scan that lost, beside the one that won.
#[derive(Serialize, ToSchema)]
struct ScanConflict {
    #[schema(value_type = String)]
    id: ConflictId,
    #[schema(value_type = String)]
    voucher: VoucherId,
    /// `unknown_voucher`, `wrong_store`, `rebound`, `used_up`, `refunded`, `expired` or `over_cap`.
    reason: String,
    lost: Loser,
    /// What took the last use, if that is why.
    won: Option<Winner>,
    /// When the server learned of it, RFC 3339.
    recorded_at: String,
}

impl ScanConflict {
    fn of(conflict: Conflict, winners: &[Winner]) -> Self {
        Self {
            id: conflict.id,
            voucher: conflict.voucher,
            reason: conflict.reason.as_str().to_owned(),
            lost: Loser {
                store: conflict.lost_store,
                device: conflict.lost_device,
                staff: conflict.lost_staff,
                scanned_at: conflict.lost_scanned_at.to_string(),
            },
            won: winner_of(winners, conflict.won),
            recorded_at: conflict.recorded_at.to_string(),
        }
    }
}

/// The offline scans that lost, newest first; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/conflicts", operation_id = "listConflicts", tag = "consume",
    params(OfMerchant, After<kernel::Conflict>), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<ScanConflict>), (status = "4XX", body = Problem)))]
async fn list_conflicts(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<After<kernel::Conflict>>,
) -> Result<Json<Page<ScanConflict>>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let found = consume::queries::conflicts_of(read, merchant, asked.after, PAGE_SIZE + 1)?;
        let winners = winners(read, merchant, found.iter().filter_map(|conflict| conflict.won))?;
        Ok((found, winners))
    });
    let (found, winners) = found.await?;
    let page = Page::of(
        found,
        |conflict| conflict.id.to_string(),
        |conflict| ScanConflict::of(conflict, &winners),
    );
    Ok(Json(page))
}

/// A scan that lost, with its merchant.
#[derive(Serialize, ToSchema)]
struct ConflictListed {
    #[serde(flatten)]
    conflict: ScanConflict,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
}

/// Everybody's offline scans that lost, newest first.
#[utoipa::path(get, path = "/v1/platform/conflicts", operation_id = "listConflictsAsPlatform", tag = "consume",
    params(After<kernel::Conflict>), security(("session" = ["operator"])),
    responses((status = 200, body = Page<ConflictListed>), (status = "4XX", body = Problem)))]
async fn list_conflicts_as_platform(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Query(asked): Query<After<kernel::Conflict>>,
) -> Result<Json<Page<ConflictListed>>, Problem> {
    let found = app.read(move |read| {
        let found = consume::queries::conflicts(read, asked.after, PAGE_SIZE + 1)?;
        let won: Vec<RedemptionId> = found.iter().filter_map(|conflict| conflict.won).collect();
        let winners = consume::queries::redemptions(read, &won)?.into_iter();
        let names = Names::of(read, found.iter().map(|conflict| conflict.merchant), [])?;
        Ok((found, winners.map(Winner::from).collect::<Vec<_>>(), names))
    });
    let (found, winners, names) = found.await?;
    let page = Page::of(
        found,
        |conflict| conflict.id.to_string(),
        |conflict| ConflictListed {
            merchant: conflict.merchant,
            merchant_name: names.merchant(conflict.merchant),
            conflict: ScanConflict::of(conflict, &winners),
        },
    );
    Ok(Json(page))
}
