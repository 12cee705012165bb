//! Reviews: posted by guests, answered by shops, hidden and shown again by the platform.

use feedback::{HideReview, PostReview, ReplyReview, ShowReview};

use super::{Reply, Request, Scene};
use crate::run::op::{Name, No, Staff};

pub(super) fn review(scene: Scene<'_>, person: usize, redemption: No, stars: i64) -> Request {
    let cmd = PostReview {
        redemption: scene.id(Name::Redemption(redemption)),
        stars,
        aspects: Default::default(),
        text: "Good".to_owned(),
        media: Vec::new(),
    };
    let (actor, lane, locks) = (scene.consumer(person), cmd.redemption.uuid(), cmd.locks());
    Request::new("postReview", actor, lane, move |tx, ctx| {
        let review = feedback::post_review(tx, ctx, &cmd)?;
        Ok(Reply::made("", vec![review.uuid()]))
    })
    .locking(locks)
}

pub(super) fn reply(scene: Scene<'_>, shop: usize, staff: Staff, redemption: No) -> Request {
    let cmd = ReplyReview {
        review: scene.id(Name::Review(redemption)),
        text: "Thank you".to_owned(),
    };
    let locks = cmd.locks();
    Request::new(
        "replyReview",
        scene.staff(shop, staff),
        cmd.review.uuid(),
        move |tx, ctx| {
            feedback::reply_review(tx, ctx, &cmd)?;
            Ok(Reply::text(""))
        },
    )
    .locking(locks)
}

pub(super) fn moderate(scene: Scene<'_>, redemption: No, hide: bool, with_reason: bool) -> Request {
    let review = scene.id(Name::Review(redemption));
    let locks = HideReview { review }.locks();
    let request = Request::new(
        if hide { "hideReview" } else { "showReview" },
        scene.admin(),
        review.uuid(),
        move |tx, ctx| {
            if hide {
                feedback::hide_review(tx, ctx, &HideReview { review })?;
            } else {
                feedback::show_review(tx, ctx, &ShowReview { review })?;
            }
            Ok(Reply::text(""))
        },
    )
    .locking(locks);
    if with_reason {
        request.because("it tells of another shop")
    } else {
        request
    }
}
