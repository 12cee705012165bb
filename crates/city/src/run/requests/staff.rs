//! The clerks of the shops' first stores, by their owners, and how they sign in.

use kernel::StoreId;
use party::{AddStaff, ChangeRole, Contact, RevokeStaff, Role, SignInWithPassword};
use store::Fail;

use super::{Reply, Request, Scene};
use crate::run::found::NO_PASSWORD;
use crate::run::op::{Name, Post, Staff};

/// The login of whoever is a shop's clerk.
pub(crate) fn login(shop: usize) -> Result<Contact, Fail> {
    Ok(Contact::parse(&format!("clerk{shop}@example.com"))?)
}

fn first_store(scene: Scene<'_>, shop: usize) -> StoreId {
    scene.directory.cast.shops[shop].stores[0].0
}

pub(super) fn hire(scene: Scene<'_>, shop: usize) -> Request {
    let merchant = scene.directory.cast.shops[shop].merchant;
    let store = Some(first_store(scene, shop));
    let actor = scene.staff(shop, Staff::Owner);
    Request::new("addStaff", actor, merchant.uuid(), move |tx, ctx| {
        let cmd = AddStaff {
            merchant,
            login: login(shop)?,
            password_hash: NO_PASSWORD.to_owned(),
            name: "Another clerk".to_owned(),
            store,
            role: Role::Cashier,
        };
        let person = party::add_staff(tx, ctx, &cmd)?;
        Ok(Reply::made("", vec![person.uuid()]))
    })
    .locking(vec![store::Lock::row("merchant", merchant)])
}

pub(super) fn sign_in(scene: Scene<'_>, shop: usize) -> Request {
    let lane = scene.directory.cast.shops[shop].merchant.uuid();
    Request::new(
        "signInWithPassword",
        kernel::Actor::Anonymous,
        lane,
        move |tx, ctx| {
            let cmd = SignInWithPassword {
                login: login(shop)?,
                verified_hash: NO_PASSWORD.to_owned(),
                token_hash: ctx.random_bytes(),
                device: "simulator".to_owned(),
            };
            party::sign_in_with_password(tx, ctx, &cmd)?;
            Ok(Reply::text(""))
        },
    )
}

pub(super) fn change_post(scene: Scene<'_>, shop: usize, staff: Staff, post: Post) -> Request {
    let cmd = ChangeRole {
        merchant: scene.directory.cast.shops[shop].merchant,
        person: scene.id(Name::Staff(shop, staff)),
        store: Some(first_store(scene, shop)),
        role: match post {
            Post::Cashier => Role::Cashier,
            Post::Manager => Role::Manager,
        },
    };
    let actor = scene.staff(shop, Staff::Owner);
    Request::new("changeRole", actor, cmd.merchant.uuid(), move |tx, ctx| {
        party::change_role(tx, ctx, &cmd)?;
        Ok(Reply::text(""))
    })
    .locking(cmd.locks())
}

pub(super) fn dismiss(scene: Scene<'_>, shop: usize, staff: Staff) -> Request {
    let cmd = RevokeStaff {
        merchant: scene.directory.cast.shops[shop].merchant,
        person: scene.id(Name::Staff(shop, staff)),
        store: Some(first_store(scene, shop)),
    };
    let actor = scene.staff(shop, Staff::Owner);
    Request::new("revokeStaff", actor, cmd.merchant.uuid(), move |tx, ctx| {
        party::revoke_staff(tx, ctx, &cmd)?;
        Ok(Reply::text(""))
    })
    .locking(cmd.locks())
}
