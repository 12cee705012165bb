//! Menus: what is one, who writes it, what of it stays, and what is sold out until when.

use kernel::{
    Actor, Currency, DishId, HOUR_US, LocalText, MediaId, Money, StaticType, StoreId, Timestamp, TypeSafeId,
};
use offer::testing::{dish, first_menu};
use offer::{Allergen, DishDetails, DishSaid, Menu, SetDishSoldOut, SetMenu, queries};
use party::testing::{NOW, Shop, certified_shop, ctx, ctx_at, operator, run, staff};
use party::{MediaOwner, OperatorRole, RecordMedia, Role, SuspendMerchant};
use store::{Rejected, Store};
use uuid::Uuid;

use crate::offers::another_store;
use crate::{act, ask, at_once, code, on_both};

fn set_as(store: &Store, actor: Actor, cmd: SetMenu) -> Result<i64, Rejected> {
    act(store, actor, move |tx, ctx| offer::set_menu(tx, ctx, &cmd))
}

fn set(store: &Store, shop: Shop, cmd: SetMenu) -> Result<i64, Rejected> {
    set_as(store, shop.as_owner(), cmd)
}

fn menu(store: &Store, shop: Shop) -> Menu {
    ask(store, move |read| queries::menu(read, shop.merchant))
}

/// What would change nothing.
fn same(store: &Store, shop: Shop) -> SetMenu {
    let menu = menu(store, shop);
    let said = |dish: &offer::Dish| DishSaid {
        dish: Some(dish.id),
        details: dish.details.clone(),
    };
    SetMenu {
        version: menu.version,
        sections: menu
            .sections
            .iter()
            .map(|section| offer::SectionSaid {
                name: section.name.clone(),
                dishes: section.dishes.iter().map(said).collect(),
            })
            .collect(),
        ..first_menu(shop, [])
    }
}

/// An id that stands for nothing.
fn unknown<K: StaticType>() -> TypeSafeId<K> {
    TypeSafeId::from_uuid(Uuid::from_u128(7))
}

fn ids(menu: &Menu) -> Vec<DishId> {
    menu.dishes().map(|dish| dish.id).collect()
}

fn picture(store: &Store, shop: Shop, n: u8) -> MediaId {
    act(store, shop.as_owner(), move |tx, ctx| {
        let cmd = RecordMedia {
            id: ctx.new_id::<kernel::Media>(),
            owner: MediaOwner::Merchant(shop.merchant),
            sha256: [n; 32],
            content_type: "image/jpeg".to_owned(),
            size: 1_000,
        };
        party::record_media(tx, ctx, &cmd)
    })
    .expect("a picture")
}

fn is_public(store: &Store, media: MediaId) -> bool {
    ask(store, move |read| {
        let media = party::queries::media(read, media)?.expect("it is there");
        queries::is_shown(read, &media)
    })
}

fn sell_out(
    store: &Store,
    (now, actor): (Timestamp, Actor),
    (shop, at, dish): (Shop, StoreId, DishId),
    sold_out: bool,
) -> Result<(), Rejected> {
    let cmd = SetDishSoldOut {
        merchant: shop.merchant,
        store: at,
        dish,
        sold_out,
    };
    run(store, ctx_at(now, actor), move |tx, ctx| {
        offer::set_dish_sold_out(tx, ctx, &cmd)
    })
}

/// Which dishes stores are out of at a moment.
fn sold_out(store: &Store, shop: Shop, now: Timestamp) -> Vec<(StoreId, DishId)> {
    let (_, sold_out) = ask(store, move |read| queries::menu_now(read, shop.merchant, now));
    sold_out.into_iter().map(|out| (out.store, out.dish)).collect()
}

#[test]
fn a_menu_is_read_as_it_was_written_and_none_is_empty() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        assert_eq!(menu(store, shop), Menu::default());
        let details = DishDetails {
            description: LocalText::one("en", "Eight of them\nsteamed to order"),
            media: Some(picture(store, shop, 1)),
            signature: true,
            spicy: 3,
            vegetarian: false,
            allergens: vec![Allergen::Gluten, Allergen::Soy, Allergen::Sesame],
            stores: vec![shop.store],
            ..dish("鲜肉小笼", 2_800)
        };
        assert_eq!(set(store, shop, first_menu(shop, [details.clone()])), Ok(1));
        let found = menu(store, shop);
        assert_eq!(
            (found.version, &found.sections[0].name.0["zh-CN"]),
            (1, &"点心".to_owned())
        );
        let all: Vec<_> = found.dishes().map(|dish| dish.details.clone()).collect();
        assert_eq!(all, [details]);
        let empty = SetMenu {
            merchant: shop.merchant,
            version: 1,
            sections: Vec::new(),
        };
        assert_eq!(set(store, shop, empty), Ok(2));
        assert_eq!(menu(store, shop).sections, []);
    });
}

#[test]
fn dishes_keep_their_ids_when_they_are_moved_and_others_are_refused() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let two = [dish("鲜肉小笼", 2_800), dish("小馄饨", 1_200)];
        assert_eq!(set(store, shop, first_menu(shop, two)), Ok(1));
        assert_eq!(
            set(store, other, first_menu(other, [dish("烤鸭", 16_800)])),
            Ok(1)
        );
        let [first, second] = ids(&menu(store, shop))[..] else {
            panic!("two dishes");
        };
        let mut changed = same(store, shop);
        let dishes = &mut changed.sections[0].dishes;
        dishes.reverse();
        dishes[0].details.price = Money::new(1_500, Currency::CNY);
        dishes.push(DishSaid {
            dish: None,
            details: dish("豆浆", 500),
        });
        assert_eq!(set(store, shop, changed), Ok(2));
        let found = ids(&menu(store, shop));
        assert_eq!(found[..2], [second, first]);
        assert!(!found[..2].contains(&found[2]));

        let foreign = ids(&menu(store, other))[0];
        let at_dish = (
            "menu_invalid".to_owned(),
            Some("/sections/0/dishes/1/dish".to_owned()),
        );
        for id in [foreign, unknown(), second] {
            let mut wrong = same(store, shop);
            wrong.sections[0].dishes[1].dish = Some(id);
            assert_eq!(code(set(store, shop, wrong)), at_dish, "{id}");
        }
    });
}

#[test]
fn a_change_starts_from_the_menu_as_it_is() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let first = || first_menu(shop, [dish("鲜肉小笼", 2_800)]);
        let raced = at_once(4, |_| set(store, shop, first()));
        assert_eq!(
            raced.iter().filter(|answer| answer.is_ok()).count(),
            1,
            "{raced:?}"
        );
        let lost = raced.into_iter().filter_map(Result::err);
        assert!(lost.into_iter().all(|lost| lost.code == "menu_changed"));
        let ahead = SetMenu {
            version: 2,
            ..first()
        };
        for stale in [first(), ahead] {
            assert_eq!(code(set(store, shop, stale)), ("menu_changed".to_owned(), None));
        }
    });
}

#[test]
fn what_is_no_menu_is_refused_by_field() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let abroad = another_store(store, shop, Currency::EUR);
        let other = certified_shop(store, 2);
        let refused = |change: &dyn Fn(&mut SetMenu)| {
            let mut cmd = first_menu(shop, [dish("鲜肉小笼", 2_800)]);
            change(&mut cmd);
            let (code, field) = code(set(store, shop, cmd));
            format!("{code} {}", field.unwrap_or_default())
        };
        let of_dish = |change: &dyn Fn(&mut DishDetails)| {
            refused(&|cmd| change(&mut cmd.sections[0].dishes[0].details)).replace("/sections/0/dishes/0", "")
        };
        let sections = |cmd: &mut SetMenu| cmd.sections = vec![cmd.sections[0].clone(); 41];
        assert_eq!(refused(&sections), "menu_invalid /sections");
        let dishes = |cmd: &mut SetMenu| {
            cmd.sections = vec![cmd.sections[0].clone(); 2];
            cmd.sections[0].dishes = vec![cmd.sections[1].dishes[0].clone(); 400];
        };
        assert_eq!(refused(&dishes), "menu_invalid /sections/1/dishes");
        let blank = |cmd: &mut SetMenu| cmd.sections[0].name = LocalText::one("en", " ");
        assert_eq!(refused(&blank), "text_invalid /sections/0/name");

        assert_eq!(
            of_dish(&|it| it.name = LocalText::default()),
            "text_invalid /name"
        );
        assert_eq!(
            of_dish(&|it| it.name = LocalText::one("en", "  ")),
            "text_invalid /name"
        );
        assert_eq!(
            of_dish(&|it| it.name = LocalText::one("zh-CN", &"长".repeat(81))),
            "text_invalid /name"
        );
        assert_eq!(
            of_dish(&|it| it.description = LocalText::one("en", &"x".repeat(301))),
            "text_invalid /description"
        );
        assert_eq!(of_dish(&|it| it.price.amount = 0), "menu_invalid /price/amount");
        assert_eq!(
            of_dish(&|it| it.price = Money::new(100, Currency::JPY)),
            "menu_invalid /price/currency"
        );
        for spicy in [-1, 4] {
            assert_eq!(of_dish(&|it| it.spicy = spicy), "menu_invalid /spicy");
        }
        assert_eq!(
            of_dish(&|it| it.allergens = vec![Allergen::Egg; 2]),
            "menu_invalid /allergens"
        );
        for stores in [vec![shop.store; 2], vec![abroad], vec![other.store]] {
            assert_eq!(of_dish(&|it| it.stores = stores.clone()), "menu_invalid /stores");
        }
        assert_eq!(menu(store, shop), Menu::default());
        let most = vec![dish("鲜肉小笼", 2_800); 400];
        assert_eq!(set(store, shop, first_menu(shop, most)), Ok(1));
    });
}

#[test]
fn pictures_are_the_merchants_own_and_public_while_they_are_on_the_menu() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let (shown, next, foreign) = (
            picture(store, shop, 1),
            picture(store, shop, 2),
            picture(store, other, 3),
        );
        let with = |media| DishDetails {
            media: Some(media),
            ..dish("鲜肉小笼", 2_800)
        };
        let at_media = (
            "menu_invalid".to_owned(),
            Some("/sections/0/dishes/0/media".to_owned()),
        );
        for media in [foreign, unknown()] {
            assert_eq!(code(set(store, shop, first_menu(shop, [with(media)]))), at_media);
        }
        assert!(!is_public(store, shown));
        assert_eq!(
            set(store, shop, first_menu(shop, [with(shown), with(shown)])),
            Ok(1)
        );
        assert!(is_public(store, shown) && !is_public(store, next) && !is_public(store, foreign));
        let mut changed = same(store, shop);
        for said in &mut changed.sections[0].dishes {
            said.details.media = Some(next);
        }
        assert_eq!(set(store, shop, changed), Ok(2));
        assert!(!is_public(store, shown) && is_public(store, next));
    });
}

#[test]
fn managers_of_the_whole_merchant_write_the_menu_while_it_is_not_suspended() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let as_staff = |at, role, n| Actor::Staff(staff(store, shop, at, role, n), shop.merchant);
        let said = || first_menu(shop, [dish("鲜肉小笼", 2_800)]);
        for (actor, refusal) in [
            (other.as_owner(), "not_found"),
            (as_staff(None, Role::Cashier, 1), "forbidden"),
            (as_staff(Some(shop.store), Role::Manager, 2), "forbidden"),
        ] {
            assert_eq!(code(set_as(store, actor, said())).0, refusal);
        }
        assert_eq!(set_as(store, as_staff(None, Role::Manager, 3), said()), Ok(1));
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 9));
        let merchant = shop.merchant;
        let because = ctx(admin).with_reason("a complaint".to_owned());
        let suspended = run(store, because, move |tx, ctx| {
            party::suspend_merchant(tx, ctx, &SuspendMerchant { merchant })
        });
        assert!(suspended.is_ok());
        assert_eq!(code(set(store, shop, same(store, shop))).0, "merchant_suspended");
    });
}

#[test]
fn what_is_sold_out_is_so_at_one_store_until_four_in_the_morning() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let branch = another_store(store, shop, Currency::CNY);
        let two = [dish("鲜肉小笼", 2_800), dish("小馄饨", 1_200)];
        assert_eq!(set(store, shop, first_menu(shop, two)), Ok(1));
        let [first, second] = ids(&menu(store, shop))[..] else {
            panic!("two dishes");
        };
        let cashier = Actor::Staff(
            staff(store, shop, Some(shop.store), Role::Cashier, 1),
            shop.merchant,
        );
        let out = |now, dish, so| sell_out(store, (now, cashier), (shop, shop.store, dish), so);
        assert_eq!(out(NOW, first, true), Ok(()));
        assert_eq!(out(NOW, first, true), Ok(()), "said twice");
        // It is 16:00 in Shanghai.
        let morning = NOW.plus_us(12 * HOUR_US);
        assert_eq!(sold_out(store, shop, NOW), [(shop.store, first)]);
        assert_eq!(sold_out(store, shop, morning.plus_us(-1)), [(shop.store, first)]);
        assert_eq!(sold_out(store, shop, morning), []);

        assert_eq!(set(store, shop, same(store, shop)), Ok(2));
        assert_eq!(
            sold_out(store, shop, NOW),
            [(shop.store, first)],
            "it is the same dish"
        );
        assert_eq!(out(NOW, first, false), Ok(()));
        assert_eq!(sold_out(store, shop, NOW), []);
        assert_eq!(out(NOW, first, true), Ok(()));
        assert_eq!(out(morning, second, true), Ok(()));
        assert_eq!(
            sold_out(store, shop, NOW),
            [(shop.store, second)],
            "what lapsed is not kept"
        );
        let at_branch = sell_out(store, (NOW, shop.as_owner()), (shop, branch, second), true);
        assert_eq!(at_branch, Ok(()));
        assert_eq!(sold_out(store, shop, NOW).len(), 2);
    });
}

#[test]
fn a_store_is_out_only_of_what_it_serves_and_says_so_itself() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let branch = another_store(store, shop, Currency::CNY);
        let abroad = another_store(store, shop, Currency::EUR);
        let at_home = DishDetails {
            stores: vec![shop.store],
            ..dish("鲜肉小笼", 2_800)
        };
        assert_eq!(
            set(store, shop, first_menu(shop, [at_home, dish("豆浆", 500)])),
            Ok(1)
        );
        let [at_home, everywhere] = ids(&menu(store, shop))[..] else {
            panic!("two dishes");
        };
        let owner = shop.as_owner();
        let of_branch = Actor::Staff(staff(store, shop, Some(branch), Role::Cashier, 1), shop.merchant);
        for (actor, at, dish, refusal) in [
            (owner, branch, at_home, "not_found"),
            (owner, abroad, everywhere, "not_found"),
            (owner, shop.store, unknown(), "not_found"),
            (owner, other.store, everywhere, "not_found"),
            (other.as_owner(), shop.store, everywhere, "not_found"),
            (of_branch, shop.store, everywhere, "forbidden"),
        ] {
            let refused = sell_out(store, (NOW, actor), (shop, at, dish), true);
            assert_eq!(code(refused).0, refusal);
        }
        assert_eq!(
            sell_out(store, (NOW, of_branch), (shop, branch, everywhere), true),
            Ok(())
        );
        assert_eq!(sold_out(store, shop, NOW), [(branch, everywhere)]);
    });
}
