//! Roles: who may give and take them, and that a revoked one stops at once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{Actor, PersonId, StoreId};
use party::testing::{NOW, PASSWORD_HASH, Shop, consumer, mail, registered_shop, sha_like, staff};
use party::{
    AddStaff, AddStore, ChangeRole, RevokeStaff, Role, SetStaffPassword, SignInWithPassword, StaffGrant,
    add_staff, add_store, change_role, queries, require_staff, revoke_staff, set_staff_password,
    sign_in_with_password,
};
use store::{Rejected, Store, sql};

use crate::{ask, code, on_both, run, why};

fn add(
    store: &Store,
    actor: Actor,
    shop: Shop,
    at: Option<StoreId>,
    role: Role,
    n: u64,
) -> Result<PersonId, Rejected> {
    let cmd = AddStaff {
        merchant: shop.merchant,
        login: mail("staff", n),
        password_hash: PASSWORD_HASH.to_owned(),
        name: format!("Staff {n}"),
        store: at,
        role,
    };
    run(store, actor, move |tx, ctx| add_staff(tx, ctx, &cmd))
}

fn revoke(
    store: &Store,
    actor: Actor,
    shop: Shop,
    person: PersonId,
    at: Option<StoreId>,
) -> Result<(), Rejected> {
    let cmd = RevokeStaff {
        merchant: shop.merchant,
        person,
        store: at,
    };
    run(store, actor, move |tx, ctx| revoke_staff(tx, ctx, &cmd))
}

fn sign_in(store: &Store, n: u64, token: u64) -> Result<PersonId, Rejected> {
    let cmd = SignInWithPassword {
        login: mail("staff", n),
        verified_hash: PASSWORD_HASH.to_owned(),
        token_hash: sha_like(5, token),
        device: "till".to_owned(),
    };
    run(store, Actor::Anonymous, move |tx, ctx| {
        sign_in_with_password(tx, ctx, &cmd)
    })
}

#[test]
fn a_revoked_member_stops_at_once_and_the_login_is_free_again() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let cashier = add(store, shop.as_owner(), shop, Some(shop.store), Role::Cashier, 1).expect("added");
        assert_eq!(sign_in(store, 1, 1), Ok(cashier));
        let token = sha_like(5, 1);
        let identity = ask(store, move |read| queries::identity(read, token, NOW)).expect("signed in");
        let grant = StaffGrant {
            merchant: shop.merchant,
            store: Some(shop.store),
            role: Role::Cashier,
        };
        assert_eq!(
            (identity.session.person, identity.grants.staff),
            (cashier, vec![grant])
        );
        let works = move || {
            let actor = Actor::Staff(cashier, shop.merchant);
            run(store, actor, move |tx, ctx| {
                require_staff(tx, ctx, shop.merchant, Some(shop.store), Role::Cashier)
            })
        };
        assert_eq!(works(), Ok(cashier));

        revoke(store, shop.as_owner(), shop, cashier, Some(shop.store)).expect("revoked");
        assert_eq!(why(works()), "forbidden");
        assert_eq!(ask(store, move |read| queries::identity(read, token, NOW)), None);
        assert_eq!(why(sign_in(store, 1, 2)), "sign_in_refused");
        assert_eq!(
            why(revoke(store, shop.as_owner(), shop, cashier, Some(shop.store))),
            "not_found"
        );
        let again = add(store, shop.as_owner(), shop, None, Role::Manager, 1).expect("hired again");
        assert_ne!(again, cashier);
    });
}

#[test]
fn a_change_of_role_ends_the_sessions_that_had_the_old_one() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let person = add(store, shop.as_owner(), shop, Some(shop.store), Role::Cashier, 1).expect("added");
        sign_in(store, 1, 1).expect("signed in");
        assert_eq!(
            add(store, shop.as_owner(), shop, None, Role::Manager, 1),
            Ok(person),
            "one person, one more role"
        );
        assert!(
            ask(store, |read| Ok(
                read.answer(queries::session(sha_like(5, 1), NOW))?
            ))
            .is_none()
        );
        assert_eq!(
            ask(store, move |read| queries::grants(read, person)).staff.len(),
            2
        );
        // One of the two goes; the login stays.
        revoke(store, shop.as_owner(), shop, person, None).expect("revoked");
        assert_eq!(sign_in(store, 1, 2), Ok(person));
        assert_eq!(
            why(add(
                store,
                shop.as_owner(),
                shop,
                Some(shop.store),
                Role::Manager,
                1
            )),
            "staff_exists"
        );
    });
}

#[test]
fn roles_are_given_by_those_who_may() {
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        let second_store = run(store, shop.as_owner(), move |tx, ctx| {
            let details = party::testing::store_details(9);
            add_store(
                tx,
                ctx,
                &AddStore {
                    merchant: shop.merchant,
                    details,
                },
            )
        })
        .expect("added");
        let manager = staff(store, shop, Some(shop.store), Role::Manager, 50);
        let cashier = staff(store, shop, Some(shop.store), Role::Cashier, 51);
        let as_manager = Actor::Staff(manager, shop.merchant);
        let as_cashier = Actor::Staff(cashier, shop.merchant);
        let here = Some(shop.store);

        assert!(add(store, as_manager, shop, here, Role::Cashier, 1).is_ok());
        for (actor, at, role, expected) in [
            (as_manager, here, Role::Manager, "forbidden"),
            (as_manager, here, Role::Owner, "forbidden"),
            (as_manager, None, Role::Cashier, "forbidden"),
            (as_manager, Some(second_store), Role::Cashier, "forbidden"),
            (as_cashier, here, Role::Cashier, "forbidden"),
            (shop.as_owner(), Some(other.store), Role::Cashier, "not_found"),
            (other.as_owner(), here, Role::Cashier, "not_found"),
            // Says that it acts for the merchant, but was never granted anything there.
            (
                Actor::Staff(other.owner, shop.merchant),
                here,
                Role::Cashier,
                "forbidden",
            ),
            (Actor::Consumer(shop.owner), here, Role::Cashier, "forbidden"),
            (Actor::Anonymous, here, Role::Cashier, "sign_in_required"),
            (Actor::System, here, Role::Cashier, "forbidden"),
        ] {
            assert_eq!(
                why(add(store, actor, shop, at, role, 2)),
                expected,
                "{actor:?} {at:?} {role:?}"
            );
        }
        assert_eq!(
            why(revoke(store, as_manager, shop, shop.owner, None)),
            "forbidden"
        );
        assert_eq!(why(revoke(store, as_cashier, shop, manager, here)), "forbidden");
        assert_eq!(
            why(revoke(store, other.as_owner(), shop, cashier, here)),
            "not_found"
        );
        assert_eq!(
            revoke(store, as_cashier, shop, cashier, here),
            Ok(()),
            "anybody may leave"
        );
        let people = ask(store, move |read| queries::staff_of(read, shop.merchant));
        let roles: Vec<_> = people
            .iter()
            .map(|member| (member.role, member.login.as_str()))
            .collect();
        assert_eq!(
            roles,
            [
                (Role::Owner, "owner1@example.com"),
                (Role::Manager, "staff50@example.com"),
                (Role::Cashier, "staff1@example.com")
            ]
        );
    });
}

#[test]
fn a_login_of_somebody_else_is_not_given_a_role() {
    on_both(|store| {
        let (shop, squatter) = (registered_shop(store, 1), registered_shop(store, 2));
        let taken = run(store, shop.as_owner(), move |tx, ctx| {
            let cmd = AddStaff {
                merchant: shop.merchant,
                login: mail("owner", 2),
                password_hash: PASSWORD_HASH.to_owned(),
                name: "New colleague".to_owned(),
                store: None,
                role: Role::Owner,
            };
            add_staff(tx, ctx, &cmd)
        });
        assert_eq!(code(taken), ("login_taken".to_owned(), Some("/login".to_owned())));
        let grants = ask(store, move |read| queries::grants(read, squatter.owner)).staff;
        assert!(grants.iter().all(|grant| grant.merchant == squatter.merchant));
    });
}

#[test]
fn hostile_names_and_phone_logins_are_refused_by_field() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        for (login, name, field) in [
            ("+8613800138000", "Li Wei", "/login"),
            ("li@example.com", "", "/name"),
            ("li@example.com", "a\0b", "/name"),
            ("li@example.com", "\u{202e}nimda", "/name"),
            ("li@example.com", &"x".repeat(81), "/name"),
        ] {
            let cmd = AddStaff {
                merchant: shop.merchant,
                login: party::Contact::parse(login).expect("a contact"),
                password_hash: PASSWORD_HASH.to_owned(),
                name: name.to_owned(),
                store: None,
                role: Role::Cashier,
            };
            let refused = run(store, shop.as_owner(), move |tx, ctx| add_staff(tx, ctx, &cmd));
            assert_eq!(code(refused).1.as_deref(), Some(field));
        }
    });
}

#[test]
fn of_two_owners_who_revoke_each_other_one_stays() {
    on_both(|store| {
        for round in 0..8 {
            let shop = registered_shop(store, round);
            let second = staff(store, shop, None, Role::Owner, round);
            let (go, revoked) = (Barrier::new(2), AtomicU64::new(0));
            std::thread::scope(|scope| {
                for (by, whom) in [(second, shop.owner), (shop.owner, second)] {
                    let (go, revoked) = (&go, &revoked);
                    scope.spawn(move || {
                        go.wait();
                        let outcome = revoke(store, Actor::Staff(by, shop.merchant), shop, whom, None);
                        revoked.fetch_add(u64::from(outcome.is_ok()), Ordering::SeqCst);
                    });
                }
            });
            let left = ask(store, move |read| queries::staff_of(read, shop.merchant)).len();
            assert_eq!((revoked.load(Ordering::SeqCst), left), (1, 1));
        }
    });
}

#[test]
fn one_login_registered_many_times_at_once_is_one_account() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let (go, added) = (Barrier::new(8), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for n in 0..8 {
                let (go, added) = (&go, &added);
                scope.spawn(move || {
                    go.wait();
                    let cmd = party::RegisterMerchant {
                        name: kernel::LocalText::one("en", "A shop"),
                        login: mail("new", 1),
                        password_hash: PASSWORD_HASH.to_owned(),
                        person_name: "Li Wei".to_owned(),
                        token_hash: sha_like(6, n),
                        device: String::new(),
                    };
                    let made = run(store, Actor::Anonymous, move |tx, ctx| {
                        party::register_merchant(tx, ctx, &cmd)
                    });
                    match made {
                        Ok(_) => added.fetch_add(1, Ordering::SeqCst),
                        Err(rejected) => {
                            assert_eq!(rejected.code, "login_taken");
                            0
                        }
                    }
                });
            }
        });
        assert_eq!(added.load(Ordering::SeqCst), 1);
        // A consumer with the same mail address is somebody else: a login is no proof of an address.
        let person = consumer(store, 1);
        assert_ne!(person, shop.owner);
    });
}

fn change(store: &Store, actor: Actor, shop: Shop, person: PersonId, role: Role) -> Result<(), Rejected> {
    let cmd = ChangeRole {
        merchant: shop.merchant,
        person,
        store: None,
        role,
    };
    run(store, actor, move |tx, ctx| change_role(tx, ctx, &cmd))
}

fn set_password(store: &Store, actor: Actor, shop: Shop, person: PersonId) -> Result<(), Rejected> {
    let cmd = SetStaffPassword {
        merchant: shop.merchant,
        person,
        password_hash: PASSWORD_HASH.replace("argon2id$v=19", "argon2id$v=18"),
    };
    run(store, actor, move |tx, ctx| set_staff_password(tx, ctx, &cmd))
}

#[test]
fn a_role_changes_in_place_within_what_the_granter_may_grant() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let owner = shop.as_owner();
        let person = add(store, owner, shop, None, Role::Cashier, 1).expect("added");
        let manager = staff(store, shop, None, Role::Manager, 2);
        let manager = Actor::Staff(manager, shop.merchant);
        sign_in(store, 1, 1).expect("signed in");
        assert_eq!(
            why(change(store, manager, shop, person, Role::Manager)),
            "forbidden"
        );
        change(store, owner, shop, person, Role::Manager).expect("changed");
        let token = sha_like(5, 1);
        let ended = ask(store, move |read| queries::identity(read, token, NOW));
        assert_eq!(ended, None, "the old role's session is over");
        let roles = ask(store, move |read| queries::grants(read, person)).staff;
        assert_eq!(
            roles.iter().map(|grant| grant.role).collect::<Vec<_>>(),
            [Role::Manager]
        );
        assert_eq!(
            why(change(store, manager, shop, person, Role::Cashier)),
            "forbidden"
        );
        let last = change(store, owner, shop, shop.owner, Role::Manager);
        assert_eq!(why(last), "staff_last_owner");
        let stranger = consumer(store, 9);
        assert_eq!(
            why(change(store, owner, shop, stranger, Role::Cashier)),
            "not_found"
        );
    });
}

#[test]
fn a_colleague_sets_a_forgotten_password_of_somebody_who_works_nowhere_else() {
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        let owner = shop.as_owner();
        let cashier = add(store, owner, shop, None, Role::Cashier, 1).expect("added");
        let manager = staff(store, shop, None, Role::Manager, 2);
        let as_manager = Actor::Staff(manager, shop.merchant);
        sign_in(store, 1, 1).expect("signed in");
        set_password(store, as_manager, shop, cashier).expect("managers set that of a cashier");
        let token = sha_like(5, 1);
        assert_eq!(ask(store, move |read| queries::identity(read, token, NOW)), None);
        assert_eq!(why(sign_in(store, 1, 2)), "sign_in_refused", "the old password");
        for (actor, whose) in [
            (as_manager, manager),
            (as_manager, shop.owner),
            (owner, shop.owner),
        ] {
            assert_eq!(why(set_password(store, actor, shop, whose)), "forbidden");
        }
        assert_eq!(why(set_password(store, owner, shop, other.owner)), "not_found");
        let grant = StaffGrant {
            merchant: other.merchant,
            store: None,
            role: Role::Cashier,
        };
        work_there_too(store, cashier, grant);
        assert_eq!(why(set_password(store, owner, shop, cashier)), "staff_elsewhere");
    });
}

/// Somebody of one merchant gets a role at another, as an import or an older version may have made it.
fn work_there_too(store: &Store, person: PersonId, grant: StaffGrant) {
    run(store, Actor::System, move |tx, ctx| {
        tx.tell(sql!(
            "INSERT INTO staff (merchant_id, person_id, store_id, role, granted_at) VALUES ($1, $2, $3, $4, $5)",
            grant.merchant,
            person,
            [0; 16],
            grant.role.as_str(),
            ctx.now
        ))?;
        Ok(())
    })
    .expect("one more role");
}
