//! Where people come from: links, posters, visits; and of whom they are members.

use channel::{CloseEntry, CreateEntry, EntryKind, RecordVisits, Visit};
use kernel::{Actor, EntryId};
use party::{JoinMembership, LeaveMembership};

use super::{Reply, Request, Scene};
use crate::run::op::{Name, No, Staff};

pub(super) fn member(scene: Scene<'_>, person: usize, shop: usize, joins: bool) -> Request {
    let merchant = scene.directory.cast.shops[shop].merchant;
    let name = if joins {
        "joinMembership"
    } else {
        "leaveMembership"
    };
    Request::new(name, scene.consumer(person), merchant.uuid(), move |tx, ctx| {
        if joins {
            party::join_membership(tx, ctx, &JoinMembership { merchant })?;
        } else {
            party::leave_membership(tx, ctx, &LeaveMembership { merchant })?;
        }
        Ok(Reply::text(""))
    })
}

pub(super) fn share(scene: Scene<'_>, person: usize, good: usize) -> Request {
    let cmd = channel::CreateShareLink {
        offer: scene.directory.cast.goods[good],
    };
    Request::new(
        "createShareLink",
        scene.consumer(person),
        cmd.offer.uuid(),
        move |tx, ctx| {
            let link = channel::create_share_link(tx, ctx, &cmd)?;
            Ok(Reply::made("", vec![link.id.uuid(), link.entry.uuid()]))
        },
    )
}

/// Who runs the entries of a shop, or the platform's.
fn host(scene: Scene<'_>, shop: Option<usize>) -> Actor {
    shop.map_or_else(|| scene.admin(), |shop| scene.staff(shop, Staff::Owner))
}

pub(super) fn open_entry(scene: Scene<'_>, shop: Option<usize>) -> Request {
    let cmd = CreateEntry {
        merchant: shop.map(|shop| scene.directory.cast.shops[shop].merchant),
        kind: EntryKind::Qr,
        name: "At the door".to_owned(),
    };
    let lane = scene.directory.cast.goods[0].uuid();
    Request::new("createEntry", host(scene, shop), lane, move |tx, ctx| {
        let entry = channel::create_entry(tx, ctx, &cmd)?;
        Ok(Reply::made("", vec![entry.uuid()]))
    })
}

pub(super) fn close_entry(scene: Scene<'_>, entry: No, shop: Option<usize>) -> Request {
    let cmd = CloseEntry {
        entry: scene.id(Name::Entry(entry)),
    };
    let locks = cmd.locks();
    Request::new(
        "closeEntry",
        host(scene, shop),
        cmd.entry.uuid(),
        move |tx, ctx| {
            channel::close_entry(tx, ctx, &cmd)?;
            Ok(Reply::text(""))
        },
    )
    .locking(locks)
}

pub(super) fn visit(scene: Scene<'_>, entry: Option<No>, good: Option<usize>, count: usize) -> Request {
    let entry: Option<EntryId> = entry.map(|entry| scene.id(Name::Entry(entry)));
    let offer = good.map(|good| scene.directory.cast.goods[good]);
    let lane = scene.directory.cast.goods[0].uuid();
    Request::new("recordVisits", Actor::System, lane, move |tx, ctx| {
        let visit = Visit {
            entry: entry.unwrap_or_else(|| EntryId::from_uuid(ctx.new_id::<kernel::Request>().uuid())),
            offer,
            at: ctx.now,
        };
        let cmd = RecordVisits {
            visits: vec![visit; count],
        };
        Ok(Reply::text(channel::record_visits(tx, ctx, &cmd)?.to_string()))
    })
}
