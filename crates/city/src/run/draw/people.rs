//! People who come in, say what they think, and work at the counters.

use kernel::Ctx;

use super::{any, index, owner_or_other, person, staff};
use crate::dice::{between, chance, pick};
use crate::run::model::{Model, ReviewStatus};
use crate::run::op::{Op, Post};

pub(super) fn come(dice: &Ctx, model: &Model) -> Option<Op> {
    let (shops, goods) = (model.world.shops.len(), model.world.goods.len());
    let shop = chance(dice, 75).then(|| index(dice, shops));
    Some(match dice.random_below(10) {
        0..3 => Op::Share {
            person: person(dice, model),
            good: index(dice, goods),
        },
        3 | 4 => Op::Member {
            person: person(dice, model),
            shop: index(dice, shops),
            joins: chance(dice, 70),
        },
        5 => Op::OpenEntry { shop },
        6 => {
            let entry = any(dice, &model.entries, |_| true)?;
            let own = model.entries[&entry].shop;
            let shop = if chance(dice, 80) { own } else { shop };
            Op::CloseEntry { entry, shop }
        }
        _ => Op::Visit {
            entry: any(dice, &model.entries, |_| true).filter(|_| chance(dice, 95)),
            good: chance(dice, 60).then(|| index(dice, goods)),
            count: *pick(dice, &[0, 1, 1, 1, 2, 7]),
        },
    })
}

pub(super) fn review(dice: &Ctx, model: &Model) -> Option<Op> {
    if chance(dice, 50) {
        let redemption = any(dice, &model.redemptions, |_| true)?;
        let order = model.redemptions[&redemption].voucher.0;
        return Some(Op::Review {
            person: owner_or_other(dice, model, model.orders[&order].person),
            redemption,
            stars: between(dice, 1, 5) + i64::from(chance(dice, 3)),
        });
    }
    let redemption = any(dice, &model.redemptions, |redemption| redemption.review.is_some())?;
    let reviewed = &model.redemptions[&redemption];
    if chance(dice, 50) {
        let shop = if chance(dice, 95) {
            reviewed.shop
        } else {
            index(dice, model.world.shops.len())
        };
        return Some(Op::Reply {
            shop,
            staff: staff(dice, model, shop),
            redemption,
        });
    }
    let shown = reviewed
        .review
        .as_ref()
        .is_some_and(|review| review.status == ReviewStatus::Shown);
    Some(Op::Moderate {
        redemption,
        hide: shown ^ chance(dice, 10),
        with_reason: chance(dice, 90),
    })
}

pub(super) fn staff_changes(dice: &Ctx, model: &Model) -> Op {
    let shop = index(dice, model.world.shops.len());
    let staff = staff(dice, model, shop);
    match dice.random_below(10) {
        0..3 => Op::Hire { shop },
        3..6 => Op::SignIn { shop },
        6..8 => Op::ChangePost {
            shop,
            staff,
            post: *pick(dice, &[Post::Cashier, Post::Manager]),
        },
        _ => Op::Dismiss { shop, staff },
    }
}
