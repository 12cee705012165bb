//! What a person does with their own account: sessions one by one, name and language, the end of it.

use kernel::{Actor, DAY_US, PersonId};
use party::testing::{NOW, consumer, ctx_at, registered_shop, sha_like};
use party::{
    CODE_LIFE_US, Contact, EndSession, RequestCode, SessionView, SignIn, SignInWithCode, UpdatePerson,
    end_session, erase_person, queries, request_code, sign_in_with_code, update_person,
};
use store::Store;

use crate::{ask, code, nowhere, on_both, run, why};

/// Signs in as consumer number `n` again, a day later, under another token.
fn sign_in_again(store: &Store, n: u64) -> SignIn {
    let cmd = SignInWithCode {
        contact: Contact::parse(&format!("+86138{n:08}")).expect("a phone number"),
        code_hash: [2; 32],
        token_hash: sha_like(0xc1, n),
        device: "new phone".to_owned(),
        locale: "zh-CN".to_owned(),
    };
    let ctx = ctx_at(NOW.plus_us(DAY_US), Actor::Anonymous);
    let signed_in = party::testing::run(store, ctx, move |tx, ctx| {
        let code = RequestCode {
            contact: cmd.contact.clone(),
            code_hash: cmd.code_hash,
        };
        request_code(tx, ctx, &code)?;
        sign_in_with_code(tx, ctx, &cmd)
    });
    signed_in.expect("an answer")
}

fn sessions(store: &Store, person: PersonId, token: [u8; 32]) -> Vec<SessionView> {
    let at = NOW.plus_us(DAY_US + CODE_LIFE_US);
    ask(store, move |read| queries::sessions_of(read, person, token, at))
}

#[test]
fn a_person_sees_their_sessions_and_ends_the_one_of_a_lost_phone() {
    on_both(|store| {
        let (li, wang) = (consumer(store, 1), consumer(store, 2));
        sign_in_again(store, 1);
        let seen = sessions(store, li, sha_like(0xc1, 1));
        let told: Vec<_> = seen.iter().map(|s| (s.device.as_str(), s.is_current)).collect();
        assert_eq!(told, [("new phone", true), ("test", false)]);
        let lost = seen[1].id;
        let end = |actor, session| {
            run(store, actor, move |tx, ctx| {
                end_session(tx, ctx, &EndSession { session })
            })
        };
        assert_eq!(why(end(Actor::Consumer(wang), lost)), "not_found");
        assert_eq!(why(end(Actor::Consumer(li), nowhere())), "not_found");
        assert_eq!(end(Actor::Consumer(li), lost), Ok(()));
        assert_eq!(why(end(Actor::Consumer(li), lost)), "not_found");
        let token = sha_like(0xc0, 1);
        assert_eq!(
            ask(store, move |read| Ok(read.answer(queries::session(token, NOW))?)),
            None
        );
        assert_eq!(sessions(store, li, sha_like(0xc1, 1)).len(), 1);
        assert_eq!(sessions(store, wang, [0; 32]).len(), 1);
    });
}

#[test]
fn a_person_changes_name_and_language_and_what_is_left_out_stays() {
    on_both(|store| {
        let person = consumer(store, 1);
        let update = |name: Option<&str>, locale: Option<&str>| {
            let cmd = UpdatePerson {
                name: name.map(str::to_owned),
                locale: locale.map(str::to_owned),
            };
            run(store, Actor::Consumer(person), move |tx, ctx| {
                update_person(tx, ctx, &cmd)
            })
        };
        let seen = || {
            let profile = ask(store, move |read| queries::profile(read, person)).expect("a profile");
            (profile.name, profile.locale)
        };
        assert_eq!(update(Some(" 李伟 "), None), Ok(()));
        assert_eq!(seen(), (Some("李伟".to_owned()), "zh-CN".to_owned()));
        assert_eq!(update(None, Some("en")), Ok(()));
        assert_eq!(update(Some("Li"), None), Ok(()));
        assert_eq!(seen(), (Some("Li".to_owned()), "en".to_owned()));
        for (name, locale, field) in [
            (Some(" "), None, "/name"),
            (Some("a\u{202e}b"), None, "/name"),
            (Some(&*"长".repeat(81)), None, "/name"),
            (Some("Wang"), Some("../.."), "/locale"),
        ] {
            assert_eq!(code(update(name, locale)).1.as_deref(), Some(field));
        }
        assert_eq!(seen().0.as_deref(), Some("Li"), "a refusal changes nothing");
    });
}

#[test]
fn an_erased_person_can_be_found_by_nothing_and_comes_back_as_somebody_new() {
    on_both(|store| {
        let person = consumer(store, 1);
        let erase = |actor| run(store, actor, erase_person);
        let name = UpdatePerson {
            name: Some("李伟".to_owned()),
            locale: None,
        };
        let named = run(store, Actor::Consumer(person), move |tx, ctx| {
            update_person(tx, ctx, &name)
        });
        named.expect("named");
        assert_eq!(erase(Actor::Consumer(person)), Ok(person));
        let left = ask(store, move |read| queries::profile(read, person)).expect("the id stays");
        assert_eq!((left.name, left.contacts), (None, Vec::new()));
        assert_eq!(sessions(store, person, [0; 32]), Vec::new());
        match sign_in_again(store, 1) {
            SignIn::In { person: new, is_new } => assert!(is_new && new != person),
            SignIn::Declined { .. } => panic!("the address is free again"),
        }
        let shop = registered_shop(store, 1);
        assert_eq!(why(erase(Actor::Consumer(shop.owner))), "person_has_role");
        assert_eq!(why(erase(shop.as_owner())), "forbidden");
    });
}
