//! Payouts, and what shops and the platform do to what is sold.

use kernel::{Actor, Money, PayoutId};
use ledger::{ApprovePayout, ProposePayout, RecordPayIn, RetryPayout};
use offer::{ChangeStock, EndAgreement, PauseOffer, ResumeOffer, StartAgreement};
use party::{ReinstateMerchant, SuspendMerchant};

use super::{Reply, Request, Scene};
use crate::run::op::{Name, No, Staff};

const PRUNED_AT_ONCE: i64 = 500;

pub(super) fn stop_coupon(scene: Scene<'_>, coupon: usize) -> Request {
    let cmd = convert::StopCoupon {
        coupon: scene.directory.cast.coupons[coupon],
    };
    let locks = cmd.locks();
    Request::new("stopCoupon", scene.admin(), cmd.coupon.uuid(), move |tx, ctx| {
        convert::stop_coupon(tx, ctx, &cmd)?;
        Ok(Reply::text(""))
    })
    .locking(locks)
}

pub(super) fn change_stock(scene: Scene<'_>, good: usize, capacity: i64) -> Request {
    let offer = scene.directory.cast.goods[good];
    let cmd = ChangeStock { offer, capacity };
    let locks = cmd.locks();
    Request::new(
        "changeStock",
        owner_of(scene, good),
        offer.uuid(),
        move |tx, ctx| Ok(Reply::text(offer::change_stock(tx, ctx, &cmd)?.to_string())),
    )
    .locking(locks)
}

pub(super) fn pause(scene: Scene<'_>, good: usize) -> Request {
    let offer = scene.directory.cast.goods[good];
    Request::new(
        "pauseOffer",
        owner_of(scene, good),
        offer.uuid(),
        move |tx, ctx| {
            offer::pause_offer(tx, ctx, &PauseOffer { offer })?;
            Ok(Reply::text(""))
        },
    )
}

pub(super) fn resume(scene: Scene<'_>, good: usize) -> Request {
    let offer = scene.directory.cast.goods[good];
    Request::new(
        "resumeOffer",
        owner_of(scene, good),
        offer.uuid(),
        move |tx, ctx| {
            offer::resume_offer(tx, ctx, &ResumeOffer { offer })?;
            Ok(Reply::text(""))
        },
    )
}

pub(super) fn end_agreement(scene: Scene<'_>, good: usize, actor: Actor) -> Request {
    let agreement = scene.directory.cast.agreements[good];
    let cmd = EndAgreement { agreement };
    let locks = cmd.locks();
    Request::new("endAgreement", actor, agreement.uuid(), move |tx, ctx| {
        offer::end_agreement(tx, ctx, &cmd)?;
        Ok(Reply::text(""))
    })
    .locking(locks)
}

pub(super) fn start_agreement(scene: Scene<'_>, good: usize) -> Request {
    let agreement = scene.directory.cast.agreements[good];
    Request::new(
        "startAgreement",
        Actor::System,
        agreement.uuid(),
        move |tx, ctx| {
            let started = offer::start_agreement(tx, ctx, &StartAgreement { agreement })?;
            Ok(Reply::text(started.to_string()))
        },
    )
}

pub(super) fn owner_of(scene: Scene<'_>, good: usize) -> Actor {
    scene.staff(scene.model.world.goods[good].shop, Staff::Owner)
}

pub(super) fn propose(scene: Scene<'_>, shop: usize, second: bool) -> Request {
    let merchant = scene.directory.cast.shops[shop].merchant;
    let currency = scene.model.world.shops[shop].currency;
    Request::new(
        "proposePayout",
        scene.finance(second),
        merchant.uuid(),
        move |tx, ctx| {
            let cmd = ProposePayout {
                merchant,
                currency,
                until: ctx.now,
            };
            let proposal = ledger::propose_payout(tx, ctx, &cmd)?;
            let text = format!("{} in {} lines", proposal.amount.amount, proposal.line_count);
            Ok(Reply::made(text, vec![proposal.payout.uuid()]))
        },
    )
}

pub(super) fn pay_in(scene: Scene<'_>, shop: usize, amount: i64) -> Request {
    let merchant = scene.directory.cast.shops[shop].merchant;
    let amount = Money::new(amount, scene.model.world.shops[shop].currency);
    Request::new(
        "recordPayIn",
        scene.finance(false),
        merchant.uuid(),
        move |tx, ctx| {
            let cmd = RecordPayIn {
                merchant,
                amount,
                until: ctx.now,
            };
            let payout = ledger::record_pay_in(tx, ctx, &cmd)?;
            Ok(Reply::made("", vec![payout.uuid()]))
        },
    )
    .because("by transfer")
}

pub(super) fn approve(scene: Scene<'_>, payout: No, second: bool) -> Request {
    let payout: PayoutId = scene.id(Name::Payout(payout));
    Request::new(
        "approvePayout",
        scene.finance(second),
        payout.uuid(),
        move |tx, ctx| {
            ledger::approve_payout(tx, ctx, &ApprovePayout { payout })?;
            Ok(Reply::text(""))
        },
    )
}

pub(super) fn retry(scene: Scene<'_>, payout: No) -> Request {
    let payout: PayoutId = scene.id(Name::Payout(payout));
    Request::new(
        "retryPayout",
        scene.finance(false),
        payout.uuid(),
        move |tx, ctx| {
            ledger::retry_payout(tx, ctx, &RetryPayout { payout })?;
            Ok(Reply::text(""))
        },
    )
}

pub(super) fn suspend(scene: Scene<'_>, shop: usize) -> Request {
    let merchant = scene.directory.cast.shops[shop].merchant;
    Request::new(
        "suspendMerchant",
        scene.admin(),
        merchant.uuid(),
        move |tx, ctx| {
            party::suspend_merchant(tx, ctx, &SuspendMerchant { merchant })?;
            Ok(Reply::text(""))
        },
    )
    .because("complaints")
}

pub(super) fn reinstate(scene: Scene<'_>, shop: usize) -> Request {
    let merchant = scene.directory.cast.shops[shop].merchant;
    Request::new(
        "reinstateMerchant",
        scene.admin(),
        merchant.uuid(),
        move |tx, ctx| {
            let status = party::reinstate_merchant(tx, ctx, &ReinstateMerchant { merchant })?;
            Ok(Reply::text(status.as_str()))
        },
    )
    .because("cleared up")
}

/// Forgets what the platform's own worker forgets.
pub(super) fn prune(scene: Scene<'_>) -> Request {
    let lane = scene.directory.cast.goods[0].uuid();
    Request::new("prune", Actor::System, lane, move |tx, ctx| {
        store::prune_idempotency(tx, ctx.now, PRUNED_AT_ONCE)?;
        party::prune_sessions(tx, ctx, ctx.now, PRUNED_AT_ONCE)?;
        Ok(Reply::text(""))
    })
}
