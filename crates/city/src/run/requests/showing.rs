//! Showings that a shop puts on, calls off and gives the money back of.

use consume::{CallOffShowing, RefundShowing};
use kernel::{Actor, ShowingId};
use offer::{Day, ScheduleShowing};

use super::house::owner_of;
use super::{Reply, Request, Scene, look};
use crate::run::found::BOX;
use crate::run::op::{Name, No, Staff};

pub(super) fn schedule(
    scene: Scene<'_>,
    good: usize,
    (day, minute, length_minutes): (i64, i64, i64),
    surcharge: i64,
) -> Request {
    let cast = &scene.directory.cast;
    let hall = scene.model.booked(good).resources.start;
    let cmd = ScheduleShowing {
        offer: cast.goods[good],
        hall: cast.resources[hall],
        day: Day(day),
        minute,
        length_minutes,
        surcharges: [(BOX.to_owned(), surcharge)].into(),
    };
    let lane = cmd.offer.uuid();
    Request::new("scheduleShowing", owner_of(scene, good), lane, move |tx, ctx| {
        let showing = offer::schedule_showing(tx, ctx, &cmd)?;
        Ok(Reply::made("", vec![showing.uuid()]))
    })
}

pub(super) fn call_off(
    scene: Scene<'_>,
    (shop, staff): (usize, Staff),
    showing: No,
    with_reason: bool,
) -> Request {
    let showing: ShowingId = scene.id(Name::Showing(showing));
    let actor = scene.staff(shop, staff);
    let request = Request::new("callOffShowing", actor, showing.uuid(), move |tx, ctx| {
        consume::call_off_showing(tx, ctx, &CallOffShowing { showing })?;
        Ok(Reply::text(""))
    });
    if with_reason {
        request.because("the projector is broken")
    } else {
        request
    }
}

pub(super) fn refund(scene: Scene<'_>, showing: No) -> Request {
    let showing: ShowingId = scene.id(Name::Showing(showing));
    Request::new("refundShowing", Actor::System, showing.uuid(), move |tx, ctx| {
        let again = consume::refund_showing(tx, ctx, &RefundShowing { showing })?;
        let refunds = look::refunds_of_showing(tx, showing, ctx.now)?;
        Ok(Reply::made(again.to_string(), refunds))
    })
}
