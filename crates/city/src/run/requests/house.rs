//! Payouts, and what shops and the platform do to what is sold.

use kernel::PayoutId;
use ledger::{ApprovePayout, ConfirmPayout, FailPayout, ProposePayout, RetryPayout};
use offer::{ChangeStock, EndAgreement, PauseOffer, ResumeOffer};
use party::{ReinstateMerchant, RevokeStaff, SuspendMerchant};

use super::{PROVIDER, Reply, Request, Scene};
use crate::run::op::{Name, No, Staff};

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

pub(super) fn end_agreement(scene: Scene<'_>, good: usize) -> Request {
    let agreement = scene.directory.cast.agreements[good];
    Request::new(
        "endAgreement",
        owner_of(scene, good),
        agreement.uuid(),
        move |tx, ctx| {
            offer::end_agreement(tx, ctx, &EndAgreement { agreement })?;
            Ok(Reply::text(""))
        },
    )
}

fn owner_of(scene: Scene<'_>, good: usize) -> kernel::Actor {
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

/// The provider tells what became of a try at a payout.
pub(super) fn report(scene: Scene<'_>, payout: No, tries: usize) -> Request {
    let succeeded = scene.model.provider.transfer_said(payout, tries) == Some(true);
    let payout: PayoutId = scene.id(Name::Payout(payout));
    if succeeded {
        return Request::new("confirmPayout", PROVIDER, payout.uuid(), move |tx, ctx| {
            let confirmed = ledger::confirm_payout(tx, ctx, &ConfirmPayout { payout })?;
            Ok(Reply::text(confirmed.to_string()))
        });
    }
    let cmd = FailPayout {
        payout,
        // Approved as version 2; each failure and each retry is one more.
        sent_version: 2 * tries as i64,
        detail: "the account is closed".to_owned(),
    };
    Request::new("failPayout", PROVIDER, payout.uuid(), move |tx, ctx| {
        Ok(Reply::text(ledger::fail_payout(tx, ctx, &cmd)?.to_string()))
    })
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

pub(super) fn dismiss(scene: Scene<'_>, shop: usize) -> Request {
    let cast = &scene.directory.cast.shops[shop];
    let cmd = RevokeStaff {
        merchant: cast.merchant,
        person: cast.clerk,
        store: Some(cast.stores[0].0),
    };
    let actor = scene.staff(shop, Staff::Owner);
    Request::new("revokeStaff", actor, cast.merchant.uuid(), move |tx, ctx| {
        party::revoke_staff(tx, ctx, &cmd)?;
        Ok(Reply::text(""))
    })
}
