//! The checks that every command below rests on: by role, by store, by merchant, at this moment.

use std::sync::Barrier;

use kernel::{Actor, DeviceId};
use party::testing::{certified_shop, consumer, mail, operator, registered_shop, staff};
use party::{
    Contact, GrantOperator, OperatorRole, RevokeOperator, Role, grant_operator, queries, require_any_staff,
    require_certified, require_consumer, require_operator, require_staff, require_system, revoke_operator,
};

use crate::{ask, nowhere, on_both, run, why};

#[test]
fn a_role_covers_its_store_and_smaller_tasks_and_nothing_else() {
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        let manager = staff(store, shop, Some(shop.store), Role::Manager, 1);
        let check = |actor, at, least| {
            run(store, actor, move |tx, ctx| {
                require_staff(tx, ctx, shop.merchant, at, least)
            })
        };
        let as_manager = Actor::Staff(manager, shop.merchant);
        let here = Some(shop.store);
        assert_eq!(check(as_manager, here, Role::Cashier), Ok(manager));
        assert_eq!(check(as_manager, here, Role::Manager), Ok(manager));
        assert_eq!(why(check(as_manager, here, Role::Owner)), "forbidden");
        assert_eq!(why(check(as_manager, None, Role::Cashier)), "forbidden");
        assert_eq!(check(shop.as_owner(), here, Role::Owner), Ok(shop.owner));
        assert_eq!(check(shop.as_owner(), None, Role::Owner), Ok(shop.owner));
        // A store of another merchant, one that does not exist, and a stranger's view of a real one: one answer.
        let foreign = check(shop.as_owner(), Some(other.store), Role::Cashier);
        let missing = check(shop.as_owner(), Some(nowhere()), Role::Cashier);
        let stranger = check(other.as_owner(), here, Role::Cashier);
        assert_eq!(foreign, missing);
        assert_eq!(missing, stranger);
        assert_eq!(why(stranger), "not_found");
        let any = run(store, as_manager, move |tx, ctx| {
            require_any_staff(tx, ctx, shop.merchant)
        });
        assert_eq!(any, Ok(manager));
    });
}

#[test]
fn an_operator_has_exactly_the_role_that_was_granted_last() {
    on_both(|store| {
        let finance = operator(store, OperatorRole::Finance, 1);
        let check = |actor, roles: &'static [OperatorRole]| {
            run(store, actor, move |tx, ctx| require_operator(tx, ctx, roles))
        };
        let actor = Actor::Operator(finance);
        assert_eq!(
            check(actor, &[OperatorRole::Admin, OperatorRole::Finance]),
            Ok(finance)
        );
        assert_eq!(why(check(actor, &[OperatorRole::Admin])), "forbidden");
        let shop = registered_shop(store, 1);
        assert_eq!(why(check(shop.as_owner(), &[OperatorRole::Admin])), "forbidden");
        assert_eq!(
            why(check(Actor::Operator(shop.owner), &[OperatorRole::Admin])),
            "forbidden"
        );
        assert_eq!(
            why(check(Actor::Anonymous, &[OperatorRole::Admin])),
            "sign_in_required"
        );

        assert_eq!(
            operator(store, OperatorRole::Admin, 1),
            finance,
            "the same login is the same person"
        );
        assert_eq!(
            ask(store, move |read| queries::grants(read, finance)).operator,
            Some(OperatorRole::Admin)
        );
        assert_eq!(check(actor, &[OperatorRole::Admin]), Ok(finance));
        let revoke = move |tx: &mut store::Tx, ctx: &kernel::Ctx| {
            revoke_operator(tx, ctx, &RevokeOperator { person: finance })
        };
        assert_eq!(why(run(store, actor, revoke)), "operator_oneself");
        assert_eq!(why(run(store, Actor::System, revoke)), "operator_last_admin");
        let other = Actor::Operator(operator(store, OperatorRole::Admin, 2));
        assert_eq!(run(store, other, revoke), Ok(()));
        assert_eq!(why(check(actor, &[OperatorRole::Admin])), "forbidden");
        assert_eq!(why(run(store, Actor::System, revoke)), "not_found");
    });
}

#[test]
fn only_an_administrator_and_the_system_make_operators_and_never_of_a_merchants_login() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let grant = |actor, login: &'static str| {
            run(store, actor, move |tx, ctx| {
                let cmd = GrantOperator {
                    login: mail(login, 1),
                    password_hash: party::testing::PASSWORD_HASH.to_owned(),
                    name: "Root".to_owned(),
                    role: OperatorRole::Admin,
                };
                grant_operator(tx, ctx, &cmd)
            })
        };
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 7));
        let others = [
            shop.as_owner(),
            Actor::Operator(operator(store, OperatorRole::Finance, 8)),
            Actor::Consumer(shop.owner),
        ];
        for actor in others {
            assert_eq!(why(grant(actor, "root")), "forbidden");
        }
        for actor in [admin, Actor::System] {
            assert_eq!(why(grant(actor, "owner")), "login_taken");
        }
        let root = grant(admin, "root").expect("granted");
        assert_eq!(why(grant(Actor::Operator(root), "root")), "operator_oneself");
        let listed = ask(store, queries::operators);
        let mut listed: Vec<_> = listed.iter().map(|o| (o.login.as_str(), o.role)).collect();
        listed.sort_by_key(|(login, _)| *login);
        assert_eq!(
            listed,
            [
                ("operator7@example.com", OperatorRole::Admin),
                ("operator8@example.com", OperatorRole::Finance),
                ("root1@example.com", OperatorRole::Admin),
            ]
        );
    });
}

#[test]
fn a_consumer_the_system_and_a_certified_merchant_are_told_from_others() {
    on_both(|store| {
        let person = consumer(store, 1);
        let (certified, registered) = (certified_shop(store, 1), registered_shop(store, 2));
        assert_eq!(
            run(store, Actor::Consumer(person), |_, ctx| require_consumer(ctx)),
            Ok(person)
        );
        assert_eq!(
            why(run(store, certified.as_owner(), |_, ctx| require_consumer(ctx))),
            "forbidden"
        );
        assert_eq!(
            why(run(store, Actor::Anonymous, |_, ctx| require_consumer(ctx))),
            "sign_in_required"
        );
        assert_eq!(run(store, Actor::System, |_, ctx| require_system(ctx)), Ok(()));
        assert_eq!(
            why(run(store, Actor::Provider(1), |_, ctx| require_system(ctx))),
            "forbidden"
        );
        let sells = |merchant| run(store, Actor::System, move |tx, _| require_certified(tx, merchant));
        assert_eq!(sells(certified.merchant), Ok(()));
        assert_eq!(why(sells(registered.merchant)), "merchant_not_certified");
        assert_eq!(why(sells(nowhere())), "not_found");
    });
}

#[test]
fn a_revoked_device_and_one_of_another_store_are_refused() {
    use party::{RegisterDevice, RevokeDevice, register_device, require_device, revoke_device};
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        let device: DeviceId = run(store, shop.as_owner(), move |tx, ctx| {
            let cmd = RegisterDevice {
                merchant: shop.merchant,
                store: shop.store,
                name: "前台 1".to_owned(),
            };
            register_device(tx, ctx, &cmd)
        })
        .expect("registered");
        let check = |shop: party::testing::Shop| {
            run(store, Actor::System, move |tx, _| {
                require_device(tx, shop.merchant, shop.store, device)
            })
        };
        assert_eq!(check(shop), Ok(()));
        assert_eq!(why(check(other)), "not_found");
        let revoke =
            move |tx: &mut store::Tx, ctx: &kernel::Ctx| revoke_device(tx, ctx, &RevokeDevice { device });
        assert_eq!(why(run(store, other.as_owner(), revoke)), "not_found");
        let cashier = staff(store, shop, Some(shop.store), Role::Cashier, 1);
        assert_eq!(
            why(run(store, Actor::Staff(cashier, shop.merchant), revoke)),
            "forbidden"
        );
        assert_eq!(run(store, shop.as_owner(), revoke), Ok(()));
        assert_eq!(why(check(shop)), "device_revoked");
        assert_eq!(why(run(store, shop.as_owner(), revoke)), "device_revoked");
        let devices = ask(store, move |read| queries::devices_of(read, shop.store, None, 10));
        assert!(devices.len() == 1 && devices[0].revoked_at.is_some());
    });
}

#[test]
fn of_administrators_who_revoke_each_other_at_once_one_is_left() {
    on_both(|store| {
        for round in 0..20 {
            let [a, b] = [1, 2].map(|n| operator(store, OperatorRole::Admin, 10 * round + n));
            let go = Barrier::new(2);
            let revoke = |actor, person| {
                go.wait();
                run(store, Actor::Operator(actor), move |tx, ctx| {
                    revoke_operator(tx, ctx, &RevokeOperator { person })
                })
            };
            let revoked = std::thread::scope(|scope| {
                let first = scope.spawn(|| revoke(a, b));
                let second = revoke(b, a);
                [first.join().expect("the thread ends"), second]
            });
            let done = revoked.iter().filter(|result| result.is_ok()).count();
            assert_eq!(done, 1, "{revoked:?}");
            let left: Vec<_> = ask(store, queries::operators).iter().map(|o| o.person).collect();
            assert_eq!(left.len(), 1, "{left:?}");
            let last = left[0];
            run(store, Actor::System, move |tx, _| {
                Ok(tx.claim(store::sql!("DELETE FROM operator WHERE person_id = $1", last))?)
            })
            .expect("a clean table");
        }
    });
}

#[test]
fn a_person_is_found_by_what_they_proved_and_by_what_they_sign_in_with() {
    on_both(|store| {
        let (person, shop) = (consumer(store, 1), registered_shop(store, 1));
        let at = |contact: &str| {
            let contact = Contact::parse(contact).expect("a contact");
            ask(store, move |read| queries::people_at(read, &contact))
        };
        assert_eq!(at("+8613800000001"), [person]);
        assert_eq!(at("owner1@example.com"), [shop.owner]);
        assert_eq!(at("+8613800000002"), []);
    });
}
