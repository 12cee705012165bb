//! One file a command. What several of them need is here.

mod accept_agreement;
mod add_resource;
mod change_stock;
mod counter_agreement;
mod create_offer;
mod decline_agreement;
mod discard_offer;
mod end_agreement;
mod pause_offer;
mod propose_agreement;
mod publish_offer;
mod resume_offer;
mod schedule_showing;
mod set_booking_terms;
mod set_dish_sold_out;
mod set_hall;
mod set_menu;
mod set_rule;
mod set_store_day;
mod start_agreement;
mod update_offer;

pub use accept_agreement::{AcceptAgreement, accept_agreement};
pub use add_resource::{AddResource, UpdateResource, add_resource, update_resource};
pub use change_stock::{ChangeStock, change_stock};
pub use counter_agreement::{CounterAgreement, counter_agreement};
pub use create_offer::{CreateOffer, create_offer};
pub use decline_agreement::{DeclineAgreement, decline_agreement};
pub use discard_offer::{DiscardOffer, discard_offer};
pub use end_agreement::{AGREEMENT_ENDS, EndAgreement, end_agreement};
pub use pause_offer::{PauseOffer, pause_offer};
pub use propose_agreement::{ProposeAgreement, propose_agreement};
pub use publish_offer::{PublishOffer, publish_offer};
pub use resume_offer::{ResumeOffer, resume_offer};
pub use schedule_showing::{ScheduleShowing, end_showing, schedule_showing};
pub use set_booking_terms::{SetBookingTerms, set_booking_terms};
pub use set_dish_sold_out::{SetDishSoldOut, set_dish_sold_out};
pub use set_hall::{SetHall, set_hall};
pub use set_menu::{DishSaid, SectionSaid, SetMenu, set_menu};
pub use set_rule::set_rule;
pub use set_store_day::{SetStoreDay, set_store_day};
pub use start_agreement::{AGREEMENT_STARTS, StartAgreement, start_agreement};
pub use update_offer::{UpdateOffer, update_offer};

use kernel::{Actor, AgreementId, Ctx, MerchantId, OfferId, PersonId};
use party::{OperatorRole, Role};
use store::{Fail, Tx, sql, to_json};

use crate::decide::{OfferStep, step_offer};
use crate::model::{Agreement, AgreementStatus, Offer, Side};
use crate::reject::{AGREEMENT_CHANGED, OFFER_CHANGED};
use crate::{AgreementTerms, queries};

/// The side on which the actor sits at the table with `merchant`, if they may speak for it: an owner or
/// manager of the whole merchant, or an operator who decides about money.
fn side_of(tx: &mut Tx, ctx: &Ctx, merchant: MerchantId) -> Result<(Side, PersonId), Fail> {
    if let Actor::Operator(_) = ctx.actor {
        let person = party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Finance])?;
        return Ok((Side::Platform, person));
    }
    let person = party::require_staff(tx, ctx, merchant, None, Role::Manager)?;
    Ok((Side::Merchant, person))
}

/// The agreement, the side of the actor and the person.
fn agreement_at_table(
    tx: &mut Tx,
    ctx: &Ctx,
    agreement: AgreementId,
) -> Result<(Agreement, Side, PersonId), Fail> {
    let agreement = queries::agreement(tx, agreement)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let (side, person) = side_of(tx, ctx, agreement.merchant)?;
    Ok((agreement, side, person))
}

/// Whether the terms make sense and keep to the rules for the merchant. The rules may be a moment old.
fn check_terms(tx: &mut Tx, ctx: &Ctx, merchant: MerchantId, terms: &AgreementTerms) -> Result<(), Fail> {
    terms.check(ctx.now)?;
    for rule in queries::rules_for(tx, merchant)? {
        rule.check_terms(terms)?;
    }
    Ok(())
}

fn add_version(
    tx: &mut Tx,
    ctx: &Ctx,
    agreement: AgreementId,
    version: i64,
    (side, person): (Side, PersonId),
    terms: &AgreementTerms,
) -> Result<(), Fail> {
    tx.tell(sql!(
        "INSERT INTO agreement_version (agreement_id, version, side, person_id, terms, at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        agreement,
        version,
        side.as_str(),
        person,
        to_json(terms)?,
        ctx.now
    ))?;
    Ok(())
}

/// Moves the agreement to a status, unless somebody changed it since it was read.
fn claim_status(tx: &mut Tx, agreement: &Agreement, status: AgreementStatus) -> Result<(), Fail> {
    let moved = tx.claim(sql!(
        "UPDATE agreement SET status = $1, version = version + 1 WHERE id = $2 AND version = $3",
        status.as_str(),
        agreement.id,
        agreement.version
    ))?;
    if moved == 0 {
        return Err(AGREEMENT_CHANGED.plain().into());
    }
    Ok(())
}

/// The offer, if the actor is a manager of its merchant.
fn managed_offer(tx: &mut Tx, ctx: &Ctx, offer: OfferId) -> Result<Offer, Fail> {
    let offer = queries::offer(tx, offer)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    party::require_staff(tx, ctx, offer.merchant, None, Role::Manager)?;
    Ok(offer)
}

/// Moves the offer one step, unless somebody changed it since it was read. Gives the new version.
fn claim_step(tx: &mut Tx, offer: &Offer, step: OfferStep) -> Result<i64, Fail> {
    let status = step_offer(offer.status, step)?;
    let moved = tx.claim(sql!(
        "UPDATE offer SET status = $1, version = version + 1 WHERE id = $2 AND version = $3",
        status.as_str(),
        offer.id,
        offer.version
    ))?;
    if moved == 0 {
        return Err(OFFER_CHANGED.plain().into());
    }
    Ok(offer.version + 1)
}
